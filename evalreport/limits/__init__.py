"""Limits: what a result is required to be, and what became of each requirement."""

from evalreport.limits.interface import FAIL_ON, NO_LIMITS, FailOn, GroupLimits, Limits
from evalreport.limits.judge import are_met, judge_limits

__all__ = [
    "FAIL_ON",
    "NO_LIMITS",
    "FailOn",
    "GroupLimits",
    "Limits",
    "are_met",
    "judge_limits",
]
