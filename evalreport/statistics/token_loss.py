"""Loss per token of some tokens with its error: all of them, or those of a slice."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from evalreport.exact import exp_of
from evalreport.intervals import hall_interval
from evalreport.statistics.clusters import RatioError, column_ratio
from evalreport.statistics.documents import CHARS, LOSS, MASS
from evalreport.statistics.interface import Sums
from evalreport.statistics.tokens import TokenTotals
from evalreport.task_results import Ends, MeanResult

FEW_DOCUMENTS = 50
"""With fewer effective documents the interval is a rough guide."""

_NOTHING = MeanResult(None, None, None)


@dataclass(frozen=True, slots=True)
class TokenLoss:
    """The loss per token, by the interval that the documents allow."""

    totals: TokenTotals
    clusters: Sums | None
    """Sums by document, or by bucket of documents; None if nothing tells documents."""
    loss: MeanResult
    naive: MeanResult
    """As if tokens were independent."""
    is_approximate: bool
    error: RatioError | None

    @property
    def perplexity(self) -> float | None:
        """E to the loss in nats; None where that is beyond every double."""
        return None if self.loss.value is None else _perplexity(self.loss.value)

    @property
    def perplexity_interval(self) -> Ends | None:
        """95 % interval of the perplexity."""
        if self.loss.interval is None:
            return None
        low, high = (_perplexity(each) for each in self.loss.interval)
        return None if low is None or high is None else (low, high)


def _perplexity(mean: float) -> float | None:
    value = exp_of(mean)
    return value if math.isfinite(value) else None


def token_loss(totals: TokenTotals, clusters: Sums | None) -> TokenLoss:
    """Return the loss per token with its error.

    Parameters
    ----------
    totals : TokenTotals
        Of the tokens.
    clusters : Sums or None
        The same by document, or by hash bucket of documents; None if nothing tells documents, so
        that the interval takes tokens as independent.
    """
    moments = totals.moments()
    naive = _NOTHING
    if moments is not None:
        naive = MeanResult(totals.mean, moments.standard_error, hall_interval(moments))
    if totals.mean is None or clusters is None:
        rough = moments is not None and moments.interval_is_approximate
        return TokenLoss(totals, clusters, naive, naive, rough, None)
    error = column_ratio(clusters, LOSS, MASS)
    if error is None:
        loss = MeanResult(totals.mean, None, None)
        return TokenLoss(totals, clusters, loss, naive, False, None)
    # The mean out of all sums is exact; that out of rounded sums by document is not quite.
    loss = MeanResult(totals.mean, error.jackknife, error.interval())
    return TokenLoss(totals, clusters, loss, naive, error.effective < FEW_DOCUMENTS, error)


def bits_per(tokens: TokenLoss, column: int) -> MeanResult | None:
    """Return the loss in bits per character or byte of the text; None if there is no text.

    Parameters
    ----------
    tokens : TokenLoss
        The tokens.
    column : {CHARS, BYTES}
        What to count by.
    """
    totals = tokens.totals
    units: Fraction = totals.chars if column == CHARS else totals.bytes
    if not units or totals.mean is None:
        return None
    bits = float(totals.powers.first / units) / math.log(2.0)
    error = None if tokens.clusters is None else column_ratio(tokens.clusters, LOSS, column)
    if error is None:
        return MeanResult(bits, None, None)
    ends = error.interval()
    in_bits = None if ends is None else (ends[0] / math.log(2.0), ends[1] / math.log(2.0))
    return MeanResult(bits, error.jackknife / math.log(2.0), in_bits)
