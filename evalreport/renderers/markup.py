"""Text in Markdown, such that what comes out of the data stays text.

Forges read more into Markdown than it says: ``@name`` calls people, ``#12`` links, ``$x$`` is a
formula. A backslash does not stop them, because they look at the finished page; a code span does.
"""

from __future__ import annotations

import re

from evalreport.formats import clean
from evalreport.report.model import Span, Text

_UNCLIPPED = 100_000

_PLAIN_WORD = re.compile(r"(?:[^\W_]|[(),.:;+=/%^'\"“”‘’…–−∞×·≤≥-])*")
_RISKY_WORD = re.compile(
    r"""
      \.[^\W\d_]                    # a.com: a host or a file, which some forges link
    | :\S                           # http://a, and :smile:
    | //
    | %\w                           # a milestone on some forges
    | ^[^\W\d_][^\W_]*-\d+$         # GH-12, and keys of trackers
    | ^[0-9a-f]{7,40}$              # a commit
    """,
    re.VERBOSE,
)
_BOUND = re.compile(r"[<>][+−-]?[\d.,]+%?")
_PUNCTUATED = re.compile(r"""([(“"‘']*)(.*?)([)”"’'.,;:…]*)""", re.DOTALL)


def code_span(text: str) -> str:
    r"""Return text out of the data as a code span, in which nothing else can arise.

    Examples
    --------
    >>> code_span("@all"), code_span("a`b"), code_span("`"), code_span("")
    ('`@all`', '``a`b``', '`` ` ``', '')
    """
    shown = clean(text, _UNCLIPPED) if text else ""
    if not shown:
        return ""
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    blank = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{blank}{shown}{blank}{fence}"


def prose(text: str | Text) -> str:
    """Return running text; a word that could be more than a word becomes a code span.

    Examples
    --------
    >>> prose("Class @all: 0.217, <0.1% of rows"), prose((Span("a|b", code=True), Span(" *x*")))
    ('Class `@all`: 0.217, &lt;0.1% of rows', '`a|b` `*x*`')
    """
    if isinstance(text, str):
        return _words(text)
    return "".join(_span(span) for span in text)


def in_cell(markdown: str) -> str:
    """Return a piece of Markdown for a cell of a table, where a bar would end the cell."""
    # Readers disagree on backslashes before a bar, so none but ours stays.
    return re.sub(r"\\*\|", r"\\|", markdown)


def _span(span: Span) -> str:
    if span.code:
        return code_span(span.text)
    words = _words(span.text)
    return f"**{words}**" if span.strong and words.strip() else words


def _words(text: str) -> str:
    ends = (" " if text[:1] == " " else "", " " if text[-1:] == " " else "")
    words = clean(text, _UNCLIPPED).split(" ") if text.strip() else []
    return ends[0] + " ".join(_word(word) for word in words) + ends[1] if words else text[:1]


def _word(word: str) -> str:
    parts = _PUNCTUATED.fullmatch(word)
    assert parts is not None
    before, core, after = parts.groups()
    if _BOUND.fullmatch(core):
        return before + core.replace("<", "&lt;").replace(">", "&gt;") + after
    if _PLAIN_WORD.fullmatch(core) and not _RISKY_WORD.search(core):
        return word
    return before + code_span(core) + after
