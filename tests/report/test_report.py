"""The report: what it says, in which order, and that its parts agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalreport.bands import band_of, judge
from evalreport.renderers.markdown import MarkdownRenderer
from evalreport.renderers.terminal import TerminalRenderer
from evalreport.report import Report, build_report
from evalreport.report.losses import merged_bins
from evalreport.report.model import Cell, Section, Table, Text
from evalreport.results import EvaluationResult
from evalreport.settings import ReportSettings
from tests import sample_results
from tests.sample_results import SAMPLES, evaluated

ORDER = [
    "compare",
    "classes",
    "slices",
    "loss",
    "calibration",
    "distributions",
    "worst",
    "quality",
    "help",
    "run",
]


def words(text: Text) -> str:
    return "".join(span.text for span in text)


def section(report: Report, id_: str) -> Section:
    return next(each for each in report.sections if each.id == id_)


def tables(report: Report) -> Iterator[Table]:
    for each in report.sections:
        yield from each.tables
        yield from (figure.table for figure in each.figures)


def column(table: Table, key: str) -> list[Cell]:
    place = [each.key for each in table.columns].index(key)
    return [row[place] for row in table.rows]


def all_texts(part: object) -> Iterator[str]:
    """Yield every text in the report, but not those of the result behind it."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from all_texts(each)
    elif is_dataclass(part) and not isinstance(part, EvaluationResult):
        for field in fields(part):
            yield from all_texts(getattr(part, field.name))


@pytest.mark.parametrize("name", SAMPLES)
def test_sections_come_in_the_order_that_readers_rely_on(name):
    ids = [each.id for each in build_report(SAMPLES[name]()).sections]
    assert ids == [id_ for id_ in ORDER if id_ in ids]
    assert {"compare", "quality", "help", "run"} <= set(ids)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_row_of_a_table_has_a_cell_for_every_column_and_none_is_blank(name):
    for table in tables(build_report(SAMPLES[name]())):
        for row in (*table.rows, *([table.total] if table.total else [])):
            assert len(row) == len(table.columns)
            assert all(cell.text or cell.tag or cell.mark for cell in row), table.id
        assert table.caption
        assert all(each.title for each in table.columns)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_table_is_named_twice_and_every_link_has_its_section(name):
    report = build_report(SAMPLES[name]())
    ids = [table.id for table in tables(report)]
    assert len(ids) == len(set(ids))
    targets = {"verdict", "attention", *(each.id for each in report.sections)}
    assert {each.section for each in report.attention.findings} <= targets


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_nothing_undefined_is_shown_as_a_number(name, unit):
    text = " ".join(all_texts(build_report(SAMPLES[name](), unit=unit)))
    assert not re.search(r"\b(None(?! found| is set)|nan|inf)\b", text)
    assert "0.000 to 0.000" not in text


@pytest.mark.parametrize("name", SAMPLES)
def test_the_verdict_never_stands_without_the_baseline(name):
    verdict = build_report(SAMPLES[name]()).verdict
    assert verdict.facts[0].term == "Against always predicting class frequencies"
    assert "aseline" in verdict.facts[0].detail or verdict.band is None


# --- verdict ----------------------------------------------------------------------------------


def test_the_verdict_of_an_ordinary_run_in_full():
    verdict = build_report(sample_results.typical()).verdict
    assert (verdict.value_text, verdict.unit_text) == ("0.211", "nats per row")
    assert verdict.interval_text == "95% CI 0.194 to 0.237, approximate"
    assert (verdict.headline, verdict.tone) == ("Can probably improve", "watch")
    assert [words(each) for each in verdict.sentences] == [
        "On average the model gave 81% to what happened. The interval crosses 0.20, so “fine” is "
        "also possible.",
        "12 rows given zero probability make 16% of the loss. Without them it would be 0.177 "
        "(fine).",
    ]
    assert [(each.headline, each.detail) for each in verdict.facts] == [
        ("86% less loss", "Baseline 1.512. 95% CI 84% to 87%"),
        ("No previous run given", "Nothing to compare with"),
        ("6% of rows, 46% of the loss", "Rows where what happened got 50% or less"),
    ]


@pytest.mark.parametrize(
    ("name", "headline", "tone", "interval"),
    [
        ("binary", "Not great", "poor", "95% CI 0.413 to 0.479"),
        (
            "perfect",
            "Perfect score: check for leakage",
            "watch",
            "No interval: every row has the same loss",
        ),
        ("broken", "Something is broken", "bad", "No interval: under 10 rows"),
        ("empty", "No rows could be scored", "bad", "No interval: no rows"),
        ("unfloored", "The log loss is infinite", "bad", "No interval: the loss is infinite"),
    ],
)
def test_the_first_rule_that_fits_makes_the_headline(name, headline, tone, interval):
    verdict = build_report(SAMPLES[name]()).verdict
    assert (verdict.headline, verdict.tone, verdict.interval_text) == (headline, tone, interval)


def changed(loss: float, interval: tuple[float, float] | None, **others: object):
    """The typical result with another loss, interval and band, and anything else of `overall`."""
    result = sample_results.typical()
    overall = replace(
        result.overall,
        log_loss=loss,
        cross_entropy=loss,
        kl_divergence=loss,
        interval=interval,
        band=judge(loss, interval),
        zero_probability_rows=0,
        zero_probability_share_of_loss=0.0,
        **others,
    )
    return replace(result, overall=overall)


def test_a_model_that_does_harm_is_called_that_whatever_its_band():
    result = changed(0.1, (0.09, 0.11))
    baseline = replace(
        result.baseline,
        class_frequencies=0.056,
        kl_divergence=0.056,
        skill=-0.79,
        skill_interval=(-0.9, -0.7),
    )
    result = replace(result, baseline=baseline)
    verdict = build_report(result).verdict
    assert verdict.headline == "Worse than always predicting class frequencies"
    harm = "Ignoring the inputs would score 0.056; this model scores 0.100, 79% more."
    assert words(verdict.sentences[0]) == harm
    nobody_looked = replace(result, audit=replace(result.audit, class_order=None))
    assert words(build_report(nobody_looked).verdict.sentences[0]) == (
        f"{harm} Swapped class columns are the usual cause."
    )
    assert verdict.facts[0].headline == "79% more loss"
    assert verdict.facts[0].detail == "Baseline 0.056. 95% CI 70% to 90% more"


def test_a_model_of_many_classes_that_knows_something_is_not_sent_to_look_for_swapped_columns():
    many = sample_results.many()
    for skill, told in ((0.4, True), (-0.1, False)):
        baseline = replace(many.baseline, skill=skill, skill_interval=(skill - 0.05, skill + 0.05))
        overall = replace(
            many.overall, log_loss=2.5, cross_entropy=2.5, kl_divergence=2.5, band=judge(2.5, None)
        )
        said = build_report(replace(many, overall=overall, baseline=baseline)).verdict.sentences[0]
        assert ("this model still loses 40% less than always predicting" in words(said)) is told
        assert ("Check class names and zero probabilities." in words(said)) is not told


def test_the_order_of_columns_is_blamed_only_where_nobody_looked_at_it():
    result, looked_at = sample_results.broken(), sample_results.many().audit.class_order
    for order, blamed in ((looked_at, False), (None, True)):
        seen = replace(result, audit=replace(result.audit, class_order=order))
        said = words(build_report(seen).verdict.sentences[0])
        assert ("Check column order, class names" in said) is blamed


def test_a_difference_from_the_baseline_that_could_be_chance_is_called_that():
    result = changed(0.1, (0.09, 0.11))
    baseline = replace(result.baseline, skill=0.01, skill_interval=(-0.03, 0.05))
    verdict = build_report(replace(result, baseline=baseline)).verdict
    assert verdict.headline == "Not clearly better than always predicting class frequencies"
    assert verdict.facts[0].detail.endswith("95% CI 3% more to 5% less")


@pytest.mark.parametrize("interval", [(-0.05, 0.03), None])
def test_more_loss_than_the_baseline_is_no_better_with_an_interval_or_without(interval):
    result = changed(0.1, (0.09, 0.11))
    baseline = replace(result.baseline, skill=-0.01, skill_interval=interval)
    verdict = build_report(replace(result, baseline=baseline)).verdict
    assert verdict.headline == "No better than always predicting class frequencies"


@pytest.mark.parametrize("result", [changed(0.1, (0.08, 0.12), n=99), changed(0.15, (0.04, 0.25))])
def test_few_rows_or_an_interval_over_three_bands_is_too_little_to_say(result):
    assert build_report(result).verdict.headline == "Too few rows to say"


def test_an_interval_that_stays_in_its_band_gets_no_sentence_on_others():
    sentences = build_report(changed(0.25, (0.21, 0.29))).verdict.sentences
    assert "crosses" not in words(sentences[0])


@given(st.floats(1e-6, 12.0), st.floats(0.0, 1.0), st.floats(0.0, 3.0))
def test_number_band_interval_and_ruler_tell_the_same_story(loss, below, above):
    verdict = build_report(changed(loss, (loss * (1 - below), loss + above))).verdict
    shown = 0.0005 if verdict.value_text.startswith("<") else float(verdict.value_text)
    assert verdict.band is not None
    assert verdict.band.text.lower() == band_of(loss).name == band_of(shown).name
    current = [step for step in verdict.ruler if step.is_current]
    assert [step.name for step in current] == [verdict.band.text]
    assert current[0].interval_start is not None
    for step in verdict.ruler:
        if step.interval_start is not None and step.interval_width is not None:
            start, width = float(step.interval_start), float(step.interval_width)
            assert -0.06 <= start <= start + width <= 100.11


def test_in_bits_the_number_changes_and_the_bands_stay_in_nats():
    report = build_report(sample_results.typical(), unit="bits")
    assert report.verdict.value_text == "0.305"
    assert report.verdict.unit_text == "bits per row"
    assert report.verdict.band.text == "Can probably improve"
    assert "crosses 0.20 nats" in words(report.verdict.sentences[0])
    assert next(s for s in report.verdict.ruler if s.is_current).mark_text == "This run: 0.211 nats"
    assert "in nats" in report.verdict.ruler_note


# --- frame ------------------------------------------------------------------------------------


def test_the_title_of_the_page_starts_with_number_and_band():
    report = build_report(sample_results.typical(), key="team --> x", command="evalreport report a")
    assert report.page_title == "0.211, can probably improve: ticket-router v14 log loss report"
    assert report.meta == ("predictions-2026-11-21.parquet", "12,480 rows, 5 classes")
    assert report.created_text == "21 November 2026, 02:14 UTC"
    assert report.key == "team-x"
    assert section(report, "run").command == "evalreport report a"


def test_findings_beyond_eight_are_folded_and_all_are_counted():
    attention = build_report(sample_results.many()).attention
    assert (len(attention.findings), len(attention.folded)) == (8, 2)
    assert attention.summary == "8 warnings, 2 notes. 17 checks passed."


def test_a_clean_run_says_that_nothing_needs_attention():
    likely = [0.8000004, 0.1999996]  # on no coarse grid
    probs = [likely, likely[::-1]] * 100
    observed = [0, 1] * 80 + [1, 0] * 20
    report = build_report(evaluated(observed, probs))
    assert report.attention.summary == "Nothing needs attention. 18 checks passed."
    assert len(report.attention.passed) == 18


# --- sections ---------------------------------------------------------------------------------


def test_classes_come_worst_first_with_the_sum_of_all_rows_below():
    table = section(build_report(sample_results.typical()), "classes").tables[0]
    losses = [cell.value for cell in column(table, "log_loss")]
    assert losses == sorted(losses, reverse=True)
    assert [cell.text for cell in table.rows[0][:2]] == ["refund", "0.533"]
    assert [cell.text for cell in table.total[:2]] == ["All rows", "0.211"]
    assert sum(cell.value for cell in column(table, "rows")) == 12_480


def test_classes_and_slices_beyond_the_limit_are_counted_with_their_bands():
    report = build_report(sample_results.many(n_classes=62, n_slices=40))
    classes, slices = (section(report, id_).tables[0] for id_ in ("classes", "slices"))
    assert (len(classes.rows), len(slices.rows)) == (50, 30)
    assert classes.more.startswith("and 12 more classes, from fine to can probably improve: ")
    assert classes.more.endswith(": listed below and in the JSON.")
    assert classes.more_elsewhere.endswith(": listed in the HTML report and the JSON.")
    assert slices.more.startswith("and 10 more slices, ")


def test_what_the_page_leaves_out_is_in_the_json_alone():
    result = sample_results.many()
    classes = tuple(replace(result.classes[0], name=f"c{each}") for each in range(1_002))
    table = section(build_report(replace(result, classes=classes)), "classes").tables[0]
    assert table.more.endswith(": listed in part below, and in the JSON.")
    assert len(table.rest.rows) == 1_000
    assert table.rest.more.startswith("and 2 more classes")
    assert table.rest.more.endswith(": listed in the JSON.")


def test_slices_of_few_rows_are_counted_and_not_shown():
    result = sample_results.typical()
    small = tuple(replace(each, n=29) for each in result.slices[:2])
    report = build_report(replace(result, slices=small + result.slices[2:]))
    slices = section(report, "slices")
    assert len(slices.tables[0].rows) == len(result.slices) - 2
    assert "those with fewer than 30 rows are not shown (2)" in words(slices.lede)


@pytest.mark.parametrize(
    ("n_small", "told"),
    [(1, "1 slice with fewer than 30 rows is not shown."), (9, "9 slices checked, all with fewer")],
)
def test_summaries_say_why_a_slice_has_no_row(n_small, told):
    result = sample_results.typical()
    small = tuple(replace(each, n=29) for each in result.slices[:n_small])
    report = build_report(replace(result, slices=small + result.slices[n_small:]))
    for renderer in (TerminalRenderer(), MarkdownRenderer()):
        text = renderer.render(report)
        assert told in text
        assert "and 1 more" not in text


def test_without_a_previous_run_the_report_says_how_to_give_one():
    compare = section(build_report(sample_results.typical()), "compare")
    assert words(compare.lede) == (
        "No previous run given. Add --previous FILE to see what changed."
    )


def test_the_marks_of_a_table_lie_on_their_scale():
    for name in ("typical", "many", "broken"):
        table = section(build_report(SAMPLES[name]()), "classes").tables[0]
        for row, cell in zip(table.rows, column(table, "mark"), strict=True):
            assert 4 <= float(cell.mark.start or 4) <= float(cell.mark.point) <= 120
            assert float(cell.mark.point) <= float(cell.mark.end or 120) <= 120
            assert cell.mark.tone == (row[2].tag.tone if row[2].tag else "none")


def test_what_other_tools_would_print_is_shown_where_rows_lie_below_a_floor():
    ids = [table.id for table in section(build_report(sample_results.typical()), "loss").tables]
    assert ids == ["floors", "tails", "surprises", "scores"]
    ids = [table.id for table in section(build_report(sample_results.perfect()), "loss").tables]
    assert ids == ["scores"]


def test_the_brier_score_says_which_of_its_forms_it_is():
    table = section(build_report(sample_results.binary()), "loss").tables[-1]
    rows = {row[0].text: (row[1].text, row[2].text) for row in table.rows}
    assert rows["Brier score"][1] == "Multiclass form, 0 to 2, lower is better"
    multiclass, binary = (float(rows[k][0]) for k in ("Brier score", "Brier score, binary form"))
    assert binary == pytest.approx(multiclass / 2, abs=0.001)


@pytest.mark.parametrize("name", ["typical", "binary", "many", "broken"])
def test_bins_of_probability_are_merged_without_losing_a_row(name):
    result = SAMPLES[name]()
    merged = merged_bins(result.loss_by_probability)
    assert [each.high for each in merged] == [0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0]
    assert sum(each.n for each in merged) == result.overall.n
    assert sum(each.share_of_loss for each in merged) == pytest.approx(1.0)
    for each in merged:
        if each.n:
            share = each.n * each.mean_loss / (result.overall.n * result.overall.log_loss)
            assert share == pytest.approx(each.share_of_loss)


def test_figures_are_those_that_can_be_drawn():
    figures = {
        each.id: [figure.name for figure in each.figures]
        for each in build_report(sample_results.typical()).sections
        if each.figures
    }
    assert figures == {
        "classes": ["loss_by_class"],
        "loss": ["loss_by_forecast", "share_by_probability", "log_curve"],
        "calibration": ["reliability", "forecast_histogram", "class_reliability"],
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_every_figure_has_its_finding_in_words_and_its_numbers_in_a_table(name):
    for each in build_report(SAMPLES[name]()).sections:
        for figure in each.figures:
            assert all([figure.caption, figure.title, figure.description, figure.table.rows])
            assert re.search(r"\d|what was expected|Where the rows are", figure.description)


def test_rows_at_the_floor_are_marked_and_rows_without_ids_have_their_number():
    worst = section(build_report(sample_results.typical()), "worst").tables[0]
    assert [cell.note for cell in column(worst, "loss")] == ["capped"] * 12 + [""] * 8
    assert column(worst, "row")[0].code
    assert [each.title for each in worst.columns][-3:] == ["language", "channel", "priority"]
    numbered = section(build_report(sample_results.broken()), "worst").tables[0]
    assert [cell.text for cell in column(numbered, "row")] == ["1", "2", "3", "4", "5"]


def test_the_file_of_a_row_is_told_if_there_are_several():
    result = sample_results.binary()
    rows = tuple(replace(each, path="part-2.csv") for each in result.worst_rows)
    table = section(build_report(replace(result, worst_rows=rows)), "worst").tables[0]
    assert {cell.text for cell in column(table, "path")} == {"part-2.csv"}


def test_a_perfect_run_has_no_worst_rows():
    assert "worst" not in [each.id for each in build_report(sample_results.perfect()).sections]


def test_rows_left_out_are_told_with_their_reason_and_the_first_place():
    table = section(build_report(sample_results.typical()), "quality").tables[0]
    rows = {row[0].text: [row[1].text, row[3].text] for row in table.rows}
    assert rows["Label is missing"] == ["26", "Left out; first in row 400, column y"]
    assert rows["Zero probability for what happened"] == ["12", "Loss capped at 36.0 nats"]


def test_the_run_details_name_method_floor_columns_and_digest():
    report = build_report(sample_results.typical())
    details = {each.term: words(each.text) for each in section(report, "run").definitions}
    assert "floor 2^-52 = 2.2e-16 (36.0 nats)" in details["Method"]
    assert "Hall's skewness-corrected interval" in details["Method"]
    assert details["Columns"].startswith("label y; id ticket_id; probabilities p_account, ")
    assert details["Digest"].startswith(report.result.digest)
    assert details["How they were read"] == "Label: column 'y', found by its name."


def test_no_option_is_promised_that_does_not_exist():
    options = {
        option
        for name in SAMPLES
        for text in all_texts(build_report(SAMPLES[name]()))
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)
    }
    known = {f"--{each.name.replace('_', '-')}" for each in fields(ReportSettings)}
    assert options <= known


def test_names_that_try_to_break_out_are_plain_short_text_everywhere():
    for text in all_texts(build_report(sample_results.many())):
        assert not set(text) & set("\x1b\x00\n\u202e")
        assert "x" * 81 not in text


def test_the_same_result_gives_the_same_report():
    assert build_report(sample_results.typical()) == build_report(sample_results.typical())


def test_where_single_classes_are_not_looked_at_the_section_says_so():
    soft = sample_results.soft()
    assert "Chance is simulated with soft labels that stray" in words(
        section(build_report(soft), "calibration").notes[-1]
    )
    calibration = replace(
        soft.calibration,
        reliability=soft.calibration.reliability[:1],
        single_classes_left_out="the rows are not at hand any more",
    )
    notes = section(build_report(replace(soft, calibration=calibration)), "calibration").notes
    assert words(notes[-1]) == ("No single class is looked at: the rows are not at hand any more.")


def test_a_class_order_that_no_sample_could_tell_is_said_to_be_not_looked_at():
    result = sample_results.typical()
    audit, overall = result.audit, replace(result.overall, n=100_000)
    nobody_looked = replace(result, overall=overall, audit=replace(audit, class_order=None))
    for each, said in ((result, "As the columns say"), (nobody_looked, "Over 200 classes, or")):
        rows = [
            row for table in section(build_report(each), "quality").tables for row in table.rows
        ]
        (order,) = (row for row in rows if row[0].text == "Class order")
        assert order[-1].text.startswith(said)
