"""What an engine folds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from evalreport.batch import PredictionBatch


class Shard(Protocol):
    """A part of the input that one worker reads; it can be pickled."""

    @property
    def n_bytes(self) -> int:
        """Size of the part in the input, to tell whether a worker of its own pays."""

    def batches(self) -> Iterator[PredictionBatch]:
        """Read the rows of the part, from its first to its last."""
