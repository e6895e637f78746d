"""What is measured of token files, and the results out of the states."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

from evalreport.statistics.clusters import (
    MOST_DOCUMENTS,
    MOST_WEIGHTED_DOCUMENTS,
    N_BUCKETS,
    ClusterSums,
)
from evalreport.statistics.document_results import documents_of
from evalreport.statistics.document_runs import ByRun
from evalreport.statistics.documents import BYTES, CHARS, ByDocument
from evalreport.statistics.interface import Statistic
from evalreport.statistics.loss_grid import LossGrid
from evalreport.statistics.states import PlanStates
from evalreport.statistics.task_plan import TaskPlan
from evalreport.statistics.token_loss import TokenLoss, bits_per, token_loss
from evalreport.statistics.tokens import ByPosition, TokenSums
from evalreport.task_results import TokenSlice, TokensResult

DocumentsFrom = Literal["cluster", "row", "none"]


@dataclass(frozen=True)
class TokenPlan(TaskPlan):
    """What to measure of a token file.

    Parameters
    ----------
    documents_from : {"cluster", "row", "none"}
        Whether a column names the documents, every row is one, or nothing tells.
    named_documents : bool
        Whether documents are told by ids; else by the place of their rows.
    has_chars, has_bytes : bool
        Whether characters and bytes of the text are known.
    weighted, slices, n_worst
        As for every task.
    """

    documents_from: DocumentsFrom = "none"
    named_documents: bool = False
    has_chars: bool = False
    has_bytes: bool = False

    task: ClassVar[str] = "tokens"

    @cached_property
    def tokens(self) -> TokenSums:
        """All tokens together."""
        return TokenSums(self.weighted)

    @cached_property
    def by_document(self) -> ByDocument:
        """Tokens of each document."""
        return self._by_document(None)

    @cached_property
    def by_run(self) -> ByRun:
        """The same for documents that are too many, if the rows of each stand together."""
        return ByRun(self.weighted, self.n_worst)

    @cached_property
    def by_position(self) -> ByPosition:
        """Tokens by their place in their list."""
        return ByPosition(self.weighted)

    @cached_property
    def grid(self) -> LossGrid:
        """How the loss is spread."""
        return LossGrid(self.weighted)

    @cached_property
    def by_slice(self) -> tuple[TokenSums, ...]:
        """One statistic a column to report by."""
        return tuple(TokenSums(self.weighted, column) for column in self.slices)

    @cached_property
    def documents_by_slice(self) -> tuple[ByDocument, ...]:
        """What each document has of each slice; as many as columns to report by."""
        return tuple(map(self._by_document, self.slices))

    def _by_document(self, column: str | None) -> ByDocument:
        limit = MOST_WEIGHTED_DOCUMENTS if self.weighted else MOST_DOCUMENTS
        return ByDocument(limit, self.weighted, column)

    @property
    def measures(self) -> tuple[Statistic[Any], ...]:
        """The statistics of the rows that are scored."""
        slices: tuple[Statistic[Any], ...] = (*self.by_slice, *self.documents_by_slice)
        documents = (self.by_document, self.by_run)
        return (self.tokens, *documents, self.by_position, self.grid, *slices)

    @property
    def tied_to_places(self) -> tuple[str, ...]:
        """Names of measures that depend on places in the input."""
        named = (self.by_document, *self.documents_by_slice)
        return (self.by_run.name, *(() if self.named_documents else (each.name for each in named)))


TokenStates = PlanStates[TokenPlan]


def headline_of(states: TokenStates) -> TokenLoss:
    """Return the loss per token over all tokens."""
    plan = states.plan
    totals = plan.tokens.totals(states[plan.tokens])
    clusters: ClusterSums = states[plan.by_document]
    return token_loss(totals, None if plan.documents_from == "none" else clusters.finest())


def tokens_result(
    states: TokenStates,
    headline: TokenLoss,
    extras: tuple[TokenSlice, ...] = (),
    paths: tuple[str, ...] = (),
) -> TokensResult:
    """Return everything about the tokens beyond the headline.

    Parameters
    ----------
    states : TokenStates
        Of all rows.
    headline : TokenLoss
        The loss over all tokens.
    extras : tuple of TokenSlice
        What only slices of tokens have, in the order of the slices.
    paths : tuple of str
        Paths of the inputs.
    """
    plan, totals = states.plan, headline.totals
    clusters: ClusterSums = states[plan.by_document]
    mean = headline.loss.value
    documents = documents_of(states, totals, paths)
    return TokensResult(
        n_tokens=totals.n,
        n_documents=documents.n,
        documents_from=plan.documents_from,
        interval_method=_method(plan, clusters),
        effective_documents=None if headline.error is None else headline.error.effective,
        naive=headline.naive,
        bits_per_token=None if mean is None else mean / math.log(2.0),
        perplexity=headline.perplexity,
        perplexity_interval=headline.perplexity_interval,
        document_mean=documents.mean,
        n_characters=totals.n_chars if plan.has_chars else None,
        n_utf8_bytes=totals.n_bytes if plan.has_bytes else None,
        bits_per_character=bits_per(headline, CHARS) if plan.has_chars else None,
        bits_per_byte=bits_per(headline, BYTES) if plan.has_bytes else None,
        infinite_tokens=totals.n_infinite,
        loss_of_finite_tokens=totals.finite_mean,
        skipped_first_tokens=totals.n_skipped,
        tails=plan.grid.tails(states[plan.grid]),
        positions=plan.by_position.results(states[plan.by_position]),
        worst_documents=documents.worst,
        documents_apart=documents.are_apart,
        slices=extras,
    )


def _method(plan: TokenPlan, clusters: ClusterSums) -> str:
    if plan.documents_from == "none":
        return "naive"
    if clusters.documents is None:
        return f"jackknife over {N_BUCKETS:,} hash buckets of documents"
    return "jackknife over documents"
