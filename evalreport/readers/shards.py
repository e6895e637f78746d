"""A part of an input together with how to understand it: what one worker reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from evalreport.readers.interface import MAX_ROWS, Chunk, Part, ReadSettings


class UsedColumns(Protocol):
    """Which column is what."""

    @property
    def used(self) -> tuple[str, ...]:
        """Every column that is needed, once."""


PlanT = TypeVar("PlanT", bound=UsedColumns)
BatchT = TypeVar("BatchT")


@dataclass(frozen=True, slots=True)
class PartShard(ABC, Generic[PlanT, BatchT]):
    """A part of an input with its plan; what a chunk becomes is up to the task. Picklable."""

    part: Part
    plan: PlanT
    settings: ReadSettings
    source: int
    path: str | None
    header: tuple[str, ...]

    @property
    def n_bytes(self) -> int:
        """How much there is to read; 0 if unknown."""
        return self.part.n_bytes

    def batches(self) -> Iterator[BatchT]:
        """Yield the rows in order as checked batches of bounded size."""
        columns = self.plan.used
        if self.settings.keep_rejected_rows:
            columns = tuple(dict.fromkeys([*self.header, *columns]))
        for chunk in self.part.chunks(columns, self._most_rows(len(columns))):
            yield self._admit(chunk)

    def _most_rows(self, n_columns: int) -> int:
        """Return how many rows to read at a time."""
        return MAX_ROWS

    @abstractmethod
    def _admit(self, chunk: Chunk) -> BatchT:
        """Check some rows, and return those that can be scored."""
