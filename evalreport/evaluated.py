"""What an evaluation found out, with its tables and its reports, for Python and notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalreport.evaluation_file import dumps, read_result
from evalreport.limits import NO_LIMITS, Limits, judge_limits
from evalreport.results import EvaluationResult, Interval
from evalreport.voice import KEYWORDS, speaking
from evalreport.write import StagedFiles

if TYPE_CHECKING:
    import pandas as pd

    from evalreport.report.model import Report


class Evaluation:
    """What evalreport found out about some predictions.

    Shows itself in a notebook. ``result`` holds every number, as in the evaluation file; the
    properties are the headline and the tables. Losses are in nats, lower is better.
    """

    def __init__(self, result: EvaluationResult) -> None:
        self.result = result

    def __repr__(self) -> str:
        from evalreport.renderers.terminal import TerminalRenderer

        return TerminalRenderer().render(self._report())

    @property
    def log_loss(self) -> float | None:
        """Mean log loss in nats; None if it is infinite, labels are soft or nothing was scored."""
        return self.result.overall.log_loss

    @property
    def cross_entropy(self) -> float | None:
        """Mean cross-entropy in nats: the log loss with hard labels."""
        return self.result.overall.cross_entropy

    @property
    def kl_divergence(self) -> float | None:
        """Cross-entropy above the entropy of the targets, in nats; the band is judged on it."""
        return self.result.overall.kl_divergence

    @property
    def interval(self) -> Interval | None:
        """95 % interval of the log loss, or of the excess with soft labels."""
        return self.result.overall.interval

    @property
    def band(self) -> str | None:
        """Name of the score band. Read it together with the baseline."""
        return None if self.result.overall.band is None else self.result.overall.band.name

    @property
    def baseline(self) -> float | None:
        """Log loss of always predicting the class frequencies."""
        return self.result.baseline.class_frequencies

    @property
    def skill(self) -> float | None:
        """1 - log loss / baseline: 1 is perfect, 0 knows nothing, below 0 does harm."""
        return self.result.baseline.skill

    @property
    def digest(self) -> str:
        """Fingerprint of the statistics."""
        return self.result.digest

    @property
    def classes(self) -> pd.DataFrame:
        """One row a class."""
        return frame_of(self.result.classes)

    @property
    def slices(self) -> pd.DataFrame:
        """One row a value of a slice column."""
        return frame_of(self.result.slices)

    @property
    def worst_rows(self) -> pd.DataFrame:
        """The rows with the highest loss, worst first."""
        return frame_of(self.result.worst_rows)

    @property
    def findings(self) -> pd.DataFrame:
        """What needs attention."""
        return frame_of(self.result.findings)

    @property
    def loss_by_forecast(self) -> pd.DataFrame:
        """Observed and expected loss in bins of the forecast."""
        return frame_of(self.result.loss_by_forecast)

    @property
    def loss_by_probability(self) -> pd.DataFrame:
        """Rows and loss by the probability given to what happened."""
        return frame_of(self.result.loss_by_probability)

    @property
    def limits(self) -> pd.DataFrame:
        """What became of each limit; empty if none was set."""
        return frame_of(self.result.limits)

    def with_limits(self, limits: Limits | None = None, **each: Any) -> Evaluation:
        """Return the evaluation with limits judged, as ``with_limits(max_loss=0.3)``.

        The keywords are the fields of `evalreport.Limits`.
        """
        judged = judge_limits(self.result, replace(limits or NO_LIMITS, **each))
        return Evaluation(replace(self.result, limits=judged))

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the report as one self-contained page, and write it to `path` if given."""
        from evalreport.renderers import html_renderer

        return _written(html_renderer().render(self._report()), path)

    def to_markdown(self, path: str | Path | None = None) -> str:
        """Return the summary in Markdown, and write it to `path` if given."""
        from evalreport.renderers import markdown_renderer

        return _written(markdown_renderer().render(self._report()), path)

    def to_json(self, path: str | Path | None = None) -> str:
        """Return the evaluation file, and write it to `path` if given."""
        return _written(dumps(self.result), path)

    def _report(self) -> Report:
        from evalreport.report import build_report

        return build_report(self.result)

    def _repr_html_(self) -> str:
        from evalreport.renderers.html import render_fragment

        return render_fragment(self._report())


def read_evaluation(path: str | Path) -> Evaluation:
    """Read an evaluation that was written with ``--json`` or `Evaluation.to_json`.

    Raises
    ------
    InputError
        If the file is missing or no evaluation file that can be read here.
    """
    with speaking(KEYWORDS):
        return Evaluation(read_result(str(path)))


def frame_of(results: Sequence[Any]) -> pd.DataFrame:
    """Return results as a table, one row each."""
    import pandas as pd

    return pd.DataFrame([asdict(each) for each in results])


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        with StagedFiles() as files:
            files.write(Path(path), text)
            files.commit()
    return text
