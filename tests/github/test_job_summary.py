"""What ``evalreport report`` does by itself in GitHub Actions: the job summary and annotations."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from evalreport.formats import clean
from evalreport.renderers.annotations import annotations_of
from evalreport.renderers.plain import all_findings
from evalreport.report import build_report
from tests.github.commands import Command, commands_in
from tests.renderers.golden import report_on
from tests.renderers.hostile import NAMES, report_with
from tests.sample_results import typical

# The model is so sure, and so wrong once, that there is an error to annotate.
ROWS = "label,prob_cat,prob_dog\n" + "cat,0.9,0.1\ndog,0.1,0.9\n" * 30 + "cat,0,1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "predictions.csv").write_text(ROWS)
    return tmp_path


def report(folder: Path, *words: str, summary: Path | None = None, actions: str = "true"):
    environment = {**os.environ, "GITHUB_ACTIONS": actions}
    environment.pop("GITHUB_STEP_SUMMARY", None)
    if summary is not None:
        environment["GITHUB_STEP_SUMMARY"] = str(summary)
    return subprocess.run(
        [sys.executable, "-m", "evalreport", "report", "predictions.csv", "-o", "none", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_summary_is_appended_to_that_of_the_job_report_after_report(folder):
    summary = folder / "summary"
    summary.write_text("# before\n")
    for number in (1, 2):
        done = report(folder, "--markdown", f"{number}.md", "--key", str(number), summary=summary)
        assert done.returncode == 0, done.stderr
    first, second = ((folder / f"{number}.md").read_text() for number in (1, 2))
    assert first != second
    assert summary.read_text() == f"# before\n{first}\n{second}\n"


def test_failed_limits_and_then_findings_are_annotations_on_standard_error(folder):
    title = "cats: and dogs, 100%"
    done = report(folder, "--title", title, "--max-loss", "0.1", "--worst-band", "terrible")
    assert done.returncode == 1
    assert commands_in(done.stdout) == []
    first, second, *_ = commands_in(done.stderr)
    assert (first.name, first.properties) == ("error", {"title": title})
    assert first.data.startswith("Limit failed: ")
    assert "over the limit of 0.1" in first.data
    assert second.data.startswith("Zero probability given to what happened in 1 row")


def test_a_document_on_standard_output_stays_alone(folder):
    done = report(folder, "--json", "-", summary=folder / "summary")
    assert done.stdout.startswith("{")
    assert done.stdout.endswith("}\n")
    assert commands_in(done.stderr)


def test_it_can_be_switched_off(folder):
    summary = folder / "summary"
    done = report(folder, "--no-github", summary=summary)
    assert (done.returncode, done.stderr, summary.exists()) == (0, "", False)


def test_nothing_is_said_or_written_elsewhere(folder):
    summary = folder / "summary"
    done = report(folder, summary=summary, actions="")
    assert (done.returncode, done.stderr, summary.exists()) == (0, "", False)


def test_a_summary_that_cannot_be_written_is_a_warning_and_no_lost_report(folder):
    done = report(folder, "--json", "e.json", summary=folder / "no" / "summary")
    assert done.returncode == 0
    assert "Log loss" in done.stdout
    assert (folder / "e.json").is_file()
    assert commands_in(done.stderr)[-1] == Command(
        "warning",
        {"title": "predictions"},
        f"The job summary {folder}/no/summary cannot be written: No such file or directory.",
    )


def test_a_full_job_summary_is_left_as_it_is_and_that_is_said(folder):
    summary = folder / "summary"
    summary.write_bytes(b"x" * (1024 * 1024 - 100))
    done = report(folder, summary=summary)
    assert summary.stat().st_size == 1024 * 1024 - 100
    assert commands_in(done.stderr)[-1].data == (
        "The job summary is full, so the summary of this report is not in it."
    )


def test_a_refused_input_leaves_the_job_summary_as_it_is(folder):
    summary = folder / "summary"
    summary.write_text("before")
    done = report(folder, "--label", "nothing", summary=summary)
    assert (done.returncode, summary.read_text()) == (3, "before")


def test_there_are_at_most_ten_annotations_and_errors_come_first():
    finding = report_on("typical").attention.findings[0]
    notes = report_on("typical").attention.folded
    assert finding.tag.text == "Error"
    warning = replace(finding, tag=replace(finding.tag, text="Warning"), title="a warning")
    crowd = replace(
        report_on("typical"),
        attention=replace(
            report_on("typical").attention,
            findings=(warning,) * 9,
            folded=(*notes, warning, finding, finding),
        ),
    )
    assert [each.name for each in commands_in("\n".join(annotations_of(crowd)))] == [
        *["error"] * 2,
        *["warning"] * 8,
    ]


def test_notes_are_no_annotations():
    typical_report = report_on("typical")
    words = [each.tag.text for each in all_findings(typical_report)]
    assert words.count("Note") == 4
    assert len(annotations_of(typical_report)) == len(words) - 4


@pytest.mark.parametrize("name", [*NAMES, "::error::x", "a,b::c%0A", "##[set-output name=a]b"])
def test_a_hostile_name_stays_inside_its_annotation(name):
    lines = annotations_of(report_with(name))
    plain = annotations_of(build_report(replace(typical(), title="plain"), key="k"))
    found = commands_in("\n".join(lines))
    assert len(found) == len(lines)
    assert {each.name for each in found} <= {"error", "warning"}
    assert {each.properties["title"] for each in found} == {report_with(name).title.strip()}
    assert any(clean(name)[:20].strip() in each.data for each in found)
    assert len(lines) <= len(plain) + 1


def test_the_gate_annotates_limits_alone_and_leaves_the_summary_to_the_report(folder):
    summary = folder / "summary"
    assert report(folder, "--json", "saved.json", actions="false").returncode == 0
    words = ["gate", "saved.json", "--max-loss", "0.1", "--max-regression", "0.1"]
    done = gate(folder, *words, summary=summary)
    assert done.returncode == 1
    told = commands_in(done.stderr)
    assert [(each.name, each.data.split(":")[0]) for each in told] == [
        ("error", "Limit failed"),
        ("warning", "Limit not judged"),
    ]
    assert not summary.exists()
    assert gate(folder, *words, "--no-github", summary=summary).stderr == ""


def gate(folder: Path, *words: str, summary: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "evalreport", *words],
        cwd=folder,
        env={**os.environ, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
        check=False,
    )
