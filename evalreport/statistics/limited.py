"""Sums by the values of a column that may turn out to have far too many of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from evalreport.statistics.groups_of_rows import refuse_too_many
from evalreport.statistics.interface import Sums

MOST_VALUES = 10_000


@dataclass(frozen=True, slots=True)
class LimitedSums(Sums):
    """Exact sums for each value of a column, of which there may be 10,000.

    Merging refuses more than that, so that memory stays bounded however long the input is.

    Parameters
    ----------
    column : str
        The column, for the message.
    """

    column: str = field(default="", compare=False)

    def merge(self, other: Self) -> Self:
        """Return the sums over both inputs.

        Raises
        ------
        InputError
            If there are too many values.
        """
        merged = Sums.merge(self, other)
        refuse_too_many(len(merged.rows), self.column, MOST_VALUES)
        return replace(merged, column=self.column)
