"""Evaluations of what is no classification, each with its plan, its results and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evalreport.results import InputKind
from evalreport.tasks.gaussian import GaussianTask
from evalreport.tasks.interface import Task
from evalreport.tasks.tokens import TokenTask

__all__ = ["TASKS", "Task"]

TASKS: Mapping[InputKind, Task[Any]] = {"tokens": TokenTask(), "gaussian": GaussianTask()}
"""By what the numbers are; everything else is a predictive distribution over classes."""
