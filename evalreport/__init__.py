"""Is this model's probability any good? An honest verdict on the log loss of predictions.

The public names below are loaded when they are first used, so that importing the package, and
asking the command line for help, costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalreport.errors import (
    EvalReportError,
    InputError,
    MergeError,
    OutputError,
    SettingsError,
)

if TYPE_CHECKING:
    from evalreport.api import evaluate, evaluate_file
    from evalreport.comparing import Comparison, compare
    from evalreport.evaluated import Evaluation, read_evaluation
    from evalreport.limits import GroupLimits, Limits

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "EvalReportError",
    "Evaluation",
    "GroupLimits",
    "InputError",
    "Limits",
    "MergeError",
    "OutputError",
    "SettingsError",
    "__version__",
    "compare",
    "evaluate",
    "evaluate_file",
    "read_evaluation",
]

_LAZY = {
    "Comparison": "comparing",
    "Evaluation": "evaluated",
    "compare": "comparing",
    "evaluate": "api",
    "evaluate_file": "api",
    "read_evaluation": "evaluated",
    "GroupLimits": "limits",
    "Limits": "limits",
}
"""Which module each name is in."""


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"evalreport.{_LAZY[name]}"), name)
    raise AttributeError(f"module 'evalreport' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
