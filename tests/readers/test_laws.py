"""Laws: neither the format, nor its storage types, nor the size of a block changes the rows."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalreport.readers import predictions_from_arrays
from evalreport.readers.checks import CheckedShard
from evalreport.readers.labels import canonical, distinct
from evalreport.readers.numbers import read_numbers
from tests.readers.support import Rows, opened, read, rows_of, write, write_parquet

LABEL_TYPES: list[tuple[pa.DataType, list[object], list[str]]] = [
    (pa.int8(), [0, 1], ["0", "1"]),
    (pa.uint64(), [3, 4], ["3", "4"]),
    (pa.float64(), [0.0, -1.0], ["0", "-1"]),
    (pa.float32(), [4.0, 0.5], ["4", "0.5"]),
    (pa.float16(), [np.float16(4.0), np.float16(0.5)], ["4", "0.5"]),
    (pa.bool_(), [True, False], ["true", "false"]),
    (pa.string(), ["True", "4.0"], ["true", "4"]),
    (pa.large_string(), ["a", "b"], ["a", "b"]),
    (pa.string_view(), ["a", "b"], ["a", "b"]),
    (pa.binary(), [b"a", b"b"], ["a", "b"]),
    (pa.decimal128(6, 2), [Decimal("4.00"), Decimal("0.25")], ["4", "0.25"]),
    (pa.date32(), [0, 1], ["1970-01-01", "1970-01-02"]),
    (pa.dictionary(pa.int8(), pa.string()), ["b", "a"], ["b", "a"]),
]


@pytest.mark.parametrize(("kind", "values", "labels"), LABEL_TYPES, ids=lambda each: str(each)[:20])
def test_every_storage_type_gives_the_canonical_label(
    kind: pa.DataType, values: list[object], labels: list[str]
) -> None:
    column = pa.array([*values, None], kind)
    codes, texts = distinct(column)
    assert [texts[code] for code in codes[:-1]] == labels
    assert codes[-1] == -1


@pytest.mark.parametrize(
    "kind",
    [
        pa.float16(),
        pa.float32(),
        pa.float64(),
        pa.decimal128(10, 4),
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int32(), pa.string()),
        pa.dictionary(pa.int8(), pa.float64()),
    ],
    ids=str,
)
def test_every_storage_type_gives_the_number(kind: pa.DataType) -> None:
    texts = pa.array(["0.5", "0.25", None])
    if pa.types.is_dictionary(kind):
        column = texts.cast(kind.value_type).dictionary_encode().cast(kind)
    elif pa.types.is_float16(kind):
        column = texts.cast(pa.float32()).cast(kind)
    else:
        column = texts.cast(kind)
    numbers, kinds = read_numbers(column)
    assert numbers[:2].tolist() == [0.5, 0.25]
    assert kinds is not None
    assert kinds.tolist() == [0, 0, 1]


def test_single_precision_is_widened_before_anything_is_computed() -> None:
    numbers, _ = read_numbers(pa.array([0.1], pa.float32()))
    assert numbers[0] == float(np.float32(0.1))


def test_decimals_are_the_nearest_double() -> None:
    texts = [f"0.{number:04d}" for number in range(10_000)]
    numbers, _ = read_numbers(pa.array(texts).cast(pa.decimal128(10, 4)))
    assert numbers.tolist() == [float(text) for text in texts]


@given(st.one_of(st.integers(-(10**15), 10**15), st.booleans(), st.text(max_size=5)))
def test_a_canonical_label_stays_as_it_is(label: object) -> None:
    assert canonical(canonical(label)) == canonical(label)


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_has_one_spelling(number: int) -> None:
    assert canonical(float(number)) == canonical(number) == canonical(f"{number}.0") == str(number)


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Draw predictions of a few classes with weights, ids and slices, and with some faults."""
    n_rows = draw(st.integers(1, 30))
    n_classes = draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    probs = rng.dirichlet(np.ones(n_classes), n_rows)
    if draw(st.booleans()):
        probs = probs.round(2)
    probs[rng.random(n_rows) < 0.1] *= 1.5
    absent = rng.random((n_rows, n_classes)) < 0.05
    columns: dict[str, Any] = {
        "label": pa.array(rng.integers(0, n_classes, n_rows), mask=rng.random(n_rows) < 0.1),
        "weight": rng.random(n_rows),
        "id": np.arange(n_rows),
        "group": rng.choice(["x", "y z", 'q"q', "true"], n_rows),
    }
    for number in range(n_classes):
        columns[f"p_{number}"] = pa.array(probs[:, number], mask=absent[:, number])
    return pa.table(columns)


def contents(rows: Rows) -> dict[str, Any]:
    """Return everything in the rows that may not depend on how they were stored or cut."""
    rejections = [(each.reason, each.row, each.column, each.value) for each in rows.rejections]
    counts = ("n_not_summing_to_one", "n_rescaled", "n_as_is", "n_lowered_to_one")
    return {
        "observed": rows.observed,
        "probs": rows.probs.tolist(),
        "weights": rows.joined("weights").tolist(),
        "ids": rows.joined("ids").tolist(),
        "rows": rows.numbers,
        "group": rows.slice_values(),
        "rejections": [each[:3] for each in rejections],
        "counts": [rows.count(name) for name in counts],
    }


MORE: dict[str, Any] = {"weight": "weight", "slices": ("group",), "on_invalid": "drop"}


@given(table=tables(), normalize=st.sampled_from(["error", "rescale", "as-is"]))
def test_csv_and_parquet_of_one_table_give_the_same_rows(table: pa.Table, normalize: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pa_csv.write_csv(table, f"{folder}/p.csv")
        pq.write_table(table, f"{folder}/p.parquet", row_group_size=7)
        text = read(Path(folder, "p.csv"), normalize=normalize, **MORE)
        binary = read(Path(folder, "p.parquet"), normalize=normalize, **MORE)
    assert contents(text) == contents(binary)


@given(table=tables(), block_size=st.integers(300, 3000))
def test_any_block_size_gives_the_same_rows(table: pa.Table, block_size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "p.csv")
        pa_csv.write_csv(table, path)
        (shard,) = opened(path, **MORE).shards
        assert isinstance(shard, CheckedShard)
        small = replace(shard, part=replace(shard.part, block_size=block_size))
        whole, cut = Rows(tuple(shard.batches())), Rows(tuple(small.batches()))
    assert contents(whole) == contents(cut)


@given(table=tables())
def test_arrays_and_files_of_one_table_give_the_same_rows(table: pa.Table) -> None:
    names = [name for name in table.column_names if name.startswith("p_")]
    arrays = predictions_from_arrays(
        table.column("label"),
        table.select(names).rename_columns([name[2:] for name in names]),
        classes=[name[2:] for name in names],
        weights=table.column("weight"),
        ids=table.column("id"),
        slices={"group": table.column("group")},
        on_invalid="drop",
    )
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(table, f"{folder}/p.parquet")
        file = contents(read(Path(folder, "p.parquet"), **MORE))
    memory = contents(rows_of(arrays))
    del file["rejections"], memory["rejections"]  # the columns have other names
    assert memory == file


def test_labels_and_class_names_agree_over_formats(tmp_path: Path) -> None:
    text = write(tmp_path, "label,p_4.0,p_True\n4,0.75,0.25\nTRUE,0.5,0.5\n")
    columns = {"label": ["4.0", "true"], "p_4": [0.75, 0.5], "p_true": [0.25, 0.5]}
    assert read(text).observed == read(write_parquet(tmp_path, columns)).observed == ["4", "true"]
