from __future__ import annotations

import jinja2
import pytest

from evalreport.renderers.environment import (
    html_environment,
    markdown_environment,
    template_text,
)


def test_html_escapes_and_markdown_does_not():
    assert html_environment().from_string("{{ name }}").render(name="<b>") == "&lt;b&gt;"
    assert markdown_environment().from_string("{{ name }}").render(name="<b>") == "<b>"


@pytest.mark.parametrize("environment", [html_environment(), markdown_environment()])
def test_an_unknown_name_is_an_error_in_both(environment):
    with pytest.raises(jinja2.UndefinedError, match="'nothing' is undefined"):
        environment.from_string("{{ nothing }}").render()


def test_the_users_folder_comes_first_and_the_built_in_one_fills_the_gaps(tmp_path):
    (tmp_path / "report.css").write_text("mine")
    assert template_text("report.css", tmp_path) == "mine"
    assert "use strict" in template_text("report.js", tmp_path)


def test_a_template_outside_the_folders_is_not_found():
    with pytest.raises(jinja2.TemplateNotFound):
        template_text("../pyproject.toml")
