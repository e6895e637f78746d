"""The evaluation file."""

from __future__ import annotations

from typing import ClassVar

from evalreport.evaluation_file import dumps
from evalreport.report.model import Report


class JsonRenderer:
    """Every number of the report, unrounded."""

    name: ClassVar[str] = "json"
    suffix: ClassVar[str] = ".json"

    def render(self, report: Report) -> str:
        """Return the evaluation file."""
        return dumps(report.result)
