"""What a check is, and those that every task has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from evalreport.findings import rows
from evalreport.findings.judgement import FEW_ROWS, Judgement, judgement
from evalreport.findings.spelling import voice_of
from evalreport.formats import LossFormat, count_text, listed
from evalreport.results import EvaluationResult

Judge = Callable[[EvaluationResult, LossFormat], Iterator[Judgement]]


class Check(NamedTuple):
    """A check, and what to say of each of its concerns if nothing is wrong."""

    judge: Judge
    passed: tuple[tuple[tuple[str, ...], str], ...] = ()
    """Codes, and the sentence that holds if none of them was found."""
    applies: Callable[[EvaluationResult], bool] = lambda result: result.overall.n > 0


def has_loss(result: EvaluationResult) -> bool:
    """Tell whether there is a loss that is a number."""
    return result.overall.judged_loss is not None


def nothing_scored(what: str, *options: str) -> Check:
    """Return the check whether there is anything to speak of.

    Parameters
    ----------
    what : str
        What is scored: "tokens", "rows".
    *options : str
        The options whose columns are to be looked at if there is nothing.
    """

    def judge(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
        if result.overall.n:
            return
        read = f"{count_text(result.input.rows_read, 'row')} were read"
        yield judgement(
            "no-rows",
            "error",
            f"No {what} could be scored",
            why=f"{read}." if what == "rows" else f"{read}, without {what} in them.",
            check=f"Check what {listed([voice_of(result).option(each) for each in options])} "
            f"{'names' if len(options) == 1 else 'name'}.",
            section="quality",
        )

    return Check(judge)


def _few_rows(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether there are enough rows."""
    if 0 < result.overall.n < FEW_ROWS:
        yield judgement(
            "few-rows",
            "warning",
            f"Only {count_text(result.overall.n, 'row')}",
            why="With so few rows most differences could be chance.",
            check="Bring more rows.",
            section="quality",
        )


ENOUGH_ROWS = Check(_few_rows, ((("few-rows",), f"At least {FEW_ROWS} rows"),))
LEFT_OUT = Check(rows.left_out, ((("left-out",), "No row was left out"),))
