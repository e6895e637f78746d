"""Which words a result gets: those for classes, or those of its task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evalreport.formats import count_text
from evalreport.report.gaussian import gaussian_size, gaussian_verdict
from evalreport.report.gaussian_sections import gaussian_sections
from evalreport.report.model import Section, Verdict
from evalreport.report.sections import sections
from evalreport.report.token_sections import token_sections
from evalreport.report.tokens import token_size, token_verdict
from evalreport.report.top_k import top_k_size, top_k_verdict
from evalreport.report.top_k_sections import top_k_sections
from evalreport.report.verdict import verdict
from evalreport.report.view import View
from evalreport.results import EvaluationResult


@dataclass(frozen=True, slots=True)
class ReportKind:
    """What makes up the report on one kind of result.

    `title_words` stand after the name in the title of the page; `size` says how much was scored.
    """

    title_words: str
    verdict: Callable[[View], Verdict]
    sections: Callable[[View, str], tuple[Section, ...]]
    size: Callable[[EvaluationResult], str]


def report_kind(task: str) -> ReportKind:
    """Return what a report on a result of this task is made of."""
    return _KINDS.get(task, _CLASSES)


def _class_size(result: EvaluationResult) -> str:
    classes = count_text(len(result.input.classes), "class", "classes")
    return f"{count_text(result.overall.n, 'row')}, {classes}"


_CLASSES = ReportKind("log loss report", verdict, sections, _class_size)
_KINDS: Mapping[str, ReportKind] = {
    "tokens": ReportKind("token loss report", token_verdict, token_sections, token_size),
    "gaussian": ReportKind(
        "Gaussian forecast report", gaussian_verdict, gaussian_sections, gaussian_size
    ),
    "top-k": ReportKind("log loss report", top_k_verdict, top_k_sections, top_k_size),
}
