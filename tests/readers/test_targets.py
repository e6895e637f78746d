"""Soft labels at the door: which target is which class, and what is no distribution."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import evalreport
from evalreport.errors import EvalReportError, SettingsError
from evalreport.readers.faults import Fault
from tests.readers.support import Rows, opened, read, refusal, rows_of, write, write_parquet

TABLE = "t_cat,t_dog,p_cat,p_dog\n0.5,0.5,0.8,0.2\n1,0,0.6,0.4\n0.25,0.75,0.1,0.9\n"
OPTIONS = {"target_probs": ("t_*",), "probs": ("p_*",)}


def targets_of(rows: Rows) -> list[list[float]]:
    return rows.joined("targets").tolist()


def test_targets_are_read_and_the_largest_is_the_observed_class(tmp_path: Path) -> None:
    rows = read(write(tmp_path, TABLE), **OPTIONS)
    assert targets_of(rows) == [[0.5, 0.5], [1.0, 0.0], [0.25, 0.75]]
    assert rows.observed == ["cat", "cat", "dog"]


@pytest.mark.parametrize(
    ("targets", "probs", "classes"),
    [
        (("prob1_outcome", "probtie_outcome"), ("prob1", "probtie"), ("1", "tie")),
        (("prob*_outcome",), ("prob1", "probtie"), ("1", "tie")),
        (("prob*_outcome",), ("prob*",), ("1", "tie")),
        (("probtie_outcome", "prob1_outcome"), ("prob1", "probtie"), ("1", "tie")),
    ],
)
def test_targets_are_matched_by_what_their_names_do_not_share(
    tmp_path: Path, targets: tuple[str, ...], probs: tuple[str, ...], classes: tuple[str, ...]
) -> None:
    text = "prob1,probtie,probtie_outcome,prob1_outcome\n0.9,0.1,0.25,0.75\n"
    predictions = opened(write(tmp_path, text), target_probs=targets, probs=probs)
    assert predictions.classes == classes
    assert predictions.columns.targets == ("prob1_outcome", "probtie_outcome")
    assert targets_of(rows_of(predictions)) == [[0.75, 0.25]]
    assert predictions.readings[-1] == (
        "Targets are paired with probabilities by name: 'prob1_outcome' with 'prob1', both class "
        "'1'."
    )


def test_names_that_share_letters_keep_whole_words(tmp_path: Path) -> None:
    text = "t_cow,t_cat,p_cat,p_cow\n0.25,0.75,0.9,0.1\n"
    predictions = opened(
        write(tmp_path, text), target_probs=("t_cat", "t_cow"), probs=("p_cat", "p_cow")
    )
    assert predictions.classes == ("cat", "cow")
    assert targets_of(rows_of(predictions)) == [[0.75, 0.25]]


def test_targets_whose_names_say_nothing_go_by_position_and_that_is_said(tmp_path: Path) -> None:
    text = "x,y,p_cat,p_dog\n0.25,0.75,0.1,0.9\n"
    predictions = opened(write(tmp_path, text), target_probs=("x", "y"))
    assert predictions.classes == ("cat", "dog")
    assert targets_of(rows_of(predictions)) == [[0.25, 0.75]]
    assert predictions.readings[-1] == (
        "The names of targets and probabilities do not match: the first target is paired with the "
        "first probability, 'x' with 'p_cat', and so on."
    )


def test_an_asked_order_of_classes_moves_targets_and_probabilities_together(tmp_path: Path) -> None:
    predictions = opened(write(tmp_path, TABLE), classes=("dog", "cat"), **OPTIONS)
    assert predictions.columns.probabilities == ("p_dog", "p_cat")
    assert predictions.columns.targets == ("t_dog", "t_cat")
    assert targets_of(rows_of(predictions))[2] == [0.75, 0.25]


def test_one_target_beside_one_probability_speaks_of_the_same_class(tmp_path: Path) -> None:
    predictions = opened(write(tmp_path, "t,prob\n0.3,0.4\n1,0.9\n"), target_probs=("t",))
    assert predictions.classes == ("0", "1")
    assert targets_of(rows_of(predictions)) == [[0.7, 0.3], [0.0, 1.0]]
    assert predictions.readings[0] == "Targets: column 't', how far class '1' happened."


def test_targets_that_are_all_one_hot_are_labels_and_that_is_said(tmp_path: Path) -> None:
    text = "t_cat,t_dog,p_cat,p_dog\n1,0,0.8,0.2\n0.0,1.0,0.6,0.4\n"
    predictions = opened(write(tmp_path, text), **OPTIONS)
    batch = rows_of(predictions).batches[0]
    assert not predictions.soft
    assert batch.targets is None
    assert batch.observed.tolist() == [0, 1]
    assert predictions.readings[-1] == (
        "Every row gives one class all of its target, so the targets are labels."
    )


def test_a_soft_row_at_the_end_makes_all_rows_soft(tmp_path: Path) -> None:
    columns = {
        "t_a": [1.0] * 5000 + [0.5],
        "t_b": [0.0] * 5000 + [0.5],
        "p_a": [0.5] * 5001,
        "p_b": [0.5] * 5001,
    }
    path = write_parquet(tmp_path, columns, row_group_size=1000)
    predictions = opened(path, **OPTIONS)
    assert predictions.soft
    assert len(rows_of(predictions).joined("targets")) == 5001


def test_counts_are_divided_by_their_sum_on_request_and_that_is_said(tmp_path: Path) -> None:
    text = "t_cat,t_dog,p_cat,p_dog\n3,1,0.8,0.2\n0,5,0.6,0.4\n"
    predictions = opened(write(tmp_path, text), normalize_targets=True, **OPTIONS)
    assert targets_of(rows_of(predictions)) == [[0.75, 0.25], [0.0, 1.0]]
    assert "Targets are divided by their sum in every row." in predictions.readings


def test_counts_are_refused_with_the_way_out(tmp_path: Path) -> None:
    text = "t_cat,t_dog,p_cat,p_dog\n1,0,0.8,0.2\n3,1,0.8,0.2\n"
    assert refusal(write(tmp_path, text), **OPTIONS) == (
        "p.csv, row 2: the targets sum to 4, not to 1.\n"
        "  Pass --normalize-targets if these are counts: it divides them by their sum."
    )


FAULTS = [
    (",0.5", "column 't_cat': the target is missing.", "target is missing"),
    ("x,0.5", "column 't_cat': target 'x' is no number.", "target is no number"),
    ("0.5,nan", "column 't_dog': the target is NaN.", "target is NaN"),
    ("0.5,inf", "column 't_dog': the target is infinite.", "target is infinite"),
    ("-0.5,1.5", "column 't_cat': target -0.5 is below 0.", "target is below 0"),
]
DROP = "Pass --on-invalid drop to leave such rows out."
MEND = "Write a number there, or pass --on-invalid drop to leave such rows out."


@pytest.mark.parametrize(("cells", "fact", "reason"), FAULTS)
def test_a_target_that_is_no_share_is_refused(
    tmp_path: Path, cells: str, fact: str, reason: str
) -> None:
    path = write(tmp_path, f"{TABLE}{cells},0.5,0.5\n")
    hint = MEND if "no number" in fact else DROP
    assert refusal(path, **OPTIONS) == f"p.csv, row 4, {fact}\n  {hint}"
    rows = read(path, on_invalid="drop", **OPTIONS)
    assert [each.reason for each in rows.rejections] == [reason]
    assert len(targets_of(rows)) == 3


def test_a_row_of_zeros_is_refused_even_where_counts_are_divided(tmp_path: Path) -> None:
    path = write(tmp_path, f"{TABLE}0,0,0.5,0.5\n")
    assert refusal(path, normalize_targets=True, **OPTIONS) == (
        f"p.csv, row 4: the targets are all 0, so nothing happened.\n  {DROP}"
    )


def test_a_single_target_above_one_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "t,prob\n0.3,0.4\n3,0.9\n")
    assert refusal(path, target_probs=("t",)) == (
        f"p.csv, row 2, column 't': target 3 is above 1.\n  {DROP}"
    )


def test_every_fault_of_a_target_is_told_here() -> None:
    told = {reason for _, _, reason in FAULTS}
    told |= {"target is above 1", "targets do not sum to 1", "targets are all 0"}
    reasons = {fault.reason("probabilities") for fault in Fault if fault >= Fault.TARGET_MISSING}
    assert told == reasons


def test_as_many_targets_as_probabilities_are_needed(tmp_path: Path) -> None:
    path = write(tmp_path, TABLE)
    assert refusal(path, target_probs=("t_cat",), probs=("p_*",)) == (
        "p.csv: there is 1 target column and 2 probability columns, and each class needs one of "
        "both.\n  A single target speaks of the class of a single probability."
    )


def test_a_target_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, TABLE)
    assert refusal(path, target_probs=("t_cat", "t_dot"), probs=("p_*",)) == (
        "p.csv: there is no column 't_dot', which --target-probs asks for.\n  Did you mean 't_dog'?"
    )


def test_a_label_and_targets_contradict_each_other(tmp_path: Path) -> None:
    path = write(tmp_path, TABLE)
    assert refusal(path, label="t_cat", **OPTIONS) == (
        "--label and --target-probs both say what happened.\n  Pass one of the two."
    )


def test_without_targets_there_is_nothing_to_normalise(tmp_path: Path) -> None:
    path = write(tmp_path, "label,prob\n1,0.5\n")
    assert refusal(path, normalize_targets=True) == (
        "--normalize-targets divides target probabilities by their sum, and there are none.\n"
        "  Say what happened with --target-probs."
    )


# --- arrays -----------------------------------------------------------------------------------

P = [[0.5, 0.5], [1.0, 0.0], [0.25, 0.75]]
Q = [[0.8, 0.2], [0.6, 0.4], [0.1, 0.9]]


def test_arrays_give_what_a_file_gives(tmp_path: Path) -> None:
    from_file = evalreport.evaluate_file(
        write(tmp_path, TABLE), target_probs="t_*", probs="p_*"
    ).result
    from_arrays = evalreport.evaluate(targets=P, probs=Q, classes=["cat", "dog"]).result
    assert from_arrays.digest == from_file.digest


def test_data_frames_are_matched_by_their_column_names() -> None:
    targets = pd.DataFrame({"dog": [0.75], "cat": [0.25]})
    probs = pd.DataFrame({"cat": [0.1], "dog": [0.9]})
    result = evalreport.evaluate(targets=targets, probs=probs).result
    assert result.input.classes == ("cat", "dog")
    assert result.classes[1].frequency == 0.75


def test_arrays_without_names_have_numbered_classes() -> None:
    assert evalreport.evaluate(targets=P, probs=Q).result.input.classes == ("0", "1")
    single = evalreport.evaluate(targets=np.array([0.3, 0.5]), probs=np.array([0.4, 0.5])).result
    assert (single.input.classes, single.input.positive) == (("0", "1"), "1")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"observed": [0], "targets": [[0.5, 0.5]], "probs": [[0.5, 0.5]]},
            "observed= and targets= both say what happened.\n  Pass one of the two.",
        ),
        (
            {"probs": [[0.5, 0.5]]},
            "observed= is missing.\n  Pass probs= and what happened: observed=, or targets= for "
            "soft labels.",
        ),
        (
            {"observed": [0]},
            "probs= is missing.\n  Pass probs= and what happened: observed=, or targets= for "
            "soft labels.",
        ),
        (
            {"observed": [0], "probs": [[0.5, 0.5]], "normalize_targets": True},
            "normalize_targets=True divides target probabilities by their sum, and there are "
            "none.\n  Say what happened with targets=.",
        ),
        (
            {"observed": [0, 1], "probs": [0.5, 0.5], "label_smoothing": 1.0},
            "label smoothing is a number from 0 to below 1, as 0.1; not 1.",
        ),
    ],
)
def test_arrays_that_contradict_each_other_are_refused(given: dict, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        evalreport.evaluate(**given)
    assert str(refused.value) == message


def test_counts_in_arrays_are_refused_with_the_keyword() -> None:
    with pytest.raises(EvalReportError, match=r"Pass normalize_targets=True if these are counts"):
        evalreport.evaluate(targets=[[3, 1]], probs=[[0.5, 0.5]])


# --- with the other forms of input --------------------------------------------------------------


def test_targets_have_the_decimal_comma_of_the_probabilities(tmp_path: Path) -> None:
    text = "t_cat;t_dog;p_cat;p_dog\n0,5;0,5;0,8;0,2\n0,25;0,75;0,1;0,9\n"
    assert targets_of(read(write(tmp_path, text), **OPTIONS)) == [[0.5, 0.5], [0.25, 0.75]]


def test_a_comma_in_a_target_alone_is_named_with_the_way_out(tmp_path: Path) -> None:
    text = 't_cat,t_dog,p_cat,p_dog\n"0,5",0.5,0.8,0.2\n'
    assert refusal(write(tmp_path, text), **OPTIONS) == (
        "p.csv, row 1, column 't_cat': target '0,5' is no number.\n"
        "  Write numbers with a decimal point, or pass --decimal , for all of them."
    )


def test_targets_may_be_a_list_or_a_record_as_probabilities_may(tmp_path: Path) -> None:
    lines = '{"votes": {"cat": 3, "dog": 1}, "probs": {"dog": 0.2, "cat": 0.8}}\n'
    path = write(tmp_path, lines, "p.jsonl")
    rows = read(path, target_probs=("votes",), normalize_targets=True)
    assert targets_of(rows) == [[0.25, 0.75]]  # in the order of the probabilities: dog, cat
    lines = '{"votes": [0.75, 0.25], "probs": [0.8, 0.2]}\n'
    assert targets_of(read(write(tmp_path, lines, "q.jsonl"), target_probs=("votes",))) == [
        [0.75, 0.25]
    ]


def test_the_long_form_has_a_label_and_no_targets(tmp_path: Path) -> None:
    text = "id,class,prob,share\n1,a,0.7,0.5\n1,b,0.3,0.5\n"
    with pytest.raises(SettingsError) as caught:
        opened(write(tmp_path, text), class_column="class", target_probs=("share",))
    assert str(caught.value) == (
        "--target-probs does not go with --class-column: the long form has a label.\n"
        "  Give every class a column of its own, or pass --label."
    )
