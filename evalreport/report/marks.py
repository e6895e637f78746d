"""Small graphics in the cells of tables, as coordinates in a graphic 124 wide."""

from __future__ import annotations

from collections.abc import Iterable

from evalreport.formats import coordinate
from evalreport.report.model import IntervalMark, ShareMark, Tone
from evalreport.results import Interval

_LEFT, _RIGHT = 4.0, 120.0
_NICE = (1.0, 2.0, 5.0)


def nice_scale(values: Iterable[float]) -> float:
    """Return the least of 0.1, 0.2, 0.5, 1, 2, 5, ... that is above all values.

    Examples
    --------
    >>> nice_scale([0.2, 0.69]), nice_scale([]), nice_scale([12.0])
    (1.0, 0.1, 20.0)
    """
    most = max(values, default=0.0)
    scales = (nice * 10.0**power for power in range(-1, 6) for nice in _NICE)
    return next(scale for scale in scales if scale > most)


def interval_mark(
    value: float, interval: Interval | None, reference: float | None, scale: float, tone: Tone
) -> IntervalMark:
    """Return a dot with its interval on a scale from 0 to `scale`."""
    return IntervalMark(
        point=_place(value, scale),
        start=None if interval is None else _place(interval[0], scale),
        end=None if interval is None else _place(interval[1], scale),
        reference=None if reference is None else _place(reference, scale),
        tone=tone,
        end_is_open=interval is not None and interval[1] > scale,
    )


def change_mark(change: float, interval: Interval | None, scale: float, tone: Tone) -> IntervalMark:
    """Return a change with its interval around a line at 0, from `-scale` to `scale`."""

    def place(value: float) -> str:
        return coordinate(_LEFT + (_RIGHT - _LEFT) * (min(max(value / scale, -1.0), 1.0) + 1) / 2)

    start, end = (None, None) if interval is None else (place(interval[0]), place(interval[1]))
    is_open = interval is not None and interval[1] > scale
    return IntervalMark(place(change), start, end, place(0.0), tone, is_open)


def share_mark(share: float, reference: float, tone: Tone) -> ShareMark:
    """Return a bar for one share with a line for another, on a scale from 0 to 100 %."""
    width = (_RIGHT - _LEFT) * min(share, 1.0)
    return ShareMark(coordinate(width), _place(reference, 1.0), tone)


def _place(value: float, scale: float) -> str:
    return coordinate(_LEFT + (_RIGHT - _LEFT) * min(value / scale, 1.0))
