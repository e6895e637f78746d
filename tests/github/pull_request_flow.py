"""A pull request from its first push to its last, on this machine: ``python -m`` this module.

A bare git repository stands for the forge's, a small server for its interface. The workflow is the
one that the README shows; its steps run as on the forge. The first push is a model that is far too
sure of itself, the second one mends that.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.github.action_runner import ROOT, ActionRun, ActionRunner
from tests.github.forge import Forge, running_forge

NUMBER = 7
BRANCH = "bolder-model"
EXAMPLES = ROOT / "example_data"


@dataclass
class Push:
    """What a push to the pull request led to."""

    what: str
    exit_code: int
    log: str
    comments: list[str]


def readme_workflow() -> dict[str, Any]:
    """Return the workflow in the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (text,) = (
        block
        for block in re.findall(r"^```yaml\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
        if "/evalreport@" in block
    )
    return yaml.safe_load(text)


def run_flow(folder: Path) -> list[Push]:
    """Run it all in an empty folder; return what each push led to."""
    bare, clone = folder / "router.git", folder / "clone"
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    git(folder, "clone", "--quiet", str(bare), str(clone))
    push(clone, "main", "digits_previous.csv", "The model that is in use")
    git(clone, "switch", "--quiet", "--create", BRANCH)
    with running_forge() as forge:
        return [
            evaluated_push(folder, clone, forge, predictions, what)
            for predictions, what in (
                ("digits_overconfident.csv", "A bolder model"),
                ("digits.csv", "A more modest model"),
            )
        ]


def evaluated_push(folder: Path, clone: Path, forge: Forge, predictions: str, what: str) -> Push:
    sha = push(clone, BRANCH, predictions, what)
    runner_folder = folder / sha
    runner_folder.mkdir()
    workspace = runner_folder / "workspace"
    checkout_merge(folder / "router.git", workspace)
    done = run_workflow(workspace, runner_folder, forge, sha)
    return Push(what, done.exit_code, done.log, forge.bodies())


def push(clone: Path, branch: str, predictions: str, message: str) -> str:
    """Commit predictions and push them; return the commit."""
    (clone / "predictions.csv").write_bytes((EXAMPLES / predictions).read_bytes())
    git(clone, "add", "predictions.csv")
    git(clone, "commit", "--quiet", "--allow-empty", "--message", message)
    git(clone, "push", "--quiet", "origin", f"HEAD:{branch}")
    return git(clone, "rev-parse", "HEAD")


def checkout_merge(bare: Path, workspace: Path) -> None:
    """Check out what the branch would be once it is merged, as the forge does."""
    git(bare.parent, "clone", "--quiet", str(bare), str(workspace))
    git(workspace, "switch", "--quiet", "--detach", "origin/main")
    git(workspace, "merge", "--quiet", "--no-ff", "--no-edit", f"origin/{BRANCH}")


def run_workflow(workspace: Path, temporary: Path, forge: Forge, sha: str) -> ActionRun:
    """Run the steps of the README's job: commands in a shell, and the action."""
    environment = {**forge.environment(), "GITHUB_BASE_REF": "main"}
    runner = ActionRunner(workspace, temporary, environment)
    event = {"pull_request": {"number": NUMBER, "head": {"sha": sha}}}
    (job,) = readme_workflow()["jobs"].values()
    for step in job["steps"]:
        if "run" in step:
            subprocess.run(
                ["bash", "-e", "-c", step["run"]],
                cwd=workspace,
                env={**os.environ, **environment},
                check=True,
            )
        elif "/evalreport@" in step["uses"]:
            return runner.run(event, sha=sha, install="false", **inputs_of(step))
    raise AssertionError("the workflow does not use the action")


def inputs_of(step: dict[str, Any]) -> dict[str, str]:
    return {name.replace("-", "_"): str(value) for name, value in step["with"].items()}


def git(folder: Path, *words: str) -> str:
    nobody = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    done = subprocess.run(
        ["git", *nobody, *words],
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"git {' '.join(words)}: {done.stderr}")
    return done.stdout.strip()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number, each in enumerate(run_flow(Path(folder)), 1):
            print(f"=== push {number}: {each.what}: exit code {each.exit_code}", end="\n\n")
            print(f"{each.log}\n--- the only comment of {len(each.comments)}\n")
            print(each.comments[0])
    sys.stdout.flush()


if __name__ == "__main__":
    main()
