"""The step that comments on a pull request: one comment for each key, updated by later runs.

Whatever goes wrong here is a warning. The verdict has been given by then, and a forge that refuses
a comment must not change it.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any

from runner import annotate, key_in, marker

PER_PAGE = 100
MOST_PAGES = 100
SECONDS_TO_WAIT = (1, 3)
TIMEOUT = 30


class Refused(Exception):
    """The forge answered, and the answer is no."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}, {reason}")
        self.status = status


def main() -> None:
    key = os.environ["KEY"]
    with open(os.environ["SUMMARY"], encoding="utf-8") as file:
        text = file.read()
    if key_in(text) != key:  # a template of one's own may leave the marker out
        text = f"{marker(key)}\n{text}"
    try:
        print(put(key, f"{text.rstrip()}\n{footer()}"))
    except Refused as refusal:
        annotate("warning", f"The pull request got no comment: {refusal}.{advice(refusal.status)}")
    except (OSError, HTTPException, ValueError) as error:
        annotate("warning", f"The pull request got no comment: {error}.")


def advice(status: int) -> str:
    if status not in (401, 403, 404):
        return ""
    return (
        " The job needs the permission pull-requests: write, which pull requests from forks do not"
        " get. The summary of the job holds the same text."
    )


def footer() -> str:
    """Return the last line: which commit this speaks of, and where to read on."""
    environment = os.environ
    run = (
        f"{environment['GITHUB_SERVER_URL']}/{environment['GITHUB_REPOSITORY']}"
        f"/actions/runs/{environment['GITHUB_RUN_ID']}"
    )
    parts = [f"Commit {commit()[:10]}", f"[log of the run]({run})"]
    if environment["ARTIFACT_URL"]:
        parts.append(f"[the whole report]({environment['ARTIFACT_URL']})")
    return "\n" + " · ".join(parts) + "\n"


def commit() -> str:
    """Return the commit that people pushed: pull requests run on a merge that nobody knows."""
    with open(os.environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
        event = json.load(file)
    head = (event.get("pull_request") or {}).get("head") or {}
    return str(head.get("sha") or os.environ["GITHUB_SHA"])


def put(key: str, body: str) -> str:
    """Create the comment, or update the one that is there."""
    repository = f"/repos/{os.environ['GITHUB_REPOSITORY']}"
    comments = f"{repository}/issues/{int(os.environ['PULL_REQUEST'])}/comments"
    login = own_login()
    there = next(found(comments, key, login), None)
    if there is not None:
        return update(repository, there, body)
    created = ask("POST", comments, {"body": body})
    # Another run may have looked at the same moment, and created one too: the oldest one stays.
    oldest = min(found(comments, key, login), default=created["id"])
    if oldest >= created["id"]:
        return f"created {created.get('html_url')}"
    delete(repository, created["id"])
    return update(repository, oldest, body)


def update(repository: str, comment: int, body: str) -> str:
    answer = ask("PATCH", f"{repository}/issues/comments/{comment}", {"body": body})
    return f"updated {answer.get('html_url')}"


def delete(repository: str, comment: int) -> None:
    try:
        ask("DELETE", f"{repository}/issues/comments/{comment}")
    except Refused as refusal:
        if refusal.status != 404:  # gone already is as well
            raise


def found(comments: str, key: str, login: str | None) -> Iterator[int]:
    """Yield the ids of our comments with this key, page by page."""
    seen: set[int] = set()
    for page in range(1, MOST_PAGES + 1):
        listed = ask("GET", f"{comments}?per_page={PER_PAGE}&page={page}")
        for comment in listed:
            if key_in(comment["body"] or "") == key and is_ours(comment.get("user"), login):
                yield int(comment["id"])
        new = {comment["id"] for comment in listed} - seen
        if not new:
            return
        seen |= new


def own_login() -> str | None:
    """Return who this token writes as; None if the forge does not tell."""
    try:
        answer = ask("POST", graphql_url(), {"query": "query { viewer { login } }"})
        return str(answer["data"]["viewer"]["login"])
    except (Refused, KeyError, TypeError):
        return None


def is_ours(user: dict[str, Any] | None, login: str | None) -> bool:
    """Whether a comment is ours. Anybody can write our marker; nobody else's comment is touched."""
    name = (user or {}).get("login", "")
    if login is None:  # then at least no person's
        return (user or {}).get("type") == "Bot" or name.endswith("[bot]")
    return name in (login, f"{login}[bot]")


# --- the forge --------------------------------------------------------------------------------


def graphql_url() -> str:
    return os.environ.get("GITHUB_GRAPHQL_URL") or f"{os.environ['GITHUB_API_URL']}/graphql"


def ask(method: str, path: str, body: dict[str, str] | None = None) -> Any:
    """Send a request; one that changes nothing, or the same again, is repeated if the net fails."""
    waits = [0] if method == "POST" else [*SECONDS_TO_WAIT, 0]
    for wait in waits:
        try:
            return send(method, path, body)
        except Refused as refusal:
            if refusal.status < 500 or not wait:
                raise
        except OSError:
            if not wait:
                raise
        time.sleep(wait)
    raise AssertionError("the last attempt returns or raises")


def send(method: str, path: str, body: dict[str, str] | None) -> Any:
    url = path if path.startswith("http") else f"{os.environ['GITHUB_API_URL']}{path}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    request.add_header("Accept", "application/vnd.github+json")
    request.add_header("Content-Type", "application/json")
    request.add_header("User-Agent", "evalreport")
    request.add_header("X-GitHub-Api-Version", "2022-11-28")
    # Not sent on to wherever the forge redirects to.
    request.add_unredirected_header("Authorization", f"Bearer {os.environ['TOKEN']}")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return json.loads(answer.read() or b"null")  # nothing is said of what was deleted
    except urllib.error.HTTPError as error:
        raise Refused(error.code, reason_of(error)) from error


def reason_of(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["message"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)


if __name__ == "__main__":
    main()
