"""What may be looked at while the columns are being understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What may be looked at while the columns are being understood."""

    path: str | None
    header: tuple[str, ...]
    labels_in: Callable[[str, int], tuple[str, ...]]
    """The distinct labels in a column, the search over once there are so many."""
    first_rows: Callable[[str], pa.Array]


class Labels:
    """The distinct labels, looked for only when somebody asks, and once.

    Parameters
    ----------
    search : callable
        Returns the distinct labels in the order they occur; stops at the number it is given.
    limit : int
        More labels than this tell nothing more.
    """

    def __init__(self, search: Callable[[int], tuple[str, ...]], limit: int) -> None:
        self._search = search
        self._limit = max(limit, 6)
        self._found: tuple[str, ...] | None = None

    def all(self) -> tuple[str, ...]:
        """Return the distinct labels in the order they occur."""
        if self._found is None:
            self._found = self._search(self._limit)
        return self._found
