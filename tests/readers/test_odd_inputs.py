"""Inputs that look like others: pipes, foreign types, files without the columns, odd arrays."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import evalreport
from evalreport.readers import ReadSettings, open_predictions
from tests.readers.support import WRITER

ROWS = "label,prob\n1,.5\n0,.2\n"


def read(paths: list[Path], **settings) -> None:
    for shard in open_predictions(paths, ReadSettings(**settings)).shards:
        list(shard.batches())


def refusal(paths: list[Path], **settings) -> str:
    with pytest.raises(evalreport.InputError) as refused:
        read(paths, **settings)
    return str(refused.value).replace(f"{paths[0].parent}{os.sep}", "")


def test_a_second_file_without_the_label_is_named(tmp_path):
    (tmp_path / "a.csv").write_text(ROWS)
    (tmp_path / "b.csv").write_text("x,y\n1,2\n")
    assert refusal([tmp_path / "a.csv", tmp_path / "b.csv"]) == (
        "b.csv: column 'label', in use in a.csv, is not there.\n  The columns are: x, y."
    )


def test_a_pipe_is_read_whole_like_standard_input(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(ROWS * 1,))
    writer.start()
    evaluation = evalreport.evaluate_file(pipe, format="csv")
    writer.join()
    assert evaluation.result.overall.n == 2


@pytest.mark.parametrize(
    ("column", "cells", "settings"),
    [
        ("label", [[1], [2]], {}),
        ("part", [[1], [2]], {"slices": ("part",)}),
        ("part", [b"\xff", b"a"], {"slices": ("part",)}),
        ("key", [b"\xff", b"a"], {"id": "key"}),
    ],
)
def test_cells_that_have_no_text_are_refused_by_name(tmp_path, column, cells, settings):
    table = {"label": pa.array([1, 0]), "prob": [0.5, 0.4], column: pa.array(cells)}
    pq.write_table(pa.table(table), tmp_path / "p.parquet")
    message = refusal([tmp_path / "p.parquet"], **settings)
    assert message.startswith(f"p.parquet, column '{column}': cells of type ")


def test_cells_without_text_stand_in_the_rejects_as_python_writes_them(tmp_path):
    table = {
        "label": ["a", None],
        "prob_a": [1.0, 1.0],
        "prob_b": [0.0, 0.0],
        "raw": [b"a", b"\xff"],
    }
    pq.write_table(pa.table(table), tmp_path / "p.parquet")
    settings = ReadSettings(on_invalid="drop", keep_rejected_rows=True)
    (shard,) = open_predictions([tmp_path / "p.parquet"], settings).shards
    (batch,) = shard.batches()
    assert dict(batch.intake.rejections[0].cells)["raw"] == r"b'\xff'"


def test_a_row_of_zeros_is_not_told_to_be_scored_as_it_is(tmp_path):
    (tmp_path / "p.csv").write_text("label,prob_a,prob_b\na,0,0\n")
    message = refusal([tmp_path / "p.csv"], normalize="as-is")
    assert "sum to 0, not to 1" in message
    assert "as-is" not in message


def test_the_label_may_be_a_slice_too(tmp_path):
    (tmp_path / "p.csv").write_text(ROWS)
    evaluation = evalreport.evaluate_file(tmp_path / "p.csv", slices=["label"])
    assert evaluation.slices["value"].tolist() == ["0", "1"]


def test_categories_tell_the_order_of_the_columns():
    codes = np.tile([0, 1, 2], 10)
    probs = np.random.default_rng(0).dirichlet([1, 1, 1], 30)
    observed = pd.Categorical.from_codes(codes, ["c", "a", "b"])
    evaluation = evalreport.evaluate(observed, probs)
    assert evaluation.result.input.classes == ("c", "a", "b")
    losses = -np.log(probs[np.arange(30), codes])
    assert evaluation.log_loss == pytest.approx(losses.mean(), rel=1e-12)


def test_numbers_written_as_text_sort_in_two_ways_so_the_order_is_asked_for():
    observed = np.array(["2", "10", "100"])[np.tile([0, 1, 2], 10)]
    probs = np.random.default_rng(0).dirichlet([1, 1, 1], 30)
    with pytest.raises(evalreport.InputError, match="10, 100, 2, as numbers 2, 10, 100"):
        evalreport.evaluate(observed, probs)
    assert evalreport.evaluate(observed.astype(int), probs).result.input.classes == (
        "2",
        "10",
        "100",
    )


def test_arrays_of_foreign_numbers_are_read_or_refused_by_name():
    assert evalreport.evaluate([0, 1], np.array([0.2, 0.3], np.longdouble)).log_loss > 0
    with pytest.raises(evalreport.InputError, match="probs holds complex numbers"):
        evalreport.evaluate([0, 1], np.array([0.2 + 1j, 0.3]))
    with pytest.raises(evalreport.InputError, match="nothing says which of them"):
        evalreport.evaluate([10**30, 0], [0.2, 0.3])
    with pytest.raises(evalreport.SettingsError, match="classes takes the names of all classes"):
        evalreport.evaluate([0, 1], [0.2, 0.3], classes=2)


@pytest.mark.parametrize("depth", [500, 2_000, 30_000])
def test_records_nested_too_deeply_are_refused_with_their_row(tmp_path, depth):
    deep = "[" * depth + "]" * depth
    lines = '{"label": 0, "prob": 0.3}\n{"label": 1, "prob": 0.8, "x": ' + deep + "}\n"
    (tmp_path / "p.jsonl").write_text(lines)
    assert refusal([tmp_path / "p.jsonl"]).startswith("p.jsonl, row ")


def test_brackets_in_text_are_no_nesting(tmp_path):
    line = '{"label": 1, "prob": 0.8, "x": "' + "[" * 200 + '"}\n'
    (tmp_path / "p.jsonl").write_text(line * 3 + line.replace("1, ", "0, ", 1))
    assert evalreport.evaluate_file(tmp_path / "p.jsonl").result.overall.n == 4


@pytest.mark.parametrize("pair", [("yes", "y"), ("true", "1")])
def test_two_words_that_both_say_yes_ask_which_is_meant(tmp_path, pair):
    (tmp_path / "p.csv").write_text(f"label,prob\n{pair[0]},.8\n{pair[1]},.3\n")
    assert f"the labels are '{pair[0]}' and '{pair[1]}'" in refusal([tmp_path / "p.csv"])


def test_a_byte_order_mark_alone_is_an_empty_file(tmp_path):
    (tmp_path / "p.csv").write_bytes(b"\xef\xbb\xbf")
    assert refusal([tmp_path / "p.csv"]) == "p.csv: the file is empty." + WRITER


def test_complex_numbers_in_an_archive_are_refused_by_name(tmp_path):
    np.savez(tmp_path / "p.npz", y_true=[1, 0], y_prob=np.array([0.5, 0.5j]))
    assert "'y_prob' holds complex numbers" in refusal([tmp_path / "p.npz"])


def test_a_perplexity_beyond_every_double_is_null_and_not_infinity(tmp_path):
    (tmp_path / "p.csv").write_text("label,logprob_a,logprob_b\na,-2000,0\nb,-2000,0\n")
    evaluation = evalreport.evaluate_file(tmp_path / "p.csv", input_kind="log-probabilities")
    assert evaluation.log_loss == 1000.0
    assert '"perplexity": null' in evaluation.to_json()
