"""The Python interface refuses what it does not understand, by name."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import evalreport

Y, P = [1, 0, 1, 0], [0.9, 0.2, 0.8, 0.4]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"on_invalid": "raise"}, "on_invalid takes 'error' or 'drop', not 'raise'."),
        ({"normalize": "yes"}, "normalize takes 'error' or 'rescale' or 'as-is', not 'yes'."),
        ({"input_kind": "odds"}, "input_kind takes 'probabilities' or 'percentages' or"),
        ({"floor": 0.0}, "floor takes a probability above 0 and below 1, None or 'auto', not 0.0."),
        ({"floor": 2}, "floor takes a probability"),
        ({"floor": float("nan")}, "floor takes a probability"),
        ({"floor": "2^-10"}, "floor takes a probability"),
    ],
)
def test_an_option_that_does_not_exist_is_refused(options, message):
    with pytest.raises(evalreport.SettingsError) as refused:
        evalreport.evaluate(Y, P, **options)
    assert message in str(refused.value)


def test_rows_that_all_weigh_nothing_leave_nothing_to_say():
    with pytest.raises(evalreport.InputError, match="all 4 rows have the weight 0"):
        evalreport.evaluate(Y, P, weights=[0, 0, 0, 0])


def test_slices_may_be_a_data_frame():
    frame = pd.DataFrame({"part": ["a", "a", "b", "b"]})
    evaluation = evalreport.evaluate(Y, P, slices=frame)
    assert evaluation.slices["value"].tolist() == ["a", "b"]


def test_tables_are_data_frames_with_one_row_each():
    evaluation = evalreport.evaluate(Y, P, slices={"part": list("aabb")})
    assert evaluation.classes["n"].tolist() == [2, 2]
    assert evaluation.worst_rows["loss"].is_monotonic_decreasing
    assert len(evaluation.loss_by_forecast) == 20
    assert "code" in evaluation.findings


def test_files_may_be_listed_or_named_one_by_one(tmp_path):
    for name in ("a.csv", "b.csv"):
        pd.DataFrame({"label": Y, "prob": P}).to_csv(tmp_path / name, index=False)
    listed = evalreport.evaluate_file([tmp_path / "a.csv", tmp_path / "b.csv"])
    named = evalreport.evaluate_file(tmp_path / "a.csv", tmp_path / "b.csv")
    assert listed.result.overall.n == 8
    assert listed.digest == named.digest


def test_a_missing_or_foreign_evaluation_file_is_named(tmp_path):
    foreign = tmp_path / "foreign.json"
    foreign.write_text('{"schema_version": 9}')
    with pytest.raises(evalreport.InputError, match="has the format 9, written by another"):
        evalreport.read_evaluation(foreign)
    with pytest.raises(evalreport.InputError, match="there is no such file"):
        evalreport.read_evaluation(tmp_path / "missing.json")
    foreign.write_text("{")
    with pytest.raises(evalreport.InputError, match="this is no JSON"):
        evalreport.read_evaluation(foreign)


@pytest.mark.parametrize("value", ["x", [1], {"nats": 1}])
def test_a_number_that_is_none_is_a_damaged_evaluation_file(tmp_path, value):
    path = tmp_path / "e.json"
    evalreport.evaluate(Y, P).to_json(path)
    document = json.loads(path.read_text())
    document["overall"]["log_loss"] = value
    path.write_text(json.dumps(document))
    with pytest.raises(evalreport.InputError, match="'log_loss' is missing or of the wrong kind"):
        evalreport.read_evaluation(path)


def test_errors_of_files_are_spelled_as_python_spells(tmp_path):
    page = tmp_path / "p.csv"
    page.write_text("label,prob\n1,0.5\n")
    with pytest.raises(evalreport.InputError) as foreign:
        evalreport.read_evaluation(page)
    assert foreign.value.hint == "Give an evaluation file written with Evaluation.to_json."
    with pytest.raises(evalreport.SettingsError, match="classes takes the names of all classes"):
        evalreport.evaluate_file(page, classes="a,b")
    with pytest.raises(evalreport.SettingsError, match="no input was named"):
        evalreport.evaluate_file([])
    with pytest.raises(evalreport.SettingsError, match="paths takes the names of files, not 3"):
        evalreport.evaluate_file(3)
    with pytest.raises(evalreport.InputError, match=r"the long form needs id=, and no column"):
        evalreport.evaluate_file(page, class_column="label")
    page.write_text("label,prob,a,b,c\n1,0.5,x,y,z\n")
    with pytest.raises(evalreport.InputError, match=r"slices='a\*b\*c' has 2 stars"):
        evalreport.evaluate_file(page, slices=["a*b*c"])


def test_compare_refuses_what_is_no_run():
    now = evalreport.evaluate([1, 0], [0.8, 0.2])
    with pytest.raises(
        evalreport.SettingsError, match=r"^previous is of type NoneType: it must be"
    ):
        evalreport.compare(None, now)
    with pytest.raises(evalreport.SettingsError, match=r"^current is of type ComparisonResult: it"):
        evalreport.compare(now, evalreport.compare(now, now).result)


def test_an_evaluation_shows_itself_as_text_and_in_a_notebook():
    evaluation = evalreport.evaluate(Y, P)
    assert "Log loss" in repr(evaluation)
    assert evaluation._repr_html_().startswith("<iframe")


def test_a_report_written_from_python_is_the_one_returned(tmp_path):
    evaluation = evalreport.evaluate(Y, P, title="mine")
    page = evaluation.to_html(tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text() == page
    assert "mine" in page
    assert evaluation.to_markdown(tmp_path / "r.md") == (tmp_path / "r.md").read_text()


def test_inputs_are_left_as_they_were():
    probs = np.array([[0.9, 0.1], [0.2, 0.8]])
    before = probs.copy()
    evalreport.evaluate([0, 1], probs, classes=[0, 1])
    assert (probs == before).all()
    assert probs.flags.writeable


def test_a_weight_too_large_to_be_added_up_is_refused():
    with pytest.raises(evalreport.InputError, match=r"row 2, column 'weights': weight 1\.7e\+308"):
        evalreport.evaluate(Y, P, weights=[1.0, 1.7e308, 1.0, 1.0])
