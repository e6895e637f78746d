"""Single rows that are worth a look: those of the highest loss, and those that were refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from evalreport.batch import Intake, Rejection
from evalreport.results import DataQualityResult, InvalidExample, InvalidReason, WorstRow
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Entry, FirstEntries, Sums
from evalreport.statistics.kept import KeepsFirst, KeepsSums
from evalreport.statistics.places import highest, place_of, told_apart, with_path

_EXAMPLES = 5


class Admitted(Protocol):
    """Rows of any kind that came through the door, and what happened to the others."""

    @property
    def intake(self) -> Intake:
        """What happened at the door."""

    @property
    def n_zero_weight(self) -> int:
        """Rows that are counted, not scored."""

    @property
    def batch(self) -> Any:
        """The rows with their `source`."""

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class WorstRows(KeepsFirst):
    """The rows with the highest loss; ties go by id, or by place where there are no ids.

    Rows with ids are told by their id alone, so that the order of the rows does not matter. With
    soft labels the loss is the excess, and the label that of the largest target.
    """

    limit: int = 20
    name: str = "worst_rows"

    def from_batch(self, scored: ScoredBatch) -> FirstEntries:
        """Return the worst of these rows."""
        # Without a floor the worst rows of all, of infinite loss, stand as 0 in the losses.
        losses = np.where(scored.is_zero & (scored.floor is None), np.inf, scored.excess)
        candidates = highest(losses, self.limit, scored.batch.ids, scored.batch.rows)
        entries = [self._entry(scored, int(i), float(losses[i])) for i in candidates]
        return FirstEntries.pick(self.limit, "", entries)

    def _entry(self, scored: ScoredBatch, i: int, loss: float) -> Entry:
        batch = scored.batch
        predicted = int(scored.predicted[i])
        identity, content = place_of(batch, i)
        content |= {
            "label": batch.classes[int(batch.observed[i])],
            "probability": float(scored.given[i]),
            "loss": None if loss == np.inf else loss,
            "predicted": batch.classes[predicted],
            "predicted_probability": float(batch.probs[i, predicted]),
            "shown": {each.name: each.text(i) for each in batch.shown},
        }
        return (-min(loss, 1e9), *told_apart(identity, content)), content

    def results(self, state: FirstEntries, paths: tuple[str, ...]) -> tuple[WorstRow, ...]:
        """Return the rows, worst first."""
        entries = state.groups.get("", ())
        return tuple(WorstRow(**with_path(content, paths)) for _, content in entries)


_LIKE = ("like probabilities", "like percentages")
_REASONS = ("read", "off", "rescaled", "as is", "lowered", "zero weight", *_LIKE)


@dataclass(frozen=True, slots=True)
class IntakeCounts(KeepsSums):
    """How many rows were read, and what was wrong or odd with how many of them."""

    name: str = "intake"

    def from_batch(self, scored: Admitted) -> Sums:
        """Return the counts of this batch."""
        intake = scored.intake
        counts = {
            "read": len(scored) + scored.n_zero_weight + len(intake.rejections),
            "off": intake.n_not_summing_to_one,
            "rescaled": intake.n_rescaled,
            "as is": intake.n_as_is,
            "lowered": intake.n_lowered_to_one,
            "zero weight": scored.n_zero_weight,
            "like probabilities": intake.n_like_probabilities,
            "like percentages": intake.n_like_percentages,
        }
        for rejection in intake.rejections:
            key = f"rejected: {rejection.reason}"
            counts[key] = counts.get(key, 0) + 1
        return Sums((0,), {key: (n,) for key, n in counts.items() if n})


@dataclass(frozen=True, slots=True)
class RejectedRows(KeepsFirst):
    """The first few rows that were refused, for each reason."""

    limit: int = _EXAMPLES
    name: str = "rejected"

    def from_batch(self, scored: Admitted) -> FirstEntries:
        """Return the first rejections of this batch."""
        by_reason: dict[str, list[Entry]] = {}
        for each in scored.intake.rejections:
            by_reason.setdefault(each.reason, []).append(_rejection_entry(scored, each))
        state = self.empty()
        for reason, entries in by_reason.items():
            state = state.merge(FirstEntries.pick(self.limit, reason, entries))
        return state


def _rejection_entry(scored: Admitted, rejection: Rejection) -> Entry:
    content = {"row": rejection.row, "column": rejection.column, "value": rejection.value}
    return (scored.batch.source, rejection.row), content


def data_quality(counts: Sums, rejected: FirstEntries) -> DataQualityResult:
    """Return what happened at the door."""

    def count(key: str) -> int:
        return counts.row(key)[0]

    reasons = sorted(
        (str(key).removeprefix("rejected: ") for key in counts.rows if key not in _REASONS),
        key=lambda reason: (-count(f"rejected: {reason}"), reason),
    )
    return DataQualityResult(
        invalid=tuple(
            InvalidReason(
                reason,
                count(f"rejected: {reason}"),
                tuple(InvalidExample(**each) for _, each in rejected.groups.get(reason, ())),
            )
            for reason in reasons
        ),
        duplicate_ids=None,
        rows_not_summing_to_one=count("off"),
        rows_rescaled=count("rescaled"),
        rows_scored_as_is=count("as is"),
        rows_lowered_to_one=count("lowered"),
        zero_weight_rows=count("zero weight"),
        rows_like_probabilities=count("like probabilities"),
        rows_like_percentages=count("like percentages"),
    )
