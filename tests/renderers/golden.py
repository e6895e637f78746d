"""Whole outputs that somebody has read line by line, kept as files.

To write them anew after a change that is meant, set UPDATE_GOLDEN=1; then read the difference.
"""

from __future__ import annotations

import os
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

from evalreport.report import build_report
from evalreport.report.model import Report
from tests.sample_results import SAMPLES

GOLDEN = Path(__file__).resolve().parent.parent / "golden"


def report_on(sample: str) -> Report:
    """The report on a sample, with a digest that holds on every machine.

    The simulated probabilities may differ in their last bit from processor to processor: no number
    shown notices, but the digest does.
    """
    return build_report(replace(SAMPLES[sample](), digest="4f1c09b27d118c2ea09e"))


def assert_golden(text: str, place: str) -> None:
    """Compare a whole output with the file kept at `place`."""
    path = GOLDEN / place
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    kept = path.read_text(encoding="utf-8")
    difference = unified_diff(kept.splitlines(), text.splitlines(), "kept", "now", lineterm="")
    assert text == kept, "\n".join(difference)
