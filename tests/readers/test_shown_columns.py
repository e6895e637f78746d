"""Contents of columns that are shown with the worst rows, and slices by two columns."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import evalreport
from evalreport.errors import InputError, SettingsError
from evalreport.evaluation_file import dumps
from evalreport.readers.shown import MOST_LETTERS
from tests.readers.support import read, refusal, write, write_parquet

HEADER = "label,prob_cat,prob_dog,text,lang,device\n"
ROWS = (
    "cat,0.8,0.2,first,fr,phone\n"
    "dog,0.9,0.1,second,fr,desk\n"
    "cat,0.3,0.7,,en,phone\n"
    "dog,0.4,0.6,fourth,en,desk\n"
)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return write(tmp_path, HEADER + ROWS)


def worst(path: Path, **options):
    return evalreport.evaluate_file(path, **options).result.worst_rows


# --- shown columns ------------------------------------------------------------------------------


def test_no_other_column_is_in_the_evaluation_unless_it_was_asked_for(rows):
    text = dumps(evalreport.evaluate_file(rows).result)
    assert "second" not in text
    assert "fr" not in text.replace("frequenc", "")


def test_shown_columns_stand_with_the_worst_rows_in_the_order_they_were_asked_for(rows):
    found = worst(rows, show=["device", "text"], worst=3)
    assert [list(each.shown.items()) for each in found] == [
        [("device", "desk"), ("text", "second")],
        [("device", "phone"), ("text", "")],
        [("device", "desk"), ("text", "fourth")],
    ]


def test_only_rows_that_are_kept_are_in_the_evaluation(rows):
    text = dumps(evalreport.evaluate_file(rows, show=["text"], worst=1).result)
    assert "second" in text
    assert "fourth" not in text


def test_the_label_a_probability_or_a_slice_may_be_shown_too(rows):
    found = worst(rows, show=["label", "prob_cat", "lang"], slices=["lang"], worst=1)
    assert dict(found[0].shown) == {"label": "dog", "prob_cat": "0.9", "lang": "fr"}


def test_values_are_spelled_alike_in_csv_and_parquet(tmp_path):
    columns = {
        "label": ["a", "b"],
        "prob_a": [0.5, 0.5],
        "prob_b": [0.5, 0.5],
        "price": [1.0, 2.5],
        "known": [True, None],
    }
    parquet = write_parquet(tmp_path, columns)
    csv = write(tmp_path, "label,prob_a,prob_b,price,known\na,0.5,0.5,1.0,True\nb,0.5,0.5,2.5,\n")
    for path in (parquet, csv):
        found = worst(path, show=["price", "known"])
        assert [dict(each.shown) for each in found] == [
            {"price": "1", "known": "true"},
            {"price": "2.5", "known": ""},
        ]


def test_lists_and_records_are_shown_as_they_are(tmp_path):
    columns = {
        "label": ["a", "b"],
        "prob_a": [0.4, 0.5],
        "prob_b": [0.6, 0.5],
        "words": [["x", "y"], None],
    }
    found = worst(write_parquet(tmp_path, columns), show=["words"])
    assert [each.shown["words"] for each in found] == ["['x', 'y']", "None"]


def test_long_texts_are_cut_so_that_memory_is_bounded(tmp_path):
    path = write(tmp_path, f"label,prob_a,prob_b,text\na,0.4,0.6,{'x' * 5000}\nb,0.1,0.9,y\n")
    text = worst(path, show=["text"])[0].shown["text"]
    assert len(text) == MOST_LETTERS
    assert text.endswith("x…")


def test_rows_that_are_left_out_do_not_shift_what_is_shown(tmp_path):
    path = write(tmp_path, HEADER + "mouse,0.5,0.5,bad,fr,desk\n" + ROWS)
    found = worst(path, show=["text"], worst=1, classes=["cat", "dog"], on_invalid="drop")
    assert (found[0].row, found[0].shown["text"]) == (3, "second")


def test_a_column_that_is_not_there_is_refused_by_name(rows):
    assert refusal(rows, show=("txt",)) == (
        "p.csv: there is no column 'txt', which --show asks for.\n  Did you mean 'text'?"
    )


def test_token_files_have_no_rows_to_show(tmp_path):
    path = write(tmp_path, "logprob,text\n-0.5,a\n")
    with pytest.raises(SettingsError, match="show= has no meaning with input_kind='tokens'"):
        evalreport.evaluate_file(path, input_kind="tokens", show=["text"])


def test_arrays_are_shown_by_their_keyword():
    result = evalreport.evaluate(
        ["cat", "dog"],
        [[0.8, 0.2], [0.9, 0.1]],
        classes=["cat", "dog"],
        show={"text": ["one", "two"]},
        worst=1,
    ).result
    assert dict(result.worst_rows[0].shown) == {"text": "two"}
    assert result.input.columns.shown == ("text",)


# --- slices by two columns ----------------------------------------------------------------------


def test_two_columns_make_a_slice_of_every_pair_of_values_that_happens(rows):
    found = {
        each.value: each.n
        for each in evalreport.evaluate_file(rows, slices=["lang*device"]).result.slices
    }
    assert found == {"en | desk": 1, "en | phone": 1, "fr | desk": 1, "fr | phone": 1}


def test_the_numbers_are_those_of_a_column_that_holds_both_values(tmp_path):
    rng = np.random.default_rng(4)
    n = 400
    a, b = rng.choice(["x", "y|z", "u\\"], n), rng.choice(["1", "2 | 3"], n)
    p = rng.uniform(0.1, 0.9, n)
    table = {"label": (rng.random(n) < p).astype(int), "prob": p, "a": a, "b": b}
    table["both"] = [f"{one}&{other}" for one, other in zip(a, b, strict=True)]
    result = evalreport.evaluate_file(
        write_parquet(tmp_path, table), slices=["a*b", "both"], label="label", probs="prob"
    ).result
    losses = {
        column: sorted((each.n, each.log_loss) for each in result.slices if each.column == column)
        for column in ("a*b", "both")
    }
    assert losses["a*b"] == losses["both"]
    assert {each.value for each in result.slices if each.column == "a*b"} >= {
        "y\\|z | 2 \\| 3",
        "u\\\\ | 1",
    }


def test_a_column_whose_name_has_a_star_comes_first(tmp_path):
    path = write(tmp_path, "label,prob_a,prob_b,u,v,u*v\na,0.4,0.6,1,2,own\nb,0.4,0.6,1,2,own\n")
    assert read(path, slices=("u*v",)).slice_values() == ["own", "own"]


def test_a_name_with_a_star_can_be_one_of_the_two(tmp_path):
    path = write(tmp_path, "label,prob_a,prob_b,u*v,w\na,0.4,0.6,1,2\nb,0.4,0.6,3,4\n")
    assert read(path, slices=("u*v*w",)).slice_values() == ["1 | 2", "3 | 4"]


def test_a_star_that_could_stand_in_two_places_is_refused(tmp_path):
    path = write(tmp_path, "label,prob_a,prob_b,u*v,w,u,v*w\na,0.4,0.6,1,2,3,4\n")
    assert refusal(path, slices=("u*v*w",)) == (
        "p.csv: --slice 'u*v*w' can be read in two ways, as the columns 'u' and 'v*w', or 'u*v' "
        "and 'w'.\n  Rename a column, so that its name has no star."
    )


def test_three_columns_are_refused(rows):
    assert refusal(rows, slices=("lang*device*text",)) == (
        "p.csv: --slice 'lang*device*text' has 2 stars, and a slice has two columns at most.\n"
        "  Pass two columns with one star between them."
    )


def test_one_of_the_two_that_is_not_there_is_refused_by_name(rows):
    assert refusal(rows, slices=("lang*devise",)) == (
        "p.csv: there is no column 'devise', which --slice asks for.\n  Did you mean 'device'?"
    )


def test_gaussian_forecasts_have_slices_by_two_columns_too(tmp_path):
    lines = "".join(f"{i % 3},1.0,1.0,{'ab'[i % 2]},c\n" for i in range(40))
    path = write(tmp_path, "y,mean,std,u,v\n" + lines)
    result = evalreport.evaluate_file(path, input_kind="gaussian", slices=["u*v"]).result
    assert {each.value for each in result.gaussian.slices} == {"a | c", "b | c"}


def test_an_evaluation_names_the_two_columns_as_one(rows):
    with pytest.raises(InputError):
        evalreport.evaluate_file(rows, slices=["lang*nothing"])
    columns = evalreport.evaluate_file(rows, slices=["LANG*device"]).result.input.columns
    assert columns.slices == ("lang*device",)


def test_rows_of_gaussian_forecasts_show_what_was_asked_for(tmp_path):
    path = write(tmp_path, "id,y,mean,std,note\na,1,1.0,1,fine\nb,9,2.0,1,far off\n")
    evaluation = evalreport.evaluate_file(path, input_kind="gaussian", show=["note"])
    rows = evaluation.result.gaussian.worst_rows
    assert [(each.id, dict(each.shown)) for each in rows] == [
        ("b", {"note": "far off"}),
        ("a", {"note": "fine"}),
    ]
    arrays = evalreport.evaluate(
        [1.0, 9.0],
        mean=[1.0, 2.0],
        std=[1.0, 1.0],
        ids=["a", "b"],
        show={"note": ["fine", "far off"]},
        input_kind="gaussian",
    )
    assert arrays.result.gaussian.worst_rows == rows
    page = evaluation.to_html(tmp_path / "r.html")
    assert "far off" in page
    assert "is shown because it was asked for" in page
    assert "far off" not in evalreport.evaluate_file(path, input_kind="gaussian").to_markdown()


def test_rows_of_most_likely_classes_show_what_was_asked_for(tmp_path):
    rows = [
        {"id": "a", "label": "cat", "probs": {"cat": 0.8}, "text": "a purr"},
        {"id": "b", "label": "emu", "probs": {"cat": 0.9}, "text": "a long neck"},
    ]
    path = write(tmp_path, "".join(f"{json.dumps(row)}\n" for row in rows), "p.jsonl")
    evaluation = evalreport.evaluate_file(path, top_k=True, show=["text"])
    assert [each.shown["text"] for each in evaluation.result.worst_rows] == [
        "a long neck",
        "a purr",
    ]
    arrays = evalreport.evaluate(
        ["cat", "emu"],
        [each["probs"] for each in rows],
        ids=["a", "b"],
        show={"text": ["a purr", "a long neck"]},
        top_k=True,
    )
    assert arrays.result.worst_rows == evaluation.result.worst_rows
    assert "a long neck" in evaluation.to_html(tmp_path / "r.html")


@pytest.mark.parametrize("form", ["gaussian", "top-k"])
def test_rows_that_share_an_id_show_the_same_in_any_order(tmp_path, form):
    if form == "gaussian":
        lines = ["id,y,mean,std,note", "a,1,1.0,1,x", "a,1,1.0,1,y", "a,1,1.0,1,z"]
        options = {"input_kind": "gaussian"}
    else:
        lines = ["id,label,prob_a,prob_b,note", "a,a,0.5,,x", "a,a,0.5,,y", "a,a,0.5,,z"]
        options = {"top_k": True}
    found = []
    for rows in (lines[1:], lines[:0:-1]):
        path = write(tmp_path, "\n".join([lines[0], *rows]))
        result = evalreport.evaluate_file(path, show=["note"], **options).result
        worst_rows = result.gaussian.worst_rows if result.gaussian else result.worst_rows
        found.append([each.shown["note"] for each in worst_rows])
    assert found[0] == found[1]
