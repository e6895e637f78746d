"""One row for each id and class, as one row for each id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evalreport.readers.interface import ReadSettings
from evalreport.readers.long_form import LongPart
from tests.readers.support import opened, read, refusal, rows_of, write

HEADER = "id,class,prob,label\n"
GOOD = "1,a,0.75,a\n1,b,0.25,a\n2,b,0.5,b\n2,a,0.5,b\n"
EVERY = "\n  Every id has one row for each class, all in one file: a, b."
OBSERVED = "\n  Write the observed class on all rows of an id, or 1 on its row and 0 elsewhere."


def long(folder: Path, rows: str = GOOD, header: str = HEADER) -> Path:
    return write(folder, header + rows)


def test_the_observed_class_may_stand_on_every_row(tmp_path: Path) -> None:
    predictions = opened(long(tmp_path), class_column="class")
    rows = rows_of(predictions)
    assert (rows.observed, list(rows.joined("ids"))) == (["a", "b"], ["1", "2"])
    assert rows.probs.tolist() == [[0.75, 0.25], [0.5, 0.5]]
    assert rows.numbers == [1, 3]
    assert predictions.readings[-1] == (
        "Long form: each id in column 'id' has 2 rows, one for each class in column 'class'; "
        "column 'label' holds the observed class. Rows are numbered as in the file."
    )


def test_a_one_may_mark_the_observed_class(tmp_path: Path) -> None:
    rows = read(long(tmp_path, "1,a,.75,1\n1,b,.25,0\n2,b,.5,1\n2,a,.5,0\n"), class_column="class")
    assert rows.observed == ["a", "b"]


def test_classes_zero_and_one_are_not_taken_for_marks(tmp_path: Path) -> None:
    rows = read(long(tmp_path, "1,0,.75,1\n1,1,.25,1\n2,1,.5,0\n2,0,.5,0\n"), class_column="class")
    assert (rows.observed, rows.probs.tolist()) == (["1", "0"], [[0.75, 0.25], [0.5, 0.5]])


def test_other_columns_are_those_of_the_first_row_of_an_id(tmp_path: Path) -> None:
    text = "id,class,prob,label,w,lang\n1,a,1,a,2,fr\n1,b,0,a,2,fr\n2,a,1,a,3,de\n2,b,0,a,3,de\n"
    rows = read(write(tmp_path, text), class_column="class", weight="w", slices=("lang",))
    assert (rows.joined("weights").tolist(), rows.slice_values()) == ([2, 3], ["fr", "de"])


@pytest.mark.parametrize("max_rows", [1, 2, 3, 1000])
def test_any_cut_of_the_rows_gives_the_same_ids(tmp_path: Path, max_rows: int) -> None:
    text = "".join(
        f"{n},{c},{p},a\n" for n in range(50) for c, p in (("a", 0.5), ("b", 0.25), ("c", 0.25))
    )
    predictions = opened(long(tmp_path, text), class_column="class")
    part: Any = predictions.shards[0]
    assert isinstance(part.part, LongPart)
    chunks = list(part.part.chunks(["id"], max_rows))
    assert [cell for chunk in chunks for cell in chunk.cells.column("id").to_pylist()] == [
        str(n) for n in range(50)
    ]
    assert [chunk.first_row for chunk in chunks][:2] == [1, 1 + 3 * len(chunks[0].cells)][
        : len(chunks)
    ]


def test_ids_may_go_across_row_groups_and_types_across_blocks(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    table = pa.table(
        {"id": [1, 1, 2, 2], "class": ["a", "b"] * 2, "prob": [0.5] * 4, "label": ["a"] * 4}
    )
    pq.write_table(table, path, row_group_size=1)
    assert list(read(path, class_column="class").joined("ids")) == ["1", "2"]
    records = [{"id": n // 2, "class": "ab"[n % 2], "prob": 0.5, "label": "a"} for n in range(8)]
    lines = write(tmp_path, "".join(json.dumps(each) + "\n" for each in records), "p.jsonl")
    assert len(read(lines, class_column="class").observed) == 4


BAD: list[tuple[str, str]] = [
    ("1,a,1,a\n1,b,0,a\n2,a,1,a\n3,a,1,a\n3,b,0,a\n",
     f"row 3, column 'class': id '2' has no row for class 'b'.{EVERY}"),
    ("1,a,1,a\n1,b,0,a\n2,a,1,a\n",
     f"row 3, column 'class': id '2' has no row for class 'b'.{EVERY}"),
    ("1,a,1,a\n1,b,0,a\n2,a,1,a\n2,a,0,a\n",
     f"row 3, column 'class': id '2' has two rows for class 'a'.{EVERY}"),
    ("1,a,1,a\n1,b,0,a\n2,a,1,a\n2,c,0,a\n",
     "row 4, column 'class': class 'c' stands here, and other ids have no row for it.\n"
     "  Every id has one row for each class, all in one file: a, b, c."),
    ("1,a,1,a\n2,a,1,a\n",
     "column 'class': every row speaks of class 'a', and it takes two or more.\n"
     "  In the long form each class has a row of its own for every id, all in one file."),
    ("1,a,1,a\n1,b,0,a\n,a,1,a\n,b,0,a\n",
     "row 3, column 'id': the id is missing.\n  In the long form every row has an id and a class."),
    ("1,a,1,a\n1,,0,a\n",
     "row 2, column 'class': the class is missing.\n"
     "  In the long form every row has an id and a class."),
    ("1,a,1,a\n1,b,0,b\n",
     f"row 1, column 'label': the rows of one id hold 'a' and 'b'.{OBSERVED}"),
    ("1,a,1,1\n1,b,0,0\n2,a,1,0\n2,b,0,0\n",
     "row 3, column 'label': one row of an id says 1 and the others 0, and here they say 0, 0."
     f"{OBSERVED}"),
    ("1,a,1,a\n1,b,0,a\n2,a,1.5,a\n2,b,0,a\n",
     "row 3, column 'prob[a]': probability 1.5 is above 1.\n"
     "  Pass --on-invalid drop to leave such rows out."),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "message"), BAD)
def test_ids_without_one_row_for_each_class_are_refused(
    tmp_path: Path, rows: str, message: str
) -> None:
    assert refusal(long(tmp_path, rows), class_column="class") == f"p.csv, {message}"


def test_columns_of_the_long_form_are_asked_for(tmp_path: Path) -> None:
    path = long(tmp_path, header="x,class,prob,label\n")
    assert refusal(path, class_column="class") == (
        "p.csv: the long form needs --id, and no column is named so.\n"
        "  Pass --id COL; the columns are: x, class, prob, label."
    )
    assert read(path, class_column="class", id="x").observed == ["a", "b"]
    assert refusal(path, class_column="klass") == (
        "p.csv: there is no column 'klass', which --class-column asks for.\n  Did you mean 'class'?"
    )
    assert refusal(path, class_column="class", id="x", label="x") == (
        "with --class-column, id, class, probability and label are four different columns, not "
        "x, class, prob, x."
    )
    assert refusal(path, class_column="class", id="x", probs=("prob", "label")) == (
        "with --class-column, --probs names one column: the probability."
    )


def test_reading_a_long_form_is_part_of_the_settings() -> None:
    assert ReadSettings(class_column="class").class_column == "class"
