"""What a check returns: a finding, what it weighs, and how to say it in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from evalreport.ordering import FEW_ROWS_IN_A_GROUP as FEW_ROWS_IN_A_GROUP
from evalreport.results import EvaluationResult, FindingResult, Severity

FEW_ROWS = 100
"""Fewer rows than this are too few to say much."""


class Piece(NamedTuple):
    """A part of a line; `is_data` marks text that comes out of the predictions."""

    text: str
    is_data: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """A finding with its weight and its short form.

    `share_of_loss` orders findings of the same severity; `short` says it in one line.
    """

    finding: FindingResult
    share_of_loss: float
    short: tuple[Piece, ...]


def judgement(
    code: str,
    severity: Severity,
    title: str,
    *,
    why: str,
    check: str,
    section: str,
    share_of_loss: float = 0.0,
    short: str | tuple[Piece, ...] = "",
) -> Judgement:
    """Return a judgement; its short form is the title unless another is given."""
    pieces = short if isinstance(short, tuple) else (Piece(short or title),)
    return Judgement(
        FindingResult(code, severity, title, why, check, section), share_of_loss, pieces
    )


def loss_without_zeros(result: EvaluationResult) -> float | None:
    """Log loss in nats of the rows that were given more than zero; None where it is not known.

    With case weights the weight of those rows is not in the result.
    """
    overall = result.overall
    share, n_zero = overall.zero_probability_share_of_loss, overall.zero_probability_rows
    if overall.judged_loss is None or share is None or result.input.columns.weight is not None:
        return None
    if not 0 < n_zero < overall.n:
        return None
    return overall.judged_loss * (1.0 - share) * overall.n / (overall.n - n_zero)
