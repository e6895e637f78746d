"""The band ruler: every band as a step of equal width, with this run in it."""

from __future__ import annotations

import math
from dataclasses import replace

from evalreport.bands import Band, band_of, scale
from evalreport.formats import capital, coordinate
from evalreport.report.model import RulerStep
from evalreport.report.view import View, band_range_text, band_tone
from evalreport.results import Interval

_WIDTH = 100.0
_LEAST_WIDTH = 1.5


def ruler(view: View) -> tuple[RulerStep, ...]:
    """Return the steps from "great" upwards; "perfect" has no width and stands at its start."""
    bands = [band for band in scale().bands if not band.is_perfect]
    return tuple(_step(view, band, band is bands[0]) for band in bands)


def _step(view: View, band: Band, is_first: bool) -> RulerStep:
    overall = view.result.overall
    loss = overall.judged_loss
    here = loss is not None and (band_of(loss) is band or (loss == 0.0 and is_first))
    comparison = view.result.comparison
    before = None if comparison is None else comparison.previous_loss
    was_here = before is not None and (band_of(before) is band or (before == 0.0 and is_first))
    marks = [f"This run: {_in_nats(view, loss)}"] if here else []
    marks += [f"Previous run: {_in_nats(view, before)}"] if was_here else []
    shown = loss if here else before
    span = _overlap(overall.interval, band)
    return RulerStep(
        name=capital(band.name),
        range_text=band_range_text(band),
        tone=band_tone(band.name),
        mark_text=", ".join(marks),
        is_current=here,
        interval_start=None if span is None else coordinate(span[0]),
        interval_width=None if span is None else coordinate(span[1]),
        tick=coordinate(_place(shown, band)) if marks and shown is not None else None,
    )


def _in_nats(view: View, loss: float | None) -> str:
    text = replace(view.losses, unit="nats").text(loss)
    return text if view.losses.unit == "nats" else f"{text} nats"


def _place(loss: float, band: Band) -> float:
    """Return where a loss lies in its band; the last one has no end, so it is squeezed in."""
    if band.high is None:
        return 0.0 if loss <= band.low else _WIDTH * (1.0 - band.low / loss)
    part = (loss - band.low) / (band.high - band.low)
    return _WIDTH * min(max(part, 0.0), 1.0)


def _overlap(interval: Interval | None, band: Band) -> tuple[float, float] | None:
    """Return start and width of the part of an interval that lies in a band."""
    if interval is None:
        return None
    low, high = interval
    if high < band.low or low > (math.inf if band.high is None else band.high):
        return None
    start, end = _place(max(low, band.low), band), _place(high, band)
    width = max(end - start, _LEAST_WIDTH)
    return min(start, _WIDTH - width), width
