"""The one comment on a pull request, on a small forge of our own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.github.commands import commands_in
from tests.github.forge import TOKEN, Forge, running_forge

SCRIPT = Path(__file__).resolve().parents[2] / "action" / "comment.py"


@pytest.fixture
def forge() -> Iterator[Forge]:
    with running_forge() as forge:
        yield forge


@pytest.fixture
def comment(forge: Forge, tmp_path: Path):
    """Post a summary; return what the step printed."""
    (tmp_path / "event.json").write_text(
        json.dumps({"pull_request": {"number": 7, "head": {"sha": "abc1234567890"}}})
    )

    def post(body: str, key: str = "router", **environment: str) -> str:
        summary = tmp_path / f"{environment.pop('SUMMARY_NAME', 'summary')}.md"
        summary.write_text(f"<!-- evalreport:summary key={key} v=1 -->\n{body}\n")
        done = subprocess.run(
            [sys.executable, str(SCRIPT)],
            env={
                **os.environ,
                **forge.environment(),
                "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
                "GITHUB_RUN_ID": "1",
                "GITHUB_SHA": "f" * 40,
                "TOKEN": TOKEN,
                "PULL_REQUEST": "7",
                "KEY": key,
                "SUMMARY": str(summary),
                "ARTIFACT_URL": "",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return post


def test_the_first_run_creates_the_comment_and_the_next_updates_it(forge, comment):
    assert comment("first").startswith("created https://github.example/")
    assert comment("second").startswith("updated https://github.example/")
    (body,) = forge.bodies()
    assert body.startswith("<!-- evalreport:summary key=router v=1 -->\nsecond\n")


def test_the_comment_names_the_commit_that_was_pushed_and_leads_to_log_and_report(forge, comment):
    comment("text", ARTIFACT_URL="https://github.example/artifact")
    (body,) = forge.bodies()
    assert body.endswith(
        "\n\nCommit abc1234567 · "
        "[log of the run](https://github.example/acme/router/actions/runs/1) · "
        "[the whole report](https://github.example/artifact)\n"
    )


def test_two_keys_are_two_comments(forge, comment):
    for key in ("one", "two", "one", "two"):
        comment("text", key=key)
    assert len(forge.bodies()) == 2


def test_a_key_that_another_starts_with_is_another_key(forge, comment):
    comment("text", key="router-v2")
    comment("text", key="router")
    assert len(forge.bodies()) == 2


@pytest.mark.parametrize("page_size", [1, 2, 100])
def test_the_comment_is_found_on_whatever_page_it_is(forge, comment, page_size):
    forge.page_size = page_size
    for number in range(3):
        forge.add(f"comment {number}", login="ann")
    comment("first")
    for number in range(4):
        forge.add(f"more {number}", login="bob")
    comment("second")
    assert [body.splitlines()[1] for body in forge.bodies()] == ["second"]


@pytest.mark.parametrize("tells_login", [True, False])
def test_a_persons_comment_with_our_marker_is_left_alone(forge, comment, tells_login):
    forge.tells_login = tells_login
    forged = "<!-- evalreport:summary key=router v=1 -->\nLog loss 0: perfect\n"
    forge.add(forged, login="mallory")
    comment("first")
    comment("second")
    assert forge.bodies("mallory") == [forged]
    assert len(forge.bodies()) == 1


def test_another_bots_comment_is_left_alone_if_the_forge_says_who_we_are(forge, comment):
    forge.add("<!-- evalreport:summary key=router v=1 -->\ntext\n", login="other[bot]")
    comment("first")
    assert len(forge.bodies("other[bot]")) == len(forge.bodies()) == 1


def test_our_marker_further_down_in_a_comment_is_no_marker(forge, comment):
    forge.add("I quote:\n<!-- evalreport:summary key=router v=1 -->\n")
    comment("first")
    assert len(forge.bodies()) == 2


def test_the_comments_of_other_pull_requests_are_left_alone(forge, comment):
    forge.add("<!-- evalreport:summary key=router v=1 -->\nother\n", pull=8)
    comment("first")
    assert [each["pull"] for each in forge.comments] == [8, 7]


def test_a_marker_with_the_line_breaks_of_a_browser_is_found(forge, comment):
    forge.add("<!-- evalreport:summary key=router v=1 -->\r\nold\r\n")
    comment("new")
    assert len(forge.bodies()) == 1


def test_a_refused_permission_is_a_warning_that_says_what_to_do(forge, comment):
    forge.is_forked = True
    (warning,) = commands_in(comment("text"))
    assert warning.name == "warning"
    assert warning.data == (
        "The pull request got no comment: 403, Resource not accessible by integration. The job"
        " needs the permission pull-requests: write, which pull requests from forks do not get."
        " The summary of the job holds the same text."
    )
    assert forge.comments == []


def test_a_wrong_token_is_a_warning_and_is_not_printed(forge, comment):
    printed = comment("text", TOKEN="secret")
    assert "401, Bad credentials" in printed
    assert "secret" not in printed


def test_a_forge_that_is_not_there_is_a_warning(comment):
    printed = comment("text", GITHUB_API_URL="http://127.0.0.1:9", GITHUB_GRAPHQL_URL="")
    (warning,) = commands_in(printed)
    assert (warning.name, "Connection refused" in warning.data) == ("warning", True)


def test_a_forge_that_stumbles_is_asked_again(forge, comment):
    forge.n_failures = 2  # who we are, and the first page
    comment("text")
    assert len(forge.bodies()) == 1


def test_a_comment_whose_creation_failed_is_not_created_again(forge, comment):
    # It could be there in spite of the failure, and then there would be two.
    forge.answer_to_creation = 502
    answer = forge.answer

    def failing(method, path, body, token):
        if method == "POST" and path.endswith("/comments"):
            forge.n_failures = 1
        return answer(method, path, body, token)

    forge.answer = failing
    (warning,) = commands_in(comment("text"))
    assert warning.data == "The pull request got no comment: 502, Server Error."
    assert sum(each.startswith("POST /repos") for each in forge.requests) == 1


def test_a_summary_without_a_marker_gets_one(forge, comment, tmp_path):
    comment("text", KEY="own")
    comment("text", KEY="own")
    (body,) = forge.bodies()
    assert body.startswith("<!-- evalreport:summary key=own v=1 -->\n")


def test_two_runs_at_the_same_moment_leave_one_comment(forge, comment, tmp_path):
    # Both have looked, and found none, before either creates one.
    both_have_looked = threading.Barrier(2, timeout=30)
    answer = forge.answer

    def together(method, path, body, token):
        if method == "POST" and path.endswith("/comments"):
            both_have_looked.wait()
        return answer(method, path, body, token)

    forge.answer = together
    with ThreadPoolExecutor() as pool:
        said = sorted(pool.map(lambda text: comment(text, SUMMARY_NAME=text)[:7], ("one", "two")))
    (only,) = forge.comments
    assert only["id"] == 1
    assert only["body"].splitlines()[1] in ("one", "two")
    assert said in (["created", "updated"], ["updated", "updated"])
    assert sum(each.startswith("DELETE") for each in forge.requests) == 1


def test_a_duplicate_that_somebody_else_has_removed_by_now_is_no_error(forge, comment):
    answer = forge.answer

    def racing(method, path, body, token):
        if method == "POST" and path.endswith("/comments"):
            forge.add("<!-- evalreport:summary key=router v=1 -->\nother\n")
        if method == "DELETE":
            forge.comments.pop()
        return answer(method, path, body, token)

    forge.answer = racing
    assert comment("mine").startswith("updated ")
    assert [each["body"].splitlines()[1] for each in forge.comments] == ["mine"]
