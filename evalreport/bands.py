"""Score bands: the good and bad words for a log loss, in nats."""

from __future__ import annotations

from dataclasses import dataclass

from evalreport.results import BandResult, Interval


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of the log loss, in nats.

    The rule of thumb leaves its edges to the reader; here the unrounded value decides, and both
    0.20 and 0.30 belong to "can probably improve".
    """

    name: str
    low: float
    high: float | None
    includes_low: bool = True
    includes_high: bool = False

    def __contains__(self, loss: float) -> bool:
        above = loss >= self.low if self.includes_low else loss > self.low
        if self.high is None:
            return above
        return above and (loss <= self.high if self.includes_high else loss < self.high)


PERFECT = Band("perfect", 0.0, 0.0, includes_high=True)
GREAT = Band("great", 0.0, 0.02, includes_low=False)
ON_THE_RIGHT_TRACK = Band("on the right track", 0.02, 0.05)
FINE = Band("fine", 0.05, 0.20)
CAN_PROBABLY_IMPROVE = Band("can probably improve", 0.20, 0.30, includes_high=True)
NOT_GREAT = Band("not great", 0.30, 1.00, includes_low=False, includes_high=True)
TERRIBLE = Band("terrible", 1.00, 2.00, includes_low=False, includes_high=True)
BROKEN = Band("something is broken", 2.00, None, includes_low=False)

BANDS = (
    PERFECT,
    GREAT,
    ON_THE_RIGHT_TRACK,
    FINE,
    CAN_PROBABLY_IMPROVE,
    NOT_GREAT,
    TERRIBLE,
    BROKEN,
)


def band_of(loss: float) -> Band:
    """Return the band that a log loss in nats falls in.

    Examples
    --------
    >>> band_of(0.2).name, band_of(0.30000000000000004).name, band_of(0.0).name
    ('can probably improve', 'not great', 'perfect')
    """
    return next(band for band in BANDS if loss in band)


def judge(loss: float | None, interval: Interval | None) -> BandResult | None:
    """Return the band of a loss with the bands that its interval touches, best first."""
    if loss is None:
        return None
    band = band_of(loss)
    low, high = interval or (loss, loss)
    first, last = BANDS.index(band_of(low)), BANDS.index(band_of(high))
    # An interval that starts at 0 reaches the perfect band in arithmetic only.
    touched = [each for each in BANDS[first : last + 1] if each is not PERFECT or band is PERFECT]
    return BandResult(band.name, band.low, band.high, tuple(each.name for each in touched))
