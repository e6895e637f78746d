"""The table of the worst rows, whatever a row is: what names it, what is its own, where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from evalreport.formats import clean
from evalreport.report.model import Cell, Column, Table


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


RowT = TypeVar("RowT", bound=NamedRow)


def worst_table(
    rows: Sequence[RowT],
    slices: Sequence[str],
    columns: Sequence[Column],
    cells: Callable[[RowT], Sequence[Cell]],
    last_columns: Sequence[Column] = (),
    last_cells: Callable[[RowT], Sequence[Cell]] = lambda _: (),
) -> Table:
    """Return the table of the rows with the highest loss.

    Parameters
    ----------
    rows : sequence
        The rows, worst first.
    slices : sequence of str
        The slice columns.
    columns, cells : sequence of Column, callable
        What only this kind of row has, and a function that gives its cells of a row.
    last_columns, last_cells : sequence of Column, callable
        The same for what stands behind files and slices.
    """
    with_ids = any(each.id is not None for each in rows)
    with_paths = any(each.path is not None for each in rows)

    def cells_of(each: RowT) -> tuple[Cell, ...]:
        return (
            _name_of(each),
            *cells(each),
            *((Cell(clean(each.path or "")),) if with_paths else ()),
            *(Cell(clean(each.slices.get(name, ""))) for name in slices),
            *last_cells(each),
        )

    return Table(
        id="worst",
        caption="Rows with the highest loss",
        columns=(
            Column("row", "Row id" if with_ids else "Row", numeric=not with_ids),
            *columns,
            *((Column("path", "File"),) if with_paths else ()),
            *(Column(f"slice {number}", clean(name, 40)) for number, name in enumerate(slices)),
            *last_columns,
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
