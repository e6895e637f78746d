"""What may be looked at while the columns are being understood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from evalreport.readers.interface import Group


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What may be looked at while the columns are being understood."""

    path: str | None
    header: tuple[str, ...]
    labels_in: Callable[[str, int], tuple[str, ...]]
    """The distinct labels in a column, the search over once there are so many."""
    first_rows: Callable[[str], pa.Array]
    groups: Mapping[str, Group] = field(default_factory=dict)
    label: str | None = None
    """What the form of the input says to be the label; likewise `probs`."""
    probs: str | None = None
    row_of: Callable[[str, str], int | None] = lambda *_: None
    """The first row of the first file in which a column holds a label."""
    orders: Callable[[], Iterable[tuple[str, ...]]] = tuple
    """The orders in which files, and rows of JSON, name the columns."""


class Labels:
    """The distinct labels, looked for only when somebody asks, and once.

    Parameters
    ----------
    search : callable
        Returns the distinct labels in the order they occur; stops at the number it is given.
    limit : int
        More labels than this tell nothing more.
    locate : callable, optional
        Returns the first row that a label stands in, if it knows.
    """

    def __init__(
        self,
        search: Callable[[int], tuple[str, ...]],
        limit: int,
        locate: Callable[[str], int | None] = lambda _: None,
    ) -> None:
        self._search = search
        self.row_of = locate
        self._limit = max(limit, 6)
        self._found: tuple[str, ...] | None = None

    def all(self) -> tuple[str, ...]:
        """Return the distinct labels in the order they occur."""
        if self._found is None:
            self._found = self._search(self._limit)
        return self._found

    def more_than(self, most: int) -> bool:
        """Tell whether there are more labels than this; only looked into if there are several."""
        return len(self.all()) >= self._limit and len(self._search(most + 1)) > most
