"""A small GitHub on this machine: the parts of its interface that comments need."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token"
BOT = "github-actions[bot]"


class Forge:
    """Comments of one repository, and how the forge behaves.

    Attributes
    ----------
    comments : list of dict
        Every comment, in the order they were created.
    page_size : int
        The most comments on a page, whatever is asked for.
    is_forked : bool
        Whether the token may only read, as on pull requests from forks.
    tells_login : bool
        Whether the forge says who the token belongs to.
    n_failures : int
        How many requests fail before the forge works again.
    requests : list of str
        What was asked for: method and path.
    """

    def __init__(self, repository: str = "acme/router") -> None:
        self.repository = repository
        self.comments: list[dict[str, Any]] = []
        self.page_size = 100
        self.is_forked = False
        self.tells_login = True
        self.n_failures = 0
        self.requests: list[str] = []
        self.n_created = 0
        self.url = ""

    def add(self, body: str, login: str = BOT, pull: int = 7) -> dict[str, Any]:
        self.n_created += 1
        number = self.n_created
        comment = {
            "id": number,
            "pull": pull,
            "body": body,
            "user": {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"},
            "html_url": f"https://github.example/{self.repository}/pull/{pull}#{number}",
        }
        self.comments.append(comment)
        return comment

    def bodies(self, login: str = BOT) -> list[str]:
        return [each["body"] for each in self.comments if each["user"]["login"] == login]

    def environment(self) -> dict[str, str]:
        return {
            "GITHUB_API_URL": self.url,
            "GITHUB_GRAPHQL_URL": f"{self.url}/graphql",
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_SERVER_URL": "https://github.example",
        }

    def answer(self, method: str, path: str, body: dict[str, Any], token: str) -> tuple[int, Any]:
        self.requests.append(f"{method} {path}")
        if self.n_failures:
            self.n_failures -= 1
            return 502, {"message": "Server Error"}
        if token != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}
        if path == "/graphql":
            return 200, {"data": {"viewer": {"login": BOT}} if self.tells_login else None}
        return self._comments(method, urlsplit(path), body)

    def _comments(self, method: str, url: Any, body: dict[str, Any]) -> tuple[int, Any]:
        issues = re.escape(f"/repos/{self.repository}/issues/")
        if match := re.fullmatch(rf"{issues}(\d+)/comments", url.path):
            pull = int(match[1])
            if method == "GET":
                return 200, self._page(pull, parse_qs(url.query))
            if method == "POST":
                return self._refusal() or (201, self.add(body["body"], pull=pull))
        if match := re.fullmatch(rf"{issues}comments/(\d+)", url.path):
            comment = next((it for it in self.comments if it["id"] == int(match[1])), None)
            if comment is not None and method == "PATCH":
                return self._refusal() or (200, {**comment, **self._change(comment, body["body"])})
            if comment is not None and method == "DELETE":
                return self._refusal() or self._removal(comment)
        return 404, {"message": "Not Found"}

    def _page(self, pull: int, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        size = min(self.page_size, int(query.get("per_page", ["30"])[0]))
        start = (int(query.get("page", ["1"])[0]) - 1) * size
        return [each for each in self.comments if each["pull"] == pull][start : start + size]

    def _refusal(self) -> tuple[int, Any] | None:
        refusal = {"message": "Resource not accessible by integration"}
        return (403, refusal) if self.is_forked else None

    def _removal(self, comment: dict[str, Any]) -> tuple[int, Any]:
        self.comments.remove(comment)
        return 204, None

    @staticmethod
    def _change(comment: dict[str, Any], body: str) -> dict[str, Any]:
        comment["body"] = body
        return comment


@contextmanager
def running_forge() -> Iterator[Forge]:
    """Serve a forge on the loopback interface."""
    forge = Forge()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            token = self.headers.get("Authorization", "")
            status, answer = forge.answer(self.command, self.path, body, token)
            payload = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PATCH = do_DELETE = _answer

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forge.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
