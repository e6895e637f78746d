"""From a result to the report."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from evalreport.bands import Scale, using
from evalreport.formats import capital, clean, date_text, listed
from evalreport.report.attention import attention
from evalreport.report.changed import with_change
from evalreport.report.kinds import report_kind
from evalreport.report.limits import exit_text, limit_lines, limits_section, limits_text
from evalreport.report.model import Report, Verdict
from evalreport.report.view import View
from evalreport.results import EvaluationResult

_MOST_PATHS = 3


def build_report(
    result: EvaluationResult,
    *,
    key: str | None = None,
    unit: Literal["nats", "bits"] = "nats",
    command: str = "",
    strict: bool | None = None,
) -> Report:
    """Return the report on a result: ready text, in order, the same for every renderer.

    Parameters
    ----------
    result : EvaluationResult
        What was found out.
    key : str, optional
        Key of the marker in the Markdown summary; the title unless given.
    unit : {"nats", "bits"}
        Unit of the losses shown. Bands are judged in nats, whatever is shown.
    command : str
        The command that gives the same numbers, to be shown with the run details.
    strict : bool, optional
        Whether limits that could not be judged fail as well; None where there is no exit code to
        give a reason for.
    """
    with using(Scale.of(result.bands)):
        return _build(View.of(result, unit), key, command, strict)


def _build(view: View, key: str | None, command: str, strict: bool | None) -> Report:
    result = view.result
    kind = report_kind(result.task)
    limits = limits_section(result.limits)
    parts = (*(() if limits is None else (limits,)), *kind.sections(view, command))
    answer = replace(with_change(view, kind.verdict(view)), limits_text=limits_text(result.limits))
    title = clean(result.title)
    return Report(
        title=title,
        page_title=f"{_number_and_band(answer)}: {title} {kind.title_words}",
        kind=capital(kind.title_words),
        meta=_meta(result, kind.size(result)),
        created=result.created,
        created_text="" if result.created is None else date_text(result.created),
        key=marker_key(key or result.title),
        version=result.evalreport_version,
        verdict=answer,
        attention=attention(view, [section.id for section in parts]),
        sections=parts,
        result=result,
        limits=limit_lines(result.limits),
        exit_text="" if strict is None else exit_text(result.limits, strict),
    )


def _number_and_band(answer: Verdict) -> str:
    band = [] if answer.band is None else [answer.band.text]
    # A good band is no good news if the headline says otherwise.
    words = ", ".join(band if answer.headline in band else [*band, answer.headline])
    return f"{answer.value_text}, {words.lower()}"


def _meta(result: EvaluationResult, size: str) -> tuple[str, ...]:
    given = result.input
    names = [clean(re.split(r"[/\\]", path)[-1]) for path in given.paths]
    files = [listed(names, most=_MOST_PATHS)] if names else []
    before = result.comparison
    compared = [] if before is None else [f"Compared with {clean(before.previous.title, 40)}"]
    return (*files, size, *compared)


def marker_key(text: str) -> str:
    """Return a key that can stand in an HTML comment.

    Examples
    --------
    >>> marker_key("ticket-router v14"), marker_key("a --> b"), marker_key("名前")
    ('ticket-router-v14', 'a-b', 'report')
    """
    return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-")[:80] or "report"
