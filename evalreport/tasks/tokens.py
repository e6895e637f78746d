"""Log-probabilities of observed tokens: loss per token, perplexity, documents."""

from __future__ import annotations

import math
from typing import Any

from evalreport.exact import exp_of
from evalreport.readers.interface import Predictions
from evalreport.readers.tokens import TokenColumns, TokenShard
from evalreport.results import OverallResult
from evalreport.statistics.rows import data_quality
from evalreport.statistics.token_plan import (
    DocumentsFrom,
    TokenLoss,
    TokenPlan,
    TokenStates,
    token_loss,
    tokens_result,
)
from evalreport.tasks.interface import nothing_else


class TokenTask:
    """The task ``tokens``."""

    hint = "Check the column that --probs names."

    def plan(self, predictions: Predictions, n_worst: int) -> TokenPlan:
        """Return what to measure of a token file."""
        columns = _columns(predictions)
        return TokenPlan(
            documents_from=_documents_from(columns),
            named_documents=columns.cluster is not None or columns.id is not None,
            has_chars=columns.text is not None or columns.n_chars is not None,
            has_bytes=columns.text is not None or columns.n_bytes is not None,
            n_worst=n_worst,
        )

    def results(self, states: TokenStates, paths: tuple[str, ...]) -> dict[str, Any]:
        """Return the parts of the evaluation that the states tell, by their names."""
        headline = token_loss(states)
        return nothing_else() | {
            "task": "tokens",
            "digest": states.digest(),
            "overall": _overall(headline),
            "data_quality": data_quality(states[states.plan.intake], states[states.plan.rejected]),
            "tokens": tokens_result(states, headline, paths),
            "state": states.to_json(),
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
    loss, totals = headline.loss, headline.totals
    tokens = loss.value
    perplexity = None if tokens is None else exp_of(tokens)
    return OverallResult(
        n=totals.n,
        weight=float(totals.n),
        log_loss=tokens,
        cross_entropy=tokens,
        target_entropy=None,
        kl_divergence=None,
        standard_error=loss.standard_error,
        interval=loss.interval,
        interval_is_approximate=headline.is_approximate,
        bits=None if tokens is None else tokens / math.log(2.0),
        perplexity=None if perplexity == float("inf") else perplexity,
        mean_probability=None if tokens is None else exp_of(-tokens),
        accuracy=None,
        brier_score=None,
        brier_score_binary=None,
        zero_probability_rows=totals.n_infinite,
        floored_rows=0,
        zero_probability_share_of_loss=None,
        band=None,
    )
