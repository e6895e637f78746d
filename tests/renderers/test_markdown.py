from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from evalreport.formats import clean
from evalreport.renderers.markdown import MOST_BYTES, MarkdownRenderer
from evalreport.renderers.markup import code_span, in_cell, prose
from evalreport.report import build_report
from evalreport.report.model import Report, Span
from tests.renderers.golden import assert_golden, report_on
from tests.renderers.hostile import NAMES, report_with
from tests.sample_results import SAMPLES, evaluated, many, typical

OUR_HTML = re.compile(
    r"<!-- evalreport:summary key=[\w.-]+ v=1 -->|</?details>|<summary>[\w (),]+</summary>"
)
# What forges turn into mentions, references, links and formulas, outside code.
NOT_JUST_TEXT = re.compile(r"@\w|#\d|GH-\d|https?:|www\.|\$|:\w+:|\.example|[0-9a-f]{40}")


def shown(report: Report) -> str:
    return MarkdownRenderer().render(report)


def parsed(markdown: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def tables(markdown: str) -> list[list[list[Token]]]:
    """Tables as rows of cells; the first row holds the titles."""
    found: list[list[list[Token]]] = []
    is_cell = False
    for token in parsed(markdown):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif is_cell:
            found[-1][-1].append(token)
        is_cell = token.type in ("th_open", "td_open")
    return found


@pytest.mark.parametrize("sample", ["typical", "perfect", "broken", "many", "empty", "unfloored"])
def test_the_whole_summary_is_as_it_was_read(sample):
    assert_golden(shown(report_on(sample)), f"markdown/{sample}.md")


def test_the_first_line_is_the_marker_with_the_key():
    report = build_report(typical(), key="nightly")
    assert shown(report).startswith("<!-- evalreport:summary key=nightly v=1 -->\n### ")
    report = replace(report, key="a --> b\n<b>--")
    assert shown(report).startswith("<!-- evalreport:summary key=a-b-b v=1 -->\n### ")


@pytest.mark.parametrize(
    ("sample", "heading"),
    [
        ("typical", "◆ Log loss 0.211: can probably improve"),
        ("perfect", "◆ Log loss 0, perfect score: check for leakage"),
        ("unfloored", "✖ Log loss ∞: the log loss is infinite"),
        ("empty", "✖ No rows could be scored"),
    ],
)
def test_the_heading_is_the_verdict(sample, heading):
    tokens = parsed(shown(report_on(sample)))
    headings = [
        (token.tag, inline.content)
        for token, inline in pairwise(tokens)
        if token.type == "heading_open"
    ]
    assert headings == [("h3", heading)]


def test_a_band_stands_beside_the_baseline_and_the_interval():
    (_, first, second, *_), *_ = tables(shown(report_on("typical")))
    assert "95% CI 0.194 to 0.237" in first[1].content
    assert "◆ can probably improve" in first[1].content
    assert "Baseline 1.512" in second[1].content


def test_errors_and_warnings_are_listed_and_notes_are_folded():
    before, *_, notes = shown(report_on("typical")).split("<details>")
    assert "- ✖ **Error:** Zero probability given to what happened in 12 rows" in before
    assert "- ▲ **Warning:** `language = fr`: 0.690, 15% of rows, 49% of the loss" in before
    assert "38 rows were left out" not in before
    assert "- Note: 38 rows were left out" in notes


@pytest.mark.parametrize(
    ("sample", "sizes"),
    [("typical", [5, 5, 9]), ("binary", [5, 2]), ("many", [5, 50, 30]), ("empty", [5])],
)
def test_every_table_has_all_its_rows_and_every_row_all_its_cells(sample, sizes):
    found = tables(shown(report_on(sample)))
    assert [len(rows) - 1 for rows in found] == sizes
    for rows in found:
        assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_text_and_nothing_else(name):
    assert_harmless(shown(report_with(name)), name)


@given(st.text(min_size=1, max_size=100))
def test_no_name_at_all_can_break_the_summary(name):
    assert_harmless(shown(report_with(name)), name)


def assert_harmless(markdown: str, name: str) -> None:
    tokens = list(flat(parsed(markdown)))
    assert not {token.type for token in tokens} & {"link_open", "image", "s_open"}
    assert [token.content for token in tokens if token.type == "html_inline"] == []
    html = [token.content.strip() for token in tokens if token.type == "html_block"]
    assert len(html) == 7
    assert all(OUR_HTML.fullmatch(line) for block in html for line in block.splitlines())
    # The line above the chart is the only one in italics.
    assert sum(token.type == "em_open" for token in tokens) == 1
    assert sum(token.type == "heading_open" for token in tokens) == 1
    words = " ".join(token.content for token in tokens if token.type == "text")
    assert not NOT_JUST_TEXT.search(words)
    assert_named(tables(markdown), clean(clean(name)))


def assert_named(found: list[list[list[Token]]], name: str) -> None:
    """The class that stands out has its whole name, on a row like every other."""
    assert [len(rows) for rows in found] == [6, 6, 10]
    assert all(len(row) == len(rows[0]) for rows in found for row in rows)
    (code,) = found[1][1][0].children or []
    assert code.type == "code_inline"
    # Backslashes before a bar cannot be had in every reader.
    assert code.content == re.sub(r"\\+\|", "|", name)


def test_words_that_could_be_more_become_code_and_others_do_not():
    assert prose("On average, 15% of rows (“fine”): 2^-52 = 2.2e-16.") == (
        "On average, 15% of rows (“fine”): 2^-52 = 2.2e-16."
    )
    assert prose("a_b [c] <d> *e* f.py GH-3 x\\y") == (
        "`a_b` `[c]` `<d>` `*e*` `f.py` `GH-3` `x\\y`"
    )
    assert prose((Span("Class "), Span("@all", strong=True), Span(": <0.1%"))) == (
        "Class **`@all`**: &lt;0.1%"
    )


def test_a_bar_in_a_cell_does_not_end_it():
    assert in_cell(code_span("a|b\\|c")) == "`a\\|b\\|c`"


# --- length -----------------------------------------------------------------------------------


def crowded(n_bytes_of_a_name: int) -> Report:
    """A report whose tables are as long as they get; names are cut only for the page."""
    report = build_report(many())
    sections = tuple(
        replace(
            section,
            tables=tuple(
                replace(
                    table,
                    rows=tuple(
                        (replace(row[0], text="n" * n_bytes_of_a_name), *row[1:])
                        for row in table.rows
                    ),
                )
                if table.id in ("classes", "slices")
                else table
                for table in section.tables
            ),
        )
        for section in report.sections
    )
    return replace(report, sections=sections)


@pytest.mark.parametrize(
    ("n_bytes", "details"),
    [
        (80, ["By class (50)", "By slice (30)", "Notes and how to read this"]),
        (635, ["By class (50)", "By slice (30)"]),
        (900, ["By class (50)"]),
        (5_000, []),
    ],
)
def test_what_is_too_long_is_dropped_from_the_end_and_that_is_said(n_bytes, details):
    markdown = shown(crowded(n_bytes))
    assert len(markdown.encode()) <= MOST_BYTES
    assert re.findall("<summary>(.*)</summary>", markdown) == details
    is_short = "Shortened: the full tables are in the HTML report." in markdown
    assert is_short == (len(details) < 3)
    assert "evalreport 0.1.0" in markdown.splitlines()[-1]


def test_fifty_classes_and_thirty_slices_with_hostile_names_fit_whole():
    assert "Shortened" not in shown(build_report(many()))


def test_two_hundred_classes_and_a_hundred_slices_stay_short_and_whole_in_every_table():
    markdown = shown(build_report(many(200, 100)))
    assert len(markdown.encode()) <= MOST_BYTES
    found = tables(markdown)
    assert [len(rows) - 1 for rows in found] == [5, 50, 30]
    assert all(len(row) == len(rows[0]) for rows in found for row in rows)
    assert "and 150 more classes" in markdown
    assert "and 70 more slices" in markdown


def test_the_same_report_gives_the_same_text():
    assert shown(report_on("many")) == shown(report_on("many"))


def test_a_template_of_ones_own_comes_first(tmp_path: Path):
    (tmp_path / "summary.md.j2").write_text("{{ report.title | code }} {{ summary.n_scored }}\n")
    renderer = MarkdownRenderer(tmp_path)
    assert renderer.render(report_on("typical")) == "`ticket-router v14` 12,480\n"


# --- chart ------------------------------------------------------------------------------------


def chart_of(markdown: str) -> str:
    (chart,) = [token.content for token in parsed(markdown) if token.type == "fence"]
    return chart


def test_the_chart_has_the_numbers_of_the_table():
    chart = chart_of(shown(report_on("typical")))
    assert 'x-axis ["refund", "shipping", "billing", "technical", "account"]' in chart
    assert "bar [0.533, 0.214, 0.188, 0.174, 0.171]" in chart
    assert 'y-axis "nats" 0 --> 0.6' in chart


def test_the_chart_has_at_most_twelve_bars_and_says_so():
    markdown = shown(report_on("many"))
    assert chart_of(markdown).split("bar [")[1].count(",") == 11
    assert "_Log loss of the 12 worst classes, this run." in markdown


@pytest.mark.parametrize("sample", ["perfect", "unfloored", "empty"])
def test_there_is_no_chart_of_nothing_nor_without_its_infinite_bars(sample):
    assert "mermaid" not in shown(report_on(sample))


def test_classes_whose_labels_are_cut_to_the_same_keep_a_bar_each():
    names = [f"a class with a long name, number {rank}" for rank in range(3)]
    report = build_report(
        evaluated([0, 1, 2] * 40, [[0.5, 0.3, 0.2], [0.2, 0.6, 0.2], [0.2, 0.1, 0.7]] * 40, names)
    )
    labels = re.findall('"([^"]*)"', chart_of(shown(report)).split("x-axis")[1].split("\n")[0])
    assert len(set(labels)) == 3


@pytest.mark.browser
def test_mermaid_draws_every_chart(project, tmp_path):
    script = project / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or not script.is_file():
        pytest.skip("no chromium on PATH, or no mermaid in node_modules")
    reports = [*map(report_on, SAMPLES), *map(report_with, NAMES)]
    charts = [chart for report in reports for chart in charts_in(shown(report))]
    assert len(charts) > len(NAMES)
    page = tmp_path / "charts.html"
    page.write_text(DRAW.format(script=script.as_uri(), charts=json.dumps(charts)), "utf-8")
    drawn = subprocess.run(
        [chromium, *HEADLESS, f"--user-data-dir={tmp_path / 'profile'}", page.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    counts = json.loads(drawn.split("<pre>")[1].split("</pre>")[0])
    assert counts == [chart.split("bar [")[1].count(",") + 1 for chart in charts]


HEADLESS = ("--headless", "--no-sandbox", "--virtual-time-budget=60000", "--dump-dom")
DRAW = """<!doctype html><meta charset="utf-8"><pre></pre><script src="{script}"></script><script>
const charts = {charts}, counts = [];
(async () => {{
  for (const [i, chart] of charts.entries()) {{
    const drawn = document.createElement("div");
    try {{
      drawn.innerHTML = (await mermaid.render("chart" + i, chart)).svg;
      counts.push(drawn.querySelectorAll("g.plot g[class^=bar] rect").length);
    }} catch (error) {{ counts.push(String(error)); }}
  }}
  document.querySelector("pre").textContent = JSON.stringify(counts);
}})();
</script>"""


def charts_in(markdown: str) -> list[str]:
    return [token.content for token in parsed(markdown) if token.type == "fence"]
