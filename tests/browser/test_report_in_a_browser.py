from __future__ import annotations

import json

import pytest

from evalreport.renderers.html import HtmlRenderer, render_fragment
from evalreport.report import build_report
from tests.browser.opened_page import opened_page
from tests.renderers.sample_report import HOSTILE, sample_report
from tests.sample_results import SAMPLES

pytestmark = pytest.mark.browser

REAL = ("typical", "binary", "broken", "many", "soft", "smoothed")
ALL = ("typical", "hostile", *(f"real-{name}" for name in REAL))
WIDTHS = [320, 360, 768, 1024, 1280]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    reports = {
        "typical": sample_report(),
        "hostile": sample_report(HOSTILE + "n" * 43, 50, title="<b>bold</b> " + "t" * 120),
    }
    reports |= {f"real-{name}": build_report(SAMPLES[name]()) for name in REAL}
    for name, report in reports.items():
        (folder / f"{name}.html").write_text(HtmlRenderer().render(report), encoding="utf-8")
    return folder


@pytest.fixture
def open_page(browser, files):
    def opened(name="typical", **options):
        return opened_page(browser, files / f"{name}.html", **options)

    return opened


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_asks_for_nothing_and_says_nothing_on_the_console(open_page, files, name, scheme):
    with open_page(name, color_scheme=scheme) as page:
        page.wait_for_timeout(100)
        assert page.heard == [f"file://{files}/{name}.html"]


@pytest.mark.parametrize("name", ALL)
def test_the_page_never_scrolls_sideways(open_page, name):
    with open_page(name) as page:
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(
    ("width", "height", "parts"),
    [
        (1280, 800, [".big", ".hero .tag", "#verdict-h", ".scale", ".facts", ".finds h3"]),
        (360, 740, [".big", ".unit", ".hero .tag", "#verdict-h"]),
    ],
)
def test_the_first_screen_tells_the_verdict(open_page, width, height, parts):
    with open_page(width=width, height=height) as page:
        for part in parts:
            box = page.locator(part).first.bounding_box()
            assert box["y"] + box["height"] <= height, part


def test_words_in_plots_do_not_leave_the_picture(open_page):
    with open_page("hostile", width=360) as page:
        outside = page.evaluate(
            """[...document.querySelectorAll('.plot-svg')].flatMap(svg => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter(text => {
              const box = text.getBoundingClientRect();
              return box.left < frame.left - 1 || box.right > frame.right + 1;
            }).map(text => text.textContent); })"""
        )
        assert outside == []


def test_a_table_sorts_by_keyboard_by_number_and_says_so(open_page):
    with open_page() as page:
        button = page.locator("#t-classes thead button", has_text="Log loss")
        losses = page.locator("#t-classes tbody td:nth-child(2)")
        button.focus()
        page.keyboard.press("Enter")
        first_press = [float(text) for text in losses.all_inner_texts()]
        head = page.locator("#t-classes thead th").nth(1)
        assert head.get_attribute("aria-sort") == "descending"
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        assert [float(text) for text in losses.all_inner_texts()] == sorted(first_press)
        assert first_press == sorted(first_press, reverse=True)


def test_the_filter_says_how_many_rows_are_left(open_page):
    with open_page() as page:
        page.get_by_label("Filter rows").fill("T-1")
        assert page.locator("output").inner_text() == "10 of 20 rows shown"
        assert page.locator("#t-worst tbody tr:visible").count() == 10


def test_a_hostile_name_adds_no_element(open_page):
    with open_page("hostile") as page:
        assert page.locator("img").count() == 0
        assert page.locator("script").count() == 1
        assert HOSTILE in page.locator("#t-classes tbody th").first.inner_text()


def test_a_policy_that_forbids_style_and_script_leaves_a_readable_page(browser, files):
    def served(route):
        policy = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self'"
        body = (files / "typical.html").read_text(encoding="utf-8")
        headers = {"Content-Security-Policy": policy, "Content-Type": "text/html; charset=utf-8"}
        route.fulfill(body=body, headers=headers)

    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.route("**/*", served)
    page.goto("http://reports.test/report.html")
    text = page.locator("main").inner_text()
    for part in ("0.217", "Can probably improve", "Zero probability given to", "0.698"):
        assert part in text
    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('svg')]"
        ".map(each => each.getBoundingClientRect().width))"
    )
    assert widest == 328
    context.close()


def test_the_fragment_shows_the_report_inside_another_page(browser):
    page = browser.new_page()
    page.set_content("<!doctype html><title>notebook</title>" + render_fragment(sample_report()))
    frame = page.frame_locator("iframe")
    assert frame.locator(".big").inner_text() == "0.217"
    assert frame.locator("#t-classes thead button").count() > 0
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (360, "light")])
@pytest.mark.parametrize("name", ["hostile", "real-binary", "real-soft", "real-smoothed"])
def test_axe_finds_nothing_to_object_to(open_page, project, name, width, scheme):
    script = project / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.skip("no node_modules/axe-core: run `npm install axe-core` in the checkout first")
    with open_page(name, width=width, color_scheme=scheme, bypass_csp=True) as page:
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.add_script_tag(path=script)
        options = json.dumps({"runOnly": {"type": "tag", "values": RULES}})
        found = page.evaluate(f"axe.run(document, {options})")
        faults = [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found["violations"]]
        assert faults == []
