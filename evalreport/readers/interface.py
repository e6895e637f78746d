"""What a format has to offer, and what the rest of the program gets: batches out of shards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import pyarrow as pa

from evalreport.batch import PredictionBatch
from evalreport.results import ColumnUse

OnInvalid = Literal["error", "drop"]
Normalize = Literal["error", "rescale", "as-is"]

MAX_ROWS = 131_072
MAX_CELLS = 4_000_000
"""Bounds of one batch, so that the memory in use does not depend on the number of rows."""


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How to read predictions; everything that is left out is found by name.

    Parameters
    ----------
    format : str, optional
        Name of the format; by the suffix of the file unless given.
    label, weight, id : str, optional
        Columns of what happened, of the case weights and of the row ids.
    probs : tuple of str
        Columns of the predictive distribution. In a name with a star the part that the star
        stands for is the class.
    positive : str, optional
        The class that a single probability column speaks of.
    classes : tuple of str, optional
        The closed list of classes and their order.
    slices : tuple of str
        Columns to report by.
    on_invalid : {"error", "drop"}
        Whether a row that cannot be scored ends the reading or is left out and told about.
    normalize : {"error", "rescale", "as-is"}
        What becomes of rows whose probabilities do not sum to 1.
    keep_rejected_rows : bool
        Keep every cell of the rows that are left out, as text.
    """

    format: str | None = None
    label: str | None = None
    probs: tuple[str, ...] = ()
    positive: str | None = None
    classes: tuple[str, ...] | None = None
    weight: str | None = None
    id: str | None = None
    slices: tuple[str, ...] = ()
    on_invalid: OnInvalid = "error"
    normalize: Normalize = "error"
    keep_rejected_rows: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows as they stand in the input; `first_row` counts from 1 without the header."""

    first_row: int
    cells: pa.RecordBatch


class Part(Protocol):
    """A part of one input that can be read by itself; picklable."""

    @property
    def n_bytes(self) -> int:
        """How much there is to read, to share the work out by; 0 if unknown."""

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, only the asked columns, at most `max_rows` at a time.

        Raises
        ------
        InputError
            If the input is damaged; the place is named as the user knows it.
        """


@dataclass(frozen=True, slots=True)
class Source:
    """One opened input: what its columns are called, and the parts it is read in."""

    path: str | None
    """As the user gave it; None for arrays."""
    header: tuple[str, ...]
    has_rows: bool
    parts: tuple[Part, ...]
    readings: tuple[str, ...] = ()


class Format(Protocol):
    """A kind of file. It knows where the cells are, and nothing about what they mean."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of file names, with the dot, in lower case."""

    def open(self, file: str, shown: str) -> Source:
        """Open `file`, which messages call `shown`."""


class Shard(Protocol):
    """A part of the input that one worker reads; picklable."""

    @property
    def n_bytes(self) -> int:
        """How much there is to read; 0 if unknown."""

    def batches(self) -> Iterator[PredictionBatch]:
        """Yield the rows in order as checked batches of bounded size.

        Raises
        ------
        InputError
            If the input is damaged, or a row cannot be scored and is not to be left out.
        """


@dataclass(frozen=True)
class Predictions:
    """The opened input, understood; nothing is scored yet."""

    paths: tuple[str, ...]
    format: str
    n_bytes: int | None
    modified: float | None
    """Newest modification time of the files, in seconds since 1970."""
    header: tuple[str, ...]
    classes: tuple[str, ...]
    positive: int
    columns: ColumnUse
    input_kind: str
    readings: tuple[str, ...]
    """Plain sentences on how the columns were understood."""
    shards: tuple[Shard, ...]
