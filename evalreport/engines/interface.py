"""What an engine folds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, Self, TypeVar

BatchT_co = TypeVar("BatchT_co", covariant=True)
BatchT_contra = TypeVar("BatchT_contra", contravariant=True)


class Shard(Protocol[BatchT_co]):
    """A part of the input that one worker reads; it can be pickled."""

    @property
    def n_bytes(self) -> int:
        """Size of the part in the input, to tell whether a worker of its own pays."""

    def batches(self) -> Iterator[BatchT_co]:
        """Read the rows of the part, from its first to its last."""


class Folded(Protocol):
    """What batches become: states that merge."""

    @property
    def n_read(self) -> int:
        """Rows read, scored or not."""

    def merge(self, other: Self) -> Self:
        """Return the states of both inputs together."""


StatesT_co = TypeVar("StatesT_co", bound=Folded, covariant=True)


class FoldPlan(Protocol[BatchT_contra, StatesT_co]):
    """What to measure; it can be pickled."""

    def empty(self) -> StatesT_co:
        """Return the states of no rows."""

    def from_batch(self, batch: BatchT_contra) -> StatesT_co:
        """Return the states of these rows."""
