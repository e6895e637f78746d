"""The action as a whole: its steps run in their order, against a small forge of our own."""

from __future__ import annotations

import json
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.github.action_runner import ARTIFACT_URL, ROOT, ActionRunner
from tests.github.commands import commands_in
from tests.github.forge import Forge, running_forge

GOOD = "id,label,prob\n" + "".join(f"{n},{n % 2},{0.9 if n % 2 else 0.1}\n" for n in range(60))
EVENT = {"pull_request": {"number": 7, "head": {"sha": "abc1234567890"}}}


@pytest.fixture
def forge() -> Iterator[Forge]:
    with running_forge() as forge:
        yield forge


@pytest.fixture
def action(forge: Forge, tmp_path: Path) -> ActionRunner:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "router.csv").write_text(GOOD)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    return ActionRunner(workspace, temporary, forge.environment())


def run(action: ActionRunner, predictions: str = "router.csv", event=EVENT, **inputs: str):
    return action.run(event, predictions=predictions, install="false", **inputs)


def test_a_run_writes_the_report_comments_and_gives_outputs(action, forge):
    done = run(action)
    assert done.exit_code == 0, done.log
    assert done.steps == [
        "Report",
        "Keep the report",
        "Comment on the pull request",
        "Exit with the code of the report",
    ]
    assert done.outputs["exit-code"] == "0"
    assert done.outputs["outcome"] == "no limits"
    assert float(done.outputs["log-loss"]) == pytest.approx(0.1053605, abs=1e-7)
    assert "<title>" in Path(done.outputs["report"]).read_text()
    assert json.loads(Path(done.outputs["evaluation"]).read_text())["overall"]["n"] == 60
    assert "Log loss 0.105 nats" in done.log
    (body,) = forge.bodies()
    summary = Path(done.outputs["summary"]).read_text()
    assert body.startswith(summary.rstrip())
    assert body.startswith("<!-- evalreport:summary key=router v=1 -->\n### ")
    assert ARTIFACT_URL in body
    assert sorted(path.name for path in (action.artifacts / "evalreport-router").iterdir()) == [
        "evaluation.json",
        "report.html",
        "summary.md",
    ]
    assert action.summary.read_text() == summary + "\n"


def test_each_model_of_a_pull_request_has_one_comment_which_its_next_push_updates(action, forge):
    run(action, key="first")
    run(action, title="The second: 2")
    (action.workspace / "router.csv").write_text(GOOD.replace("0.9", "0.6").replace("0.1", "0.4"))
    run(action, key="first")
    first, second = forge.bodies()
    assert first.startswith("<!-- evalreport:summary key=first v=1 -->\n")
    assert second.startswith("<!-- evalreport:summary key=The-second-2 v=1 -->\n")
    assert "Log loss 0.511" in first
    assert "Log loss 0.105" in second
    assert sorted(path.name for path in action.artifacts.iterdir()) == [
        "evalreport-The-second-2",
        "evalreport-first",
    ]


@pytest.mark.parametrize("key", ["..", ".", "../.."])
def test_no_key_is_a_folder_that_others_use(action, key):
    other = action.temporary / "runner" / "of another step"
    other.mkdir(parents=True)
    done = run(action, key=key, comment="false")
    assert Path(done.outputs["report"]).parent == other.parent / "evalreport" / "report"
    assert other.exists()


def test_a_refused_input_is_said_in_the_comment_in_the_place_of_an_older_verdict(action, forge):
    forge.add("<!-- evalreport:summary key=router v=1 -->\n### Log loss 0.105: fine\n")
    (action.workspace / "router.csv").write_text("id,label,prob\na,1,0.5\nb,0,1.7\n")
    done = run(action)
    assert done.exit_code == 3
    assert done.outputs["outcome"] == "refused"
    assert done.outputs["log-loss"] == ""
    (body,) = forge.bodies()
    assert body.startswith(
        "<!-- evalreport:summary key=router v=1 -->\n"
        "### ✖ No report: the predictions were refused\n\n"
        "Exit code 3; nothing was judged.\n\n```text\nerror: router.csv, row 2, column 'prob':"
    )
    assert action.summary.read_text().count("### ") == 1
    error = commands_in(done.log)[-1]
    assert (error.name, "row 2, column 'prob'" in error.data) == ("error", True)


def test_wrong_options_are_said_too(action, forge):
    done = run(action, arguments="--floor 7")
    assert (done.exit_code, done.outputs["outcome"]) == (2, "error")
    assert "### ✖ No report: the options are wrong" in forge.bodies()[0]
    assert "--floor takes a probability" in forge.bodies()[0]


def test_without_a_pull_request_or_if_not_wanted_there_is_no_comment(action, forge):
    wrong = "--floor 7"  # quick, and a comment would say so
    assert "Comment on the pull request" not in run(action, event={}, arguments=wrong).steps
    assert "Comment on the pull request" not in run(action, comment="no", arguments=wrong).steps
    assert forge.requests == []


def test_a_failed_limit_fails_the_action_after_everything_else(action, forge):
    done = run(action, limits="--max-loss 0.01")
    assert (done.exit_code, done.outputs["exit-code"], done.outputs["outcome"]) == (
        1,
        "1",
        "failed",
    )
    assert done.steps[-2:] == ["Comment on the pull request", "Exit with the code of the report"]
    (body,) = forge.bodies()
    assert "Limit failed: log loss 0.105" in body
    assert (action.artifacts / "evalreport-router" / "report.html").is_file()


def test_a_refused_comment_leaves_the_verdict_as_it_is(action, forge):
    forge.is_forked = True
    done = run(action, limits="--max-loss 0.01")
    assert (done.exit_code, forge.comments) == (1, [])
    assert "::warning title=evalreport::The pull request got no comment: 403" in done.log
    assert Path(done.outputs["report"]).is_file()


def test_files_are_named_one_a_line_and_no_name_is_a_command(action):
    names = ["$(touch pwned).csv", "`touch pwned`.csv", "a b.csv", "a'b\"c.csv", "-x.csv", "é.csv"]
    for place, name in enumerate(names):
        (action.workspace / name).write_text(GOOD.replace("\n", f"\n{place}", 60))
    done = run(action, "\n\n".join(f"  {name}" for name in names))
    assert done.exit_code == 0, done.log
    assert not (action.workspace / "pwned").exists()
    (key,) = (path.name for path in action.artifacts.iterdir())
    assert key == "evalreport-touch-pwned"
    assert json.loads(Path(done.outputs["evaluation"]).read_text())["overall"]["n"] == 360


def test_arguments_are_words_and_never_commands(action):
    done = run(action, arguments="--title 'two words' ; touch pwned $(touch pwned)")
    assert not (action.workspace / "pwned").exists()
    assert done.exit_code == 3
    assert ";: there is no such file" in done.log


def test_arguments_that_do_not_end_are_named(action):
    done = run(action, arguments="--title 'one")
    assert done.exit_code == 2
    assert "The input arguments cannot be taken apart into words: No closing quotation." in done.log


def test_what_the_data_says_is_no_command_of_the_runner(action):
    evil = "::add-mask::x"
    rows = "".join(f"{evil if n % 2 else 'b'},0.8,0.2\n" for n in range(60))
    (action.workspace / "router.csv").write_text(f"label,prob_{evil},prob_b\n{rows}")
    done = run(action, title=evil)
    assert done.exit_code == 0, done.log
    assert done.log.count(f"\n{evil} ") == 2, "title and class stand at the start of a line"
    found = {each.name for each in commands_in(done.log)}
    assert {name for name in found if not re.fullmatch("[0-9a-f]{32}", name)} <= {
        "stop-commands",
        "error",
        "warning",
    }


def test_a_change_since_the_previous_run_is_in_the_comment_and_judged(action, forge):
    (action.workspace / "previous.csv").write_text(GOOD)
    (action.workspace / "router.csv").write_text(GOOD.replace("0.9", "0.6").replace("0.1", "0.3"))
    done = run(action, previous="previous.csv", limits="--max-regression 0.1")
    assert (done.exit_code, done.outputs["outcome"]) == (1, "failed")
    (body,) = forge.bodies()
    # ln(0.9 / 0.6) = 0.405 for one half, ln(0.9 / 0.7) = 0.251 for the other
    assert "### ◆ Log loss 0.434: too few rows to say, and worse than the previous run\n" in body
    assert "Worse than the previous run by 0.328" in body


def test_a_previous_run_that_is_missing_is_said_and_a_limit_on_it_is_not_judged(action):
    limits = "--max-regression 0.1 --max-loss=9"
    done = run(action, previous="no/such.csv", limits=limits)
    assert (done.exit_code, done.outputs["outcome"]) == (0, "not judged")
    assert "There is no previous run at no/such.csv, so nothing is compared." in done.log
    assert "Limit not judged: --max-regression needs a previous run." in done.log
    done = run(action, previous="no/such.csv", limits=f"{limits} --strict", event={})
    assert done.exit_code == 2
    assert "--max-regression needs a previous run" in done.log


def test_a_missing_program_is_named(action):
    (report,) = (each for each in action.action["runs"]["steps"] if each.get("id") == "report")
    report["env"]["EVALREPORT"] = "no-such-program"
    done = run(action)
    assert done.exit_code == 2
    assert "There is no program no-such-program." in done.log


def test_a_template_of_ones_own_without_a_marker_is_found_again(action, forge):
    templates = action.workspace / "templates"
    templates.mkdir()
    (templates / "summary.md.j2").write_text("Loss {{ report.verdict.value_text }}\n")
    forge.add("<!-- evalreport:summary key=router v=1 -->\nLoss 0.200\n")
    run(action, arguments="--template-dir templates")
    (body,) = forge.bodies()
    assert body.startswith("<!-- evalreport:summary key=router v=1 -->\nLoss 0.105\n")


@pytest.mark.slow
def test_the_action_installs_evalreport_from_its_own_checkout(action, monkeypatch):
    # With what is installed here already, so that nothing is fetched; pip builds it all the same.
    monkeypatch.setenv("PYTHONPATH", sysconfig.get_path("purelib"))
    monkeypatch.setenv("PIP_NO_DEPS", "1")
    monkeypatch.setenv("PIP_NO_BUILD_ISOLATION", "0")  # which, to pip, means that there is none
    done = action.run({}, predictions="router.csv")
    assert done.exit_code == 0, done.log
    assert done.steps[:2] == ["Install evalreport", "Report"]
    installed = action.temporary / "runner" / "evalreport-environment"
    assert f"$ {installed}/bin/evalreport report" in done.log
    assert list(installed.glob("lib/python3*/site-packages/evalreport/templates/report.html.j2"))


# --- the file itself --------------------------------------------------------------------------


def steps() -> list[dict]:
    return yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]


def test_no_input_is_part_of_a_command():
    assert not [step["name"] for step in steps() if "${{" in step.get("run", "")]


def test_other_actions_are_pinned_to_a_major_version():
    used = [step["uses"] for step in steps() if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", each) for each in used)


def test_every_input_is_used_and_every_name_is_known():
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"\binputs\.([\w-]+)", text))
    assert used == set(yaml.safe_load(text)["inputs"])
    ids = {step.get("id") for step in steps()}
    assert set(re.findall(r"\bsteps\.([\w-]+)", text)) <= ids


def test_the_readme_names_every_input_and_output():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    missing = [
        each for each in (*action["inputs"], *action["outputs"]) if f"`{each}`" not in readme
    ]
    assert missing == []
