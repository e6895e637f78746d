"""Numbers that are read as another kind than they are: refused with a hint, or found."""

from __future__ import annotations

import numpy as np
import pytest

import evalreport

N = 60


def rows(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet([1.0, 1.0, 1.0], N)
    return np.array([rng.choice(3, p=each) for each in probs]), probs


def finding(kind: str, observed: np.ndarray, probs: np.ndarray) -> tuple[str, str, str]:
    evaluation = evalreport.evaluate(observed, probs, input_kind=kind)
    found = [each for each in evaluation.result.findings if each.code == "other-kind"]
    return (found[0].title, found[0].why, found[0].check) if found else ("", "", "")


def test_probabilities_read_as_logits_are_found():
    assert finding("logits", *rows()) == (
        "The logits look like probabilities",
        "Every one of 60 rows lies between 0 and 1 and sums to 1. Read as logits they are other "
        "forecasts than the model made. Nothing was changed.",
        "If they are probabilities, leave out input_kind='logits'.",
    )


def test_percentages_read_as_logits_are_found():
    observed, probs = rows()
    title, _, check = finding("logits", observed, probs * 100)
    assert title == "The logits look like percentages"
    assert check == "If they are percentages, pass input_kind='percentages' instead of logits."


@pytest.mark.parametrize("kind", ["logits", "percentages"])
def test_a_single_probability_read_as_another_kind_is_found(kind):
    observed, probs = rows()
    title, why, _ = finding(kind, observed == 0, probs[:, 0])
    assert title == f"The {kind} look like probabilities"
    assert why.startswith("Every one of 60 rows lies between 0 and 1. Read")


def test_one_row_that_is_no_probability_acquits_the_logits():
    observed, probs = rows()
    probs[7, 0] = -0.5
    assert finding("logits", observed, probs) == ("", "", "")
    assert finding("logits", observed, np.log(probs[:, ::-1].clip(0.01))) == ("", "", "")


def test_percentages_that_are_so_are_no_finding():
    observed, probs = rows()
    assert finding("percentages", observed, probs * 100) == ("", "", "")
    assert finding("percentages", observed == 0, probs[:, 0] * 100) == ("", "", "")


@pytest.mark.parametrize(
    ("kind", "turn", "hint"),
    [
        ("percentages", lambda p: p, "leave out input_kind='percentages'."),
        ("log-probabilities", lambda p: p, "leave out input_kind='log-probabilities'."),
        ("percentages", lambda p: np.log(p), "pass input_kind='log-probabilities'."),
        ("percentages", lambda p: 5 * np.log(p) + 6, "pass input_kind='logits'."),
        ("log-probabilities", lambda p: 5 * np.log(p) + 6, "pass input_kind='logits'."),
    ],
)
def test_a_kind_that_cannot_be_is_refused_with_the_one_that_can(kind, turn, hint):
    observed, probs = rows()
    with pytest.raises(evalreport.InputError) as caught:
        evalreport.evaluate(observed, turn(probs), input_kind=kind)
    assert str(caught.value).endswith(hint)
