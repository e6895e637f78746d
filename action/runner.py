"""How a step of a workflow speaks to GitHub's runner. Needs nothing but Python itself."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal


def annotate(level: Literal["error", "warning"], message: str) -> None:
    """Print an annotation; nothing in the message can become a command of its own."""
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::{level} title=evalreport::{escaped}", flush=True)


@contextmanager
def no_commands() -> Iterator[None]:
    """Let nothing that is printed inside be read as a command: it may hold names from the data."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        print(f"::{token}::", flush=True)


def set_outputs(outputs: dict[str, str]) -> None:
    """Give the step its outputs, line breaks and all."""
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as file:
        for name, value in outputs.items():
            end = f"end-{secrets.token_hex(16)}"
            file.write(f"{name}<<{end}\n{value}\n{end}\n")


def marker(key: str) -> str:
    """Return the line that a summary of this key starts with, as evalreport writes it."""
    return f"<!-- evalreport:summary key={key} v=1 -->"


def key_in(text: str) -> str | None:
    """Return the key of the marker that a comment starts with; None if there is none."""
    found = re.match(r"<!-- evalreport:summary key=([\w.-]+) v=\d+ -->\s", text, re.ASCII)
    return found[1] if found else None


def plain_key(text: str) -> str:
    """Return a text as a key: fit for a marker, for an artifact and for a folder of its own."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-.") or "report"
