"""What always predicting the class frequencies of training would score, and how it is told."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from sklearn.metrics import log_loss

import evalreport
from evalreport.errors import SettingsError
from evalreport.job import run
from evalreport.renderers.terminal import TerminalRenderer
from evalreport.report import build_report
from evalreport.settings import ReportSettings
from evalreport.training import parse_frequencies

RNG = np.random.default_rng(0)
PROBS = RNG.dirichlet([2.0, 1.0, 1.0], 300)
OBSERVED = np.array(["cat", "dog", "eel"])[RNG.integers(0, 3, 300)]
TRAINING = {"cat": 0.5, "dog": 0.3, "eel": 0.2}


def evaluate(**options):
    return evalreport.evaluate(OBSERVED, PROBS, classes=["cat", "dog", "eel"], **options)


@pytest.mark.parametrize("weights", [None, RNG.exponential(size=300)])
def test_it_is_the_log_loss_of_that_constant_forecast(weights):
    found = evaluate(training_frequencies=TRAINING, weights=weights).result.baseline
    always = np.tile(list(TRAINING.values()), (300, 1))
    expected = log_loss(OBSERVED, always, sample_weight=weights)
    assert found.training_frequencies == pytest.approx(expected, rel=1e-12)
    assert found.training_frequencies >= found.class_frequencies


def test_by_hand():
    found = evalreport.evaluate([0, 0, 1, 1], [0.2, 0.3, 0.6, 0.7], training_frequencies="0=3,1=1")
    expected = -0.5 * math.log(0.75) - 0.5 * math.log(0.25)
    assert found.result.baseline.training_frequencies == pytest.approx(expected, rel=1e-14)


def test_shares_counts_a_mapping_and_text_are_the_same():
    pairs = parse_frequencies({"cat": 50, "dog": 30, "eel": 20})
    text = parse_frequencies("cat=0.5, dog=0.3,eel=0.2")
    assert dict(text) == pytest.approx(dict(pairs))
    assert parse_frequencies("a=b=0.5,c=0.5")[0] == ("a=b", 0.5)
    assert parse_frequencies(None) == ()


def test_classes_have_the_spelling_of_labels_and_counts_may_be_those_of_numpy():
    seen, counts = np.unique([0.0, 1.0, 1.0, 1.0], return_counts=True)
    frequencies = dict(zip(seen, counts, strict=True))
    assert parse_frequencies(frequencies) == (("0", 0.25), ("1", 0.75))
    assert parse_frequencies({True: np.float32(0.5), False: 0.5}) == (("true", 0.5), ("false", 0.5))
    with pytest.raises(SettingsError, match="class '1' is named twice"):
        parse_frequencies({1: 0.5, "1.0": 0.5})


def test_counts_may_be_as_far_apart_as_doubles_are():
    assert dict(parse_frequencies("a=1e308,b=1e308")) == {"a": 0.5, "b": 0.5}
    rare = dict(parse_frequencies("a=1e-300,b=1e300"))
    assert rare["a"] > 0.0
    with pytest.raises(SettingsError, match="needs a number above 0"):
        parse_frequencies({"a": 10**400, "b": 1})


def test_nothing_else_changes():
    plain, said = evaluate().result, evaluate(training_frequencies=TRAINING).result
    assert plain.baseline.training_frequencies is None
    assert said.digest == plain.digest
    assert (said.overall, said.findings) == (plain.overall, plain.findings)
    assert said.baseline.skill == plain.baseline.skill


def test_it_stands_beside_the_baseline_everywhere():
    result = evaluate(training_frequencies=TRAINING).result
    told = f"(with those of training {result.baseline.training_frequencies:.3f})"
    report = build_report(result)
    assert told in report.verdict.facts[0].detail
    assert told in TerminalRenderer().render(report).replace("\n", " ")
    scores = next(
        table for section in report.sections for table in section.tables if table.id == "scores"
    )
    assert [row[0].text for row in scores.rows if row[0].text.startswith("Training")] == [
        "Training frequencies, nats"
    ]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("cat=0.5", "training_frequencies=: class 'dog' is missing."),
        (
            {**TRAINING, "fox": 0.1},
            "training_frequencies=: there is no class 'fox' in the predictions.",
        ),
        (
            "cat=0.5,dog=0.5,eel=0",
            "training_frequencies=: class 'eel' needs a number above 0, not 0.0.",
        ),
        (
            "cat=0.5,dog=0.5,eel=x",
            "training_frequencies=: class 'eel' needs a number above 0, not 'x'.",
        ),
        (
            {"cat": True, "dog": 0.5, "eel": 0.5},
            "training_frequencies=: class 'cat' needs a number above 0, not True.",
        ),
        ("cat=1,cat=2,dog=1,eel=1", "training_frequencies=: class 'cat' is named twice."),
        ("0.5", "training_frequencies=: '0.5' is no class with a number."),
        (
            [0.5, 0.3, 0.2],
            "training_frequencies=: [0.5, 0.3, 0.2] is no mapping of classes to numbers.",
        ),
        ({}, "training_frequencies=: there is no class in it."),
        (
            {"cat": math.nan, "dog": 0.5, "eel": 0.5},
            "training_frequencies=: class 'cat' needs a number above 0, not nan.",
        ),
    ],
)
def test_what_is_no_frequency_of_each_class_is_refused(given, text):
    with pytest.raises(SettingsError) as refused:
        evaluate(training_frequencies=given)
    first, hint = str(refused.value).split("\n")
    assert first == text
    assert hint == (
        "  Name every class once, with its share or its number of rows: cat=0.7,dog=0.3."
    )


def test_tokens_have_no_classes_to_be_frequent():
    with pytest.raises(SettingsError, match="training_frequencies= has no meaning"):
        evalreport.evaluate(
            probs=[[-0.5, -1.5]], input_kind="tokens", training_frequencies=TRAINING
        )


def test_the_command_takes_it_for_files_and_for_a_saved_evaluation(tmp_path):
    lines = ["label,prob", *(f"{i % 3 == 0:d},{0.2 + 0.01 * (i % 40)}" for i in range(120))]
    (tmp_path / "p.csv").write_text("\n".join(lines), encoding="utf-8")
    inputs, saved = str(tmp_path / "p.csv"), str(tmp_path / "p.json")
    settings = ReportSettings((inputs,), training_frequencies="0=1,1=1", output="none", json=saved)
    run(settings)
    loss = json.loads((tmp_path / "p.json").read_text())["baseline"]["training_frequencies"]
    assert loss == pytest.approx(math.log(2.0), rel=1e-12)
    assert "--training-frequencies 0=1,1=1" in settings.command()
    again = ReportSettings((saved,), training_frequencies="0=2,1=1", previous=saved, output="none")
    baseline = run(again).report.result.baseline
    assert baseline.training_frequencies == pytest.approx(
        -2 / 3 * math.log(2 / 3) - 1 / 3 * math.log(1 / 3), rel=1e-12
    )


def test_a_baseline_of_few_rows_for_many_classes_is_told_to_be_too_low():
    few = evalreport.evaluate(OBSERVED[:60], PROBS[:60], classes=["cat", "dog", "eel"]).result
    assert few.baseline.too_low_by == pytest.approx(2 / 120)
    assert "too low by about 0.017" in _help_on_the_baseline(few)
    assert "too low" not in _help_on_the_baseline(evaluate().result)


def test_the_bias_is_what_frequencies_of_such_samples_lack():
    shares, n = np.array([0.5, 0.3, 0.2]), 100
    counts = np.random.default_rng(1).multinomial(n, shares, 20_000) / n
    entropies = -np.where(counts > 0, counts * np.log(np.maximum(counts, 1e-300)), 0.0).sum(axis=1)
    lacking = -(shares * np.log(shares)).sum() - entropies.mean()
    observed = np.repeat(["cat", "dog", "eel"], [50, 30, 20])
    found = evalreport.evaluate(observed, PROBS[:100], classes=["cat", "dog", "eel"]).result
    assert found.baseline.too_low_by == pytest.approx(lacking, rel=0.05)


@pytest.mark.parametrize(
    ("share", "word"), [(0.05, "slight"), (0.2, "some"), (0.4, "solid"), (0.9, "strong")]
)
def test_skill_has_a_word_that_is_called_ours(share, word):
    rows = 1000
    observed = np.repeat([0, 1], rows // 2)
    # The loss that removes this share of ln 2.
    given = math.exp(-(1 - share) * math.log(2.0))
    probs = np.where(observed == 1, given, 1 - given)
    told = _help_on_the_baseline(evalreport.evaluate(observed, probs).result)
    assert f"less is {word} by our own words" in told


def _help_on_the_baseline(result) -> str:
    section = next(each for each in build_report(result).sections if each.id == "help")
    found = next(each for each in section.definitions if each.term == "Baseline")
    return "".join(span.text for span in found.text)
