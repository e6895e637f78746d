"""Frozen results of what is no classification: tokens of language models, Gaussian forecasts.

They stand in the evaluation file under ``tokens`` and ``gaussian``. Losses are in nats per token
or per row; ``None`` stands for what is not defined, never NaN or infinity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TaskColumns:
    """Columns that only token files or Gaussian forecasts have; None is found by name, or absent.

    Parameters
    ----------
    cluster : str, optional
        The document that a token belongs to.
    text, n_chars, n_bytes : str, optional
        The text of a row, or how many characters and UTF-8 bytes it has.
    mean, std : str, optional
        Mean and standard deviation of a Gaussian forecast.
    """

    cluster: str | None = None
    text: str | None = None
    n_chars: str | None = None
    n_bytes: str | None = None
    mean: str | None = None
    std: str | None = None

    def given(self) -> dict[str, str]:
        """Return the columns that were named, by what they are."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: column for name, column in named.items() if column}


NO_TASK_COLUMNS = TaskColumns()


@dataclass(frozen=True, slots=True)
class MeanResult:
    """A mean with its standard error and its 95 % interval."""

    value: float | None
    standard_error: float | None
    interval: Ends | None


@dataclass(frozen=True, slots=True)
class TailShare:
    """The tokens of the highest loss: `n` of them, a share of all, and what they hold of the loss.

    With weights the share is one of the weight, and `n` about how many tokens make it up.
    `least_loss` is about the smallest loss among them: the lower edge of a cell of a fine grid.
    """

    share_of_tokens: float
    n: int
    share_of_loss: float | None
    least_loss: float | None


@dataclass(frozen=True, slots=True)
class PositionBin:
    """Tokens by position in their list, counted from 1: from `first` up to and including `last`."""

    first: int
    last: int
    n: int
    mean_loss: float | None


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """One of the documents of the highest loss per token."""

    id: str
    """Its id; without ids the number of its row, after its file if there are several."""
    n_tokens: int
    mean_loss: float | None
    """None if it is infinite."""
    share_of_loss: float | None


@dataclass(frozen=True, slots=True)
class TokenSlice:
    """What the tokens of a slice have beside the numbers under ``slices``, in the same order."""

    column: str
    value: str
    n_documents: int | None
    """Documents that have tokens in the slice; None if they are not told apart."""
    standard_error: float | None
    perplexity: float | None
    perplexity_interval: Ends | None
    bits_per_byte: float | None


@dataclass(frozen=True, slots=True)
class TokensResult:
    """What a file of log-probabilities of observed tokens comes to."""

    n_tokens: int
    n_documents: int | None
    """None if nothing names documents, or too many of them have rows that are apart."""
    documents_from: str
    """ "cluster", "row", or "none" if nothing tells which tokens belong together."""
    interval_method: str
    """ "jackknife over documents", "jackknife over 1,024 hash buckets of documents", or "naive"."""
    effective_documents: float | None
    """As many documents of equal length would tell as much."""
    naive: MeanResult
    """As if tokens were independent of each other, which they are not."""
    bits_per_token: float | None
    perplexity: float | None
    perplexity_interval: Ends | None
    document_mean: MeanResult
    """Mean over the documents of their loss per token: every document counts alike, or with
    weights by the mean weight of its tokens."""
    n_characters: int | None
    n_utf8_bytes: int | None
    bits_per_character: MeanResult | None
    bits_per_byte: MeanResult | None
    infinite_tokens: int
    """Tokens that were given probability zero; the loss per token is infinite if there are any."""
    loss_of_finite_tokens: float | None
    """Mean loss of all other tokens; the loss per token if every token is among them."""
    skipped_first_tokens: int
    """Lists that start with nothing, because nothing precedes their first token."""
    tails: tuple[TailShare, ...]
    positions: tuple[PositionBin, ...]
    """Empty unless every row is a list in the order of its tokens."""
    worst_documents: tuple[DocumentResult, ...]
    slices: tuple[TokenSlice, ...] = ()
    documents_apart: bool = False
    """True if documents are too many to be told apart, and the rows of some do not stand together:
    the mean over documents and the worst of them are not known then."""


@dataclass(frozen=True, slots=True)
class PitBin:
    """Rows by the probability that the forecast gave to values up to the observed one."""

    low: float
    high: float
    n: int
    share: float
    """Of the rows, or of their weight."""


@dataclass(frozen=True, slots=True)
class GaussianSlice:
    """The rows that share a value of a named column."""

    column: str
    value: str
    n: int
    loss: float
    interval: Ends | None
    baseline: float | None
    gain: float | None
    mean_squared_error: float
    mean_squared_z: float


@dataclass(frozen=True, slots=True)
class GaussianRow:
    """One of the rows with the highest loss; `z` counts standard deviations from the mean."""

    row: int | None
    path: str | None
    id: str | None
    observed: float
    mean: float
    standard_deviation: float
    z: float
    loss: float
    slices: Mapping[str, str]
    shown: Mapping[str, str] = field(default_factory=dict)
    """Contents of the columns that were asked for, by their names; cut after 1,000 letters."""


@dataclass(frozen=True, slots=True)
class GaussianResult:
    """What Gaussian forecasts of a numeric outcome come to.

    Losses are negative logarithms of densities: they can be below zero, and change with the unit
    of the outcome. Differences of losses do not.
    """

    observed_mean: float | None
    observed_variance: float | None
    """With n in its denominator."""
    baseline: float | None
    """Loss of always predicting the mean and the variance of these outcomes; None if all of them
    are equal."""
    gain: float | None
    """Baseline minus loss, in nats per row: above zero is better than the baseline."""
    mean_squared_error: float | None
    explained_variance: float | None
    """1 - mean squared error / variance of the outcome (R squared)."""
    loss_with_constant_std: float | None
    """What the same means score with one standard deviation for all rows, the root of the mean
    squared error; None if every mean is exactly right."""
    mean_z: float | None
    mean_squared_z: float | None
    """1 if the standard deviations are right overall; above 1 they are too small."""
    mean_squared_z_interval: Ends | None
    best_scale: float | None
    """Factor on all standard deviations that gives the least loss on these rows."""
    recoverable: float | None
    """What that factor takes off the loss, in nats per row."""
    crps: float | None
    """Mean continuous ranked probability score, in the unit of the outcome."""
    pit: tuple[PitBin, ...]
    pit_p_value: float | None
    """Of a chi-squared test that every bin is equally likely; None under 100 rows, and with
    weights, which the test knows nothing of."""
    slices: tuple[GaussianSlice, ...]
    worst_rows: tuple[GaussianRow, ...]
