"""What a format has to offer, and what the rest of the program gets: batches out of shards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar, get_args

import numpy as np
import pyarrow as pa

from evalreport.batch import IntArray
from evalreport.choices import check_choice
from evalreport.readers.storage import InputFile
from evalreport.results import ColumnUse, InputKind
from evalreport.task_results import NO_TASK_COLUMNS, TaskColumns

OnInvalid = Literal["error", "drop"]
Normalize = Literal["error", "rescale", "as-is"]
Decimal = Literal[".", ","]

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
    target_probs : tuple of str
        Columns of the distribution of what happened, instead of a label; written like `probs`.
    normalize_targets : bool
        Whether targets are counts, to be divided by their sum.
    label, weight, id : str, optional
        Columns of what happened, of the case weights and of the row ids.
    probs : tuple of str
        Columns of the predictive distribution. In a name with a star the part that the star
        stands for is the class.
    positive : str, optional
        The class that a single probability column speaks of.
    classes : tuple of str, optional
        The closed list of classes and their order.
    input_kind : {"probabilities", "percentages", "logits", "log-probabilities"}
        What the numbers are.
    slices : tuple of str
        Columns to report by.
    on_invalid : {"error", "drop"}
        Whether a row that cannot be scored ends the reading or is left out and told about.
    normalize : {"error", "rescale", "as-is"}
        What becomes of rows whose probabilities do not sum to 1.
    keep_rejected_rows : bool
        Keep every cell of the rows that are left out, as text.
    delimiter : str, optional
        What stands between the cells of a text file; told by its header unless given.
    decimal : {".", ","}, optional
        What stands before the decimals in text; told by the probabilities unless given.
    header : bool
        Whether the first line of a text file names the columns; else they are called 1, 2, 3, ….
    class_column : str, optional
        Column of the class that a row speaks of, where every class has a row of its own.
    top_k : bool
        Whether rows hold only their most likely classes.
    top_labels : tuple of str
        Columns of the names of these classes, beside `probs` with their probabilities.
    task_columns : TaskColumns
        Columns that only token files and Gaussian forecasts have.
    show : tuple of str
        Columns whose contents are shown with the worst rows.
    """

    format: str | None = None
    label: str | None = None
    probs: tuple[str, ...] = ()
    positive: str | None = None
    classes: tuple[str, ...] | None = None
    input_kind: InputKind = "probabilities"
    weight: str | None = None
    id: str | None = None
    slices: tuple[str, ...] = ()
    on_invalid: OnInvalid = "error"
    normalize: Normalize = "error"
    keep_rejected_rows: bool = False
    delimiter: str | None = None
    decimal: Decimal | None = None
    header: bool = True
    class_column: str | None = None
    target_probs: tuple[str, ...] = ()
    normalize_targets: bool = False
    task_columns: TaskColumns = NO_TASK_COLUMNS
    top_k: bool = False
    top_labels: tuple[str, ...] = ()
    show: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for option, choices in _CHOICES.items():
            check_choice(option, getattr(self, option), get_args(choices))


_CHOICES = {"on_invalid": OnInvalid, "normalize": Normalize, "input_kind": InputKind}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows as they stand in the input; `first_row` counts from 1 without the header."""

    first_row: int
    cells: pa.RecordBatch
    rows: IntArray | None = None
    """The number of each row in the input, if they do not count up from the first."""

    def numbers(self) -> IntArray:
        """Return the number of each row in the input."""
        if self.rows is not None:
            return self.rows
        return self.first_row + np.arange(self.cells.num_rows, dtype=np.int64)

    def number_of(self, row: int) -> int:
        """Return the number that one row has in the input."""
        return self.first_row + row if self.rows is None else int(self.rows[row])


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
class Group:
    """Columns that the input stores as one: a list, a record or a matrix of numbers.

    `names` are the classes that they are named after, or their positions, counted from 0.
    """

    columns: tuple[str, ...]
    names: tuple[str, ...]
    by_position: bool


@dataclass(frozen=True, slots=True)
class Source:
    """One opened input: what its columns are called, and the parts it is read in."""

    path: str | None
    """As the user gave it; None for arrays."""
    header: tuple[str, ...]
    has_rows: bool
    parts: tuple[Part, ...]
    readings: tuple[str, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    """Columns that belong together, by the name of what holds them; not all are in the header."""
    label: str | None = None
    """The column of what happened, if the form of the input says so; likewise `probs`."""
    probs: str | None = None
    orders: Callable[[], Iterable[tuple[str, ...]]] = tuple
    """Other orders that rows name the columns in, as far as the first rows show."""
    n_rows: int | None = None
    """How many rows there are; None if only reading tells."""


class Format(Protocol):
    """A kind of file. It knows where the cells are, and nothing about what they mean."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of file names, with the dot, in lower case."""

    @property
    def marks(self) -> tuple[bytes, ...]:
        """What files of the format start with; empty for text, which may also be compressed."""

    def open(self, files: Sequence[InputFile], settings: ReadSettings) -> tuple[Source, ...]:
        """Open the files, each as a source of its own unless the format says otherwise.

        Raises
        ------
        InputError
            If a file is damaged, or not in this format.
        """


BatchT_co = TypeVar("BatchT_co", covariant=True)


class Shard(Protocol[BatchT_co]):
    """A part of the input that one worker reads; picklable."""

    @property
    def n_bytes(self) -> int:
        """How much there is to read; 0 if unknown."""

    def batches(self) -> Iterator[BatchT_co]:
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
    input_kind: InputKind
    readings: tuple[str, ...]
    """Plain sentences on how the columns were understood."""
    shards: tuple[Shard[Any], ...]
    """Of `PredictionBatch`, or of the batches of another task."""
    soft: bool = False
    """Whether batches have targets: a distribution of what happened that is not one-hot."""
    top_k: bool = False
    """Whether rows hold only their most likely classes."""
    n_rows: int | None = None
    """How many rows there are to read; None if only reading tells."""

    streamed: bool = False
    """Whether rows are read in the order of their bytes, so that these tell what is behind."""

    @property
    def task(self) -> str:
        """What is measured of the input: the key of its task, where it is no classification."""
        return "top-k" if self.top_k else self.input_kind
