"""Runs the steps of ``action.yml`` as GitHub's runner does, without its machine.

Shell steps run for real. Steps that use other actions cannot: `upload-artifact` becomes a copy, and
everything else is noted as left out.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ARTIFACT_URL = "https://github.example/acme/router/actions/runs/1/artifacts/2"


@dataclass
class ActionRun:
    """What an action came to."""

    exit_code: int = 0
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    """Names of the steps that ran."""


class ActionRunner:
    """Runs the action again and again, as for the pushes to one pull request.

    Parameters
    ----------
    workspace : Path
        The checkout of the repository that uses the action.
    temporary : Path
        A folder for everything else.
    environment : mapping of str to str
        What the forge adds to the environment.
    """

    def __init__(self, workspace: Path, temporary: Path, environment: Mapping[str, str]) -> None:
        self.action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
        self.workspace = workspace
        self.temporary = temporary
        self.artifacts = temporary / "artifacts"
        self.summary = temporary / "job_summary.md"
        self._output_file = temporary / "output"
        self._event_file = temporary / "event.json"
        self._environment = dict(environment)

    def run(self, event: Mapping[str, Any], sha: str = "0" * 40, **inputs: str) -> ActionRun:
        """Run every step in order; inputs are named with _ instead of -."""
        self._event_file.write_text(json.dumps(event), encoding="utf-8")
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        unknown = given.keys() - self.action["inputs"].keys()
        assert not unknown, f"the action has no input {unknown}"
        contexts: dict[str, Any] = {
            "github": {"event": event, "token": "a-token", "sha": sha},
            "steps": {},
        }
        contexts["inputs"] = {
            name: given.get(name, evaluated(each.get("default", ""), contexts))
            for name, each in self.action["inputs"].items()
        }
        missing = [
            name
            for name, each in self.action["inputs"].items()
            if each.get("required") and name not in given
        ]
        assert not missing, f"the action needs {missing}"
        run = ActionRun()
        for step in self.action["runs"]["steps"]:
            if run.exit_code or not is_true(step.get("if", "success()"), contexts):
                continue
            run.steps.append(step["name"])
            outputs, code = self._step(step, contexts, sha, run)
            contexts["steps"][step.get("id", step["name"])] = {"outputs": outputs}
            if code and not step.get("continue-on-error"):
                run.exit_code = code
        run.outputs = {
            name: evaluated(each["value"], contexts)
            for name, each in self.action["outputs"].items()
        }
        return run

    def _step(
        self, step: dict[str, Any], contexts: dict[str, Any], sha: str, run: ActionRun
    ) -> tuple[dict[str, str], int]:
        if "uses" in step:
            given = {key: evaluated(each, contexts) for key, each in step["with"].items()}
            return self._used(step["uses"], given), 0
        # GitHub puts expressions into the command as they are: anything could be in them.
        assert "${{" not in step["run"], "an input would become a part of the command"
        assert step["shell"] == "bash"
        self._output_file.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace / evaluated(step.get("working-directory", "."), contexts),
            env=self._environment_of(step, contexts, sha),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        run.log += done.stdout
        return outputs_in(self._output_file.read_text(encoding="utf-8")), done.returncode

    def _environment_of(
        self, step: dict[str, Any], contexts: dict[str, Any], sha: str
    ) -> dict[str, str]:
        own = {key: evaluated(each, contexts) for key, each in step.get("env", {}).items()}
        bin_directory = Path(sys.executable).parent
        return {
            **{key: each for key, each in os.environ.items() if not key.startswith("GITHUB_")},
            "PATH": f"{bin_directory}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_EVENT_PATH": str(self._event_file),
            "GITHUB_OUTPUT": str(self._output_file),
            "GITHUB_RUN_ID": "1",
            "GITHUB_SHA": sha,
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temporary / "runner"),
            **self._environment,
            **own,
        }

    def _used(self, action: str, given: dict[str, str]) -> dict[str, str]:
        if not action.startswith("actions/upload-artifact@"):
            return {}
        shutil.copytree(given["path"], self.artifacts / given["name"], dirs_exist_ok=True)
        return {"artifact-url": ARTIFACT_URL}


def evaluated(template: Any, contexts: Mapping[str, Any]) -> str:
    """Return a text with its expressions ``${{ a.b.c }}`` replaced."""
    return re.sub(
        r"\$\{\{ *([\w.-]+) *\}\}", lambda match: looked_up(match[1], contexts), str(template)
    )


def looked_up(path: str, contexts: Mapping[str, Any]) -> str:
    value: Any = contexts
    for name in path.split("."):
        value = (value or {}).get(name)
    return "" if value is None else str(value)


def is_true(condition: str, contexts: Mapping[str, Any]) -> bool:
    """Evaluate comparisons with texts, joined by ``&&``: all that the action needs."""
    if condition == "success()":
        return True
    for part in condition.split("&&"):
        match = re.fullmatch(r"\s*([\w.-]+) (==|!=) '([^']*)'\s*", part)
        assert match, f"this runner does not understand {part!r}"
        is_equal = looked_up(match[1], contexts) == match[3]
        if is_equal != (match[2] == "=="):
            return False
    return True


def outputs_in(text: str) -> dict[str, str]:
    """Return the outputs in a file of ``name=value`` and ``name<<END`` blocks."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        if block := re.fullmatch(r"([\w-]+)<<(\S+)", line):
            held = []
            for inner in lines:
                if inner == block[2]:
                    break
                held.append(inner)
            else:
                raise AssertionError(f"the output {block[1]} does not end")
            found[block[1]] = "\n".join(held)
        elif line:
            name, _, value = line.partition("=")
            found[name] = value
    return found
