"""What every renderer offers."""

from __future__ import annotations

from typing import ClassVar, Protocol

from evalreport.report.model import Report


class Renderer(Protocol):
    """Turns one finished report into text. Computes nothing, opens nothing."""

    name: ClassVar[str]
    suffix: ClassVar[str]
    """Ending of the name of a file that holds such text, with its dot."""

    def render(self, report: Report) -> str:
        """Return the whole document; the same report gives the same text."""
