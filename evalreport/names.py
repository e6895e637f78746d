"""Names and other text out of the data, made harmless for people to read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST_NAME = 80

_MOST_MARKS = 8
_SPACING_MARKS = "\u0e33\u0eb3"
"""Letters by their category that go onto the letter before them: Thai and Lao AM."""
_UNSEEN = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    r"""Return text out of the data so that it can be shown: harmless, on one line, and not long.

    Control characters and those that turn the direction of writing are left out, and so are marks
    beyond eight on one letter, which no page could break; markup is kept, for every renderer to
    escape in its own way.

    Examples
    --------
    >>> clean("a\x1b[31m\nb"), clean("\u202ecba"), clean(" "), clean("x" * 9, longest=5)
    ('a[31m b', 'cba', '(blank)', 'xxxx…')
    >>> len(clean("z" + "\u0335" * 90))
    9
    """
    spaced = re.sub(r"\s+", " ", _UNSEEN.sub("", text)).strip()
    shown = "".join(_harmless(letter) for letter in spaced)
    if not shown.isascii():
        shown = "".join(_with_few_marks(shown))
    if not shown:
        return "(blank)"
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def _with_few_marks(text: str) -> Iterator[str]:
    n_marks = 0
    for letter in text:
        is_mark = letter in _SPACING_MARKS or unicodedata.category(letter).startswith("M")
        n_marks = n_marks + 1 if is_mark else 0
        if n_marks <= _MOST_MARKS:
            yield letter


def _harmless(letter: str) -> str:
    kind = unicodedata.category(letter)
    return "\ufffd" if kind == "Cs" else "" if kind == "Cc" else letter
