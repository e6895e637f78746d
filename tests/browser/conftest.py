"""One browser for all pages. Without Chromium or Playwright the tests say so and skip."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

import pytest

from tests.browser.four_reports import FOUR, page_of


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium on PATH")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return a folder with the four pages that everything is held against."""
    folder = tmp_path_factory.mktemp("four")
    for name in FOUR:
        (folder / f"{name}.html").write_text(page_of(name), encoding="utf-8")
    return folder


@pytest.fixture
def open_page(browser, folder):
    """Return what opens one of them, and hears what it asks for and says on the console."""

    @contextmanager
    def opened(name, *, width=1280, height=800, **options):
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, offline=True, **options)
        page = context.new_page()
        page.heard = []
        page.on("console", lambda message: page.heard.append(message.text))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.on("request", lambda request: page.heard.append(request.url))
        page.goto(f"file://{folder}/{name}.html")
        yield page
        context.close()

    return opened
