"""Frozen results of rows that hold only their most likely classes; they stand under ``top_k``.

A row whose observed class is among those listed is scored exactly. Of every other row only bounds
are known: its class was given no more than the least that is listed, and no more than what is left
of the row; and it may have been given nothing at all. Losses are in nats.
"""

from __future__ import annotations

from dataclasses import dataclass

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LossBounds:
    """Between which values the log loss of some rows lies; they are equal if all rows are exact."""

    rows_outside: int
    """Rows whose observed class is not among those listed."""
    log_loss_at_least: float | None
    """With every unlisted class given as much as there can be; None if even that is infinite."""
    log_loss_at_most: float | None
    """With every unlisted class given nothing, at the floor; None if there is no floor."""
    interval: Ends | None
    """95 %: from the lower end for `log_loss_at_least` to the upper end for `log_loss_at_most`."""


@dataclass(frozen=True, slots=True)
class RankResult:
    """The rows whose observed class stands at this place among those listed."""

    rank: int | None
    """Counted from 1, the most likely; None for rows whose class is not listed."""
    n: int
    share: float
    log_loss_at_least: float | None
    log_loss_at_most: float | None


@dataclass(frozen=True, slots=True)
class TopKResult:
    """What rows that hold only their most likely classes say, and what they leave open."""

    rows_outside: int
    share_outside: float
    """By weight."""
    log_loss_at_least: float | None
    log_loss_at_most: float | None
    interval: Ends | None
    """95 %: from the lower end for `log_loss_at_least` to the upper end for `log_loss_at_most`."""
    band_at_least: str | None
    band_at_most: str | None
    skill_at_least: float | None
    """1 - `log_loss_at_most` / baseline."""
    skill_at_most: float | None
    skill_interval: Ends | None
    """95 %: from the lower end for `skill_at_least` to the upper end for `skill_at_most`."""
    fewest_listed: int
    most_listed: int
    """How many classes a row lists, at least and at most."""
    mean_rest: float | None
    """Mean probability that rows leave for classes that they do not list."""
    ranks: tuple[RankResult, ...]
