"""Log-probabilities of observed tokens: loss per token, perplexity, documents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evalreport.exact import exp_of
from evalreport.readers.interface import Predictions
from evalreport.readers.tokens import TokenColumns, TokenShard
from evalreport.results import OverallResult
from evalreport.statistics.token_loss import TokenLoss
from evalreport.statistics.token_plan import (
    DocumentsFrom,
    TokenPlan,
    TokenStates,
    headline_of,
    tokens_result,
)
from evalreport.statistics.token_slices import slice_results
from evalreport.statistics.worse import flag_worse
from evalreport.tasks.interface import check_columns, common_parts, overall_of


class TokenTask:
    """The task ``tokens``."""

    takes_floor = False

    @property
    def hint(self) -> str:
        """What to check if no row at all could be scored."""
        return check_columns("probs")

    def plan(self, predictions: Predictions, n_worst: int, floor: float | None) -> TokenPlan:
        """Return what to measure of a token file."""
        columns = _columns(predictions)
        return TokenPlan(
            documents_from=_documents_from(columns),
            named_documents=columns.cluster is not None or columns.id is not None,
            has_chars=columns.text is not None or columns.n_chars is not None,
            has_bytes=columns.text is not None or columns.n_bytes is not None,
            weighted=columns.weight is not None,
            slices=columns.slices,
            n_worst=n_worst,
        )

    def results(self, states: TokenStates, paths: tuple[str, ...]) -> dict[str, Any]:
        """Return the parts of the evaluation that the states tell, by their names."""
        headline = headline_of(states)
        slices = list(slice_results(states, headline))
        extras = tuple(extra for _, extra in slices)
        return common_parts(states) | {
            "task": "tokens",
            "overall": _overall(headline),
            "slices": flag_worse([common for common, _ in slices]),
            "tokens": tokens_result(states, headline, extras, paths),
        }


def _columns(predictions: Predictions) -> TokenColumns:
    shard = predictions.shards[0]
    assert isinstance(shard, TokenShard)
    return shard.plan


def _documents_from(columns: TokenColumns) -> DocumentsFrom:
    if columns.cluster is not None:
        return "cluster"
    return "row" if columns.lists else "none"


def _overall(headline: TokenLoss) -> OverallResult:
    loss, totals = headline.loss.value, headline.totals
    return replace(
        overall_of(totals.powers, loss),
        standard_error=headline.loss.standard_error,
        interval=headline.loss.interval,
        interval_is_approximate=headline.is_approximate,
        perplexity=headline.perplexity,
        mean_probability=None if loss is None else exp_of(-loss),
        zero_probability_rows=totals.n_infinite,
    )
