from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from evalreport.charts import FIGURES
from evalreport.errors import SettingsError
from evalreport.renderers.html import HtmlRenderer, render_fragment
from tests.charts.results_to_draw import empty_result
from tests.renderers.sample_report import HOSTILE, class_table, sample_report

VOID = {"meta", "link", "br", "input", "path", "use", "rect", "circle"}


class Page(HTMLParser):
    """A page as a list of elements, with the text and the parents of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self._open)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self._open)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self._open[-1] if self._open else "", data))

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes, _ in self.elements if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [each[attribute] or "" for _, each, _ in self.elements if attribute in each]

    def text_in(self, tag: str) -> str:
        return "".join(text for parent, text in self.texts if parent == tag)

    def visible_text(self) -> str:
        return " ".join(text for parent, text in self.texts if parent not in ("style", "script"))


@pytest.fixture(scope="module")
def renderer():
    return HtmlRenderer()


@pytest.fixture(scope="module")
def html(renderer):
    return renderer.render(sample_report())


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


@pytest.fixture(scope="module")
def worst_case(renderer):
    return renderer.render(sample_report(HOSTILE + "n" * 43, 50, title="{{7*7}} <b>bold</b>"))


def test_the_page_holds_everything_it_needs_and_refers_to_nothing_outside(html, page):
    assert len(page.attributes("style")) == 1
    assert len(page.attributes("script")) == 1
    assert page.values("src") == []
    for target in page.values("href"):
        assert target.startswith(("#", "data:image/svg+xml,"))
    assert "@import" not in html
    assert set(re.findall(r"url\((.)", html)) <= {"#"}


def test_no_element_carries_a_style_or_a_handler_of_its_own(page):
    names = {name for _, attributes, _ in page.elements for name in attributes}
    assert "style" not in names
    assert [name for name in names if name.startswith("on")] == []


def test_the_policy_allows_exactly_this_style_and_this_script(page):
    (policy,) = (
        each["content"]
        for each in page.attributes("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    )
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        digest = hashlib.sha256(page.text_in(tag).encode()).digest()
        assert f"{directive} 'sha256-{base64.b64encode(digest).decode()}';" in policy
    assert policy.startswith("default-src 'none';")
    assert policy.endswith("img-src data:; base-uri 'none'; form-action 'none'")


def test_the_same_report_gives_the_same_bytes(html):
    assert HtmlRenderer().render(sample_report()) == html


def test_the_title_of_the_page_tells_the_verdict(page):
    assert page.text_in("title").startswith("0.217, can probably improve: ticket-router")


def test_hostile_names_are_shown_as_text(worst_case):
    page = Page(worst_case)
    assert page.attributes("img") == []
    assert page.attributes("b") == []
    assert len(page.attributes("script")) == 1
    assert HOSTILE in page.visible_text()
    assert "{{7*7}} <b>bold</b>" in page.text_in("h1")


def test_characters_that_hide_or_turn_text_are_left_out(renderer):
    html = renderer.render(sample_report("a\u202eb\x1b[31mc\u2066", title="t\x00\u200f"))
    assert (
        re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", html)
        == []
    )
    assert "ab[31mc" in html


def test_the_page_keeps_to_its_size(html, worst_case):
    assert len(html.encode()) <= 120_000
    assert len(gzip.compress(html.encode())) <= 30_000
    assert len(worst_case.encode()) <= 300_000


def test_style_and_script_keep_to_their_size(page):
    assert len(page.text_in("style").encode()) <= 12_000
    assert len(page.text_in("script").encode()) <= 3_000


def test_the_page_has_few_nodes(page, worst_case):
    assert len(page.elements) <= 3_000
    assert len(Page(worst_case).elements) <= 6_000


def test_ids_are_unique_and_every_reference_has_its_target(page):
    counts = Counter(page.values("id"))
    assert [each for each, count in counts.items() if count > 1] == []
    targets = [each[1:] for each in page.values("href") if each.startswith("#")]
    labels = " ".join(page.values("aria-labelledby")).split()
    assert set(targets) | set(labels) <= set(counts)


def test_sections_stand_in_the_order_of_the_report_with_their_stable_ids(page):
    order = [each["id"] for each in page.attributes("section")]
    names = "verdict attention compare classes loss calibration worst help run"
    assert order == names.split()
    listed = [each["href"] for tag, each, above in page.elements if tag == "a" and "nav" in above]
    assert listed == [f"#{each}" for each in order]


def test_headings_have_no_gaps_and_there_is_one_title(page):
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))


def test_every_plot_is_named_and_followed_by_a_data_table(html, page):
    images = [each for each in page.attributes("svg") if each.get("role") == "img"]
    assert len(images) == len(FIGURES)
    others = [each for each in page.attributes("svg") if each.get("role") != "img"]
    assert all(each.get("aria-hidden") == "true" for each in others)
    for section in html.split("<section ")[1:]:
        n_plots = section.count("</figure>")
        behind = section.rpartition("</figure>")[2]
        tables = re.findall(
            r"<details><summary>Data table: .+</summary>\s*<div[^>]*><table", behind
        )
        assert len(tables) == n_plots


def test_every_table_has_a_caption_and_headers_that_say_what_they_head(html, page):
    tables = page.attributes("table")
    assert len(tables) == html.count("<caption ")
    heads = page.attributes("th")
    assert {each.get("scope") for each in heads} == {"col", "row"}
    assert '<th scope="col"></th>' not in html
    regions = [each for each in page.attributes("div") if each.get("role") == "region"]
    assert len(regions) == len(tables)
    assert all(each.get("tabindex") == "0" for each in regions)


def test_totals_stand_in_the_foot_of_their_table(html):
    foot = html.split("<tfoot>")[1].split("</tfoot>")[0]
    assert '<th scope="row">All rows</th>' in foot


def test_cells_sort_by_more_digits_than_they_show(html):
    assert '<td data-v="0.349"><strong>0.349</strong></td>' in html
    third = class_table("a", 3).rows[2][1]
    assert third.text == "0.233"
    assert f'data-v="{third.value:.7g}"' in html


def test_each_tag_shows_its_word_with_the_shape_of_its_tone(html):
    tags = re.findall(
        r'<span class="tag t-(\w+)"><svg[^>]*><use href="#icon-(\w+)"/></svg> (.+?)</span>', html
    )
    assert {(tone, shape) for tone, shape, _ in tags} == {
        (tone, tone) for tone in ("good", "fine", "watch", "poor", "bad", "none")
    }
    assert ("watch", "watch", "Can probably improve") in tags


def test_the_ruler_marks_the_band_of_this_run_alone(page, html):
    steps = [each for each in page.attributes("li") if each.get("aria-current") == "true"]
    assert len(steps) == 1
    assert "This run: 0.217" in html
    assert "Previous run: 0.189" in html


def test_controls_exist_only_where_the_script_adds_them(page):
    assert page.attributes("button") == []
    assert page.attributes("input") == []


def test_a_report_without_rows_is_a_whole_page_too(renderer):
    report = replace(sample_report(), result=empty_result())
    html = renderer.render(report)
    assert "No rows to draw." in html
    assert html.endswith("</html>\n")


def test_a_report_with_nothing_optional_leaves_no_empty_pieces(renderer):
    full = sample_report()
    report = replace(
        full,
        created=None,
        created_text="",
        verdict=replace(full.verdict, band=None, ruler=(), facts=(), limits_text=""),
        attention=replace(full.attention, findings=(), folded=(), passed=()),
        sections=full.sections[:1],
    )
    html = renderer.render(report)
    for absent in ("<time", 'class="scale"', 'class="facts"', "<details", 'class="plot-svg"'):
        assert absent not in html


def test_a_folder_of_templates_comes_before_the_built_in_ones(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "footer.html.j2").write_text("<footer>Ours: {{ report.title }}</footer>")
    (tmp_path / "report.css").write_text("body { color: teal }")
    html = HtmlRenderer(tmp_path).render(sample_report())
    assert "<footer>Ours: ticket-router</footer>" in html
    assert "<style>body{color:teal}</style>" in html
    assert '<section id="verdict"' in html


def test_a_template_that_names_something_unknown_is_an_error(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "footer.html.j2").write_text("{{ report.no_such_thing }}")
    with pytest.raises(SettingsError, match=r"footer\.html\.j2, line 1: .*no_such_thing"):
        HtmlRenderer(tmp_path).render(sample_report())


def test_the_fragment_is_the_page_in_a_frame_without_rights(html):
    fragment = render_fragment(sample_report())
    page = Page(fragment)
    (frame,) = page.attributes("iframe")
    assert frame["srcdoc"] == html
    assert frame["sandbox"] == "allow-scripts"
    assert frame["title"].startswith("0.217, can probably improve")
    assert frame["style"].startswith("border:1px solid")


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def colours_of(style):
    """Return the custom properties of the light and of the dark page."""
    light, dark = (
        {
            name: value if len(value) == 7 else "#" + "".join(2 * c for c in value[1:])
            for name, value in re.findall(r"--([\w-]+):\s*(#[0-9a-f]+)", block)
        }
        for block in re.findall(r":root\s*\{[^}]*\}", style)
    )
    return {"light": light, "dark": dark}


@pytest.fixture(scope="module")
def schemes(page):
    return colours_of(page.text_in("style"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_marks_stand_out_from_what_lies_behind_them(schemes, scheme):
    colours = schemes[scheme]
    texts = [(name, back) for name in ("ink", "muted", "link") for back in ("bg", "surface")]
    tones = ("good", "fine", "watch", "poor", "bad")
    texts += [(f"{tone}-ink", f"{tone}-bg") for tone in tones]
    marks = [(name, "bg") for name in (*tones, "control", "focus")]
    assert [pair for pair in texts if contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []
    assert [pair for pair in marks if contrast(colours[pair[0]], colours[pair[1]]) < 3] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_of_the_plots_stand_out_on_both_pages(schemes, scheme, html):
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', html)) - {"#c4c8cc"}
    assert used == {"#3b82c4", "#d9730d", "#7d868f"}
    assert all(contrast(each, schemes[scheme]["bg"]) >= 3 for each in used)
