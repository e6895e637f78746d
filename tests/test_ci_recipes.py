"""The recipes for CI systems: they parse, their commands run, and the note is written once."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import typer
import yaml

from evalreport.cli.app import app

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "continuous_integration.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Return every command of evalreport that the recipes give."""
    joined = re.sub(r"\n +--", " --", TEXT)
    return re.findall(r"evalreport (report predictions\.\w+ .*?)$", joined, re.MULTILINE)


def job() -> dict:
    (text,) = blocks("yaml")
    return yaml.safe_load(text)["evaluate"]


def test_every_command_of_the_recipes_takes_only_options_that_exist():
    group = typer.main.get_command(app)
    known = {option for each in group.commands["report"].params for option in each.opts}
    given = [word for command in commands() for word in command.split() if word.startswith("-")]
    given += re.findall(r" (--[a-z-]+)", "".join(re.findall(r"set -- .*", *blocks("sh"))))
    assert len(commands()) == 5
    assert set(given) <= known


def test_the_command_of_the_gitlab_job_runs_and_fails_by_its_limit(tmp_path):
    (tmp_path / "predictions.csv").write_text("label,prob\n" + "1,0.3\n0,0.6\n" * 30)
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(job()["script"][1])],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    for name in (*job()["artifacts"]["paths"], job()["artifacts"]["reports"]["junit"]):
        assert (tmp_path / name).is_file()


def test_what_the_gitlab_job_keeps_is_what_its_command_writes():
    install, command = job()["script"]
    assert install.startswith("pip install")
    kept = [*job()["artifacts"]["paths"], job()["artifacts"]["reports"]["junit"]]
    written = re.findall(r"(?:-o|--json|--markdown|--junit) (\S+)", command)
    assert sorted(kept) == sorted(written)
    assert job()["artifacts"]["when"] == "always"


def test_the_units_of_systemd_can_be_read():
    for text in blocks("ini"):
        unit = configparser.ConfigParser(interpolation=None)
        unit.optionxform = str  # type: ignore[assignment]
        unit.read_string(text)
        assert unit.sections()


def test_the_brackets_of_the_jenkinsfile_match():
    (text,) = blocks("groovy")
    assert text.count("{") == text.count("}")
    assert text.count("'''") == 2


# --- the note ---------------------------------------------------------------------------------


class Notes:
    """The notes of a merge request, newest change first, as GitLab lists them."""

    def __init__(self) -> None:
        self.notes: list[dict] = [{"id": 1, "body": "Looks good"}]
        self.url = ""


@pytest.fixture
def gitlab() -> Iterator[Notes]:
    notes = Notes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(notes.notes[::-1])

        def do_POST(self) -> None:
            notes.notes.append({"id": len(notes.notes) + 1, "body": self._body()})
            self._answer(notes.notes[-1])

        def do_PUT(self) -> None:
            note = notes.notes[int(self.path.rsplit("/", 1)[1]) - 1]
            note["body"] = self._body()
            self._answer(note)

        def _body(self) -> str:
            length = int(self.headers["Content-Length"])
            return parse_qs(self.rfile.read(length).decode())["body"][0]

        def _answer(self, answer: object) -> None:
            is_allowed = self.headers["PRIVATE-TOKEN"] == "a-token"
            assert self.path.startswith("/projects/3/merge_requests/5/notes")
            payload = json.dumps(answer).encode()
            self.send_response(200 if is_allowed else 401)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    notes.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield notes
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on PATH")
def test_the_note_on_a_merge_request_is_written_once_and_then_updated(gitlab, tmp_path):
    (script,) = blocks("bash")
    for text in ("first: 100% & more", "second"):
        summary = tmp_path / "summary.md"
        summary.write_text(f"<!-- evalreport:summary key=router v=1 -->\n### {text}\n")
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env={
                **os.environ,
                "CI_API_V4_URL": gitlab.url,
                "CI_PROJECT_ID": "3",
                "CI_MERGE_REQUEST_IID": "5",
                "NOTE_TOKEN": "a-token",
                "no_proxy": "127.0.0.1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert [note["body"] for note in gitlab.notes[1:]] == [summary.read_text()]


@pytest.mark.parametrize("has_previous", [True, False])
def test_a_merge_request_is_compared_with_its_target_branch_once_there_is_something(
    tmp_path, has_previous
):
    origin, work = tmp_path / "origin", tmp_path / "work"
    origin.mkdir()
    (origin / "predictions.csv" if has_previous else origin / "README").write_text(
        "id,label,prob\n" + "".join(f"{i},{i % 2},0.5\n" for i in range(40))
    )
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], cwd=origin, check=True)
    subprocess.run([*git, "clone", "-q", str(origin), str(work)], check=True)
    rows = (f"{i},{i % 2},{0.3 + 0.4 * (i % 2)}\n" for i in range(40))
    (work / "predictions.csv").write_text("id,label,prob\n" + "".join(rows))
    (tmp_path / "evalreport").write_text(f'#!/bin/sh\nexec {sys.executable} -m evalreport "$@"\n')
    (tmp_path / "evalreport").chmod(0o755)
    (script,) = blocks("sh")
    done = subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=work,
        env=os.environ
        | {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr  # a loss of 0.357 is over the limit
    document = json.loads((work / "evaluation.json").read_text())
    assert (document["comparison"] is not None) is has_previous
    names = [each["name"] for each in document["limits"]]
    assert names == ["max_loss", *(["max_regression"] if has_previous else [])]
