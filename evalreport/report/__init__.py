"""The report: results as ready text, in the order in which it is shown."""

from evalreport.report.build import build_report
from evalreport.report.model import Report

__all__ = ["Report", "build_report"]
