"""The states of all statistics of a plan, side by side, whatever the plan measures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from evalreport.errors import MergeError
from evalreport.statistics.interface import State, Statistic, Transient

STATE_VERSION = 1


class MeasuringPlan(Protocol):
    """What to measure: settings only, no data."""

    @property
    def statistics(self) -> tuple[Statistic[Any], ...]:
        """All statistics of the plan."""

    @property
    def settings(self) -> dict[str, Any]:
        """What two states must have in common to be merged, in terms of JSON."""

    @property
    def not_in_digest(self) -> tuple[str, ...]:
        """Names of statistics that depend on places in the input."""


PlanT = TypeVar("PlanT", bound=MeasuringPlan)


@dataclass(frozen=True, slots=True)
class PlanStates(Generic[PlanT]):
    """The state of every statistic of a plan."""

    plan: PlanT
    by_name: Mapping[str, State]

    def __getitem__(self, statistic: Statistic[Any]) -> Any:
        return self.by_name[statistic.name]

    @classmethod
    def empty(cls, plan: PlanT) -> Self:
        """Return the states of no rows."""
        return cls(plan, {each.name: each.empty() for each in plan.statistics})

    @classmethod
    def of(cls, plan: PlanT, scored: Any) -> Self:
        """Return the states of these rows."""
        return cls(plan, {each.name: each.from_batch(scored) for each in plan.statistics})

    @property
    def n_read(self) -> int:
        """Rows read, scored or not."""
        intake: Any = self.by_name["intake"]
        return int(intake.row("read")[0])

    def merge(self, other: Self) -> Self:
        """Return the states of both inputs together."""
        if self.plan != other.plan:
            raise MergeError(_difference(self.plan.settings, other.plan.settings))
        merged = {name: state.merge(other.by_name[name]) for name, state in self.by_name.items()}
        return type(self)(self.plan, merged)

    def digest(self) -> str:
        """Return a fingerprint of the statistics: the same digest means the same statistics."""
        return self.digest_of(self.to_json())

    def digest_of(self, written: Mapping[str, Any]) -> str:
        """Return `digest` for what `to_json` has written already."""
        # How many of the worst rows are listed changes no number.
        left_out = {"statistics": self.plan.not_in_digest, "settings": ("n_worst",)}
        document = dict(written)
        for part, names in left_out.items():
            document[part] = {key: each for key, each in document[part].items() if key not in names}
        text = json.dumps(document, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the states in terms of JSON."""
        return {
            "version": STATE_VERSION,
            "settings": self.plan.settings,
            "statistics": {
                name: state.to_json()
                for name, state in self.by_name.items()
                if not isinstance(state, Transient)
            },
        }

    @classmethod
    def from_statistics(
        cls,
        plan: PlanT,
        data: Mapping[str, Any],
        wanted: Sequence[Statistic[Any]] | None = None,
    ) -> Self:
        """Return the states that `to_json` wrote under ``statistics``, or those of some of them."""

        def read(each: Statistic[Any]) -> Any:
            nothing = each.empty()
            return nothing if isinstance(nothing, Transient) else each.from_json(data[each.name])

        some = plan.statistics if wanted is None else wanted
        return cls(plan, {each.name: read(each) for each in some})


def refuse_other_version(data: Mapping[str, Any]) -> None:
    """Refuse a state of another version.

    Raises
    ------
    MergeError
        If it was not written by this version.
    """
    if data.get("version") != STATE_VERSION:
        raise MergeError(
            f"the state has version {data.get('version')}, and {STATE_VERSION} is expected"
        )


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    if one.keys() != other.keys():
        return "these states measure different things"
    name = next(key for key in one if one[key] != other[key])
    return f"these states differ in their {name}: {one[name]} and {other[name]}"
