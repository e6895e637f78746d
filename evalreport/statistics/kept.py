"""What statistics have in common that keep sums, or the first few entries, and nothing else."""

from __future__ import annotations

from typing import Any

from evalreport.statistics.interface import FirstEntries, Sums


class KeepsSums:
    """A statistic whose state is `Sums`: of plain counts, unless it says the units."""

    __slots__ = ()

    @property
    def _units(self) -> tuple[int, ...]:
        return (0,)

    def empty(self) -> Sums:
        """Return the state of no rows."""
        return Sums(self._units)

    def from_json(self, data: Any) -> Sums:
        """Return the state that was written as JSON."""
        return Sums.from_json(data)


class KeepsFirst:
    """A statistic whose state is `FirstEntries`: as many in each group as its limit says."""

    __slots__ = ()

    limit: int

    def empty(self) -> FirstEntries:
        """Return the state of no rows."""
        return FirstEntries(self.limit)

    def from_json(self, data: Any) -> FirstEntries:
        """Return the state that was written as JSON."""
        return FirstEntries.from_json(data)
