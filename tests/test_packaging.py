"""The wheel holds what it needs, and works far away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and with the wheel that was built from the sdist."""
    directory = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(directory), str(project)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's files and nothing else."""
    directory = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(directory)
    return directory


def run_there(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_templates_example_data_and_the_typing_marker(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {
        "evalreport/py.typed",
        "evalreport/templates/report.html.j2",
        "evalreport/templates/report.css",
        "evalreport/templates/summary.md.j2",
        "evalreport/example_data/README.md",
        "evalreport/example_data/breast_cancer.csv",
        "evalreport/example_data/digits.csv",
        "evalreport/example_data/digits_overconfident.csv",
        "evalreport/example_data/iris.csv",
    } <= names


def test_the_wheel_holds_no_tests_no_broken_files_and_no_scripts(wheel):
    with zipfile.ZipFile(wheel) as archive:
        folders = {name.split("/")[0] for name in archive.namelist()}
        names = archive.namelist()
    assert {name for name in folders if not name.endswith(".dist-info")} == {"evalreport"}
    assert [name for name in names if "broken" in name or "make_examples" in name] == []


def test_the_wheel_names_its_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "evalreport = evalreport.cli.app:main" in archive.read(entry).decode()


def test_the_examples_are_found_inside_the_wheel(installed, tmp_path):
    code = (
        "import evalreport.examples as e; print(e.__file__); "
        "print(*(len(each.read_bytes()) for each in e.example_files()))"
    )
    done = run_there(installed, tmp_path, "-c", code)
    assert done.returncode == 0, done.stderr
    where, sizes = done.stdout.splitlines()
    assert Path(where).is_relative_to(installed)
    assert all(int(size) > 1000 for size in sizes.split())


def test_the_demo_writes_its_reports_from_the_wheel(installed, tmp_path):
    done = run_there(installed, tmp_path, "-m", "evalreport", "demo", "--output-dir", "demo")
    assert done.returncode == 0, done.stderr
    reports = sorted((tmp_path / "demo").glob("*.html"))
    assert reports
    assert all("<h1" in path.read_text(encoding="utf-8") for path in reports)
