"""What every section is made from: the result, the unit, and the findings in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evalreport.bands import Band, band_of, scale
from evalreport.findings import Judgement, judge_result
from evalreport.findings.headline import is_soft
from evalreport.formats import (
    INFINITE,
    LossFormat,
    Unit,
    capital,
    edge_text,
    expected_text,
    percent_text,
)
from evalreport.report.model import Span, Tag, Text, Tone
from evalreport.results import EvaluationResult, FindingResult

_TONES: dict[str, Tone] = {
    "good": "good",
    "fine": "fine",
    "watch": "watch",
    "poor": "poor",
    "bad": "bad",
}
_SEVERITY_TONES: dict[str, Tone] = {"error": "bad", "warning": "poor", "note": "none"}


@dataclass(frozen=True, slots=True)
class View:
    """One result with the way to show it."""

    result: EvaluationResult
    losses: LossFormat
    judgements: tuple[Judgement, ...]

    @classmethod
    def of(cls, result: EvaluationResult, unit: Unit) -> View:
        """Return the view of a result with losses in this unit."""
        losses = LossFormat.of(result, unit)
        return cls(result, losses, judge_result(result, losses))

    def mean_loss_text(self, n: int, nats: float | None) -> str:
        """Return a mean loss over `n` rows: without a floor it may be infinite."""
        return INFINITE if n and nats is None else self.losses.text(nats)

    @property
    def is_infinite(self) -> bool:
        """Whether a zero without a floor made the loss infinite; shares of it mean nothing then."""
        return self.result.overall.n > 0 and self.result.overall.judged_loss is None

    @property
    def overall_text(self) -> str:
        """The loss over all rows: the log loss, or the excess with soft labels."""
        return self.mean_loss_text(self.result.overall.n, self.result.overall.judged_loss)

    def share_text(self, share_of_loss: float | None, decimals: int = 0) -> str:
        """Return a share of the loss."""
        return percent_text(None if self.is_infinite else share_of_loss, decimals)

    def found(self, *codes: str) -> FindingResult | None:
        """Return the first finding of one of these codes."""
        each = self.judged(*codes)
        return None if each is None else each.finding

    def judged(self, *codes: str) -> Judgement | None:
        """Return the first judgement of one of these codes."""
        return next((each for each in self.judgements if each.finding.code in codes), None)

    @property
    def is_weighted(self) -> bool:
        """Whether rows have case weights."""
        return self.result.input.columns.weight is not None

    @property
    def is_soft(self) -> bool:
        """Whether labels are soft, so that the loss is counted from the entropy of the targets."""
        return is_soft(self.result)

    def count_of(self, n: float) -> str:
        """Return how often something happened: whole rows, or sums of targets."""
        return f"{n:,}" if isinstance(n, int) else expected_text(n)

    @property
    def is_binary(self) -> bool:
        """Whether there are two classes."""
        return len(self.result.input.classes) == 2


def band_tone(name: str) -> Tone:
    """Return the tone of a band."""
    tones = (each.tone for each in scale().bands if each.name == name)
    return _TONES.get(next(tones, ""), "none")


def band_tag(name: str | None) -> Tag | None:
    """Return the tag of a band."""
    return None if name is None else Tag(capital(name), band_tone(name))


def tone_of(nats: float | None) -> Tone:
    """Return the tone of a loss in nats."""
    return "none" if nats is None else band_tone(band_of(nats).name)


def severity_tag(severity: str) -> Tag:
    """Return the tag of a finding."""
    return Tag(capital(severity), _SEVERITY_TONES[severity])


def band_range_text(band: Band) -> str:
    """Return the range of a band in words: "under 0.02", "0.20 to 0.30", "over 2.00"."""
    if band.high is None:
        return f"over {edge_text(band.low)}"
    if band.high == 0:
        return "0"
    high = edge_text(band.high)
    return f"under {high}" if band.low == 0 else f"{edge_text(band.low)} to {high}"


def say(*parts: str | Span) -> Text:
    """Return running text of plain and marked parts."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def strong(text: str) -> Span:
    """Return text that carries the point of its sentence."""
    return Span(text, strong=True)


def code(text: str) -> Span:
    """Return text out of the data or a command."""
    return Span(text, code=True)


def enumerated(items: Iterable[Span]) -> Text:
    """Return marked parts with commas between them."""
    spans: list[Span] = []
    for item in items:
        spans += [item] if not spans else [Span(", "), item]
    return tuple(spans)
