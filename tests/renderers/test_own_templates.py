"""The page on own templates is right: its list is whole, and its example works."""

from __future__ import annotations

import re
from pathlib import Path

from evalreport.renderers.html import HtmlRenderer
from tests.renderers.sample_report import sample_report

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")


def test_every_template_is_listed_and_every_listed_one_exists():
    folder = ROOT / "templates"
    files = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    listed = set(re.findall(r"`((?:parts/)?[a-z_]+\.(?:html\.j2|md\.j2|css|js))`", PAGE))
    assert files - {"distributions.html.j2"} == listed


def test_the_example_changes_its_part_and_no_other(tmp_path):
    example = re.search(r"```jinja\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "footer.html.j2").write_text(example[1], encoding="utf-8")
    ours, own = (HtmlRenderer(each).render(sample_report()) for each in (None, tmp_path))
    assert "Questions on ticket-router: the forecasting team." in own
    assert own.split("<footer>")[0] == ours.split("<footer>")[0]
