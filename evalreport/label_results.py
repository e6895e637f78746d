"""Frozen results on labels that may be wrong; others take them from `evalreport.results`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MistakenPair:
    """Confident mistakes with this label and this prediction."""

    label: str
    predicted: str
    n: int


@dataclass(frozen=True, slots=True)
class MistakenSlice:
    """Confident mistakes among the rows of a slice, which has this share of all rows."""

    column: str
    value: str
    n: int
    frequency: float


@dataclass(frozen=True, slots=True)
class LabelNoiseResult:
    """Rows whose labels are worth a second look. None of them is ever left out.

    A confident mistake is a row that gave its label less than 1 %, and another class over 99 %.
    """

    confident_mistakes: int
    expected: float
    """How many of them the forecasts themselves expect."""
    p_value: float
    """How likely so many or more would be, if the forecasts were right."""
    pairs: tuple[MistakenPair, ...]
    """The most frequent ones, ten at most."""
    slices: tuple[MistakenSlice, ...]
    """The slices with the most of them, ten at most."""
    suspects: int
    """Rows whose top class is not their label, and got at least what rows labelled so get of it on
    average: what confident learning would look at. Equal is, too, what lacks up to 1 % more to
    certainty than these."""
    error_rate: float
    """Share of the rows that are confident mistakes."""
    entropy_floor: float
    """Least log loss of any model, in nats, if so many labels are wrong at random."""
