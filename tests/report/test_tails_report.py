"""What the report says of the tail of the losses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import evalreport
from evalreport.report import build_report
from evalreport.report.model import Report, Table
from tests import sample_results


def loss_section(report: Report):
    return next(each for each in report.sections if each.id == "loss")


def table(report: Report, id_: str) -> Table:
    return next(each for each in loss_section(report).tables if each.id == id_)


def test_the_lede_says_what_the_worst_hundredth_holds_and_what_would_be_left():
    lede = "".join(span.text for span in loss_section(build_report(sample_results.binary())).lede)
    assert lede.endswith(" The worst 1% of rows make 10% of it; without them it would be 0.404.")


def test_every_surprise_is_shown_with_its_verdict():
    rows = table(build_report(sample_results.typical()), "surprises").rows
    assert [row[0].text for row in rows] == [
        *("50% or less", "10% or less", "1% or less"),
        *("0.1% or less", "0.01% or less", "0.0001% or less"),
    ]
    verdicts = [row[-1].tag.text for row in rows]
    assert verdicts[0] == "No more than chance"
    assert verdicts[-1] == "Far too often"  # the twelve rows that were given zero


def test_rows_that_belong_together_are_allowed_for_and_too_few_clusters_are_told():
    rng = np.random.default_rng(0)
    chance = rng.uniform(0.05, 0.95, 300)
    observed = (rng.random(300) < chance).astype(int)

    def shown(n_clusters: int) -> Table:
        clusters = np.arange(300) % n_clusters
        result = evalreport.evaluate(observed, chance, clusters=clusters).result
        return table(build_report(result), "surprises")

    sentence = "Rows that belong together are allowed for."
    assert shown(30).note.endswith(sentence)
    assert sentence not in table(build_report(sample_results.binary()), "surprises").note
    few = shown(9)
    assert few.note.endswith("With under 10 clusters that is not told.")
    assert {(row[-2].text, row[-1].tag.text) for row in few.rows} == {("–", "Not judged")}


def test_shares_of_less_than_a_row_are_not_shown():
    shown = [row[0].text for row in table(build_report(sample_results.binary()), "tails").rows]
    assert shown == ["0.1%", "1%", "5%", "10%"]


def test_quantiles_are_told_as_far_as_some_row_lies_above_them():
    report = build_report(sample_results.binary())
    assert table(report, "tails").note.startswith("Half of the rows lose ")
    assert "99.9% lose " in table(report, "tails").note
    assert "99% lose" not in table(build_report(sample_results.perfect_soft()), "scores").note


@pytest.mark.parametrize("sample", ["broken", "perfect", "empty"])
def test_nothing_is_said_of_the_tail_of_no_rows_or_of_no_loss(sample):
    report = build_report(sample_results.SAMPLES[sample]())
    loss = [each for each in report.sections if each.id == "loss"]
    assert not any(each.id == "tails" for section in loss for each in section.tables)


def test_an_evaluation_of_before_there_were_tails_is_still_shown():
    old = build_report(replace(sample_results.binary(), tails=None))
    assert {each.id for each in loss_section(old).tables} == {"scores"}
