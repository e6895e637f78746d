"""Tokens and Gaussian forecasts out of memory, and options as each caller spells them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import evalreport
from evalreport.errors import EvalReportError, InputError, SettingsError

LISTS = [[-0.5, -1.5], [-4.0], [-0.25, -0.75, -2.0]]
FLAT = np.array([each for document in LISTS for each in document])
DOCUMENTS = ["a", "a", "b", "c", "c", "c"]


def tokens(probs: object, **options: object) -> evalreport.api.Evaluation:
    return evalreport.evaluate(probs=probs, input_kind="tokens", **options)


@pytest.mark.parametrize(
    "probs",
    [
        LISTS,
        tuple(tuple(each) for each in LISTS),
        [np.array(each) for each in LISTS],
        [np.array(each, dtype=np.float32) for each in LISTS],
        np.array([np.array(each) for each in LISTS], dtype=object),
        pd.Series(LISTS),
        pa.array(LISTS),
        pa.chunked_array([LISTS[:1], LISTS[1:]]),
        [[{"logprob": each} for each in document] for document in LISTS],
    ],
    ids=lambda each: type(each).__name__,
)
def test_lists_of_tokens_are_documents_whatever_holds_them(probs):
    result = tokens(probs).result
    assert (result.overall.n, result.overall.log_loss) == (6, 1.5)
    assert result.tokens.n_documents == 3
    assert result.tokens.document_mean.value == 2.0
    assert result.tokens.positions[0].n == 3


def test_a_table_of_tokens_has_a_document_in_each_row():
    result = tokens(np.full((4, 5), -1.0)).result
    assert (result.overall.n, result.tokens.n_documents) == (20, 4)


def test_a_first_token_may_have_nothing():
    result = tokens([[None, -1.0], [None, -3.0]]).result
    assert (result.overall.log_loss, result.tokens.skipped_first_tokens) == (2.0, 2)


@pytest.mark.parametrize(
    "probs", [FLAT, FLAT.tolist(), pd.Series(FLAT), pa.array(FLAT)], ids=lambda p: type(p).__name__
)
def test_single_tokens_take_their_documents_beside_them(probs):
    result = tokens(probs, clusters=DOCUMENTS, n_bytes=[1, 2, 3, 4, 5, 6]).result
    assert (result.overall.log_loss, result.tokens.n_documents) == (1.5, 3)
    assert result.tokens.bits_per_byte.value == pytest.approx(9 / np.log(2) / 21)
    assert result.input.format == "arrays"
    assert result.input.columns.cluster == "clusters"


def test_arrays_and_a_file_of_tokens_give_the_same_digest(tmp_path):
    weights, kinds = [1, 2, 0, 1, 1, 3], list("xyxyxy")
    texts = ["a", "é", "c", "d", "e", "f"]
    ours = tokens(
        FLAT, clusters=DOCUMENTS, weights=weights, slices={"kind": kinds}, texts=texts
    ).result
    rows = zip(DOCUMENTS, FLAT.tolist(), weights, kinds, texts, strict=True)
    path = tmp_path / "t.csv"
    lines = ["doc,logprob,w,kind,text", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    columns = {"cluster": "doc", "weight": "w", "slices": ["kind"], "text": "text"}
    theirs = evalreport.evaluate_file(path, input_kind="tokens", **columns).result
    assert ours.digest == theirs.digest
    assert (ours.overall, ours.tokens, ours.slices) == (
        theirs.overall,
        theirs.tokens,
        theirs.slices,
    )


def test_gaussian_forecasts_are_taken_from_arrays(tmp_path):
    rng = np.random.default_rng(3)
    mean, std = rng.normal(size=50), np.exp(rng.normal(size=50))
    y = mean + std * rng.normal(size=50)
    ids = [f"r{i}" for i in range(50)]
    ours = evalreport.evaluate(y, mean=mean, std=std, ids=ids, input_kind="gaussian")
    path = tmp_path / "g.csv"
    rows = zip(ids, y, mean, std, strict=True)
    path.write_text("id,y,mean,std\n" + "".join(f"{i},{a!r},{b!r},{c!r}\n" for i, a, b, c in (
        (i, float(a), float(b), float(c)) for i, a, b, c in rows
    )))  # fmt: skip
    theirs = evalreport.evaluate_file(path, input_kind="gaussian")
    assert ours.digest == theirs.digest
    assert ours.result.gaussian == theirs.result.gaussian
    frame = pd.DataFrame({"y": y, "m": mean, "s": std})
    again = evalreport.evaluate(frame.y, mean=frame.m, std=frame.s, ids=ids, input_kind="gaussian")
    assert again.digest == ours.digest


def test_a_slice_may_be_called_like_an_argument():
    slices = {"probs": list("aabbcc"), "id": list("uvuvuv")}
    result = tokens(FLAT, slices=slices).result
    assert [each.value for each in result.slices] == ["a", "b", "c", "u", "v"]
    assert result.input.columns.id is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"input_kind": "tokens"}, "probs= is missing."),
        (
            {"observed": [1], "probs": [-1.0], "input_kind": "tokens"},
            "observed= has no meaning with input_kind='tokens'.",
        ),
        (
            {"probs": [-1.0], "mean": [1.0], "input_kind": "tokens"},
            "mean= has no meaning with input_kind='tokens'.",
        ),
        (
            {"probs": [-1.0], "floor": 1e-7, "input_kind": "tokens"},
            "floor= has no meaning with input_kind='tokens'.",
        ),
        ({"observed": [1.0], "input_kind": "gaussian"}, "mean= and std= are missing."),
        (
            {"observed": [1.0], "mean": [1.0], "std": [1.0], "classes": "ab",
             "input_kind": "gaussian"},
            "classes= has no meaning with input_kind='gaussian'.",
        ),
        (
            {"observed": [1.0], "mean": [1.0], "std": [1.0], "clusters": ["a"],
             "input_kind": "gaussian"},
            "clusters= has no meaning with input_kind='gaussian'.",
        ),
        (
            {"observed": [1, 0], "probs": [0.5, 0.5], "mean": [1.0, 1.0]},
            "mean= needs input_kind='gaussian'.",
        ),
        (
            {"observed": [1, 0], "probs": [0.5, 0.5], "texts": ["a", "b"]},
            "texts= needs input_kind='tokens'.",
        ),
    ],
)  # fmt: skip
def test_arguments_that_are_missing_or_say_nothing_are_refused(options, message):
    with pytest.raises(SettingsError) as raised:
        evalreport.evaluate(**options)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"probs": [-1.0, 0.5], "input_kind": "tokens"},
            "row 2, column 'probs': log-probability 0.5 is above 0.\n"
            "  Pass on_invalid='drop' to leave such rows out.",
        ),
        (
            {"probs": [[-1.0], [-1.0, np.nan]], "input_kind": "tokens"},
            "row 2, column 'probs': the log-probability of token 2 is NaN.\n"
            "  Pass on_invalid='drop' to leave such rows out.",
        ),
        (
            {"probs": [-1.0, -2.0], "clusters": ["a"], "input_kind": "tokens"},
            "'clusters' has 1 row, and 'probs' has 2.\n"
            "  All arrays need one value, or one row, for each prediction.",
        ),
        ({"probs": [], "input_kind": "tokens"}, "there are no rows."),
        (
            {"probs": [[-1.0], ["a", -1.0]], "input_kind": "tokens"},
            "probs cannot be read as lists of log-probabilities: ",
        ),
        (
            {"observed": [1.0, 2.0], "mean": [1.0, 1.0], "std": [1.0, 0.0],
             "input_kind": "gaussian"},
            "row 2, column 'std': standard deviation 0 is not above 0.\n"
            "  A forecast that is certain has no density: give every row a little spread.",
        ),
        (
            {"observed": [1.0], "mean": [[1.0, 2.0]], "std": [1.0], "input_kind": "gaussian"},
            "mean has 2 columns, and one is needed.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_arrays_is_told_by_row_and_argument(options, message):
    with pytest.raises(InputError) as raised:
        evalreport.evaluate(**options)
    assert str(raised.value).startswith(message)


# --- the same hint for each caller ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "given", "command_line", "python"),
    [
        (
            "label,prob_a,prob_b\na,0.5,0.6\n",
            {},
            "Pass --normalize rescale to divide such rows by their sum, or --normalize as-is",
            "Pass normalize='rescale' to divide such rows by their sum, or normalize='as-is'",
        ),
        (
            "x,prob\n1,0.5\n",
            {},
            "Pass --label COL; the columns are: x, prob.",
            "Pass label='COL'; the columns are: x, prob.",
        ),
        (
            "label,prob\nno,0.5\nmaybe,0.5\n",
            {},
            "Pass --positive no or --positive maybe.",
            "Pass positive='no' or positive='maybe'.",
        ),
        (
            "label,prob\n1,0.5\n",
            {"slice": "place"},
            "there is no column 'place', which --slice asks for.",
            "there is no column 'place', which slices= asks for.",
        ),
        (
            "label,prob\n1,0.5\n",
            {"mean": "prob"},
            "--mean needs --input-kind gaussian.",
            "mean= needs input_kind='gaussian'.",
        ),
    ],
)
def test_options_are_spelled_for_whoever_asks(tmp_path, text, given, command_line, python):
    path = Path(tmp_path / "p.csv")
    path.write_text(text)
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    command = [sys.executable, "-m", "evalreport", "report", "p.csv", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert command_line in done.stderr.decode()
    keywords = {{"slice": "slices"}.get(name, name): value for name, value in given.items()}
    with pytest.raises(EvalReportError) as raised:
        evalreport.evaluate_file(path, **keywords)
    assert python in str(raised.value)
    assert " --" not in str(raised.value)


def test_findings_spell_options_for_those_who_read_the_report(tmp_path):
    ours = tokens(FLAT)
    path = tmp_path / "t.csv"
    path.write_text("logprob\n" + "".join(f"{each}\n" for each in FLAT))
    theirs = evalreport.evaluate_file(path, input_kind="tokens")
    checks = [
        next(each.check for each in found.result.findings if each.code == "naive-interval")
        for found in (ours, theirs)
    ]
    assert checks == [
        "Pass clusters= with what names the document of each token.",
        "Pass --cluster COL with what names the document of each token.",
    ]
