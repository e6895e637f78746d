"""The page of every kind of evaluation, from the numbers to the last tag."""

from __future__ import annotations

import pytest

from evalreport.renderers.html import HtmlRenderer
from evalreport.report import build_report
from tests.renderers.test_html import Page
from tests.sample_results import SAMPLES

MOST_BYTES = {"many": 300_000}


@pytest.fixture(scope="module", params=SAMPLES)
def case(request):
    """The name of a kind of evaluation, and its page."""
    report = build_report(SAMPLES[request.param]())
    return request.param, HtmlRenderer().render(report)


def test_the_page_is_whole_and_keeps_to_its_size(case):
    name, html = case
    assert html.startswith("<!doctype html>")
    assert html.endswith("</html>\n")
    assert len(html.encode()) <= MOST_BYTES.get(name, 120_000)


def test_ids_are_unique_and_every_reference_has_its_target(case):
    page = Page(case[1])
    ids = page.values("id")
    assert sorted(ids) == sorted(set(ids))
    targets = [each[1:] for each in page.values("href") if each.startswith("#")]
    assert set(targets) <= set(ids)


def test_no_name_adds_an_element_and_no_number_is_nan(case):
    page = Page(case[1])
    assert page.attributes("img") == []
    assert len(page.attributes("script")) == 1
    assert {"nan", "None", "inf"}.isdisjoint(text.strip() for _, text in page.texts)


def test_every_plot_has_a_data_table_behind_it(case):
    for section in case[1].split("<section ")[1:]:
        assert section.count("<summary>Data table: ") == section.count("</figure>")


def test_every_cell_stands_under_a_header(case):
    html = case[1]
    for table in html.split("<table ")[1:]:
        n_columns = table.split("</thead>")[0].count("<th ")
        for row in table.split("</table>")[0].split("<tr>")[2:]:
            assert row.count("<td") + row.count("<th ") == n_columns
