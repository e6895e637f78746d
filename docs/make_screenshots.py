"""Makes the pictures in the README: ``python -m docs.make_screenshots [CHROMIUM]``.

Most are what a reader of a report sees first, of five real models and of a comparison. One is the
comment on a pull request, made by going through one: its Markdown is turned into a page by the
rules of GitHub's Markdown.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import evalreport
from evalreport.examples import MADE
from tests.github.pull_request_flow import run_flow

DOCS = Path(__file__).resolve().parent
EXAMPLES = DOCS.parent / "example_data"
GALLERY = {
    "breast_cancer.csv": ["size"],
    "diabetes.csv": ["age"],
    "digits_overconfident.csv": ["ink"],
    "numbers.csv.gz": ["ink"],
}
COLOURS = 128
"""Enough for text with smooth edges, and a third of the bytes."""

COMMENT_PAGE = """<!doctype html><meta charset="utf-8"><title>comment</title><style>
body { font: 14px/1.5 system-ui, "Liberation Sans", "DejaVu Sans", sans-serif; color: #1f2328;
  background: #fff; margin: 0; padding: 16px; width: 868px }
article { border: 1px solid #d1d9e0; border-radius: 6px }
header { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; color: #59636e;
  border-radius: 6px 6px 0 0 }
header b { color: #1f2328 }
header span { border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 7px; font-size: 12px }
section { padding: 16px }
h3 { font-size: 1.25em; margin: 0 0 16px }
p, ul, table, details { margin: 0 0 16px }
section > :last-child { margin-bottom: 0 }
ul { padding-left: 2em }
table { border-collapse: collapse }
th, td { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left }
tr:nth-child(even) td { background: #f6f8fa }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em;
  font: 85% ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace }
a { color: #0969da }
</style><article><header><b>github-actions</b> <span>bot</span> commented</header>
<section>COMMENT</section></article>"""


class Picture(NamedTuple):
    """A page, and how much of it is taken: without a height, all of it."""

    page: Path
    file: str
    width: int
    height: int | None


def report_picture(directory: Path) -> Picture:
    page = directory / "report.html"
    digits = EXAMPLES / "digits.csv"
    evaluation = evalreport.evaluate_file(digits, slices=["ink"], title="Handwritten digits")
    evaluation.to_html(page)
    return Picture(page, "report.png", 1120, 1180)


def gallery_pictures(directory: Path) -> Iterator[Picture]:
    for file, slices in GALLERY.items():
        name = file.partition(".")[0]
        page = directory / f"{name}.html"
        evalreport.evaluate_file(EXAMPLES / file, slices=slices).to_html(page)
        yield Picture(page, f"gallery_{name}.png", 1120, 820)
    page = directory / "comparison.html"
    previous, current = EXAMPLES / "digits_previous.csv", EXAMPLES / "digits.csv"
    evalreport.evaluate_file(current, previous=previous).to_html(page)
    yield Picture(page, "gallery_comparison.png", 1120, 820)


def comment_picture(directory: Path) -> Picture:
    flow = directory / "flow"
    flow.mkdir()
    first, *_ = run_flow(flow)
    (comment,) = first.comments
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(comment)
    page = directory / "comment.html"
    page.write_text(COMMENT_PAGE.replace("COMMENT", html), encoding="utf-8")
    return Picture(page, "pull_request.png", 900, None)


def take(browser: Browser, picture: Picture) -> None:
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height or 200},
        color_scheme="light",
        offline=True,
    )
    page.goto(picture.page.as_uri())
    taken = page.screenshot(full_page=picture.height is None)
    page.close()
    # Without dithering, so that plain areas stay plain.
    small = Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(DOCS / picture.file, optimize=True)
    print(f"wrote docs/{picture.file}")


def main() -> None:
    chromium = sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium")
    if chromium is None:
        sys.exit("No chromium was found: give its path.")
    os.environ["SOURCE_DATE_EPOCH"] = f"{MADE.timestamp():.0f}"
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        directory = Path(name)
        pictures = [
            report_picture(directory),
            comment_picture(directory),
            *gallery_pictures(directory),
        ]
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in pictures:
            take(browser, picture)
        browser.close()


if __name__ == "__main__":
    main()
