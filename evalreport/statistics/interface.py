"""What a statistic is, and the two kinds of state that all of them are made of.

A state is a sufficient statistic: what has been seen so far, and enough of it. Adding a batch is
making a state from it and merging; the order never matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import add
from typing import Any, Protocol, Self, TypeVar

from evalreport.errors import MergeError
from evalreport.exact import as_fraction

Key = int | str


class State(Protocol):
    """What has been seen so far, and enough of it."""

    def merge(self, other: Self) -> Self:
        """Return the state of both inputs together; neither is changed."""

    def to_json(self) -> Any:
        """Return the state in terms of JSON."""


class Transient(State):
    """A state that is not saved: it holds rows, and an evaluation file holds sums."""


StateT_co = TypeVar("StateT_co", bound=State, covariant=True)


class Statistic(Protocol[StateT_co]):
    """What to measure: settings only, no data; hashable, so that it can key a dict."""

    @property
    def name(self) -> str:
        """Name of the statistic among others in a plan."""

    def empty(self) -> StateT_co:
        """Return the state of no rows: merging it changes nothing."""

    def from_batch(self, scored: Any) -> StateT_co:
        """Return the state of these rows, in the form that the plan of the statistic scores."""

    def from_json(self, data: Any) -> StateT_co:
        """Return the state that `to_json` wrote."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Exact sums in named columns, for each of some groups.

    Parameters
    ----------
    units : tuple of int
        For each column log2 of the unit it is counted in; 0 for plain counts.
    rows : mapping of group to tuple of int
        For each group one integer a column. A group of which nothing was seen is absent.
    """

    units: tuple[int, ...]
    rows: Mapping[Key, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def from_columns(
        cls, units: tuple[int, ...], keys: Sequence[Key], columns: Sequence[Sequence[int]]
    ) -> Sums:
        """Return the sums given column by column, without the groups that are all zero."""
        rows = zip(keys, zip(*columns, strict=True), strict=True)
        return cls(units, {key: row for key, row in rows if any(row)})

    def merge(self, other: Self) -> Self:
        """Return the sums over both inputs."""
        if self.units != other.units:
            raise MergeError("these sums were made with different settings and cannot be added")
        if not self.rows or not other.rows:
            return self if self.rows else other
        merged = dict(self.rows)
        for key, row in other.rows.items():
            mine = merged.get(key)
            merged[key] = row if mine is None else tuple(map(add, mine, row))
        return type(self)(self.units, merged)

    def row(self, key: Key) -> tuple[int, ...]:
        """Return the integers of a group; zeros if nothing was seen of it."""
        return self.rows.get(key, (0,) * len(self.units))

    def value(self, key: Key, column: int) -> Fraction:
        """Return the exact sum in a column of a group."""
        return as_fraction(self.row(key)[column], self.units[column])

    def total(self) -> tuple[int, ...]:
        """Return the sums over all groups together, column by column."""
        if not self.rows:
            return (0,) * len(self.units)
        return tuple(map(sum, zip(*self.rows.values(), strict=True)))

    def ordered_keys(self) -> list[Key]:
        """Return the groups in a fixed order."""
        return sorted(self.rows, key=lambda key: (isinstance(key, str), key))

    def to_json(self) -> dict[str, Any]:
        """Return the sums as text, because many JSON readers cannot hold large integers."""
        return {
            "units": list(self.units),
            "rows": [[key, " ".join(map(_text, self.rows[key]))] for key in self.ordered_keys()],
        }

    @classmethod
    def from_json(cls, data: Any) -> Sums:
        """Return the sums that `to_json` wrote."""
        return cls(
            tuple(data["units"]),
            {key: tuple(map(_number, text.split())) for key, text in data["rows"]},
        )


_MANY_ZEROS = 64


def _text(number: int) -> str:
    """Return a whole number as text; binary zeros at its end, if many, by their count.

    Sums of weights stand in a unit far below any weight, and have more than a thousand.
    """
    zeros = (number & -number).bit_length() - 1
    return f"{number >> zeros}p{zeros}" if zeros > _MANY_ZEROS else str(number)


def _number(text: str) -> int:
    mantissa, _, zeros = text.partition("p")
    return int(mantissa) << int(zeros or 0)


Entry = tuple[tuple[Any, ...], Mapping[str, Any]]
"""What an entry is ordered by, and what it says."""


@dataclass(frozen=True, slots=True)
class FirstEntries:
    """For each of some groups the first few entries in a fixed order, ties and all.

    Parameters
    ----------
    limit : int
        How many entries are kept a group.
    groups : mapping of str to tuple of entries
        In order.
    """

    limit: int
    groups: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)

    @classmethod
    def pick(cls, limit: int, group: str, entries: Sequence[Entry]) -> FirstEntries:
        """Return the first of these entries."""
        if not entries:
            return cls(limit)
        return cls(limit, {group: tuple(sorted(entries, key=lambda entry: entry[0])[:limit])})

    def merge(self, other: Self) -> Self:
        """Return the first entries of both inputs."""
        if self.limit != other.limit:
            raise MergeError(f"one side keeps {self.limit} rows, the other {other.limit}")
        merged = dict(self.groups)
        for group, entries in other.groups.items():
            both = (*merged.get(group, ()), *entries)
            merged[group] = tuple(sorted(both, key=lambda entry: entry[0])[: self.limit])
        return type(self)(self.limit, merged)

    def to_json(self) -> dict[str, Any]:
        """Return the entries in terms of JSON."""
        groups = {
            group: [[list(order), dict(content)] for order, content in self.groups[group]]
            for group in sorted(self.groups)
        }
        return {"limit": self.limit, "groups": groups}

    @classmethod
    def from_json(cls, data: Any) -> FirstEntries:
        """Return the entries that `to_json` wrote."""
        groups = {
            group: tuple((tuple(order), content) for order, content in entries)
            for group, entries in data["groups"].items()
        }
        return cls(data["limit"], groups)
