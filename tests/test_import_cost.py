"""Asking for help, or importing the package, loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

import evalreport

HEAVY = ("numpy", "pandas", "pyarrow", "sklearn", "scipy", "matplotlib", "jinja2")


def loaded_after(code: str) -> set[str]:
    probe = f"import sys\n{code}\nprint('loaded:', *{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(done.stdout.rsplit("loaded:", 1)[1].split())


@pytest.mark.parametrize("command", [[], ["report"], ["demo"], ["schema"]])
def test_help_imports_nothing_heavy(command):
    words = [*command, "--help"]
    code = (
        "from evalreport.cli.app import app\n"
        f"try: app({words!r})\n"
        "except SystemExit as stop: assert not stop.code"
    )
    assert not loaded_after(code) & set(HEAVY)


def test_importing_the_package_loads_no_plots_templates_or_command_line():
    assert not loaded_after("import evalreport") & {*HEAVY, "typer", "rich"}


def test_evaluating_loads_no_plots_and_no_templates():
    code = "import evalreport\nevalreport.evaluate([0, 1], [0.1, 0.9]).to_json()"
    assert not loaded_after(code) & {"matplotlib", "jinja2", "typer", "pandas", "sklearn"}


def test_a_saved_evaluation_becomes_a_page_without_what_reads_rows(tmp_path):
    path = str(tmp_path / "e.json")
    evalreport.evaluate([0, 1] * 20, [0.1, 0.9] * 20).to_json(path)
    code = f"import evalreport\nevalreport.read_evaluation({path!r}).to_html()"
    loaded = loaded_after(code)
    assert {"numpy", "matplotlib", "jinja2"} <= loaded
    assert not loaded & {"pyarrow", "pandas", "sklearn", "scipy", "typer"}
