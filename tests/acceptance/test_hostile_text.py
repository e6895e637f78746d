"""Text that tries to be more than text, in every place of an input that ends in an output."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

NAMES = {
    "harmless": "cat",
    "markup": '</script><img src=x onerror=alert(1)>"><svg onload=alert(2)>'
    "</td></table>{{7*7}}-->]]>",
    "mentions": "@everyone #12 [a](http://evil.example) `code` ``` www.evil.example "
    "| <details> <!-- x",
    "commands": "::error::x %0A::error::y ##[error] \x1b[31mred\x1b]0;t\x07 \x9b1m "
    "\u202eevil\u2066 [red]x[/red]",
    "letters": "z" + "\u0335" * 90 + "\u0e33" * 90 + "名前" * 40 + "\U0001f600\ufffe",
}
SHOWN_AS_TEXT = dict.fromkeys(("mentions", "commands"), "evil") | {"markup": "onerror"}
STEERS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def write_rows(path, name, p):
    header = ["id", "label", "p1", "p2", f"slice {name}", f"show {name}"]
    rows = [
        [f"{name}{row}", name if row % 3 else "other", p, 1 - p, name if row % 2 else "b", name]
        for row in range(60)
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows, [f"{name}!", name, 0, 1, name, name]])


@pytest.fixture(scope="module", params=NAMES)
def outputs(request, tmp_path_factory):
    """The kind of name, standard output and error, and the folder with the files."""
    name, folder = NAMES[request.param], tmp_path_factory.mktemp("hostile")
    file = "".join("_" if letter in "/\0" else letter for letter in name)[:50] + ".csv"
    write_rows(folder / file, name, 0.3)
    write_rows(folder / "before.csv", name, 0.4)
    quoted = json.dumps(name)
    column = json.dumps(f"slice {name}")
    if "\\ud83d" in quoted:  # TOML has no surrogates
        quoted, column = (json.dumps(each, ensure_ascii=False) for each in (name, f"slice {name}"))
    settings = f"""
        classes = [{quoted}, "other"]
        slice = [{column}]
        show = [{column.replace("slice", "show", 1)}]
        probs = ["p1", "p2"]
        [limits.classes.{quoted}]
        max_loss = 0.1
        [limits.slices.{column}.{quoted}]
        max_loss = 0.1
    """
    (folder / "evalreport.toml").write_text(settings, encoding="utf-8")
    files = ("-o", "o.html", "--markdown", "o.md", "--json", "o.json", "--junit", "o.xml")
    texts = ("--title", name, "--key", name, "--previous", "before.csv")
    done = subprocess.run(
        [sys.executable, "-m", "evalreport", "report", f"./{file}", *files, *texts],
        cwd=folder,
        capture_output=True,
        env={**os.environ, "GITHUB_ACTIONS": "true", "PYTHONUTF8": "1"},
        check=False,
    )
    assert done.returncode == 1, done.stderr.decode()
    return request.param, done.stdout.decode(), done.stderr.decode(), folder


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.comments = Counter(), [], []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.comments.append(data)


def assert_harmless(text):
    assert not {each for each in text if unicodedata.category(each) in ("Cc", "Cs")} - {"\n", "\t"}
    assert not set(text) & set(STEERS)


def test_the_page_holds_the_elements_of_any_other_page(outputs):
    kind, _, _, folder = outputs
    page = (folder / "o.html").read_text(encoding="utf-8")
    found = Elements(page)
    assert_harmless(page)
    assert found.tags["script"] == found.tags["style"] == 1
    assert not {"img", "iframe", "object", "form", "base", "embed"} & set(found.tags)
    assert not found.comments
    assert not [name for name, _ in found.attributes if name.startswith("on") or name == "style"]
    targets = {value for name, value in found.attributes if name in ("href", "src")}
    assert all(target.startswith(("#", "data:image/svg+xml,")) for target in targets)
    ids = [value for name, value in found.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert SHOWN_AS_TEXT.get(kind, "") in found.text


def test_the_markdown_has_no_link_no_mention_and_no_html_of_its_own(outputs):
    _, _, _, folder = outputs
    text = (folder / "o.md").read_text(encoding="utf-8")
    assert_harmless(text)
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    blocks = reader.parse(text)
    tokens = [each for block in blocks for each in (block, *(block.children or ()))]
    kinds = Counter(token.type for token in tokens)
    assert not kinds["link_open"] + kinds["image"]
    html = [each.content.strip() for each in tokens if each.type in ("html_block", "html_inline")]
    ours = r"<!-- evalreport:summary key=[^\s<>]+ v=1 -->|</details>"
    ours += r"|<details>\n<summary>[^<>]*</summary>"
    assert [each for each in html if not re.fullmatch(ours, each)] == []
    words = " ".join(token.content for token in tokens if token.type == "text")
    assert not re.search(r"@\w|#\d|https?:|www\.", words)
    assert kinds["table_open"] == 6


def test_the_terminal_and_the_log_are_steered_by_nobody(outputs):
    _, shown, told, _ = outputs
    assert_harmless(shown)
    assert_harmless(told)
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert told
    for line in told.splitlines():
        assert re.fullmatch(r"::(error|warning) title=[^:,]*::.*", line)


def test_limits_as_tests_are_well_formed(outputs):
    _, _, _, folder = outputs
    cases = ET.parse(folder / "o.xml").getroot().iter("testcase")
    assert len([*cases]) == 2


def test_a_file_named_like_a_command_is_told_of_in_one_line(tmp_path):
    write_rows(tmp_path / "p.csv", "cat", 0.3)
    columns = ("--probs", "p1,p2", "--classes", "cat,other")
    target = "no\x1b[31m\n::error::where/p.html"
    done = subprocess.run(
        [sys.executable, "-m", "evalreport", "report", "p.csv", *columns, "-o", target],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 4
    assert done.stderr.decode() == (
        r"error: no\x1b[31m\n::error::where/p.html cannot be written: "
        r"the directory no\x1b[31m\n::error::where does not exist." + "\n"
    )
