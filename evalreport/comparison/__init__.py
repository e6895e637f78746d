"""Comparing a run with a previous one: row by row, by hash buckets, or as two sets of rows."""

from evalreport.comparison.comparable import refuse_incomparable
from evalreport.comparison.compare import compare_by_rows, compare_evaluations
from evalreport.comparison.kept import Keeper, Keeping
from evalreport.comparison.rows import RowStore

__all__ = [
    "Keeper",
    "Keeping",
    "RowStore",
    "compare_by_rows",
    "compare_evaluations",
    "refuse_incomparable",
]
