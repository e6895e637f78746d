"""What people read about a comparison: on the page, in Markdown and on the terminal."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from markdown_it import MarkdownIt

import evalreport
from evalreport.api import evaluate
from evalreport.comparing import compare
from evalreport.comparison import compare_evaluations
from evalreport.evaluated import Evaluation
from evalreport.findings import with_comparison
from evalreport.renderers import html_renderer, markdown_renderer
from evalreport.renderers.terminal import TerminalRenderer, quiet_line
from evalreport.report import build_report
from tests.sample_results import HOSTILE_NAMES


@lru_cache
def compared(sharpness: tuple[float, float], n_classes: int = 3, n_slices: int = 4, n: int = 3000):
    """Two runs on the same rows; a sharpness of more than 1 is too sure of itself."""
    rng = np.random.default_rng(8)
    names = [*HOSTILE_NAMES, *(f"class {i}" for i in range(n_classes))][:n_classes]
    values = np.array([*HOSTILE_NAMES, *(f"value {i}" for i in range(n_slices))][:n_slices], object)
    logits = rng.normal(0, 1.5, (n, n_classes))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    observed = np.array([rng.choice(n_classes, p=row) for row in probs])
    slices = {"shop <b>": values[rng.integers(0, n_slices, n)]}
    results = []
    for sharp in sharpness:
        sharpened = np.exp(sharp * logits)
        results.append(
            evaluate(
                np.array(names, dtype=object)[observed],
                sharpened / sharpened.sum(axis=1, keepdims=True),
                classes=names,
                slices=slices,
                ids=[f"r{i}" for i in range(n)],
                title=f"sharpness {sharp}",
            ).result
        )
    return with_comparison(results[1], compare_evaluations(*results))


def many_groups():
    """Two runs of 200 classes and 100 slices, most of which are far worse than before."""
    return compared((1.0, 3.0), n_classes=200, n_slices=100, n=10_000)


def texts(result) -> list[str]:
    report = build_report(result)
    page = html_renderer().render(report)
    return [page, markdown_renderer().render(report), TerminalRenderer().render(report)]


@pytest.mark.parametrize(
    ("sharpness", "words"),
    [
        ((1.0, 1.6), ("worse than the previous run", "worse by")),
        ((1.6, 1.0), ("better than the previous run", "better by")),
        ((1.0, 1.0), ("no change", "no change in any row")),
    ],
)
def test_every_output_says_what_became_of_the_loss(sharpness, words):
    page, markdown, terminal = texts(compared(sharpness))
    assert words[0] in page.lower()
    assert words[0] in markdown.lower()
    assert words[1] in terminal


def test_plus_is_worse_and_minus_is_better_everywhere():
    for sharpness, sign, word in (((1.0, 1.6), "+", "worse"), ((1.6, 1.0), "\u2212", "better")):
        result = compared(sharpness)
        fact = build_report(result).verdict.facts[1]
        assert fact.headline.startswith(sign)
        assert fact.headline.endswith(word)
        assert (result.comparison.change > 0) == (sign == "+")


def test_the_quiet_line_tells_the_change():
    result = compared((1.0, 1.6))
    change = f"{result.comparison.change:.3f}"
    assert f", worse by {change}, 1 error" in quiet_line(build_report(result))


def test_two_hundred_classes_and_a_hundred_slices_stay_a_comment():
    result = many_groups()
    text = markdown_renderer().render(build_report(result))
    assert len(text.encode()) < 60_000
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    tables = [each for each in tokens if each.type == "table_open"]
    titles = [each for each in tokens if each.type == "html_block" and "<summary>" in each.content]
    n_details = sum("What changed most" in each.content or "By " in each.content for each in titles)
    assert len(tables) == 2 + n_details
    assert not [each for each in tokens if each.type in ("link_open", "image")]
    n_worse = [each.outcome for each in result.comparison.groups].count("worse")
    assert n_worse > 40
    assert f"What changed most (40 of {n_worse})" in text


def test_groups_that_got_no_row_are_counted_by_what_became_of_them():
    result = many_groups()
    outcomes = [each.outcome for each in result.comparison.groups]
    n_worse, n = outcomes.count("worse"), len(outcomes)
    page, _, terminal = texts(result)
    more = f"{n_worse - 40:,} worse and {n - n_worse:,} with no clear change"
    assert f"and {n - 40:,} more, {more}: see the JSON." in page
    assert f"and {n_worse - 10:,} more\n" in terminal


def test_the_table_says_which_rows_its_lines_are_about():
    previous, current = (evaluate([1, 0] * n, [0.8, 0.3] * n).result for n in (20, 30))
    unpaired = with_comparison(current, compare_evaluations(previous, current))
    assert "All rows of each run." in texts(unpaired)[0]
    assert "The first two lines: 3,000 rows in both runs." in texts(compared((1.0, 1.6)))[0]


def test_groups_without_their_rows_are_said_to_be_compared_as_two_sets():
    assert "each group is compared as two separate sets of rows" in texts(compared((1.0, 1.6)))[0]


def test_hostile_names_stay_text_on_the_page():
    page, markdown, terminal = texts(compared((1.0, 1.6), n_classes=12, n_slices=12))
    assert "<img src=x" not in page
    assert "<b>" not in page.replace("&lt;b&gt;", "")
    assert "\x1b" not in page + markdown + terminal
    assert max(map(len, terminal.splitlines())) <= 80


def test_an_evaluation_without_a_previous_run_says_how_to_give_one():
    lone = Evaluation(evaluate([1, 0] * 20, [0.8, 0.3] * 20).result)
    assert "Use <code>evalreport.compare()</code> to see what changed." in lone.to_html()
    assert "Use `evalreport.compare()` to see what changed." in lone.to_markdown()


def test_the_loss_of_the_common_rows_stands_beside_that_of_all_rows(tmp_path):
    rows = [f"r{i},{'ab'[i % 2]},{0.3 + 0.005 * i},{0.7 - 0.005 * i}" for i in range(60)]
    for name, kept in (("before.csv", rows[:50]), ("now.csv", rows)):
        (tmp_path / name).write_text("\n".join(["id,label,prob_a,prob_b", *kept]))
    result = compare(tmp_path / "before.csv", tmp_path / "now.csv").evaluation.result
    assert result.comparison.current_loss != result.overall.log_loss
    verdict = build_report(result).verdict
    loss = f"{result.comparison.previous_loss:.3f}"
    assert verdict.previous_text == (
        f"Previous {loss}, now {loss}: no change in any row (50 rows in both)"
    )
    assert verdict.facts[1].detail == f"No interval, 50 rows in both, {loss} then, {loss} now"


def test_groups_that_did_not_clearly_change_are_folded_away_beyond_twelve():
    report = build_report(compared((1.0, 1.0), n_classes=12, n_slices=6))
    section = next(each for each in report.sections if each.id == "compare")
    table = next(each for each in section.tables if each.id == "changes")
    assert len(table.rows) == 12
    assert table.rest.caption == "6 more groups without a clear change"
    assert len(table.rest.rows) == 6
    assert not {row[0].text for row in table.rows} & {row[0].text for row in table.rest.rows}


def test_the_first_line_on_a_limit_leaves_the_power_of_the_rows_to_the_table(tmp_path):
    for name, sharp in (("a", 0.7), ("b", 0.69)):
        rows = (f"{i},{i % 2},{sharp if i % 2 else 1 - sharp + 0.2 * (i % 3)}\n" for i in range(60))
        (tmp_path / f"{name}.csv").write_text("id,label,prob\n" + "".join(rows))
    evaluation = evalreport.compare(tmp_path / "a.csv", tmp_path / "b.csv").evaluation
    judged = evaluation.with_limits(max_regression=0.001)
    (why,) = judged.limits["why"]
    assert " These 60 rows would show a regression of " in why
    first = next(line for line in repr(judged).splitlines() if line.startswith("Limit "))
    assert "would show" not in first
