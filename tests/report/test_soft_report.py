"""What a report says of soft labels: the excess, and what lies under it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import evalreport
from evalreport.renderers import markdown_renderer
from evalreport.renderers.terminal import TerminalRenderer
from evalreport.report import build_report
from evalreport.report.model import Table
from tests import sample_results


def words(text) -> str:
    return "".join(span.text for span in text)


def table(report, section_id: str, table_id: str) -> Table:
    section = next(each for each in report.sections if each.id == section_id)
    return next(each for each in section.tables if each.id == table_id)


@pytest.fixture(scope="module")
def report():
    return build_report(sample_results.soft())


@pytest.fixture(scope="module")
def smoothed():
    return build_report(sample_results.smoothed())


def test_the_headline_is_the_excess_with_its_band(report):
    verdict, overall = report.verdict, sample_results.soft().overall
    assert verdict.value_label == "Excess loss (KL divergence), lower is better"
    assert verdict.value_text == f"{overall.kl_divergence:.3f}"
    assert verdict.band.text == "Fine"
    assert "They judge the excess over the entropy of the targets." in verdict.ruler_note


def test_the_verdict_takes_the_cross_entropy_apart(report):
    sentences = [words(each) for each in report.verdict.sentences]
    assert sentences[0].startswith(
        "The cross-entropy is 0.761: 0.628 for the entropy of the targets and 0.133 above it."
    )
    assert sentences[-1] == (
        "The targets themselves are uncertain: no model can have a cross-entropy below 0.628."
    )
    fact = report.verdict.facts[-1]
    assert (fact.term, fact.headline) == ("Under the loss of any model", "0.628 target entropy")
    assert fact.detail == ("Cross-entropy 0.761. Bands judge what is above the target entropy")


def test_smoothing_is_named_as_what_lies_under_the_loss(smoothed):
    assert words(smoothed.verdict.sentences[-1]) == (
        "The targets themselves are uncertain: no model can have a cross-entropy below 0.199. "
        "Smoothing by 0.1 puts that much under the loss."
    )
    method = next(
        words(each.text)
        for section in smoothed.sections
        for each in section.definitions
        if each.term == "Method"
    )
    assert "labels smoothed by 0.1" in method


def test_smoothed_soft_labels_say_that_smoothing_is_a_part_only():
    result = sample_results.soft()
    given = replace(result.input, label_smoothing=0.1)
    sentences = build_report(replace(result, input=given)).verdict.sentences
    assert words(sentences[-1]).endswith("Smoothing by 0.1 is part of that.")


def test_the_baseline_is_counted_from_the_targets_too(report):
    result = sample_results.soft()
    excess = result.baseline.class_frequencies - result.overall.target_entropy
    assert report.verdict.baseline_text == (
        f"Baseline {excess:.3f}: 68% less loss than always predicting class frequencies"
    )


def test_classes_show_parts_of_the_cross_entropy_and_slices_the_excess(report):
    classes, slices = (table(report, name, name) for name in ("classes", "slices"))
    titles = [
        next(c.title for c in each.columns if c.key == "log_loss") for each in (classes, slices)
    ]
    assert titles == ["Cross-entropy", "Excess loss"]
    assert {row[2].tag for row in classes.rows} == {None}
    assert classes.total[1].text == "0.761"
    assert all(row[2].tag is not None for row in slices.rows)


def test_the_other_scores_name_all_three_parts_and_the_class_balanced_mean(report):
    scores = {row[0].text: row[1].text for row in table(report, "loss", "scores").rows}
    assert scores["Excess loss (KL divergence), nats"] == "0.133"
    assert scores["Cross-entropy, nats"] == "0.761"
    assert scores["Entropy of the targets, nats"] == "0.628"
    assert "Class-balanced cross-entropy, nats" in scores


def test_hard_labels_have_a_class_balanced_row_as_well():
    hard = build_report(sample_results.typical())
    scores = {row[0].text: row[1].text for row in table(hard, "loss", "scores").rows}
    assert scores["Class-balanced log loss, nats"] == (
        f"{sample_results.typical().overall.class_balanced_log_loss:.3f}"
    )


def test_a_ruled_out_part_is_an_error_that_says_what_it_costs():
    why = next(each.why for each in sample_results.soft().findings if each.code == "zero-prob")
    assert "A class that was ruled out costs at most 36.0 nats (floor 2^-52 = 2.2e-16)." in why
    assert "Without it the excess loss is 0.121 (fine)." in why


def test_no_text_calls_the_excess_a_log_loss(report):
    terminal = TerminalRenderer().render(report)
    assert "Excess loss 0.133 nats" in terminal
    assert "Log loss" not in terminal
    summary = markdown_renderer().render(report)
    assert "Excess loss 0.133: fine" in summary
    assert "| Class | Rows | Cross-entropy |" in summary
    assert "Log loss" not in summary


def test_bits_change_the_numbers_and_not_the_band():
    in_bits = build_report(sample_results.soft(), unit="bits").verdict
    assert in_bits.value_text == f"{sample_results.soft().overall.kl_divergence / 0.693147:.3f}"
    assert in_bits.band.text == "Fine"


def test_nothing_above_the_targets_is_called_perfect():
    result = sample_results.perfect_soft()
    verdict = build_report(result).verdict
    assert verdict.headline == "Perfect score: check for leakage"
    assert words(verdict.sentences[0]).startswith("Every forecast equals its target.")
    assert result.findings[0].why == "Every forecast equals its target."


def test_targets_that_are_all_the_same_leave_no_skill_to_speak_of():
    evaluation = evalreport.evaluate(targets=[[0.3, 0.7]] * 20, probs=[[0.4, 0.6]] * 20)
    assert evaluation.baseline is not None
    assert evaluation.skill is None
    fact = evaluation._report().verdict.facts[0]
    assert (fact.headline, fact.detail) == (
        "Not defined",
        "Every row has the same target. Baseline 0",
    )


# --- the command ------------------------------------------------------------------------------


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    text = "t_a,t_b,p_a,p_b\n" + "3,1,0.7,0.3\n1,3,0.4,0.6\n2,2,0.5,0.5\n" * 5
    (folder / "p.csv").write_text(text)
    words = [sys.executable, "-m", "evalreport", "report", "p.csv", *options]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_reads_counts_and_says_how_to_repeat_it(tmp_path):
    options = ("--target-probs", "t_*", "--normalize-targets", "--label-smoothing", "0.1")
    done = run(tmp_path, *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Excess loss 0.0" in done.stdout
    page = (tmp_path / "p.report.html").read_text()
    assert (
        "evalreport report p.csv --target-probs &#39;t_*&#39; --label-smoothing 0.1 "
        "--normalize-targets" in page
    )


def test_counts_without_their_option_are_refused_with_it(tmp_path):
    done = run(tmp_path, "--target-probs", "t_a,t_b")
    assert done.returncode == 3
    assert "p.csv, row 1: the targets sum to 4, not to 1.\n" in done.stderr
    assert "Pass --normalize-targets if these are counts" in done.stderr


@pytest.mark.parametrize("smoothing", ["1", "-0.1", "nan"])
def test_a_smoothing_out_of_range_is_wrong_usage(tmp_path, smoothing):
    done = run(tmp_path, "--target-probs", "t_*", "--label-smoothing", smoothing)
    assert done.returncode == 2
    assert f"label smoothing is a number from 0 to below 1, as 0.1; not {smoothing}." in done.stderr
