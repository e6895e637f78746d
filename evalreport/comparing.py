"""Comparing two runs from Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalreport.api import evaluate_file
from evalreport.comparison import compare_evaluations
from evalreport.errors import SettingsError
from evalreport.evaluated import Evaluation, frame_of, read_evaluation
from evalreport.evaluation_file import is_evaluation_file
from evalreport.findings import with_comparison
from evalreport.results import ChangeOutcome, ComparisonResult, Interval

if TYPE_CHECKING:
    import pandas as pd

Run = Evaluation | str | Path


class Comparison:
    """How a run differs from a previous one; changes are in nats, above zero is worse.

    ``result`` holds every number, as under ``comparison`` in the evaluation file; ``evaluation``
    is the current run, whose report tells what changed.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        assert evaluation.result.comparison is not None
        self.evaluation = evaluation
        self.result: ComparisonResult = evaluation.result.comparison

    def __repr__(self) -> str:
        return repr(self.evaluation)

    def _repr_html_(self) -> str:
        return self.evaluation._repr_html_()

    @property
    def change(self) -> float | None:
        """Mean loss now less what it was, over the rows compared; None if one is infinite."""
        return self.result.change

    @property
    def interval(self) -> Interval | None:
        """95 % interval of the change."""
        return self.result.interval

    @property
    def outcome(self) -> ChangeOutcome:
        """Whether chance leaves out that nothing changed: worse, better or no clear change."""
        return self.result.outcome

    @property
    def paired(self) -> bool:
        """Whether the same rows were compared with each other."""
        return self.result.paired

    @property
    def groups(self) -> pd.DataFrame:
        """One row a class or slice."""
        return frame_of(self.result.groups)

    @property
    def changed_rows(self) -> pd.DataFrame:
        """The rows whose loss changed most."""
        return frame_of(self.result.changed_rows)


def compare(
    previous: Run, current: Run, *, pair_by_position: bool = False, **options: Any
) -> Comparison:
    """Compare a run with a previous one.

    Two files of predictions are compared row by row, by the ids of the rows. Where one of the runs
    is an evaluation there are no rows left; then its sums in hash buckets stand for them, if both
    runs scored the same rows, and else the means are compared as those of two sets of rows.
    ``result.why`` says which it was.

    Parameters
    ----------
    previous, current : Evaluation, str or Path
        Evaluations, evaluation files, or files of predictions.
    pair_by_position : bool
        Whether rows without ids are told by their place.
    **options
        How predictions are read and scored: the keywords of `evalreport.evaluate_file`.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If a run cannot be read, or the two cannot be compared.
    SettingsError
        If a run is neither an evaluation nor a path, or if options are given and there are no
        predictions to read.

    Examples
    --------
    >>> import evalreport
    >>> happened = [1, 0] * 10
    >>> before = evalreport.evaluate(happened, [0.6, 0.4] * 10)
    >>> now = evalreport.evaluate(happened, [0.8, 0.2] * 10)
    >>> round(evalreport.compare(before, now).change, 3)
    -0.288
    """
    _refuse_other("previous", previous)
    _refuse_other("current", current)
    if isinstance(current, str | Path) and not is_evaluation_file(str(current)):
        path = _as_file(previous)
        evaluation = evaluate_file(
            current, previous=path, pair_by_position=pair_by_position, **options
        )
        return Comparison(evaluation)
    now = current if isinstance(current, Evaluation) else read_evaluation(current)
    before = _evaluated(previous, options)
    compared = compare_evaluations(before.result, now.result, by_position=pair_by_position)
    return Comparison(Evaluation(with_comparison(now.result, compared)))


def _refuse_other(name: str, run: object) -> None:
    if not isinstance(run, Evaluation | str | Path):
        raise SettingsError(
            f"{name} is of type {type(run).__name__}: it must be an evaluation, the path of an"
            " evaluation file, or the path of a file of predictions."
        )


def _as_file(run: Run) -> Any:
    return run.result if isinstance(run, Evaluation) else run


def _evaluated(run: Run, options: dict[str, Any]) -> Evaluation:
    if isinstance(run, str | Path) and not is_evaluation_file(str(run)):
        return evaluate_file(run, **options)
    if options:
        raise SettingsError(f"{next(iter(options))} says how to read predictions, and none are.")
    return run if isinstance(run, Evaluation) else read_evaluation(run)
