"""One browser for all pages. Without Chromium or Playwright the tests say so and skip."""

from __future__ import annotations

import shutil

import pytest

from tests.browser.four_reports import FOUR, page_of
from tests.browser.opened_page import opened_page


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

    def opened(name, **options):
        return opened_page(browser, folder / f"{name}.html", **options)

    return opened
