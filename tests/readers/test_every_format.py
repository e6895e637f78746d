"""Ten thousand real rows give the same digest, however they are stored."""

from __future__ import annotations

import pickle
import tempfile
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

import evalreport
from evalreport.readers import FORMATS, ReadSettings, open_predictions
from evalreport.settings import FORMAT_NAMES
from tests.readers.forms import FORMS, Form, real_rows, write_delimited

INK = ("ink",)


@cache
def table() -> pa.Table:
    return real_rows()


@cache
def plain_csv(slices: tuple[str, ...], with_ids: bool) -> evalreport.Evaluation:
    """Return the evaluation of plain CSV; the name of a slice column is part of the digest."""
    rows = table() if with_ids else table().drop_columns(["id"])
    rows = rows.rename_columns({"ink": slices[0]}) if slices else rows
    with tempfile.TemporaryDirectory() as folder:
        path = write_delimited(Path(folder, "p.csv"), rows)
        return evalreport.evaluate_file(path, slices=slices)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_form_of_the_same_rows_gives_the_same_digest(form: Form, tmp_path: Path) -> None:
    paths = form.write(table(), tmp_path)
    options = {"slices": INK, **form.options}
    evaluation = evalreport.evaluate_file(
        *(paths if isinstance(paths, list) else [paths]), **options
    )
    expected = plain_csv(options["slices"], form.has_ids)
    assert evaluation.result.input.rows_scored == 10_000
    assert evaluation.log_loss == expected.log_loss
    assert evaluation.digest == expected.digest


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_parts_of_every_form_cross_process_borders(form: Form, tmp_path: Path) -> None:
    paths = form.write(table().slice(0, 50), tmp_path)
    settings = ReadSettings(**form.options)
    shards = open_predictions(paths if isinstance(paths, list) else [paths], settings).shards
    there = pickle.loads(pickle.dumps(shards))
    assert sum(len(batch) for shard in there for batch in shard.batches()) == 50


def test_the_command_line_knows_every_format() -> None:
    assert tuple(FORMATS) == FORMAT_NAMES
