"""Two distributions as text: for a terminal, in Markdown, and as JSON."""

from __future__ import annotations

import json

from evalreport.formats import LossFormat, Unit
from evalreport.renderers.layout import Lettering, clipped, width_of, wrapped
from evalreport.renderers.markup import code_span, in_cell
from evalreport.report.model import DistributionPage, Table
from evalreport.results import DistributionPair

_WIDTH = 80
_LONGEST_NAME = 20
_BLOCKS = " ▏▎▍▌▋▊▉█"


def distributions_text(page: DistributionPage, encoding: str = "utf-8") -> str:
    """Return numbers and bars in lines of eighty columns at most.

    Parameters
    ----------
    page : DistributionPage
        The distributions.
    encoding : str
        Encoding of where the text goes; without block letters the bars are of ``#``.
    """
    letters = Lettering(encoding)
    lede = letters.text("".join(span.text for span in page.section.lede))
    lines = [*wrapped(lede, _WIDTH), ""]
    (entropies,) = page.section.tables
    for row in entropies.rows:
        name, value, meaning = (letters.text(cell.text) for cell in row)
        lines.append(f"{name:<8}{value:>8}  {meaning}")
    lines += ["", *_bars(page, letters)]
    return "".join(f"{line}\n" for line in lines)


def _bars(page: DistributionPage, letters: Lettering) -> list[str]:
    (figure,) = page.section.figures
    rows = figure.table.rows
    names = [clipped(letters.text(row[0].text), _LONGEST_NAME, letters) for row in rows]
    widest = max(width_of(name) for name in names)
    room = _WIDTH - widest - 12
    most = max(row[column].value or 0.0 for row in rows for column in (1, 2))
    lines = []
    for name, row in zip(names, rows, strict=True):
        start = name + " " * (widest - width_of(name))
        for column, label in ((1, "P"), (2, "Q")):
            share = (row[column].value or 0.0) / (most or 1.0)
            bar = _bar(share * room, ascii_only=letters.ellipsis != "…")
            lines.append(f"{start} {label} {letters.text(row[column].text):>6} {bar}".rstrip())
            start = " " * widest
    return lines + ([figure.table.more] if figure.table.more else [])


def _bar(length: float, *, ascii_only: bool) -> str:
    if ascii_only:
        return "#" * round(length)
    whole, eighths = divmod(round(length * 8), 8)
    return ("█" * whole + _BLOCKS[eighths]).rstrip()


def distributions_markdown(page: DistributionPage) -> str:
    """Return the numbers and the outcomes as tables in Markdown."""
    (entropies,), (figure,) = page.section.tables, page.section.figures
    blocks = [
        f"### {in_cell(code_span(page.title))}",
        "".join(f"**{each.text}**" if each.strong else each.text for each in page.section.lede),
        _table(entropies, names_are_data=False),
        _table(figure.table, names_are_data=True),
    ]
    return "\n\n".join(blocks) + "\n"


def _table(table: Table, *, names_are_data: bool) -> str:
    head = "| " + " | ".join(column.title for column in table.columns) + " |"
    rule = "|" + "|".join(" ---: " if column.numeric else " --- " for column in table.columns) + "|"
    lines = [head, rule]
    for first, *others in table.rows:
        name = in_cell(code_span(first.text)) if names_are_data else first.text
        lines.append("| " + " | ".join([name, *(cell.text for cell in others)]) + " |")
    return "\n".join(lines + (["", table.more] if table.more else []))


def distributions_json(pair: DistributionPair, unit: Unit) -> str:
    """Return the numbers as JSON, unrounded, in the unit; ``null`` stands for infinity."""
    losses, numbers = LossFormat(unit), pair.numbers
    values = {
        name: None if (nats := getattr(numbers, name)) is None else losses.value(nats)
        for name in numbers.__dataclass_fields__
    }
    document = {
        "title": pair.title,
        "names": list(pair.names),
        "p": list(pair.p),
        "q": list(pair.q),
        "unit": unit,
        **values,
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
