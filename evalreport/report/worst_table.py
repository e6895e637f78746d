"""The table of the worst rows, whatever a row is: what names it, what is its own, where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from evalreport.formats import DASH, clean
from evalreport.report.model import Cell, Column, Section, Table, Text
from evalreport.report.view import code, enumerated, say
from evalreport.results import ColumnUse


class NamedRow(Protocol):
    """A row of the input as results name it."""

    @property
    def id(self) -> str | None:
        """Its id, if rows have any."""

    @property
    def row(self) -> int | None:
        """Its number in the file, if that is known."""

    @property
    def path(self) -> str | None:
        """Its file, if there are several."""

    @property
    def slices(self) -> Mapping[str, str]:
        """What it holds in the slice columns."""

    @property
    def shown(self) -> Mapping[str, str]:
        """What it holds in columns that were asked for."""


WORST = "Worst rows"
_LONGEST_SHOWN = 200
_LONGEST_WORD = 30
RowT = TypeVar("RowT", bound=NamedRow)


def what_is_shown(used: ColumnUse, rows: Sequence[NamedRow]) -> Text:
    """Return a sentence on how much of the rows the report holds."""
    names = "Row ids" if rows[0].id is not None else "Row numbers"
    if not used.shown:
        return say(f"{names} and slice columns only; input text is left out.")
    columns = enumerated(code(clean(name, 40)) for name in used.shown)
    return (
        *say("What stands in "),
        *columns,
        *say(" is shown because it was asked for: mind who gets this report."),
    )


def worst_section(
    lede: str,
    rows: Sequence[RowT],
    used: ColumnUse,
    columns: Sequence[Column],
    cells: Callable[[RowT], Sequence[Cell]],
) -> Section | None:
    """Return the section on the rows with the highest loss; None if there are none.

    Parameters
    ----------
    lede : str
        What the section says of the rows, before how much of them it holds.
    rows, used, columns, cells
        As for `worst_table`.
    """
    if not rows:
        return None
    return Section(
        id="worst",
        title=WORST,
        nav_title=WORST,
        lede=say(lede, " ") + what_is_shown(used, rows),
        tables=(worst_table(rows, used, columns, cells),),
    )


def worst_table(
    rows: Sequence[RowT],
    used: ColumnUse,
    columns: Sequence[Column],
    cells: Callable[[RowT], Sequence[Cell]],
) -> Table:
    """Return the table of the rows with the highest loss.

    Parameters
    ----------
    rows : sequence
        The rows, worst first.
    used : ColumnUse
        The columns of the input: slices, and those whose contents were asked for, come last.
    columns, cells : sequence of Column, callable
        What only this kind of row has, and a function that gives its cells of a row.
    """
    with_ids = any(each.id is not None for each in rows)
    with_paths = any(each.path is not None for each in rows)

    def cells_of(each: RowT) -> tuple[Cell, ...]:
        return (
            _name_of(each),
            *cells(each),
            *((Cell(clean(each.path or "")),) if with_paths else ()),
            *(Cell(clean(each.slices.get(name, ""))) for name in used.slices),
            *(_shown_cell(each, name) for name in used.shown),
        )

    return Table(
        id="worst",
        caption="Rows with the highest loss",
        columns=(
            Column("row", "Row id" if with_ids else "Row", numeric=not with_ids),
            *columns,
            *((Column("path", "File"),) if with_paths else ()),
            *(Column(f"slice {place}", clean(name, 40)) for place, name in enumerate(used.slices)),
            *(_shown_column(rows, number, name) for number, name in enumerate(used.shown)),
        ),
        rows=tuple(map(cells_of, rows)),
        sortable=True,
        filter_label="Filter rows",
    )


def _name_of(each: NamedRow) -> Cell:
    if each.id is not None:
        return Cell(clean(each.id), code=True)
    # Rows that came without a number have none to show.
    return Cell("–") if each.row is None else Cell(f"{each.row:,}", each.row)


def _shown_column(rows: Sequence[NamedRow], number: int, name: str) -> Column:
    is_long = any(len(each.shown.get(name, "")) > _LONGEST_WORD for each in rows)
    return Column(f"shown {number}", clean(name, 40), wide=is_long)


def _shown_cell(each: NamedRow, name: str) -> Cell:
    text = each.shown.get(name, "")
    return Cell(clean(text, _LONGEST_SHOWN) if text else DASH)
