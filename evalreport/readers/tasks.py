"""Inputs that are no classification: how their columns are understood and their rows read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from evalreport.readers.gaussian import GaussianShard, plan_gaussian
from evalreport.readers.glimpse import Glimpse
from evalreport.readers.interface import ReadSettings, Shard
from evalreport.readers.tokens import TokenShard, plan_tokens
from evalreport.readers.top_k import TopKShard, plan_top_k
from evalreport.results import ColumnUse, InputKind

ShardMaker = Callable[..., Shard[Any]]
"""Takes part, plan, settings, number and name of the source, and its header."""


class InputPlan(Protocol):
    """Which column is what, for any task."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; empty where there are none."""

    @property
    def positive(self) -> int:
        """Index of the class that binary views speak of."""

    @property
    def readings(self) -> tuple[str, ...]:
        """Plain sentences on how the columns were understood."""

    @property
    def used(self) -> tuple[str, ...]:
        """Every column that is needed, once."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that tell what stands before the decimals in text."""

    def with_decimal(self, decimal: str, *notes: str) -> Self:
        """Return the plan for numbers in text that have this before their decimals."""

    def as_column_use(self) -> ColumnUse:
        """Return the columns as the results name them."""


@dataclass(frozen=True, slots=True)
class TaskReader:
    """How to understand the columns of an input, and what reads its parts then."""

    plan: Callable[[Glimpse, ReadSettings], Any]
    shard: ShardMaker


TASK_READERS: Mapping[InputKind, TaskReader] = {
    "tokens": TaskReader(plan_tokens, TokenShard),
    "gaussian": TaskReader(plan_gaussian, GaussianShard),
}
"""By what the numbers are; everything else is a predictive distribution over classes."""

TOP_K = TaskReader(plan_top_k, TopKShard)
"""For rows that hold only their most likely classes."""
