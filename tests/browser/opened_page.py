"""Opening a page in the browser, and hearing what it asks for and says on the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def opened_page(
    browser: Any, file: Path, *, width: int = 1280, height: int = 800, **options: Any
) -> Iterator[Any]:
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, offline=True, **options)
    page = context.new_page()
    page.heard = []
    page.on("console", lambda message: page.heard.append(message.text))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.on("request", lambda request: page.heard.append(request.url))
    page.goto(f"file://{file}")
    yield page
    context.close()
