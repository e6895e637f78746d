"""What has to hold for every report, on the four that show all there is to show."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from evalreport.renderers.markdown import MarkdownRenderer
from evalreport.renderers.terminal import TerminalRenderer
from tests.browser.four_reports import FOUR, page_of, page_of_rows

pytestmark = pytest.mark.browser

STRICT = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self'"
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
word-spacing: .16em !important } p { margin-bottom: 2em !important }"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAPER_WIDTH = 695
"""CSS pixels between the margins of an A4 page."""
OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"

each_report = pytest.mark.parametrize("name", FOUR)


@each_report
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_asks_for_nothing_and_says_nothing_on_the_console(open_page, name, scheme, folder):
    with open_page(name, color_scheme=scheme) as page:
        page.wait_for_timeout(50)
        assert page.heard == [f"file://{folder}/{name}.html"]


@each_report
def test_no_width_from_a_small_phone_up_scrolls_sideways(open_page, name):
    with open_page(name, bypass_csp=True) as page:
        page.evaluate(OPEN_ALL)
        for width in (320, 360, 414, 768, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") == width
        page.set_viewport_size({"width": 360, "height": 740})
        page.add_style_tag(content=SPACING)
        assert page.evaluate("document.documentElement.scrollWidth") == 360


@each_report
def test_text_without_script_is_the_text_with_it(open_page, name):
    with open_page(name) as page:
        page.evaluate("document.querySelectorAll('.tools').forEach(each => each.remove())")
        with_script = page.locator("main").text_content().split()
    with open_page(name, java_script_enabled=False) as page:
        assert page.locator("button, input").count() == 0
        assert page.locator("main").text_content().split() == with_script


@each_report
def test_a_header_that_forbids_style_and_script_leaves_every_finding_and_table(browser, name):
    def served(route):
        headers = {"Content-Security-Policy": STRICT, "Content-Type": "text/html; charset=utf-8"}
        route.fulfill(body=page_of(name), headers=headers)

    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.route("**/*", served)
    page.goto("http://reports.test/report.html")
    page.evaluate(OPEN_ALL)
    text = " ".join(page.locator("main").inner_text().split())
    report = FOUR[name]()
    assert " ".join(report.verdict.headline.split()) in text
    for finding in report.attention.findings:
        assert " ".join(finding.title.split()) in text
    tables = [table for section in report.sections for table in section.tables]
    assert page.locator("table").count() >= len(tables)
    for table in tables:
        assert " ".join(table.caption.split()) in text
    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('svg, table, p, h1, h2, h3')]"
        ".map(each => each.tagName === 'svg' ? each.getBoundingClientRect().width : 0))"
    )
    assert widest == 328
    page.close()


@each_report
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_to_object_to(open_page, project, name, width, scheme):
    script = project / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.skip("no node_modules/axe-core: run `npm install axe-core` in the checkout first")
    with open_page(name, width=width, color_scheme=scheme, bypass_csp=True) as page:
        page.evaluate(OPEN_ALL)
        page.add_script_tag(path=script)
        options = json.dumps({"runOnly": {"type": "tag", "values": RULES}})
        found = page.evaluate(f"axe.run(document, {options})")
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]] == []
        if width == 1280:
            # Axe sees neither through the shade at the edge nor what is scrolled away.
            page.add_style_tag(content=".tw { background: none; overflow: visible }")
            page.set_viewport_size({"width": 2000, "height": 800})
            found = page.evaluate("axe.run(document, {runOnly: ['color-contrast']})")
            nodes = [node["html"] for each in found["incomplete"] for node in each["nodes"]]
            assert [html for html in nodes if not html.startswith(("<text", "<tspan"))] == []
            assert found["violations"] == []


@pytest.mark.parametrize(
    ("width", "height", "parts"),
    [
        (1280, 800, [".big", ".hero .tag", "#verdict-h", ".scale", ".facts", ".finds h3"]),
        (360, 740, [".big", ".unit", ".hero .tag", "#verdict-h"]),
    ],
)
@each_report
def test_the_first_screen_tells_the_verdict_and_what_to_look_at(
    open_page, name, width, height, parts
):
    with open_page(name, width=width, height=height) as page:
        for part in parts:
            box = page.locator(part).first.bounding_box()
            assert box["y"] + box["height"] <= height, part


def test_forced_colours_keep_the_ruler_and_give_tags_a_border(open_page):
    with open_page("everything", forced_colors="active") as page:
        styles = page.evaluate(
            """[getComputedStyle(document.querySelector('.tag')).borderTopStyle,
            getComputedStyle(document.querySelector('.bar')).forcedColorAdjust]"""
        )
        assert styles == ["solid", "none"]


@pytest.mark.parametrize("name", ["everything", "first_run", "broken"])
def test_on_a_desktop_no_open_table_has_to_be_scrolled(open_page, name):
    with open_page(name) as page:
        wide = page.evaluate(
            """[...document.querySelectorAll('.tw')].filter(each =>
            !each.closest('details') && each.scrollWidth > each.clientWidth).length"""
        )
        assert wide == 0


@pytest.mark.parametrize("name", ["everything", "first_run", "broken"])
def test_on_paper_it_is_light_and_short_and_cuts_no_row(open_page, name):
    with open_page(name, color_scheme="dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert colour == "rgb(255, 255, 255)"
        assert page.locator("nav").is_hidden()
        size = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        assert round(size * 0.75, 2) == 10  # points
        uncut = page.evaluate("getComputedStyle(document.querySelector('tr')).breakInside")
        assert uncut == "avoid"
        paper = page.pdf(format="A4")
        assert 1 <= paper.count(b"/Type /Page\n") <= 8
        assert _scale_on_paper(paper) == 1.0


def _scale_on_paper(pdf: bytes) -> float:
    """Return how large Chromium prints: a page that is too wide is made smaller, text and all."""
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        if found[1][:1] != b"\x78":  # not compressed
            continue
        drawn = re.search(rb"^([\d.]+) 0 0 \1 [-\d. ]+ cm", zlib.decompress(found[1]), re.MULTILINE)
        if drawn:
            return float(drawn[1]) / (300 / 96)
    raise AssertionError("nothing is drawn on this paper")


@each_report
def test_nothing_on_paper_is_so_wide_that_all_else_is_shrunk(open_page, name):
    with open_page(name, width=PAPER_WIDTH, bypass_csp=True) as page:
        page.emulate_media(media="print")
        page.evaluate(OPEN_ALL)
        assert page.evaluate("document.documentElement.scrollWidth") == PAPER_WIDTH
        too_wide = page.evaluate(
            """[...document.querySelectorAll('table')].filter(each =>
            each.getBoundingClientRect().right > innerWidth).map(each => each.id)"""
        )
        assert too_wide == []
        sizes = page.evaluate(
            """[...document.querySelectorAll('p, td')].map(each =>
            parseFloat(getComputedStyle(each).fontSize))"""
        )
        assert round(min(sizes) * 0.75, 2) >= 7  # points


def _beside(page, one, other):
    """Return whether one part starts where the other does, or above its end."""
    boxes = [page.locator(each).bounding_box() for each in (one, other)]
    return boxes[0]["y"] < boxes[1]["y"] + boxes[1]["height"]


def test_plots_stand_in_two_columns_and_closed_lists_fill_the_shorter_one(open_page):
    with open_page("first_run") as page:
        assert _beside(page, "#classes .data", "#classes figure")
        for section in ("#loss", "#calibration"):
            first, second, third = (f"{section} figure:nth-child({i})" for i in (1, 2, 3))
            lists = f"{section} .data"
            assert _beside(page, second, first)
            assert _beside(page, lists, third)
            gap = page.locator(lists).bounding_box()["y"] - (
                page.locator(first).bounding_box()["y"]
                + page.locator(first).bounding_box()["height"]
            )
            assert gap < 150
        page.locator("#loss summary").first.click()
        assert not _beside(page, "#loss .data", "#loss figure:nth-child(3)")
        assert page.locator("#loss .data").bounding_box()["width"] > 900


@each_report
def test_columns_of_words_keep_a_readable_width_on_a_phone(open_page, name):
    with open_page(name, width=320) as page:
        page.evaluate(OPEN_ALL)
        squeezed = page.evaluate(
            """[...document.querySelectorAll('td.l')].filter(each => {
            const words = each.textContent.trim(), width = each.getBoundingClientRect().width;
            return words.length > 40 && width && width < 95; }).map(each => each.textContent)"""
        )
        assert squeezed == []


class _Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]


@each_report
def test_names_out_of_the_data_never_become_elements_links_or_formulas(name):
    elements = _Elements(page_of(name))
    assert elements.handlers == []
    assert [elements.tags.count(each) for each in ("style", "script")] == [1, 1]
    assert not {"img", "iframe", "object", "form"} & set(elements.tags)
    outside = re.findall(
        r"""(?:src|href)=["']?(?:https?:)?//|@import|url\((?!#|data:)""", page_of(name)
    )
    assert outside == []


def test_markdown_keeps_its_tables_and_makes_no_mention_or_link_of_hostile_names():
    text = MarkdownRenderer().render(FOUR["worst_allowed"]())
    assert len(text.encode()) <= 60_000
    html = MarkdownIt("commonmark").enable("table").render(text)
    wide = [set(map(len, (re.findall(r"<t[hd]", row) for row in rows))) for rows in _tables(html)]
    assert wide
    assert all(len(each) == 1 for each in wide)
    visible = re.sub(r"<code.*?</code>", "", html, flags=re.DOTALL)
    assert "@everyone" not in visible
    assert "<a " not in visible
    assert "<img" not in visible


def _tables(html: str) -> list[list[str]]:
    tables = re.findall(r"<table>.*?</table>", html, re.DOTALL)
    return [re.findall(r"<tr>.*?</tr>", each, re.DOTALL) for each in tables]


@each_report
def test_the_terminal_gets_no_escape_sequence_and_no_line_of_more_than_eighty_columns(name):
    text = TerminalRenderer().render(FOUR[name]())
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert max(map(cell_len, text.splitlines())) <= 80
    assert not re.search(r"\d…", text)
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize(
    ("name", "most", "most_zipped", "most_nodes"),
    [
        ("everything", 120_000, 30_000, 3_000),
        ("first_run", 120_000, 30_000, 3_000),
        ("worst_allowed", 300_000, 60_000, 6_000),
        ("broken", 120_000, 30_000, 3_000),
    ],
)
def test_a_page_keeps_to_its_size(name, most, most_zipped, most_nodes):
    page = page_of(name).encode()
    assert len(page) <= most
    assert len(gzip.compress(page, mtime=0)) <= most_zipped
    assert len(_Elements(page_of(name)).tags) <= most_nodes


def test_a_million_rows_make_no_larger_page_than_ten_thousand():
    few, many = len(page_of_rows(10_000)), len(page_of_rows(1_000_000))
    assert abs(many - few) <= 0.02 * few
