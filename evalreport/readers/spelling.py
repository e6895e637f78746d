"""Labels, slice values and ids in one spelling, whatever a file stores them as.

The same table as CSV, JSON and Parquet has numbers, truth values, dates and times in many spellings
(``1``, ``1.0`` and ``1.000e+00``; ``TRUE`` and ``true``; ``2024-01-05`` and
``2024-01-05T00:00:00.000``), and they have to be the same class, slice or row.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_WHOLE = r"-?(?:0|[1-9][0-9]*)\.0*|-0"
_FRACTION = r"-?(?:0|[1-9][0-9]*)\.[0-9]+"
# Without a sign or a point, as in 12e5, it may as well be half of a hash.
_SCIENTIFIC = r"-?[0-9](?:\.[0-9]+)?[eE][+-][0-9]{1,3}|-?[0-9]\.[0-9]+[eE][0-9]{1,3}"
_TRUTH = r"(?i:true|false)"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+"
_DATE_AND_TIME = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?: ?(?:Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?"
)
_NUMBER = re.compile(f"{_WHOLE}|{_FRACTION}|{_SCIENTIFIC}")
_CLOCK = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2})(?:(:[0-9]{2})(\.[0-9]+)?)?"
    r"(?: ?(Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?"
)
_ODD = f"^(?:{_WHOLE}|{_FRACTION}|{_SCIENTIFIC}|{_TRUTH}|{_TIME}|{_DATE_AND_TIME})$"
"""Texts that may have another spelling; for all others looking once is enough."""
_MOST_PLAIN = 21
"""Places before the point, and zeros behind it, up to which numbers are written out in full."""
_MOST_EXACT = {16: 2.0**11, 32: 2.0**24, 64: 2.0**53}
"""By the bits of a number, up to where whole ones have all their digits."""


def canonical(label: object) -> str:
    """Return a label in its one spelling.

    Numbers are written out, whole ones without decimals; truth values are lower case; dates and
    times follow ISO 8601 with a blank between them and no zeros behind the seconds, and midnight is
    the date alone. All other text stays exactly as it is, and so do zeros at the end of a fraction:
    version 1.10 is not version 1.1.

    Examples
    --------
    >>> canonical("4.0"), canonical(4), canonical("TRUE"), canonical(" a"), canonical("007")
    ('4', '4', 'true', ' a', '007')
    >>> canonical("1e-05"), canonical("1.0E-5"), canonical(0.00001), canonical("-0")
    ('0.00001', '0.00001', '0.00001', '0')
    >>> canonical("2024-01-05T00:00:00.000"), canonical("2024-01-05 13:45:00.500+0100")
    ('2024-01-05', '2024-01-05 13:45:00.5+01:00')
    >>> canonical("1.10"), canonical("12e5"), canonical("1,5")
    ('1.10', '12e5', '1,5')
    """
    text = str(label)
    if not text or text[-1] not in "0123456789.eEZC":
        return text  # most text, and soon told
    if text.lower() in ("true", "false"):
        return text.lower()
    if _NUMBER.fullmatch(text):
        return _written_out(text)
    moment, clock = _MOMENT.fullmatch(text), _CLOCK.fullmatch(text)
    if clock is not None:
        return clock[1] + clock[2].rstrip("0").rstrip(".")
    return text if moment is None else _told_shortly(*moment.groups())


def spelled(column: pa.Array) -> pa.Array:
    """Return the cells as text, each in its one spelling; null and NaN are null.

    Raises
    ------
    pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError
        If cells of this type have no text, as lists have none.
    """
    if pa.types.is_floating(column.type) and _are_whole(column):
        column = column.cast(pa.int64(), safe=False)
    texts = as_text(column)
    if pa.types.is_integer(column.type):
        return texts
    odd = pc.fill_null(pc.match_substring_regex(texts, _ODD), False)
    if not pc.any(odd).as_py():
        return texts
    found = texts.filter(odd).dictionary_encode()
    words = pa.array([canonical(each) for each in found.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(texts, odd, words.take(found.indices))


def as_text(column: pa.Array) -> pa.Array:
    """Return the cells as text, numbers with all their digits; null and NaN are null.

    Raises
    ------
    pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError
        If cells of this type have no text, as lists have none.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.nulls(len(column), column.type), column)
    if pa.types.is_float16(column.type):  # pyarrow writes the digits of a wider number
        numbers = (None if each is None else str(np.float16(each)) for each in column.to_pylist())
        return pa.array(numbers, pa.string())
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def _are_whole(column: pa.Array) -> bool:
    numbers, most = column.cast(pa.float64()), _MOST_EXACT[column.type.bit_width]
    whole = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), most))
    return bool(pc.all(pc.fill_null(whole, True)).as_py())


def _written_out(text: str) -> str:
    """Return a decimal number without an exponent, unless that would take many zeros."""
    mantissa, _, exponent = text.lower().partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    if not exponent and not fraction.strip("0"):
        return "0" if whole == "0" else sign + whole
    digits = (whole + fraction).lstrip("0")
    n_before = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    if not exponent and n_before > -_MOST_PLAIN:
        return text
    digits = digits.rstrip("0")
    if not digits:
        return "0"
    if n_before > _MOST_PLAIN or n_before <= -_MOST_PLAIN:
        rest = f".{digits[1:]}" if digits[1:] else ""
        return f"{sign}{digits[0]}{rest}e{n_before - 1:+03d}"
    if n_before <= 0:
        return f"{sign}0.{'0' * -n_before}{digits}"
    if n_before >= len(digits):
        return sign + digits.ljust(n_before, "0")
    return f"{sign}{digits[:n_before]}.{digits[n_before:]}"


def _told_shortly(
    date: str, minutes: str, seconds: str | None, fraction: str | None, zone: str | None
) -> str:
    """Return a time without what says nothing: midnight, zeros behind the seconds."""
    time = f"{minutes}{seconds or ':00'}{(fraction or '').rstrip('0').rstrip('.')}"
    if zone is None:
        return date if time == "00:00:00" else f"{date} {time}"
    hours = f"{zone[:3]}:{zone[-2:] if len(zone) > 3 else '00'}"
    return f"{date} {time}{'Z' if zone in ('Z', 'UTC') or hours[1:] == '00:00' else hours}"
