"""Which column is what: found by name, asked for, or refused because two readings fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalreport.readers.columns import LABEL_NAMES
from evalreport.readers.layout import PREFIXES, SINGLE_NAMES
from tests.readers.support import opened, read, refusal, write


@pytest.mark.parametrize("name", LABEL_NAMES)
def test_a_column_with_a_usual_name_is_the_label(tmp_path: Path, name: str) -> None:
    predictions = opened(write(tmp_path, f"{name},prob\n1,0.9\n0,0.2\n"))
    assert predictions.columns.label == name
    assert predictions.readings[0] == f"Label: column '{name}', found by its name."


@pytest.mark.parametrize("prefix", PREFIXES)
def test_columns_with_a_usual_prefix_are_the_probabilities(tmp_path: Path, prefix: str) -> None:
    path = write(tmp_path, f"label,{prefix}cat,{prefix}dog\ncat,0.9,0.1\n")
    predictions = opened(path)
    assert predictions.classes == ("cat", "dog")
    assert predictions.columns.probabilities == (f"{prefix}cat", f"{prefix}dog")
    assert predictions.readings[1] == (
        f"Probabilities: 2 columns '{prefix}cat' and '{prefix}dog', one per class."
    )


@pytest.mark.parametrize("name", SINGLE_NAMES)
def test_a_single_column_with_a_usual_name_speaks_of_the_positive_class(
    tmp_path: Path, name: str
) -> None:
    predictions = opened(write(tmp_path, f"y_true,{name}\n0,0.25\n1,0.75\n"))
    assert (predictions.classes, predictions.positive) == (("0", "1"), 1)
    assert predictions.readings[1] == (
        f"Column '{name}' is read as the probability of class '1'; rows that are not '1' are "
        "class '0'."
    )


def test_many_columns_are_told_by_the_first_and_the_last(tmp_path: Path) -> None:
    header = ",".join(f"prob_{k}" for k in range(10))
    cells = ",".join(["0.1"] * 10)
    predictions = opened(write(tmp_path, f"id,y_true,{header}\n7,4,{cells}\n"))
    assert predictions.readings == (
        "Label: column 'y_true', found by its name.",
        "Probabilities: 10 columns 'prob_0' to 'prob_9', one per class.",
        "Row ids: column 'id'.",
    )
    assert predictions.header[:3] == ("id", "y_true", "prob_0")


def test_columns_named_like_the_labels_are_found(tmp_path: Path) -> None:
    predictions = opened(write(tmp_path, "label,dog,cat,age\ncat,0.1,0.9,3\ndog,0.6,0.4,5\n"))
    assert predictions.classes == ("dog", "cat")


def test_columns_named_like_asked_classes_are_found_though_a_class_never_occurs(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, "label,dog,cat\ncat,0.1,0.9\n")
    assert opened(path, classes=("cat", "dog")).columns.probabilities == ("cat", "dog")


def test_a_class_that_never_occurs_is_named_as_the_cause_of_sums_below_one(tmp_path: Path) -> None:
    path = write(tmp_path, "label,a,b,c\na,0.5,0.3,0.2\nb,0.5,0.3,0.2\n")
    assert refusal(path) == (
        "p.csv, row 1: the probabilities sum to 0.8, not to 1.\n"
        "  If a class never occurs among the labels, name the columns of all with --probs A,B,C."
    )


def test_a_label_without_a_column_is_named(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "label,cat,dog\ncat,0.9,0.1\ndog,0.5,0.5\ndgo,0.2,0.8\n")) == (
        "p.csv: columns are named like the labels cat, dog, but none like dgo.\n"
        "  Pass --classes cat,dog if these are all the classes there are."
    )


def test_names_in_another_case_are_found_and_exact_names_win(tmp_path: Path) -> None:
    path = write(tmp_path, "Label,Prob_A,Prob_B\nA,0.9,0.1\n")
    assert opened(path).classes == ("A", "B")
    path = write(tmp_path, "Label,label,prob_a,prob_b\nx,a,0.9,0.1\n")
    assert opened(path).columns.label == "label"


def test_a_lone_column_named_after_one_of_two_labels_speaks_of_it(tmp_path: Path) -> None:
    predictions = opened(write(tmp_path, "label,p_spam\nspam,0.9\nham,0.2\n"))
    assert predictions.classes[predictions.positive] == "spam"


def test_predicted_classes_are_no_second_reading(tmp_path: Path) -> None:
    path = write(tmp_path, "y_true,y_pred,y_prob\n0,0,0.2\n1,1,0.8\n")
    assert opened(path).columns.probabilities == ("y_prob",)
    path = write(tmp_path, "y_true,y_pred,prob_0,prob_1\n0,0,0.8,0.2\n1,1,0.3,0.7\n")
    assert opened(path).columns.probabilities == ("prob_0", "prob_1")


def test_two_columns_like_labels_are_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "label,y,prob\n1,1,0.5\n")) == (
        "p.csv: columns 'label' and 'y' could all be the label.\n  Pass --label label or --label y."
    )


def test_two_prefixes_are_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "label,p_a,p_b,prob_a,prob_b\na,1,0,0.5,0.5\n")) == (
        "p.csv: the probabilities could be in columns 'prob_a' and 'prob_b' "
        "or in columns 'p_a' and 'p_b'.\n  Pass --probs prob_a,prob_b or --probs p_a,p_b."
    )


def test_a_pattern_beside_a_single_column_is_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "label,p_0,p_1,score\n1,0.5,0.5,0.7\n")) == (
        "p.csv: the probabilities could be in columns 'p_0' and 'p_1' or in column 'score'.\n"
        "  Pass --probs p_0,p_1 or --probs score."
    )


def test_a_file_without_a_label_lists_its_columns(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "a,b\n1,2\n")) == (
        "p.csv: no column is named like a label.\n  Pass --label COL; the columns are: a, b."
    )


def test_a_file_without_probabilities_lists_its_other_columns(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "label,pred,size\n1,0,2\n0,0,3\n")) == (
        "p.csv: no columns are named like probabilities.\n  Pass --probs COL, --probs A,B,C or "
        "--probs 'PATTERN*'; the other columns are: pred, size."
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"label": "lable"}, "there is no column 'lable', which --label asks for"),
        ({"weight": "labels"}, "there is no column 'labels', which --weight asks for"),
        ({"slices": ("labels",)}, "there is no column 'labels', which --slice asks for"),
        ({"probs": ("labels",)}, "there is no column 'labels', which --probs asks for"),
    ],
)
def test_a_column_that_is_not_there_is_refused_with_the_nearest(
    tmp_path: Path, settings: dict[str, object], message: str
) -> None:
    path = write(tmp_path, "class,label,prob\n1,1,0.5\n")
    settings = {"label": "class", **settings}
    assert refusal(path, **settings) == f"p.csv: {message}.\n  Did you mean 'label'?"


def test_a_pattern_that_fits_nothing_is_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "label,prob\n1,0.5\n"), probs=("q_*",)) == (
        "p.csv: no column fits 'q_*', which --probs asks for.\n  The columns are: prob."
    )


def test_a_column_cannot_be_label_and_probability(tmp_path: Path) -> None:
    path = write(tmp_path, "label,prob\n1,0.5\n")
    assert refusal(path, label="label", probs=("label",)) == (
        "column 'label' cannot be both the label and a probability."
    )
    assert refusal(path, probs=("prob",), weight="prob") == (
        "p.csv: --probs asks for 'prob', which is in use as another column."
    )


def test_the_star_stands_for_the_class_wherever_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, "label,m_cat_v1,m_dog_v1,m_cat_v2\ndog,0.4,0.6,0\n")
    assert opened(path, probs=("m_*_v1",)).classes == ("cat", "dog")


def test_listed_columns_are_named_after_the_classes(tmp_path: Path) -> None:
    path = write(tmp_path, "label,cat,dog,emu\ncat,0.7,0.1,0.2\n")
    for probs in (("cat", "dog", "emu"), ("cat,dog,emu",)):
        assert opened(path, probs=probs).classes == ("cat", "dog", "emu")


def test_listed_columns_lose_what_they_share_if_the_labels_say_so(tmp_path: Path) -> None:
    predictions = opened(
        write(tmp_path, "label,q_cat,q_car\ncat,0.9,0.1\ncar,0.9,0.1\n"), probs=("q_cat", "q_car")
    )
    assert predictions.classes == ("cat", "car")
    assert predictions.readings[2] == (
        "The classes are what the names of these columns do not share: "
        "column 'q_cat' is class 'cat'."
    )


def test_listed_columns_are_taken_in_the_order_of_the_asked_classes(tmp_path: Path) -> None:
    path = write(tmp_path, "label,first,second\nno,0.9,0.1\n")
    predictions = opened(path, probs=("first", "second"), classes=("no", "yes"))
    assert predictions.columns.probabilities == ("first", "second")
    assert predictions.classes == ("no", "yes")
    assert predictions.readings[2] == (
        "The columns are taken in the order of the classes: no, yes."
    )


def test_asked_classes_put_named_columns_in_their_order(tmp_path: Path) -> None:
    path = write(tmp_path, "label,p_a,p_b,p_c\na,0.7,0.2,0.1\n")
    predictions = opened(path, classes=("c", "a", "b"))
    assert predictions.columns.probabilities == ("p_c", "p_a", "p_b")
    assert read(path, classes=("c", "a", "b")).probs.tolist() == [[0.1, 0.7, 0.2]]


def test_asked_classes_that_are_not_those_of_the_columns_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "label,p_a,p_b,p_c\na,0.7,0.2,0.1\n")
    assert refusal(path, classes=("a", "b")) == (
        "--classes names a, b, and the probability columns are named after a, b, c."
    )
    assert refusal(path, classes=("a", "a")) == (
        "--classes needs two or more different classes, not a, a."
    )


def test_two_columns_for_one_class_are_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "label,p_1,p_1.0\n1,0.5,0.5\n")) == (
        "p.csv: columns 'p_1' and 'p_1.0' are both named after class '1'."
    )


def test_a_column_name_that_occurs_twice_is_refused_if_the_column_is_used(tmp_path: Path) -> None:
    hint = "  Rename or remove all but one."
    assert refusal(write(tmp_path, "label,prob,prob\n1,0.5,0.6\n")) == (
        f"p.csv, column 'prob': 2 columns have this name.\n{hint}"
    )
    assert refusal(write(tmp_path, "label,p_0,p_1,p_0\n1,0.5,0.5,0.5\n")) == (
        "p.csv: columns 'p_0' and 'p_0' are both named after class '0'."
    )
    assert refusal(write(tmp_path, "y,y,p_0,p_1\n1,1,0.5,0.5\n"), label="y") == (
        f"p.csv, column 'y': 2 columns have this name.\n{hint}"
    )
    assert len(read(write(tmp_path, "x,label,p_0,p_1,x\n1,1,0.5,0.5,1\n")).observed) == 1


def test_weight_id_and_slices_are_not_taken_for_anything_else(tmp_path: Path) -> None:
    text = "id,label,p_0,p_1,p_w,class\n8,1,0.5,0.5,2,x\n"
    predictions = opened(write(tmp_path, text), weight="p_w", slices=("class",))
    assert predictions.columns.probabilities == ("p_0", "p_1")
    assert predictions.columns.label == "label"
    assert predictions.readings[2:] == (
        "Weights: column 'p_w'.",
        "Row ids: column 'id'.",
        "Slice: column 'class'.",
    )
