"""Cells and headers that are no numbers or names, but that tell where they come from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evalreport.voice import CALLER

_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")
_PERCENT = re.compile(r"[0-9]+([.,][0-9]+)?\s*%")
_OF_PYTHON = re.compile(r"(tensor|np\.float\d+|np\.float_|array|Decimal|Array)\(.*\)")
_MISSING_ELSEWHERE = {
    ".": "SAS and Stata write",
    "\\N": "MySQL and Hive write",
    "?": "Weka writes",
    **dict.fromkeys(("#N/A", "#NV", "#DIV/0!", "#VALUE!", "#WERT!"), "Excel writes"),
}
_QUOTES = "'\u2018\u2019\u201c\u201d"


def hint_on_cell(value: str) -> str | None:
    """Return what to do about a cell that is to hold a number, if what it holds tells.

    Examples
    --------
    >>> hint_on_cell("80 %")
    'Remove the percent signs, and pass --input-kind percentages for what remains.'
    >>> hint_on_cell("0,8")
    'Write numbers with a decimal point, or pass --decimal , for all of them.'
    >>> hint_on_cell("much")
    """
    text = value.strip()
    if "\n" in text or "\r" in text:
        return "The cell goes on over several lines: look for a quote that is closed too late."
    if _DECIMAL_COMMA.fullmatch(text):
        decimal = CALLER.option("decimal", ",")
        return f"Write numbers with a decimal point, or pass {decimal} for all of them."
    if _PERCENT.fullmatch(text):
        kind = CALLER.option("input_kind", "percentages")
        return f"Remove the percent signs, and pass {kind} for what remains."
    if _OF_PYTHON.fullmatch(text):
        return "Convert values to plain numbers before they are written, as float(value) does."
    if text in _MISSING_ELSEWHERE:
        drop = CALLER.option("on_invalid", "drop")
        return (
            f"This is how {_MISSING_ELSEWHERE[text]} a missing value: pass {drop} to leave such "
            "rows out."
        )
    return None


def hint_on_header(header: Sequence[str]) -> str | None:
    """Return what to do about a header that holds no names, if what it holds tells.

    Examples
    --------
    >>> hint_on_header(["cat", "0.8", "0.2"])
    'If the first line is a row already, pass --no-header.'
    >>> hint_on_header(["label p_cat p_dog"])
    'If blanks separate the columns, pass --delimiter space.'
    >>> hint_on_header(["outcome", "p_cat"])
    """
    if not header:
        return None
    first = header[0].strip()
    if first.lower().startswith("sep="):
        return "The first line speaks to Excel alone: remove it."
    if first.startswith(("#", "%", "//")):
        return f"The first line is a remark, by its '{first[0]}': remove it, or only the sign."
    if len(header) == 1 and " " in first:
        blanks = CALLER.option("delimiter", "space")
        return f"If blanks separate the columns, pass {blanks}."
    if all(each.strip()[:1] in _QUOTES and each.strip()[-1:] in _QUOTES for each in header):
        return f'Write names and cells without quotes, or in double ones: "{first[1:-1]}".'
    if 2 * sum(map(_is_number, header)) >= len(header):
        return f"If the first line is a row already, pass {CALLER.flag('no_header')}."
    return None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "." in text
