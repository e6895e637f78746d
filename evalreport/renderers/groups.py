"""The classes and slices of a report as short rows, for renderers with little room."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evalreport.formats import INFINITE
from evalreport.report.model import Cell, Finding, Report, Section, Table, Tag

_NOTHING = Cell("")


@dataclass(frozen=True, slots=True)
class Group:
    """A class or a slice: its name out of the data, and ready texts."""

    name: str
    rows: str
    loss: str
    interval: str
    band: Tag | None
    share: str
    loss_value: float | None
    """What `loss` sorts by, unrounded."""


def groups(report: Report, section_id: str) -> tuple[Group, ...]:
    """Return the groups that the table of a section shows, the highest loss first."""
    table = _group_table(report, section_id)
    if table is None:
        return ()
    keys = [column.key for column in table.columns]
    found = [_group(dict(zip(keys, row, strict=True))) for row in table.rows]
    return tuple(sorted(found, key=_goodness))


def more_groups(report: Report, section_id: str) -> str:
    """Return what the table of a section says about the groups that it leaves out."""
    table = _group_table(report, section_id)
    return "" if table is None else table.more


def section_of(report: Report, section_id: str) -> Section | None:
    """Return a section by its id; None if the report has no such section."""
    return next((each for each in report.sections if each.id == section_id), None)


def all_findings(report: Report) -> tuple[Finding, ...]:
    """Return the findings with the folded ones after them."""
    return report.attention.findings + report.attention.folded


def uncapitalised(text: str) -> str:
    """Return a phrase as it stands inside a sentence."""
    return text[:1].lower() + text[1:]


def _group_table(report: Report, section_id: str) -> Table | None:
    section = section_of(report, section_id)
    tables = () if section is None else section.tables
    return next((each for each in tables if each.id == section_id), None)


def _group(cells: dict[str, Cell]) -> Group:
    loss = cells.get("log_loss", _NOTHING)
    return Group(
        name=cells.get("name", _NOTHING).text,
        rows=cells.get("rows", _NOTHING).text,
        loss=loss.text,
        interval=cells.get("interval", _NOTHING).text,
        band=cells.get("band", _NOTHING).tag,
        share=cells.get("share_of_loss", _NOTHING).text,
        loss_value=loss.value,
    )


def _goodness(group: Group) -> float:
    if group.loss == INFINITE:
        return -math.inf
    return math.inf if group.loss_value is None else -group.loss_value
