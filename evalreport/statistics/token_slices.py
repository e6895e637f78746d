"""Loss per token of every slice, by its documents where they are told."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.results import SliceResult
from evalreport.statistics.clusters import ClusterSums
from evalreport.statistics.documents import BYTES, LOSS, MASS, ByDocument, N, by_value
from evalreport.statistics.interface import Key, Sums
from evalreport.statistics.left_out import Everything
from evalreport.statistics.token_loss import TokenLoss, bits_per, token_loss
from evalreport.statistics.token_plan import TokenStates
from evalreport.statistics.tokens import TokenSums, TokenTotals
from evalreport.task_results import TokenSlice

LEAST_TOKENS = 30
"""Slices of fewer tokens are not tested against the rest."""


def slice_results(
    states: TokenStates, headline: TokenLoss
) -> Iterator[tuple[SliceResult, TokenSlice]]:
    """Yield the numbers of every slice, column by column, in the order of the values."""
    plan = states.plan
    for tokens, documents in zip(plan.by_slice, plan.documents_by_slice, strict=True):
        yield from _of_column(states, headline, tokens, documents)


def _of_column(
    states: TokenStates, headline: TokenLoss, tokens: TokenSums, documents: ByDocument
) -> Iterator[tuple[SliceResult, TokenSlice]]:
    cells: ClusterSums = states[documents]
    everywhere: ClusterSums = states[states.plan.by_document]
    parts = by_value(cells.finest())
    are_exact = cells.documents is not None and everywhere.documents is not None
    whole = _by_key(everywhere.documents, headline.totals) if everywhere.documents else {}
    everything = Everything(whole)
    for key in tokens.values(states[tokens]):
        part = None
        if headline.clusters is not None:
            part = parts.get(str(key), Sums(documents.units))
        loss = token_loss(tokens.totals(states[tokens], key), part)
        p_value = None
        if part is not None and are_exact and _is_tested(loss.totals, headline.totals):
            found = everything.difference(_by_key(part, headline.totals))
            p_value = None if found is None else found.p_value
        common = _common(documents.column or "", str(key), loss, headline, p_value)
        n_documents = sum(1 for row in part.rows.values() if row[N]) if part and are_exact else None
        yield common, _extra(common, loss, n_documents, states.plan.has_bytes)


def _by_key(sums: Sums, totals: TokenTotals) -> dict[Key, tuple[float, float]]:
    """Return weight and loss of each document, as shares of the weight of all tokens."""
    whole = totals.weight
    return {
        key: (float(sums.value(key, MASS) / whole), float(sums.value(key, LOSS) / whole))
        for key in sums.ordered_keys()
    }


def _is_tested(part: TokenTotals, whole: TokenTotals) -> bool:
    return whole.mean is not None and min(part.n, whole.n - part.n) >= LEAST_TOKENS


def _common(
    column: str, value: str, loss: TokenLoss, headline: TokenLoss, p_value: float | None
) -> SliceResult:
    totals, everything = loss.totals, headline.totals
    first = everything.powers.first
    return SliceResult(
        column=column,
        value=value,
        n=totals.n,
        frequency=float(totals.weight / everything.weight),
        log_loss=loss.loss.value,
        cross_entropy=loss.loss.value,
        interval=loss.loss.interval,
        share_of_loss=float(totals.powers.first / first) if first else None,
        zero_probability_rows=totals.n_infinite,
        baseline=None,
        skill=None,
        band=None,
        worse_than_rest=None,
        rest_log_loss=everything.rest_mean(totals),
        p_value=p_value,
    )


def _extra(
    common: SliceResult, loss: TokenLoss, n_documents: int | None, has_bytes: bool
) -> TokenSlice:
    by_byte = bits_per(loss, BYTES) if has_bytes else None
    return TokenSlice(
        column=common.column,
        value=common.value,
        n_documents=n_documents,
        standard_error=loss.loss.standard_error,
        perplexity=loss.perplexity,
        perplexity_interval=loss.perplexity_interval,
        bits_per_byte=None if by_byte is None else by_byte.value,
    )
