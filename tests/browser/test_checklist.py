"""How every page behaves: colours, sizes of things, keyboard, structure, words and bytes."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from evalreport.renderers.html import HtmlRenderer
from tests.browser.four_reports import FOUR, page_of
from tests.renderers.test_html import Page

pytestmark = pytest.mark.browser

each_report = pytest.mark.parametrize("name", FOUR)
SHAPES = {
    "Perfect": "good",
    "Great": "good",
    "On the right track": "good",
    "Fine": "fine",
    "Can probably improve": "watch",
    "Not great": "poor",
    "Terrible": "bad",
    "Something is broken": "bad",
    "Better": "good",
    "Worse": "poor",
    "No clear change": "none",
}


@each_report
def test_the_policy_in_the_file_allows_its_style_and_script_by_their_hashes_alone(name):
    page = Page(page_of(name))
    policy = next(each["content"] for each in page.attributes("meta") if "http-equiv" in each)
    for tag in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.text_in(tag).encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy


@each_report
def test_dark_is_dark_and_words_in_plots_have_the_colour_of_the_text(open_page, name):
    backgrounds = set()
    for scheme in ("light", "dark"):
        with open_page(name, color_scheme=scheme) as page:
            ink, ground, *words = page.evaluate(
                """[getComputedStyle(document.body).color,
                getComputedStyle(document.body).backgroundColor,
                ...[...document.querySelectorAll('.plot-svg text')]
                .map(each => getComputedStyle(each).fill)]"""
            )
            assert set(words) == {ink}
            backgrounds.add(ground)
    assert len(backgrounds) == 2


@each_report
def test_on_a_phone_targets_can_be_hit_and_words_in_plots_be_read(open_page, name):
    with open_page(name, width=360) as page:
        small = page.evaluate(
            """[...document.querySelectorAll('.toc a, summary, button, input')].filter(each => {
            const box = each.getBoundingClientRect();
            return box.width && (box.height < 24 || box.width < 24); }).length"""
        )
        assert small == 0
        smallest = page.evaluate(
            """Math.min(...[...document.querySelectorAll('.plot-svg text')].map(each =>
            parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a))"""
        )
        assert smallest >= 10.5


@each_report
def test_a_table_is_sorted_and_filtered_by_keyboard_alone(open_page, name):
    with open_page(name) as page:
        head = page.locator("#t-classes thead th").nth(1)
        first = page.locator("#t-classes tbody tr").first
        head.locator("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        worst = first.inner_text()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        assert first.inner_text() != worst

        rows = page.locator("#t-worst tbody tr")
        wanted = rows.first.locator("th").inner_text().strip()
        page.get_by_label("Filter rows").focus()
        page.keyboard.type(wanted)
        shown = page.locator("#t-worst tbody tr:visible").count()
        assert 1 <= shown <= rows.count()
        assert page.locator("output").inner_text() == f"{shown} of {rows.count()} rows shown"


@each_report
def test_the_tab_key_goes_down_the_page_and_shows_where_it_is(open_page, name):
    with open_page(name) as page:
        places = []
        for _ in range(40):
            page.keyboard.press("Tab")
            outline, place = page.evaluate(
                """[getComputedStyle(document.activeElement).outlineStyle,
                [...document.querySelectorAll('*')].indexOf(document.activeElement)]"""
            )
            assert outline == "solid"
            places.append(place)
        assert places == sorted(places)


@each_report
def test_paper_holds_what_is_folded_away_on_the_screen(open_page, name):
    with open_page(name) as page:
        hidden = "[...document.querySelectorAll('details > :not(summary)')].filter(each => !"
        folded = f"{hidden}each.checkVisibility({{contentVisibilityAuto: true}})).length"
        assert page.evaluate(folded) > 0
        page.emulate_media(media="print")
        # Chromium unfolds with one of its next frames. Waiting is done in the page: what Playwright
        # waits for by itself it evaluates as text later on, which the page forbids.
        look = f"left => {folded} && left ? requestAnimationFrame(() => look(left - 1))"
        waiting = f"new Promise(done => {{ const look = {look} : done({folded}); look(600) }})"
        assert page.evaluate(waiting) == 0


@each_report
def test_every_part_is_named_and_every_reference_has_its_target(name):
    html = page_of(name)
    page = Page(html)
    counts = Counter(page.values("id"))
    assert [each for each, count in counts.items() if count > 1] == []
    targets = [each[1:] for each in page.values("href") if each.startswith("#")]
    assert set(targets) | set(" ".join(page.values("aria-labelledby")).split()) <= set(counts)
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))
    assert len(page.attributes("table")) == len(page.attributes("caption"))
    assert not re.search(r"<th[^>]*>\s*</th>", html)


@each_report
def test_every_picture_is_described_or_hidden_and_every_plot_has_its_table(name):
    html = page_of(name)
    for tag in re.findall(r"<svg [^>]*>", html):
        assert ('role="img"' in tag) != ('aria-hidden="true"' in tag)
    images = re.findall(r'<svg [^>]*role="img".*?</svg>', html, re.DOTALL)
    for image in images:
        assert re.search(r"<title [^>]*>[^<]+</title><desc [^>]*>[^<]+</desc>", image)
    for section in html.split("<section ")[1:]:
        behind = section.rpartition("</figure>")[2]
        assert behind.count("<summary>Data table: ") == section.count("</figure>")
    assert images


@each_report
def test_a_word_always_has_the_shape_of_its_tone_and_the_sign_of_its_change(name):
    html = page_of(name)
    tags = re.findall(
        r'<span class="tag t-(\w+)"><svg[^>]*><use href="#icon-(\w+)"/></svg> (.+?)</span>', html
    )
    assert tags
    for tone, shape, word in tags:
        assert tone == shape == SHAPES.get(word, tone)
    changes = re.findall(r">([+\u2212])[\d.]+(?:</strong>)?</td><td[^>]*>(.*?)</td>", html)
    for sign, result in changes:
        assert not (sign == "+" and "> Better<" in result)
        assert not (sign == "\u2212" and "> Worse<" in result)


@each_report
def test_a_band_never_stands_without_the_baseline(open_page, name):
    with open_page(name) as page:
        verdict = page.locator("#verdict").inner_text()
        assert any(word in verdict for word in SHAPES)
        assert "Baseline" in verdict


@each_report
def test_the_same_report_gives_the_same_bytes(name):
    assert HtmlRenderer().render(FOUR[name]()) == page_of(name)


@each_report
def test_pictures_of_the_page_are_kept_for_people_to_look_at(open_page, name, tmp_path):
    kept = Path(os.environ.get("EVALREPORT_SCREENSHOTS", tmp_path))
    kept.mkdir(parents=True, exist_ok=True)
    for look, width, scheme in (
        ("light", 1280, "light"),
        ("dark", 1280, "dark"),
        ("360", 360, "light"),
    ):
        with open_page(name, width=width, color_scheme=scheme) as page:
            page.screenshot(path=kept / f"{name}.{look}.png", full_page=True)
            if look == "light":
                page.pdf(path=kept / f"{name}.pdf", format="A4")
    sizes = [each.stat().st_size for each in kept.glob(f"{name}.*")]
    assert len(sizes) == 4
    assert min(sizes) > 10_000
