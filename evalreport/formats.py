"""Numbers as text for people. Nothing else in the package rounds."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from evalreport.bands import band_of, scale
from evalreport.names import LONGEST_NAME as LONGEST_NAME
from evalreport.names import clean as clean
from evalreport.results import EvaluationResult, Interval

Unit = Literal["nats", "bits"]

MINUS = "\u2212"
DASH = "–"
"""Stands for a number that does not exist."""
INFINITE = "∞"

_NEAR_AN_EDGE = 0.0005
_DECIMALS = 3
_MOST_SMALL_DECIMALS = 6
_SMALL_HEADLINE, _SMALL = 0.02, 0.1
_MOST_DECIMALS = 20


@dataclass(frozen=True, slots=True)
class LossFormat:
    """How losses are written. They come in nats, whatever the unit shown.

    Parameters
    ----------
    unit : {"nats", "bits"}
        Unit shown.
    decimals : int
        Decimals of losses under 0.1; all others have three.

    Examples
    --------
    >>> LossFormat("nats").text(0.21732), LossFormat("bits").text(0.21732)
    ('0.217', '0.314')
    >>> LossFormat("nats", 5).text(0.0056419), LossFormat("nats", 5).text(5.703)
    ('0.00564', '5.703')
    """

    unit: Unit = "nats"
    decimals: int = _DECIMALS

    @classmethod
    def of(cls, result: EvaluationResult, unit: Unit = "nats") -> LossFormat:
        """Return how the losses of a result are written.

        Where the loss or the baseline is under 0.02, as with rare events, three decimals would
        leave a digit or none of what the report is about: small losses then have as many decimals
        as it takes to show three.
        """
        if result.task in ("tokens", "gaussian"):
            return cls(unit)
        return cls(unit, small_decimals(result.overall.judged_loss, result.baseline.judged_loss))

    def value(self, nats: float) -> float:
        """Return the loss in the unit shown, unrounded."""
        return nats if self.unit == "nats" else nats / math.log(2.0)

    def text(self, nats: float | None) -> str:
        """Return a loss; a dash if there is none."""
        if nats is None:
            return DASH
        if self.unit == "nats":
            return loss_text(nats, self.decimals)
        return _plain_loss(self.value(nats), self.decimals)

    def amount(self, nats: float | None) -> str:
        """Return what is no mean loss and so in no band: a cost, a saving, the loss of one row.

        Examples
        --------
        >>> NATS.text(0.0503), NATS.amount(0.0503)
        ('0.0503', '0.050')
        """
        return DASH if nats is None else _plain_loss(self.value(nats), self.decimals)

    def signed(self, nats: float) -> str:
        """Return a change of a loss with its sign."""
        return signed_text(self.value(nats), decimals=self.decimals)

    def interval(self, interval: Interval | None) -> str:
        """Return the ends of an interval, never joined by a dash: "0.197 to 0.238"."""
        if interval is None:
            return DASH
        return f"{self.text(interval[0])} to {self.text(interval[1])}"

    def with_unit(self, nats: float | None) -> str:
        """Return a mean loss followed by its unit."""
        return f"{self.text(nats)} {self.unit}"

    def amount_with_unit(self, nats: float | None) -> str:
        """Return what is no mean loss, followed by its unit."""
        return f"{self.amount(nats)} {self.unit}"


NATS = LossFormat("nats")


def small_decimals(*losses: float | None) -> int:
    """Return how many decimals show three digits of the least of some losses, from 0.02 down.

    Examples
    --------
    >>> [small_decimals(x, 0.5) for x in (None, 0.0, 0.3, 0.02, 0.0127, 0.0056, 3e-5, 1e-12)]
    [3, 3, 3, 3, 4, 5, 6, 6]
    """
    least = min((each for each in losses if each is not None and each > 0.0), default=1.0)
    if least >= _SMALL_HEADLINE:
        return _DECIMALS
    return min(2 - math.floor(math.log10(least)), _MOST_SMALL_DECIMALS)


def loss_text(nats: float, small: int = _DECIMALS) -> str:
    """Return a log loss in nats such that the number shown lies in the band of the number meant.

    Three decimals, or `small` under 0.1; four near the edge of a band, and as many more as it takes
    not to cross it.

    Examples
    --------
    >>> [loss_text(x) for x in (0.0, 0.0001, 0.217, 0.2, 0.0199996, 0.3000001)]
    ['0', '<0.001', '0.217', '0.2000', '0.0199996', '0.3000001']
    """
    if math.isinf(nats):
        return INFINITE
    decimals = _decimals(nats, small)
    if nats < 0.5 * 10.0**-decimals:
        return _plain_loss(nats, decimals)
    edges = (band.high for band in scale().bands if band.high)
    if any(abs(nats - edge) <= _NEAR_AN_EDGE for edge in edges):
        decimals = max(decimals, 4)
    for more in range(decimals, _MOST_DECIMALS):
        if band_of(float(f"{nats:.{more}f}")) is band_of(nats):
            return f"{nats:,.{more}f}"
    return repr(nats)


def _decimals(value: float, small: int) -> int:
    return small if abs(value) < _SMALL else _DECIMALS


def _plain_loss(value: float, small: int = _DECIMALS) -> str:
    if math.isinf(value):
        return INFINITE
    decimals = _decimals(value, small)
    least = 10.0**-decimals
    if value < 0.5 * least:
        return "0" if value == 0.0 else f"<{least:.{decimals}f}"
    return f"{value:,.{decimals}f}"


def signed_text(change: float, *, ascii_only: bool = False, decimals: int = _DECIMALS) -> str:
    """Return a change of a loss with its sign; the sign is never left out.

    Examples
    --------
    >>> signed_text(0.0284), signed_text(-0.0031, ascii_only=True), signed_text(0.0001)
    ('+0.028', '-0.003', '<+0.001')
    """
    minus = "-" if ascii_only else MINUS
    if change == 0.0:
        return "0"
    sign = "+" if change > 0 else minus
    decimals = _decimals(change, decimals)
    least = 10.0**-decimals
    if abs(change) < 0.5 * least:
        return f"{'<' if change > 0 else '>'}{sign}{least:.{decimals}f}"
    return f"{sign}{abs(change):,.{decimals}f}"


def density_text(nats: float | None, losses: LossFormat = NATS) -> str:
    """Return the loss of a density, which unlike that of a probability may be below zero.

    Examples
    --------
    >>> [density_text(x) for x in (1.41894, -0.5, 0.0, -0.0001, 25000.0, None)]
    ['1.419', '−0.500', '0.000', '0.000', '25,000.000', '–']
    """
    if nats is None:
        return DASH
    shown = f"{losses.value(nats):,.3f}"
    if not shown.strip("-0.,"):
        return shown.removeprefix("-")
    return shown.replace("-", MINUS)


def size_text(value: float | None) -> str:
    """Return a number in the unit of the data, with four digits: they come in any size.

    Examples
    --------
    >>> [size_text(x) for x in (1234567.0, 12.3456, -0.00012345, 0.0, 3e-20)]
    ['1,235,000', '12.35', '−0.0001234', '0', '3e-20']
    """
    if value is None:
        return DASH
    digits = float(f"{value:.4g}")
    shown = f"{digits:,.0f}" if 1e4 <= abs(digits) < 1e9 else f"{digits:.4g}"
    return shown.replace("-", MINUS) if value < 0 else shown


def percent_text(share: float | None, decimals: int = 0) -> str:
    """Return a share as a percentage: without decimals, or one below 1 % and close to 100 %.

    Nothing but 0 is shown as 0, and nothing but 1 as 100 %.

    Examples
    --------
    >>> [percent_text(x) for x in (0.0, 0.00002, 0.0044, 0.153, 0.997, 0.99999, 1.0)]
    ['0%', '<0.1%', '0.4%', '15%', '99.7%', '>99.9%', '100%']
    """
    if share is None:
        return DASH
    if share < 0:
        return f"{MINUS}{percent_text(-share, decimals)}"
    if share in (0.0, 1.0):
        return f"{100 * share:.0f}%"
    percent = 100.0 * share
    if 0.0 < percent < 0.05:
        return "<0.1%"
    if 99.95 <= percent < 100.0:
        return ">99.9%"
    needs_one = 0.0 < percent < 0.995 or 99.5 <= percent < 100.0
    return f"{percent:,.{max(decimals, 1) if needs_one else decimals}f}%"


def spoken(percentage: str) -> str:
    """Return a percentage as it reads in a sentence: ">99.9%" is "over 99.9%"."""
    return percentage.replace("<", "under ").replace(">", "over ")


def probability_text(probability: float) -> str:
    """Return a probability as a percentage; exactly zero is a bare 0.

    Examples
    --------
    >>> probability_text(0.0), probability_text(1e-9), probability_text(0.546)
    ('0', '<0.1%', '54.6%')
    """
    return "0" if probability == 0.0 else percent_text(probability, 1)


def range_text(low: float, high: float) -> str:
    """Return the edges of a bin: "10% to 50%"."""
    return f"{100 * low:g}% to {100 * high:g}%"


def count_text(n: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count_text(1, "row"), count_text(12480, "row"), count_text(2, "class", "classes")
    ('1 row', '12,480 rows', '2 classes')
    """
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def times_text(ratio: float) -> str:
    """Return a ratio with one decimal, or none from 10 upwards: "2.8 times"."""
    return f"{ratio:,.0f} times" if ratio >= 9.95 else f"{ratio:.1f} times"


def floor_text(floor: float) -> str:
    """Return a floor; a power of two is named with what it amounts to.

    Examples
    --------
    >>> floor_text(2.0**-52), floor_text(1e-15)
    ('2^-52 = 2.2e-16', '1e-15')
    """
    mantissa, exponent = math.frexp(floor)
    shown = re.sub(r"e-0*", "e-", f"{floor:.2g}")
    return f"2^{exponent - 1} = {shown}" if mantissa == 0.5 else shown


def cost_text(nats: float) -> str:
    """Return what a row at the floor costs, with one decimal."""
    return f"{nats:.1f}"


def edge_text(edge: float) -> str:
    """Return the edge of a band."""
    return f"{edge:.2f}"


def score_text(value: float | None, decimals: int = 3) -> str:
    """Return a score that is not a loss, such as the Brier score; a dash if there is none."""
    if value is None:
        return DASH
    least = 0.5 * 10.0**-decimals
    if 0.0 < value < least:
        return f"<{10.0**-decimals:.{decimals}f}"
    return f"{value:,.{decimals}f}"


def expected_text(n: float) -> str:
    """Return an expected count: one decimal where a whole number would hide it."""
    return f"{n:,.0f}" if n >= 10 or n == 0 else f"{n:.1f}"


def points_text(difference: float) -> str:
    """Return the size of a difference of two shares in percentage points."""
    return f"{100 * abs(difference):.1f} percentage points"


def bytes_text(n_bytes: int) -> str:
    """Return a size of a file.

    Examples
    --------
    >>> bytes_text(512), bytes_text(93_400), bytes_text(1_900_000), bytes_text(3_100_000_000)
    ('512 bytes', '93 kB', '1.9 MB', '3.1 GB')
    """
    if n_bytes < 1_000:
        return count_text(n_bytes, "byte")
    if n_bytes < 999_500:
        return f"{n_bytes / 1e3:.0f} kB"
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes < 999_500_000 else f"{n_bytes / 1e9:,.1f} GB"


def date_text(moment: str) -> str:
    """Return an ISO 8601 moment for people, in UTC.

    Examples
    --------
    >>> date_text("2026-11-21T02:14:09Z")
    '21 November 2026, 02:14 UTC'
    """
    when = datetime.fromisoformat(moment)
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    # Not strftime: the names of the months would follow the locale.
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}, {when:%H:%M} UTC"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def coordinate(value: float) -> str:
    """Return a coordinate of a small graphic."""
    return f"{value:.1f}"


def scale_text(value: float) -> str:
    """Return the end of a small scale: "0.5", "20"."""
    return f"{value:g}"


def listed(items: Sequence[str], most: int = 5) -> str:
    """Return a list as running text.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a", "b", "c"], most=2)
    ('a, b and c', 'a, b and 1 more')
    """
    if len(items) > most:
        return f"{', '.join(items[:most])} and {len(items) - most:,} more"
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def capital(text: str) -> str:
    """Return the text with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]
