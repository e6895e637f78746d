"""Evaluations of what is no classification, each with its plan, its results and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evalreport.tasks.gaussian import GaussianTask
from evalreport.tasks.interface import Task, refuse_without_meaning
from evalreport.tasks.tokens import TokenTask
from evalreport.tasks.top_k import TopKTask

__all__ = ["TASKS", "Task", "refuse_without_meaning"]

TASKS: Mapping[str, Task[Any]] = {
    "tokens": TokenTask(),
    "gaussian": GaussianTask(),
    "top-k": TopKTask(),
}
"""By name; everything else is a predictive distribution over classes."""
