"""The sections in the order in which they are shown; one without data is left out."""

from __future__ import annotations

from evalreport.report.calibration import calibration_section
from evalreport.report.comparison import compare_section
from evalreport.report.distributions import distributions_section
from evalreport.report.explain import help_section, run_section
from evalreport.report.groups import classes_section
from evalreport.report.losses import loss_section
from evalreport.report.model import Section
from evalreport.report.rows import quality_section, worst_section
from evalreport.report.slices import slices_section
from evalreport.report.view import View


def sections(view: View, command: str) -> tuple[Section, ...]:
    """Return every section that has something to show."""
    candidates = (
        compare_section(view),
        classes_section(view),
        slices_section(view),
        loss_section(view),
        calibration_section(view),
        distributions_section(view),
        worst_section(view),
        quality_section(view),
        help_section(view),
        run_section(view, command),
    )
    return tuple(each for each in candidates if each is not None)
