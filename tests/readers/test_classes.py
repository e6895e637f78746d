"""A single probability column: which class it speaks of, and what the other one is."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalreport.errors import SettingsError
from tests.readers.support import opened, read, refusal, write


def single(folder: Path, *labels: str) -> Path:
    return write(folder, "label,p\n" + "".join(f"{label},0.75\n" for label in labels))


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (("1", "0"), ("0", "1")),
        (("1.0", "0.0"), ("0", "1")),
        (("1", "-1"), ("-1", "1")),
        (("True", "FALSE"), ("false", "true")),
        (("Yes", "No"), ("No", "Yes")),
        (("y", "n"), ("n", "y")),
        (("yes", "maybe"), ("maybe", "yes")),
        (("0", "1", "NA"), ("0", "1")),
        (("1",), ("0", "1")),
        (("0",), ("0", "1")),
        (("YES",), ("NO", "YES")),
        (("true",), ("false", "true")),
    ],
)
def test_the_usual_pairs_need_no_help(
    tmp_path: Path, labels: tuple[str, ...], classes: tuple[str, ...]
) -> None:
    predictions = opened(single(tmp_path, *labels))
    assert (predictions.classes, predictions.positive) == (classes, 1)


def test_both_columns_of_the_distribution_come_from_the_one_given(tmp_path: Path) -> None:
    assert read(single(tmp_path, "0", "1")).probs.tolist() == [[0.25, 0.75], [0.25, 0.75]]


@pytest.mark.parametrize("pair", [("cat", "dog"), ("2", "1")])
def test_a_pair_that_nobody_knows_needs_the_positive_class(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    first, second = pair
    assert refusal(single(tmp_path, *pair)) == (
        f"p.csv, column 'label': the labels are '{first}' and '{second}', and nothing says which "
        "of them column 'p' is the probability of.\n"
        f"  Pass --positive {first} or --positive {second}."
    )
    assert opened(single(tmp_path, *pair), positive=first).classes == (second, first)


def test_a_positive_class_that_is_no_label_is_refused(tmp_path: Path) -> None:
    assert refusal(single(tmp_path, "0", "1"), positive="2") == (
        "p.csv, column 'label': --positive 2 names none of the labels 0, 1.\n"
        "  Pass --positive 0 or --positive 1."
    )


def test_more_than_two_labels_are_refused_with_the_first_of_them(tmp_path: Path) -> None:
    hint = (
        "  Pass --classes A,B and --on-invalid drop to keep two of them, "
        "or give one probability column per class."
    )
    assert refusal(single(tmp_path, "a", "b", "c")) == (
        "p.csv, column 'label': there are 3 labels (a, b, c), and the single probability column "
        f"'p' can speak for two only.\n{hint}"
    )
    assert refusal(single(tmp_path, *"abcdefgh")) == (
        "p.csv, column 'label': there are many labels (a, b, c, d, e, …), and the single "
        f"probability column 'p' can speak for two only.\n{hint}"
    )


def test_a_draw_between_two_labels_is_told_to_be_a_target(tmp_path: Path) -> None:
    assert refusal(single(tmp_path, "0", "0.5", "1")).endswith(
        " If these are targets, where 0.5 is a draw, pass --target-probs label."
    )
    assert "draw" not in refusal(single(tmp_path, "0", "1", "2"))


def test_a_label_alone_gets_its_counterpart_or_a_negation(tmp_path: Path) -> None:
    assert opened(single(tmp_path, "spam"), positive="spam").classes == ("not spam", "spam")
    assert opened(single(tmp_path, "ham"), positive="spam").classes == ("ham", "spam")


def test_a_column_without_any_label_is_refused(tmp_path: Path) -> None:
    assert refusal(single(tmp_path, "", "")) == (
        "p.csv, column 'label': the column holds no label at all.\n"
        "  Name the column of what happened with --label COL."
    )


def test_a_closed_list_of_two_keeps_its_order(tmp_path: Path) -> None:
    path = single(tmp_path, "yes", "no")
    predictions = opened(path, classes=("yes", "no"))
    assert (predictions.classes, predictions.positive) == (("yes", "no"), 0)
    assert read(path, classes=("yes", "no")).probs.tolist() == [[0.75, 0.25]] * 2


def test_a_closed_list_that_a_single_column_cannot_serve_is_refused(tmp_path: Path) -> None:
    path = single(tmp_path, "a", "b")
    assert refusal(path, classes=("a", "b", "c")) == (
        "--classes names 3 classes, but the single probability column 'p' can speak for two only."
    )
    assert refusal(path, classes=("a", "b"), positive="c") == (
        "--positive c names none of the classes a, b."
    )
    assert refusal(path, classes=("a", "b")) == (
        "the labels are 'a' and 'b', and nothing says which of them column 'p' is the "
        "probability of.\n  Pass --positive a or --positive b."
    )


@pytest.mark.parametrize(
    ("names", "positive", "expected"),
    [
        (("yes", "no"), None, "yes"),
        (("1", "0"), None, "1"),
        (("cat", "dog"), None, "dog"),
        (("cat", "dog"), "cat", "cat"),
        (("a", "b", "c"), None, "c"),
    ],
)
def test_the_positive_class_of_several_columns(
    tmp_path: Path, names: tuple[str, ...], positive: str | None, expected: str
) -> None:
    header = ",".join(f"p_{name}" for name in names)
    cells = ",".join(["1", *["0"] * (len(names) - 1)])
    predictions = opened(
        write(tmp_path, f"label,{header}\n{names[0]},{cells}\n"), positive=positive
    )
    assert predictions.classes == names
    assert predictions.classes[predictions.positive] == expected


def test_a_positive_class_without_a_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--positive x names none of the classes a, b"):
        opened(write(tmp_path, "label,p_a,p_b\na,1,0\n"), positive="x")
