"""What is measured of token files, and the results out of the states."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from evalreport.exact import exp_of
from evalreport.intervals import hall_interval
from evalreport.statistics.clusters import (
    BYTES,
    CHARS,
    LOSS,
    N_BUCKETS,
    N_INFINITE,
    ByDocument,
    ClusterSums,
    N,
    RatioError,
    column_ratio,
    ratio_error,
)
from evalreport.statistics.interface import Statistic, Sums
from evalreport.statistics.loss_grid import LossGrid
from evalreport.statistics.rows import IntakeCounts, RejectedRows
from evalreport.statistics.states import PlanStates, refuse_other_version
from evalreport.statistics.tokens import AllTokens, ByPosition, TokenTotals
from evalreport.task_batches import TokenBatch
from evalreport.task_results import DocumentResult, MeanResult, TokensResult

DocumentsFrom = Literal["cluster", "row", "none"]

_NOTHING = MeanResult(None, None, None)


@dataclass(frozen=True)
class TokenPlan:
    """What to measure of a token file.

    Parameters
    ----------
    documents_from : {"cluster", "row", "none"}
        Whether a column names the documents, every row is one, or nothing tells.
    named_documents : bool
        Whether documents are told by ids; else by the place of their rows.
    has_chars, has_bytes : bool
        Whether characters and bytes of the text are known.
    n_worst : int
        How many documents of the highest loss are kept.
    """

    documents_from: DocumentsFrom = "none"
    named_documents: bool = False
    has_chars: bool = False
    has_bytes: bool = False
    n_worst: int = 20

    tokens: AllTokens = field(default=AllTokens(), init=False, compare=False)
    by_document: ByDocument = field(default=ByDocument(), init=False, compare=False)
    by_position: ByPosition = field(default=ByPosition(), init=False, compare=False)
    grid: LossGrid = field(default=LossGrid(), init=False, compare=False)
    intake: IntakeCounts = field(default=IntakeCounts(), init=False, compare=False)
    rejected: RejectedRows = field(default=RejectedRows(), init=False, compare=False)

    @cached_property
    def statistics(self) -> tuple[Statistic[Any], ...]:
        """All statistics of the plan."""
        return (
            self.tokens,
            self.by_document,
            self.by_position,
            self.grid,
            self.intake,
            self.rejected,
        )

    @property
    def settings(self) -> dict[str, Any]:
        """What two states must have in common to be merged, in terms of JSON."""
        return {
            "task": "tokens",
            "documents_from": self.documents_from,
            "named_documents": self.named_documents,
            "has_chars": self.has_chars,
            "has_bytes": self.has_bytes,
            "n_worst": self.n_worst,
        }

    @property
    def not_in_digest(self) -> tuple[str, ...]:
        """Names of statistics that depend on places in the input."""
        places = () if self.named_documents else ("documents",)
        return ("intake", "rejected", *places)

    def empty(self) -> TokenStates:
        """Return the states of no rows."""
        return TokenStates.empty(self)

    def from_batch(self, batch: TokenBatch) -> TokenStates:
        """Return the states of these rows."""
        return TokenStates.of(self, batch)


class TokenStates(PlanStates[TokenPlan]):
    """The state of every statistic of a plan of tokens."""

    __slots__ = ()

    @classmethod
    def from_json(cls, data: Any) -> TokenStates:
        """Return the states that `to_json` wrote."""
        refuse_other_version(data)
        settings = {key: value for key, value in data["settings"].items() if key != "task"}
        return cls.from_statistics(TokenPlan(**settings), data["statistics"])


@dataclass(frozen=True, slots=True)
class TokenLoss:
    """The headline: loss per token, by the interval that the documents allow."""

    totals: TokenTotals
    loss: MeanResult
    naive: MeanResult
    is_approximate: bool
    error: RatioError | None


def token_loss(states: TokenStates) -> TokenLoss:
    """Return the loss per token with its error."""
    plan = states.plan
    totals = plan.tokens.totals(states[plan.tokens])
    moments = totals.moments()
    naive = _NOTHING
    if moments is not None:
        naive = MeanResult(totals.mean, moments.standard_error, hall_interval(moments))
    if totals.mean is None or plan.documents_from == "none":
        rough = moments is not None and moments.interval_is_approximate
        return TokenLoss(totals, naive, naive, rough, None)
    error = column_ratio(states[plan.by_document].finest(), LOSS, N)
    if error is None:
        return TokenLoss(totals, MeanResult(totals.mean, None, None), naive, False, None)
    # The mean out of all sums is exact; that out of rounded sums by document is not quite.
    loss = MeanResult(totals.mean, error.jackknife, error.interval())
    return TokenLoss(totals, loss, naive, error.effective < FEW_DOCUMENTS, error)


FEW_DOCUMENTS = 50
"""With fewer effective documents the interval is a rough guide."""


def tokens_result(
    states: TokenStates, headline: TokenLoss, paths: tuple[str, ...] = ()
) -> TokensResult:
    """Return everything about the tokens beyond the headline; `paths` are those of the inputs."""
    plan, totals = states.plan, headline.totals
    clusters: ClusterSums = states[plan.by_document]
    ends = headline.loss.interval
    mean = headline.loss.value
    return TokensResult(
        n_tokens=totals.n,
        n_documents=_n_documents(plan, clusters),
        documents_from=plan.documents_from,
        interval_method=_method(plan, clusters),
        effective_documents=None if headline.error is None else headline.error.effective,
        naive=headline.naive,
        bits_per_token=None if mean is None else mean / math.log(2.0),
        perplexity=None if mean is None else _perplexity(mean),
        perplexity_interval=_perplexity_interval(ends),
        document_mean=_document_mean(plan, clusters, totals),
        n_characters=totals.n_chars if plan.has_chars else None,
        n_utf8_bytes=totals.n_bytes if plan.has_bytes else None,
        bits_per_character=_bits_per(plan, clusters, totals, CHARS),
        bits_per_byte=_bits_per(plan, clusters, totals, BYTES),
        infinite_tokens=totals.n_infinite,
        loss_of_finite_tokens=totals.finite_mean,
        skipped_first_tokens=totals.n_skipped,
        tails=plan.grid.tails(states[plan.grid]),
        positions=plan.by_position.results(states[plan.by_position]),
        worst_documents=_worst_documents(plan, clusters, totals, paths),
    )


def _perplexity(mean: float) -> float | None:
    value = exp_of(mean)
    return value if math.isfinite(value) else None


def _perplexity_interval(ends: tuple[float, float] | None) -> tuple[float, float] | None:
    if ends is None:
        return None
    low, high = (_perplexity(each) for each in ends)
    return None if low is None or high is None else (low, high)


def _n_documents(plan: TokenPlan, clusters: ClusterSums) -> int | None:
    if plan.documents_from == "none" or clusters.documents is None:
        return None
    return sum(1 for row in clusters.documents.rows.values() if row[N])


def _method(plan: TokenPlan, clusters: ClusterSums) -> str:
    if plan.documents_from == "none":
        return "naive"
    if clusters.documents is None:
        return f"jackknife over {N_BUCKETS:,} hash buckets of documents"
    return "jackknife over documents"


def _means(documents: Sums) -> Mapping[Any, float]:
    keys = [key for key in documents.ordered_keys() if documents.row(key)[N]]
    return {key: float(documents.value(key, LOSS) / documents.row(key)[N]) for key in keys}


def _document_mean(plan: TokenPlan, clusters: ClusterSums, totals: TokenTotals) -> MeanResult:
    documents = clusters.documents
    if plan.documents_from == "none" or documents is None or totals.mean is None:
        return _NOTHING
    means = list(_means(documents).values())
    error = ratio_error(means, [1.0] * len(means))
    # One document alone has a mean, but nothing to see its error by.
    return MeanResult(means[0], None, None) if error is None else error.result()


def _bits_per(
    plan: TokenPlan, clusters: ClusterSums, totals: TokenTotals, column: int
) -> MeanResult | None:
    """Return the loss in bits per character or byte of the text."""
    known = plan.has_chars if column == CHARS else plan.has_bytes
    units = totals.n_chars if column == CHARS else totals.n_bytes
    if not known or not units or totals.mean is None:
        return None
    bits = float(totals.powers.first / units) / math.log(2.0)
    error = None
    if plan.documents_from != "none":
        error = column_ratio(clusters.finest(), LOSS, column)
    if error is None:
        return MeanResult(bits, None, None)
    ends = error.interval()
    in_bits = None if ends is None else (ends[0] / math.log(2.0), ends[1] / math.log(2.0))
    return MeanResult(bits, error.jackknife / math.log(2.0), in_bits)


def _worst_documents(
    plan: TokenPlan, clusters: ClusterSums, totals: TokenTotals, paths: tuple[str, ...]
) -> tuple[DocumentResult, ...]:
    documents = clusters.documents
    if documents is None:
        return ()
    means = _means(documents)
    ordered = sorted(means, key=lambda key: (not documents.row(key)[N_INFINITE], -means[key], key))
    whole = totals.powers.first if totals.mean else None
    return tuple(
        DocumentResult(
            id=str(key) if plan.named_documents else _place(str(key), paths),
            n_tokens=documents.row(key)[N],
            mean_loss=None if documents.row(key)[N_INFINITE] else means[key],
            share_of_loss=float(documents.value(key, LOSS) / whole) if whole else None,
        )
        for key in ordered[: plan.n_worst]
    )


def _place(key: str, paths: tuple[str, ...]) -> str:
    """Return what a document without an id is called: the number of its row."""
    source, row = key.split(":")
    return f"{paths[int(source)]}, row {row}" if len(paths) > 1 else f"row {row}"
