"""The classes and slices of a report as short rows, for renderers with little room."""

from __future__ import annotations

from dataclasses import dataclass

from evalreport.renderers.plain import section_of
from evalreport.report.model import Cell, Report, Table, Tag


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
    extras: tuple[str, ...] = ()
    """What only groups of this kind of report have."""


@dataclass(frozen=True, slots=True)
class GroupColumns:
    """What the columns of such rows are called; empty for columns that are not there."""

    loss: str = ""
    rows: str = ""
    band: str = ""
    share: str = ""
    extras: tuple[str, ...] = ()


def groups(report: Report, section_id: str) -> tuple[Group, ...]:
    """Return the groups that the table of a section shows, in its order."""
    table = _group_table(report, section_id)
    if table is None:
        return ()
    keys = [column.key for column in table.columns]
    brief = [column.key for column in table.columns if column.is_brief]
    found = [_group(dict(zip(keys, row, strict=True)), brief) for row in table.rows]
    return tuple(found)


def changed_groups(report: Report) -> tuple[dict[str, Cell], ...]:
    """Return the groups that clearly changed since the previous run: cells by their columns."""
    section = section_of(report, "compare")
    tables = () if section is None else section.tables
    table = next((each for each in tables if each.id == "changes"), None)
    if table is None:
        return ()
    keys = [column.key for column in table.columns]
    rows = [dict(zip(keys, row, strict=True)) for row in table.rows]
    return tuple(row for row in rows if row["result"].tag and row["result"].tag.tone != "none")


def n_changed_groups(report: Report) -> int:
    """Return how many groups clearly changed, with those that have no row in any table."""
    comparison = report.result.comparison
    groups = () if comparison is None else comparison.groups
    return sum(each.outcome != "no clear change" for each in groups)


def more_groups(report: Report, section_id: str) -> str:
    """Return what the table of a section says about the groups that it leaves out."""
    table = _group_table(report, section_id)
    if table is None:
        return ""
    return " ".join(filter(None, [table.more_elsewhere or table.more, table.unshown]))


def unshown_groups(report: Report, section_id: str) -> tuple[int, str]:
    """Return how many groups have no row in any table, and why in a sentence.

    Without a table it is the sentence that stands in its place, if there is one.
    """
    table, section = _group_table(report, section_id), section_of(report, section_id)
    if table is not None:
        return table.n_unshown, table.unshown
    return 0, "" if section is None else "".join(span.text for span in section.lede)


def group_columns(report: Report, section_id: str) -> GroupColumns:
    """Return what the table of a section calls its columns."""
    table = _group_table(report, section_id)
    columns = () if table is None else table.columns
    titles = {each.key: each.title for each in columns}
    if not any(group.band for group in groups(report, section_id)):
        titles.pop("band", None)
    return GroupColumns(
        loss=titles.get("log_loss", ""),
        rows=titles.get("rows", ""),
        band=titles.get("band", ""),
        share=titles.get("share_of_loss", ""),
        extras=tuple(each.title for each in columns if each.is_brief),
    )


def _group_table(report: Report, section_id: str) -> Table | None:
    section = section_of(report, section_id)
    tables = () if section is None else section.tables
    return next((each for each in tables if each.id == section_id), None)


def _group(cells: dict[str, Cell], brief: list[str]) -> Group:
    loss, none = cells["log_loss"], Cell("")
    return Group(
        name=cells["name"].text,
        rows=cells["rows"].text,
        loss=loss.text,
        interval=cells["interval"].text,
        band=cells.get("band", none).tag,
        share=cells.get("share_of_loss", none).text,
        loss_value=loss.value,
        extras=tuple(cells[key].text for key in brief),
    )
