"""What the documents say is so: commands, options, exit codes, links and examples."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "example_data" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
EXIT_CODES = (0, 1, 2, 3, 4)


def commands() -> dict[str, list[str]]:
    """Return every command with its long options, as the program itself knows them."""
    from evalreport.cli.app import app

    group = typer.main.get_command(app)
    assert hasattr(group, "commands")
    found = {
        name: [
            option
            for parameter in command.params
            for option in parameter.opts
            if option.startswith("--")
        ]
        for name, command in group.commands.items()
        if not command.hidden
    }
    shell_completion = {"--install-completion", "--show-completion"}
    found[""] = [
        option
        for parameter in group.params
        for option in parameter.opts
        if option.startswith("--") and option not in shell_completion
    ]
    return found


def without_code(markdown: str) -> str:
    return re.sub(r"^```.*?^```$", "", markdown, flags=re.MULTILINE | re.DOTALL)


def anchor(heading: str) -> str:
    """Return the anchor that forges give to a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def anchors(document: Path) -> set[str]:
    text = without_code(document.read_text(encoding="utf-8"))
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def tracked_files() -> list[Path]:
    """Return what is, or is about to be, in the repository."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_every_command_is_in_the_readme():
    missing = [name for name in commands() if name and f"`evalreport {name}" not in README]
    assert missing == []


def test_every_option_is_in_the_readme():
    missing = [
        f"{name} {option}"
        for name, options in commands().items()
        for option in options
        if not re.search(rf"{option}(?![\w-])", README)
    ]
    assert missing == []


def test_the_readme_promises_no_option_that_does_not_exist():
    known = {option for options in commands().values() for option in options} | {"--help"}
    rows = re.findall(r"^\| (`-.*?`) \|", README, re.MULTILINE)
    promised = {option for row in rows for option in re.findall(r"--[a-z][a-z-]+", row)}
    assert promised
    assert promised - known == set()


@pytest.mark.parametrize("code", EXIT_CODES)
def test_every_exit_code_is_in_the_readme(code):
    assert re.search(rf"^\| {code} \| \S", README, re.MULTILINE)


def test_ci_takes_the_steps_of_the_readmes_test_command():
    steps = (
        "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/python -m pytest"
    )
    assert f"$ {steps}\n" in README
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for step in ("-m venv", r"pip\".* -e '\.\[dev\]'", r"python\" -m pytest"):
        assert re.search(step, ci), step


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    text = without_code(document.read_text(encoding="utf-8"))
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        there = (document.parent / path).resolve() if path else document
        if not there.exists() or (fragment and fragment not in anchors(there)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("number", range(len(code_blocks("python"))))
def test_the_python_examples_of_the_readme_run(number, tmp_path, monkeypatch):
    for path in (ROOT / "example_data").glob("*.csv"):
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "store").as_uri())
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")  # a database would need more than dev has
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    exec(compile(code_blocks("python")[number], "README.md", "exec"), {"__name__": "readme"})


def test_the_readme_has_a_python_example():
    assert code_blocks("python")


def test_no_file_holds_the_path_of_one_machine_or_the_address_of_a_registry():
    # Put together here, so that this file is not among the findings.
    machine = rb"/(?:" + rb"|".join([b"work", b"farm", b"root", b"home"]) + rb")/"
    registry = rb"|".join([rb"pypi\.org", rb"files\.pythonhosted", rb"registry\.npmjs"])
    pattern = re.compile(machine + b"|" + registry)
    found = [
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in tracked_files()
        for match in pattern.finditer(path.read_bytes())
    ]
    assert found == []


def test_the_changelog_has_the_version_of_the_package():
    import evalreport

    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(evalreport.__version__)}\]", changelog, re.MULTILINE)


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for requirement in tomllib.loads(text)["project"]["dependencies"]:
        assert re.search(rf'^ *"{re.escape(requirement)}", +# \w', text, re.MULTILINE), requirement


@pytest.mark.parametrize(
    "picture", sorted((ROOT / "docs").glob("*.png")), ids=lambda path: path.name
)
def test_a_picture_is_small_and_shown_somewhere(picture):
    assert picture.stat().st_size < 100_000
    texts = (document.read_text(encoding="utf-8") for document in DOCUMENTS)
    assert any(f"{picture.name})" in text for text in texts)
