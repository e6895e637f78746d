"""Cells and headers that are no numbers or names, but that tell where they come from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evalreport.voice import CALLER

_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")
_COMMA_OF_EITHER_KIND = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_PERCENT = re.compile(r"[0-9]+([.,][0-9]+)?\s*%")
_OF_PYTHON = re.compile(r"(tensor|np\.float\d+|np\.float_|array|Decimal|Array)\(.*\)")
_MISSING_ELSEWHERE = {
    ".": "SAS and Stata write",
    "\\N": "MySQL and Hive write",
    "?": "Weka writes",
    **dict.fromkeys(("#N/A", "#NV"), "Excel writes"),
}
_FAILED_FORMULA = re.compile(r"#[\w/]+[!?]")
_DATE = re.compile(r"([0-9]{4}([-./][0-9]{1,2}){2}|([0-9]{1,2}[-./]){2}[0-9]{4})([ T].*)?")
_FRACTION = re.compile(r"[0-9]+\s*/\s*[0-9]+")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}([,.'\u2019\s][0-9]{3})+([.,][0-9]+)?")
_OTHER_MINUS = re.compile("[\u2010-\u2015\u2212\ufe63\uff0d]")
_QUOTES = "'\u2018\u2019\u201c\u201d"
_DELIMITERS = ",;\t|"
NO_FORECAST = "A truth value does not tell how sure the model was: write the number that it gave."
_NO_TRUTH = "A truth value is no number: if 1 and 0 are meant, write them."
SEVERAL_BLANKS = (
    "Several blanks in a row are several delimiters: put one comma for them, as in "
    "tr -s ' ' ',' < old.csv > new.csv"
)


def mend_or_drop() -> str:
    """Return what to do about a cell that is to hold a number, if what it holds tells nothing."""
    drop = CALLER.option("on_invalid", "drop")
    return f"Write a number there, or pass {drop} to leave such rows out."


def hint_on_cell(value: str, is_forecast: bool = True) -> str | None:
    """Return what to do about a cell that is to hold a number, if what it holds tells.

    Parameters
    ----------
    value : str
        What the cell holds.
    is_forecast : bool
        Whether it is one of the numbers that the kind of input speaks of.

    Examples
    --------
    >>> hint_on_cell("80 %")
    'Remove the percent signs, and pass --input-kind percentages for what remains.'
    >>> hint_on_cell("0,8")
    'Write numbers with a decimal point, or pass --decimal , for all of them.'
    >>> hint_on_cell("80 %", is_forecast=False)
    'Write the share without a percent sign: 0.25 for 25 %.'
    >>> hint_on_cell("TRUE", is_forecast=False)
    'A truth value is no number: if 1 and 0 are meant, write them.'
    >>> hint_on_cell("much")
    """
    text = value.strip()
    if is_truth(text):
        return NO_FORECAST if is_forecast else _NO_TRUTH
    if "\n" in text or "\r" in text:
        return "The cell goes on over several lines: look for a quote that is closed too late."
    decimal = CALLER.option("decimal", ",")
    if _COMMA_OF_EITHER_KIND.fullmatch(text):
        return (
            f"Remove a comma between thousands, or pass {decimal} if it stands before the decimals."
        )
    if _DECIMAL_COMMA.fullmatch(text):
        return f"Write numbers with a decimal point, or pass {decimal} for all of them."
    if _PERCENT.fullmatch(text):
        if not is_forecast:
            return "Write the share without a percent sign: 0.25 for 25 %."
        kind = CALLER.option("input_kind", "percentages")
        return f"Remove the percent signs, and pass {kind} for what remains."
    if _OF_PYTHON.fullmatch(text):
        return "Convert values to plain numbers before they are written, as float(value) does."
    if _FRACTION.fullmatch(text):
        return "Write fractions as decimal numbers: 0.25 for 1/4."
    if _GROUPED.fullmatch(text):
        return "Write numbers without marks between the thousands: 1234.5 for 1,234.5."
    if _OTHER_MINUS.match(text) and _is_number(text[1:].replace(",", "."), whole=True):
        return f"It starts with U+{ord(text[0]):04X}, which only looks like a minus sign: write -."
    if text[:1] in _QUOTES and _is_number(text.strip(_QUOTES), whole=True):
        return "Write the number without quotes, or in double ones."
    if not text.isascii() and any(each.isdecimal() and not each.isascii() for each in text):
        return "Write numbers with the digits 0 to 9."
    if text in _MISSING_ELSEWHERE:
        drop = CALLER.option("on_invalid", "drop")
        return (
            f"This is how {_MISSING_ELSEWHERE[text]} a missing value: fill it in, or pass {drop} "
            "to leave such rows out."
        )
    if _FAILED_FORMULA.fullmatch(text):
        return f"A spreadsheet writes this where a formula failed. {mend_or_drop()}"
    if _DATE.fullmatch(text):
        return f"This is a date, which spreadsheets make of some numbers. {mend_or_drop()}"
    return None


def is_truth(text: str) -> bool:
    """Tell whether a cell holds true or false."""
    return text.strip().lower() in ("true", "false")


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
    if first.startswith("\ufeff"):
        return "The file starts with two byte order marks: leave one of them out."
    if first.lower().startswith("sep="):
        return "The first line speaks to Excel alone: remove it."
    if first.startswith(("#", "%", "//")):
        return f"The first line is a remark, by its '{first[0]}': remove it, or only the sign."
    if len(header) == 1:
        return _hint_on_single_name(first)
    if hint_on_quotes(header) is not None:
        return hint_on_quotes(header)
    if all(each.strip()[:1] in _QUOTES and each.strip()[-1:] in _QUOTES for each in header):
        return f'Write names and cells without quotes, or in double ones: "{first[1:-1]}".'
    if 2 * sum(map(_is_number, header)) >= len(header):
        return f"If the first line is a row already, pass {CALLER.flag('no_header')}."
    return None


def hint_on_quotes(header: Sequence[str]) -> str | None:
    """Return what to do about names that kept their quotes, because blanks stand before them."""
    if any(each[:1] == " " and each.strip()[:1] == '"' for each in header):
        return "A quote counts only at the start of a cell: remove the blanks before the quotes."
    return None


def _hint_on_single_name(name: str) -> str | None:
    """Return what to do about a header that is one cell, though it looks like several names."""
    delimiter = max(_DELIMITERS, key=name.count)
    if delimiter in name:
        option = CALLER.option("delimiter", "tab" if delimiter == "\t" else delimiter)
        return (
            f"All the names stand in one cell: pass {option} to part them, or remove quotes "
            "around whole lines."
        )
    if "  " in name:
        return SEVERAL_BLANKS
    if " " in name:
        return f"If blanks separate the columns, pass {CALLER.option('delimiter', 'space')}."
    return None


def _is_number(text: str, whole: bool = False) -> bool:
    """Tell whether a text is a number; one with a decimal point, unless `whole` ones count too."""
    try:
        float(text)
    except ValueError:
        return False
    return whole or "." in text
