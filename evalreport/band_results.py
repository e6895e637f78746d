"""Frozen results on the bands that losses were judged by, if they are one's own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScaleBand:
    """A band: its name, its edges in nats, and how good it is."""

    name: str
    low: float
    high: float | None
    includes_low: bool
    includes_high: bool
    tone: str
    """ "good", "fine", "watch", "poor" or "bad"."""


@dataclass(frozen=True, slots=True)
class ScaleResult:
    """Own bands, best first, and the file that they were read from."""

    name: str
    """Name of the file."""
    digest: str
    """The same digest means the same bands."""
    bands: tuple[ScaleBand, ...]
