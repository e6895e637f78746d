"""Makes the picture in the README: ``python docs/make_screenshots.py [CHROMIUM]``.

Reports on one of the example files, opens the page in Chromium and takes what a reader sees first.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import evalreport

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "report.png"
WIDTH, HEIGHT = 1120, 1180


def write_report(directory: Path) -> Path:
    page = directory / "report.html"
    digits = ROOT / "example_data" / "digits.csv"
    evaluation = evalreport.evaluate_file(digits, slices=["ink"], title="Handwritten digits")
    evaluation.to_html(page)
    return page


def take_picture(page_file: Path, chromium: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", offline=True
        )
        page.goto(page_file.as_uri())
        page.screenshot(path=PICTURE)
        browser.close()


def main() -> None:
    chromium = sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium")
    if chromium is None:
        sys.exit("No chromium was found: give its path.")
    with tempfile.TemporaryDirectory() as directory:
        take_picture(write_report(Path(directory)), chromium)
    print(f"wrote {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
