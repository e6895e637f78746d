from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from evalreport.charts import FIGURES, draw
from tests import sample_results
from tests.charts.results_to_draw import (
    broken_result,
    empty_result,
    infinite_result,
    one_bin_result,
    result_to_draw,
)

HOSTILE = (
    '</script><img src=x onerror="alert(1)">',
    "$x^{2}$ _under",
    "_hidden",
    "日本語のクラス",
    "a\u202eb",
)
MANY = tuple(f"a rather long name of class number {number}" for number in range(50))


def svg_of(name, result):
    return draw(name, result, title="A title", description="What it says.", prefix="f1")


def texts_in(svg):
    return ["".join(each.itertext()) for each in ET.fromstring(svg).iter("text")]


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize(
    "result",
    [
        result_to_draw(),
        result_to_draw(HOSTILE),
        result_to_draw(MANY),
        empty_result(),
        infinite_result(),
        one_bin_result(),
        broken_result(),
    ],
    ids=["binary", "hostile names", "many classes", "empty", "infinite", "one bin", "broken"],
)
class TestEveryFigureOfEveryResult:
    def test_is_small_labelled_and_free_of_what_a_page_forbids(self, name, result):
        svg = svg_of(name, result)
        root = ET.fromstring(svg)
        assert len(svg) <= 10_000
        assert root.attrib["role"] == "img"
        assert [root[0].text, root[1].text] == ["A title", "What it says."]
        assert root.attrib["aria-labelledby"] == f"{root[0].attrib['id']} {root[1].attrib['id']}"
        for forbidden in ("style", "<?xml", "<!", "metadata", "xmlns", "font-family", "nan", "inf"):
            assert forbidden not in svg

    def test_gives_the_same_bytes_again(self, name, result):
        assert svg_of(name, result) == svg_of(name, result)

    def test_refers_only_to_ids_that_it_holds_and_all_are_prefixed(self, name, result):
        svg = svg_of(name, result)
        ids = [each.attrib["id"] for each in ET.fromstring(svg).iter() if "id" in each.attrib]
        assert len(ids) == len(set(ids))
        assert all(each.startswith("f1-") for each in ids)
        assert set(re.findall(r'(?:href="|url\()#([^")]+)', svg)) <= set(ids)

    def test_writes_text_of_eleven_pixels_at_least_in_the_colour_of_the_page(self, name, result):
        root = ET.fromstring(svg_of(name, result))
        assert root.attrib["fill"] == "currentColor"
        for text in root.iter("text"):
            assert float(text.attrib.get("font-size", root.attrib["font-size"])) >= 11
            assert "fill" not in text.attrib

    def test_leaves_no_mark_outside_the_picture(self, name, result):
        root = ET.fromstring(svg_of(name, result))
        width, height = float(root.attrib["width"]), float(root.attrib["height"])
        assert width == 328
        for mark in root.iter("use"):
            assert -1 <= float(mark.attrib["x"]) <= width + 1
            assert -1 <= float(mark.attrib["y"]) <= height + 1


@pytest.mark.parametrize("name", ["loss_by_forecast", "share_by_probability", "forecast_histogram"])
def test_a_figure_with_nothing_to_draw_says_so(name):
    assert texts_in(svg_of(name, empty_result())) == ["No rows to draw."]


def test_all_figures_together_stay_within_their_budget():
    assert sum(len(svg_of(name, result_to_draw(MANY))) for name in FIGURES) <= 45_000


def test_the_signature_figure_names_the_mean_the_baseline_and_the_positive_class():
    texts = texts_in(svg_of("loss_by_forecast", result_to_draw()))
    assert "this run 0.217" in texts
    assert "baseline 0.600" in texts
    assert "Forecast of yes" in texts
    assert {"if it happens", "if it does not"} <= set(texts)


def test_with_more_classes_the_signature_figure_speaks_of_the_top_class():
    texts = texts_in(svg_of("loss_by_forecast", result_to_draw(("a", "b", "c"))))
    assert "Confidence in the top class" in texts
    assert "if it happens" not in texts


def test_the_signature_figure_says_how_many_bins_lie_above_its_top():
    assert "2 above 5" in texts_in(svg_of("loss_by_forecast", broken_result()))


def test_bins_with_few_rows_are_hollow():
    svg = svg_of("loss_by_forecast", result_to_draw())
    root = ET.fromstring(svg)
    hollow_markers = {
        f"#{each.attrib['id']}" for each in root.iter() if each.attrib.get("fill-opacity") == "0"
    }
    hollow = [use for use in root.iter("use") if use.attrib["href"] in hollow_markers]
    assert len(hollow) == 2


def test_the_worst_class_stands_first_and_at_most_twelve_are_drawn():
    names = [
        text
        for text in texts_in(svg_of("loss_by_class", result_to_draw(tuple(map(str, range(50))))))
        if text.isdigit() and int(text) > 10
    ]
    assert names == [str(number) for number in range(49, 37, -1)]


def test_a_long_interval_ends_with_the_axis_and_shows_that_it_goes_on():
    full = result_to_draw(("a", "b", "c"))
    long = replace(full.classes[1], interval=(0.0, 100.0))
    svg = svg_of("loss_by_class", replace(full, classes=(full.classes[0], long, full.classes[2])))
    (axis_end,) = re.findall(r'd="M[\d.]+ [\d.]+H([\d.]+)"', svg)
    (lines,) = re.findall(r'd="([^"]*)" [^>]*stroke-width="2.5"', svg)
    assert max(map(float, re.findall(r"H([\d.]+)", lines))) == float(axis_end)
    assert f'x="{axis_end}"' in svg.split(lines)[1]


def test_an_infinite_class_stands_first_and_says_so():
    full = result_to_draw(("a", "b", "c"))
    infinite = replace(full.classes[1], cross_entropy=None, log_loss=None, interval=None)
    result = replace(full, classes=(full.classes[0], infinite, full.classes[2]))
    texts = texts_in(svg_of("loss_by_class", result))
    assert [text for text in texts if text in "abc"] == ["b", "c", "a"]
    assert "infinite" in texts


def test_an_infinite_bin_counts_as_above_the_top():
    assert "1 above 5" in texts_in(svg_of("loss_by_forecast", infinite_result()))


def test_an_undefined_share_of_the_loss_is_not_drawn_as_nothing():
    assert "not defined" in texts_in(svg_of("share_by_probability", infinite_result()))
    assert "not defined" not in texts_in(svg_of("share_by_probability", result_to_draw()))


def test_a_name_is_written_as_it_stands_and_clipped_where_it_is_long():
    texts = texts_in(svg_of("loss_by_class", result_to_draw(HOSTILE)))
    assert "</script><img s…" in texts
    assert "$x^{2}$ _under" in texts
    assert "_hidden" in texts
    assert "日本語のクラス" in texts
    assert "ab" in texts


@pytest.mark.parametrize(
    ("loss", "left_out"),
    [(0.7, None), (2.0, None), (2.4, "10% costs 2.30"), (4.7, "1% costs 4.61")],
)
def test_no_line_on_the_log_curve_crosses_the_words_of_another(loss, left_out):
    result = result_to_draw()
    run = replace(result, overall=replace(result.overall, cross_entropy=loss))
    prices = {"1% costs 4.61", "10% costs 2.30", "50% costs 0.69"}
    assert prices - set(texts_in(svg_of("log_curve", run))) == ({left_out} if left_out else set())


def test_the_log_curve_marks_this_run():
    assert "this run: 80%, 0.217" in texts_in(svg_of("log_curve", result_to_draw()))


def test_labels_keep_their_digits():
    assert "0.050" in texts_in(svg_of("loss_by_class", result_to_draw()))


def test_a_name_that_is_no_figure_is_refused():
    with pytest.raises(ValueError, match="there is no figure named 'pie', only loss_by_forecast"):
        svg_of("pie", result_to_draw())


def test_drawing_does_not_load_pyplot():
    svg_of("log_curve", result_to_draw())
    assert "matplotlib.pyplot" not in sys.modules


def test_bands_are_not_drawn_beside_a_cross_entropy_that_they_do_not_judge():
    result = result_to_draw()
    assert "not great" in texts_in(svg_of("loss_by_forecast", result))
    soft = texts_in(svg_of("loss_by_forecast", replace(result, task="soft")))
    assert "not great" not in soft


def test_a_range_of_chance_is_explained_only_where_one_is_drawn():
    result = sample_results.typical()
    diagrams = tuple(replace(each, band=()) for each in result.calibration.reliability)
    bare = replace(result, calibration=replace(result.calibration, reliability=diagrams))
    words = "range of chance if calibrated"
    assert words in texts_in(svg_of("class_reliability", result))
    assert words not in texts_in(svg_of("class_reliability", bare))


def test_the_bins_say_how_many_of_the_worst_rows_they_hold():
    result = sample_results.typical()
    told = [each for each in texts_in(svg_of("share_by_probability", result)) if "worst" in each]
    zeros = sum(row.probability == 0.0 for row in result.worst_rows)
    assert (len(result.worst_rows), zeros) == (20, 12)
    assert told[0] == "12 of the 20 worst rows"
    assert sum(int(each.split()[0]) for each in told) == 20
    one = replace(result, worst_rows=result.worst_rows[:1])
    assert "the worst row" in texts_in(svg_of("share_by_probability", one))
    none = replace(result, worst_rows=())
    assert not any("worst" in each for each in texts_in(svg_of("share_by_probability", none)))


def test_the_mean_has_its_interval_around_it_where_the_line_is_what_the_interval_is_of():
    result = sample_results.typical()
    without = replace(result, overall=replace(result.overall, interval=None))
    soft, soft_without = replace(result, task="soft"), replace(without, task="soft")

    def shaded(each):
        return svg_of("loss_by_forecast", each).count('opacity="0.25"')

    assert shaded(result) > shaded(without)
    assert shaded(soft) == shaded(soft_without)
