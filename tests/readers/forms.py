"""The same table in every form that predictions are stored in."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import lzma
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.feather
import pyarrow.parquet as pq

DIGITS = Path(__file__).resolve().parents[2] / "example_data" / "digits.csv"
CLASSES = [str(digit) for digit in range(10)]


def real_rows(n_rows: int = 10_000) -> pa.Table:
    """Return rows of the example predictions, as often as it takes, each with an id of its own."""
    table = pa_csv.read_csv(DIGITS)
    repeated = pa.concat_tables([table] * (n_rows // table.num_rows + 1)).slice(0, n_rows)
    ids = pa.array([f"r{number}" for number in range(n_rows)])
    names = ["label", "ink", *(f"prob_{name}" for name in CLASSES)]
    return repeated.select(names).add_column(0, "id", ids).combine_chunks()


@dataclass(frozen=True)
class Form:
    """A way to store the table, and the options that it takes to read it."""

    name: str
    write: Callable[[pa.Table, Path], Path | list[Path]]
    options: Mapping[str, Any] = field(default_factory=dict)
    has_ids: bool = True


def probs_of(table: pa.Table) -> Any:
    return np.column_stack([table.column(f"prob_{name}").to_numpy() for name in CLASSES])


def flat_records(table: pa.Table) -> Iterator[dict[str, Any]]:
    yield from table.to_pylist()


def records(
    table: pa.Table, key: str, shaped: Callable[[list[float]], Any]
) -> Iterator[dict[str, Any]]:
    """Yield records whose probabilities are in one value."""
    for row in table.to_pylist():
        values = [row.pop(f"prob_{name}") for name in CLASSES]
        yield {**row, key: shaped(values)}


def as_object(values: list[float]) -> dict[str, float]:
    return dict(zip(CLASSES, values, strict=True))


def as_pairs(values: list[float]) -> list[dict[str, Any]]:
    """Return what a text classification pipeline returns: the best label first."""
    pairs = [{"label": c, "score": p} for c, p in zip(CLASSES, values, strict=True)]
    return sorted(pairs, key=lambda pair: -float(pair["score"]))


def write_delimited(path: Path, table: pa.Table, **dialect: Any) -> Path:
    comma = dialect.pop("decimal", ".") == ","
    header = dialect.pop("header", True)
    with path.open("w", encoding=dialect.pop("encoding", "utf-8"), newline="") as file:
        writer = csv.writer(file, lineterminator=dialect.pop("end", "\n"), **dialect)
        if header:
            writer.writerow(table.column_names)
        for row in zip(*table.to_pydict().values(), strict=True):
            cells = [repr(cell) if isinstance(cell, float) else str(cell) for cell in row]
            writer.writerow([cell.replace(".", ",") for cell in cells] if comma else cells)
    return path


def compressed(path: Path, table: pa.Table, compress: Callable[[bytes], bytes]) -> Path:
    plain = write_delimited(path.with_suffix(""), table)
    path.write_bytes(compress(plain.read_bytes()))
    plain.unlink()
    return path


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


def write_json_lines(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    with path.open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def write_json(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(list(rows), indent=1))
    return path


def with_list(table: pa.Table, kind: pa.DataType) -> pa.Table:
    rest = table.select(["id", "label", "ink"])
    return rest.append_column("probs", pa.array(probs_of(table).tolist(), kind))


def with_struct(table: pa.Table) -> pa.Table:
    columns = [table.column(f"prob_{name}").combine_chunks() for name in CLASSES]
    struct = pa.StructArray.from_arrays(columns, names=CLASSES)
    return table.select(["id", "label", "ink"]).append_column("probs", struct)


def with_map(table: pa.Table) -> pa.Table:
    rows = [list(zip(CLASSES, row, strict=True)) for row in probs_of(table).tolist()]
    column = pa.array(rows, pa.map_(pa.string(), pa.float64()))
    return table.select(["id", "label", "ink"]).append_column("probs", column)


def written(path: Path, table: pa.Table, write: Callable[..., None], **more: Any) -> Path:
    write(table, path, **more)
    return path


def write_stream(path: Path, table: pa.Table) -> Path:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=1234)
    return path


def write_npz(path: Path, table: pa.Table, compress: bool = False) -> Path:
    save = np.savez_compressed if compress else np.savez
    arrays = {name: np.array(table.column(name).to_pylist()) for name in ("id", "ink")}
    save(path, y_true=table.column("label").to_numpy(), y_prob=probs_of(table), **arrays)
    return path


def write_npy(folder: Path, table: pa.Table) -> list[Path]:
    np.save(folder / "y_true.npy", table.column("label").to_numpy())
    np.save(folder / "y_prob.npy", probs_of(table))
    return [folder / "y_true.npy", folder / "y_prob.npy"]


def write_long(path: Path, table: pa.Table, indicator: bool) -> Path:
    def lines(file: TextIO) -> None:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "ink", "class", "observed", "prob"])
        for row in table.to_pylist():
            for name in CLASSES:
                label = int(str(row["label"]) == name) if indicator else row["label"]
                writer.writerow([row["id"], row["ink"], name, label, repr(row[f"prob_{name}"])])

    with path.open("w", newline="") as file:
        lines(file)
    return path


def write_hive(table: pa.Table, folder: Path) -> Path:
    inks = table.column("ink")
    for value in inks.unique().to_pylist():
        part = folder / "data" / f"ink={value}"
        part.mkdir(parents=True)
        rows = table.filter(pa.compute.equal(inks, value)).drop_columns(["ink"])
        pq.write_table(rows, part / "part-0.parquet")
    return folder / "data"


def write_pattern(table: pa.Table, folder: Path) -> Path:
    for number, start in enumerate(range(0, table.num_rows, 3000)):
        write_delimited(folder / f"part-{number}.csv", table.slice(start, 3000))
    return folder / "part-*.csv"


LIST = pa.list_(pa.float64())

FORMS = (
    Form("csv", lambda t, d: write_delimited(d / "p.csv", t)),
    Form("csv, all quoted", lambda t, d: write_delimited(d / "p.csv", t, quoting=csv.QUOTE_ALL)),
    Form(
        "csv, CRLF and BOM",
        lambda t, d: write_delimited(d / "p.csv", t, encoding="utf-8-sig", end="\r\n"),
    ),
    Form(
        "csv, semicolon and decimal comma",
        lambda t, d: write_delimited(d / "p.csv", t, delimiter=";", decimal=","),
    ),
    Form(
        "csv, odd delimiter",
        lambda t, d: write_delimited(d / "p.csv", t, delimiter="^"),
        {"delimiter": "^"},
    ),
    Form(
        "csv without header",
        lambda t, d: write_delimited(d / "p.csv", t, header=False),
        {
            "header": False,
            "id": "1",
            "label": "2",
            "slices": ("3",),
            "probs": tuple(str(number) for number in range(4, 14)),
            "classes": tuple(CLASSES),
        },
    ),
    Form("tsv", lambda t, d: write_delimited(d / "p.tsv", t, delimiter="\t")),
    Form("csv.gz", lambda t, d: compressed(d / "p.csv.gz", t, gzip.compress)),
    Form("csv.bz2", lambda t, d: compressed(d / "p.csv.bz2", t, bz2.compress)),
    Form("csv.xz", lambda t, d: compressed(d / "p.csv.xz", t, lzma.compress)),
    Form("csv.zst", lambda t, d: compressed(d / "p.csv.zst", t, zstd)),
    Form("jsonl, flat", lambda t, d: write_json_lines(d / "p.jsonl", flat_records(t))),
    Form(
        "jsonl, object",
        lambda t, d: write_json_lines(d / "p.ndjson", records(t, "probs", as_object)),
    ),
    Form("jsonl, list", lambda t, d: write_json_lines(d / "p.jsonl", records(t, "probs", list))),
    Form(
        "jsonl, label and score",
        lambda t, d: write_json_lines(d / "p.jsonl", records(t, "scores", as_pairs)),
        {"classes": tuple(CLASSES)},
    ),
    Form("json, flat", lambda t, d: write_json(d / "p.json", flat_records(t))),
    Form("json, object", lambda t, d: write_json(d / "p.json", records(t, "probs", as_object))),
    Form("parquet", lambda t, d: written(d / "p.parquet", t, pq.write_table, row_group_size=999)),
    Form(
        "parquet, list",
        lambda t, d: written(
            d / "p.parquet", with_list(t, LIST), pq.write_table, row_group_size=999
        ),
    ),
    Form("parquet, struct", lambda t, d: written(d / "p.parquet", with_struct(t), pq.write_table)),
    Form(
        "parquet, map",
        lambda t, d: written(d / "p.parquet", with_map(t), pq.write_table),
        {"classes": tuple(CLASSES)},
    ),
    Form(
        "feather",
        lambda t, d: written(d / "p.feather", t, pyarrow.feather.write_feather, chunksize=1000),
    ),
    Form(
        "arrow, fixed-size list",
        lambda t, d: written(
            d / "p.arrow",
            with_list(t, pa.list_(pa.float64(), 10)),
            pyarrow.feather.write_feather,
            compression="uncompressed",
        ),
    ),
    Form("arrow stream", lambda t, d: write_stream(d / "p.arrow", with_struct(t))),
    Form("npz", lambda t, d: write_npz(d / "p.npz", t)),
    Form("npz, compressed", lambda t, d: write_npz(d / "p.npz", t, compress=True)),
    Form("npy pair", lambda t, d: write_npy(d, t), {"slices": ()}, has_ids=False),
    Form(
        "long, observed class",
        lambda t, d: write_long(d / "p.csv", t, False),
        {"class_column": "class"},
    ),
    Form("long, 0 and 1", lambda t, d: write_long(d / "p.csv", t, True), {"class_column": "class"}),
    Form("folders named key=value", write_hive),
    Form("pattern", write_pattern),
)
