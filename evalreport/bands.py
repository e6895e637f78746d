"""Score bands: the good and bad words for a log loss, in nats; the built-in ones or one's own.

Which scale holds is known at the door, as who asked is in `voice`: `using` says it once, and
whoever needs a band asks `scale`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass

from evalreport.results import BandResult, Interval, ScaleBand, ScaleResult


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
    tone: str = ""
    """How good it is: "good", "fine", "watch", "poor" or "bad"."""

    def __contains__(self, loss: float) -> bool:
        above = loss >= self.low if self.includes_low else loss > self.low
        if self.high is None:
            return above
        return above and (loss <= self.high if self.includes_high else loss < self.high)

    @property
    def is_perfect(self) -> bool:
        """Whether only a loss of 0 is in it."""
        return self.high == 0.0


PERFECT = Band("perfect", 0.0, 0.0, includes_high=True, tone="good")
GREAT = Band("great", 0.0, 0.02, includes_low=False, tone="good")
ON_THE_RIGHT_TRACK = Band("on the right track", 0.02, 0.05, tone="good")
FINE = Band("fine", 0.05, 0.20, tone="fine")
CAN_PROBABLY_IMPROVE = Band("can probably improve", 0.20, 0.30, includes_high=True, tone="watch")
NOT_GREAT = Band("not great", 0.30, 1.00, includes_low=False, includes_high=True, tone="poor")
TERRIBLE = Band("terrible", 1.00, 2.00, includes_low=False, includes_high=True, tone="bad")
BROKEN = Band("something is broken", 2.00, None, includes_low=False, tone="bad")

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


@dataclass(frozen=True, slots=True)
class Scale:
    """Bands that cover every loss, best first.

    Parameters
    ----------
    bands : tuple of Band
        Each starts where the one before ends; the last has no end.
    name, digest : str, optional
        Of the file that they were read from; None for the built-in ones.
    """

    bands: tuple[Band, ...]
    name: str | None = None
    digest: str | None = None

    @property
    def is_built_in(self) -> bool:
        """Whether these are the bands that everybody has."""
        return self.name is None

    def result(self) -> ScaleResult | None:
        """Return the scale as the evaluation file holds it; nothing of the built-in one."""
        if self.name is None or self.digest is None:
            return None
        bands = tuple(ScaleBand(**asdict(each)) for each in self.bands)
        return ScaleResult(self.name, self.digest, bands)

    @classmethod
    def of(cls, result: ScaleResult | None) -> Scale:
        """Return the scale that an evaluation was made with."""
        if result is None:
            return BUILT_IN
        bands = tuple(Band(**asdict(each)) for each in result.bands)
        return cls(bands, result.name, result.digest)


BUILT_IN = Scale(BANDS)
_SCALE: ContextVar[Scale] = ContextVar("evalreport_scale", default=BUILT_IN)


@contextmanager
def using(chosen: Scale) -> Iterator[None]:
    """Judge losses by this scale, as long as the block lasts."""
    before = _SCALE.set(chosen)
    try:
        yield
    finally:
        _SCALE.reset(before)


def scale() -> Scale:
    """Return the scale that losses are judged by."""
    return _SCALE.get()


def band_of(loss: float) -> Band:
    """Return the band that a log loss in nats falls in.

    Examples
    --------
    >>> band_of(0.2).name, band_of(0.30000000000000004).name, band_of(0.0).name
    ('can probably improve', 'not great', 'perfect')
    """
    return next(band for band in scale().bands if loss in band)


def judge(loss: float | None, interval: Interval | None) -> BandResult | None:
    """Return the band of a loss with the bands that its interval touches, best first."""
    if loss is None:
        return None
    bands, band = scale().bands, band_of(loss)
    low, high = interval or (loss, loss)
    first, last = bands.index(band_of(low)), bands.index(band_of(high))
    # An interval that starts at 0 reaches the perfect band in arithmetic only.
    touched = [each for each in bands[first : last + 1] if each is band or not each.is_perfect]
    return BandResult(band.name, band.low, band.high, tuple(each.name for each in touched))
