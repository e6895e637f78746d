"""Text in columns of a terminal, where a letter may be none, one or two columns wide."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence, Set

from rich.cells import cell_len, chop_cells
from rich.text import Text as Line

from evalreport.formats import DASH, INFINITE, MINUS, clean
from evalreport.renderers.plain import ASCII_GLYPHS, GLYPHS
from evalreport.report.model import Tone

WIDTH = 80
_UNCLIPPED = 100_000
_PLAIN_LETTERS = str.maketrans(
    {
        MINUS: "-",
        DASH: "-",
        INFINITE: "inf",
        "…": "...",
        "“": '"',
        "”": '"',
        "’": "'",
        "×": "x",
        "‖": "||",
    }
)


class Lettering:
    """The letters that an encoding has.

    Parameters
    ----------
    encoding : str
        Encoding of where the text goes. Only Unicode ones have all the shapes and signs; elsewhere
        these become ASCII, and letters of the data that are missing become question marks.
    width : int
        How many columns a line may take.
    """

    def __init__(self, encoding: str, width: int = WIDTH) -> None:
        self._encoding = encoding
        self.width = width
        self._has_all = codecs.lookup(encoding).name.startswith("utf")
        self.ellipsis = "…" if self._has_all else "..."

    def text(self, text: str) -> str:
        """Return text on one line, with nothing in it that a terminal would obey."""
        if not text:
            return ""
        shown = clean(text, _UNCLIPPED)
        if self._has_all:
            return shown
        plain = shown.translate(_PLAIN_LETTERS)
        return plain.encode(self._encoding, "replace").decode(self._encoding)

    def glyph(self, tone: Tone) -> str:
        """Return the shape of a tone."""
        return (GLYPHS if self._has_all else ASCII_GLYPHS)[tone]


def width_of(text: str) -> int:
    """Return how many columns a text takes."""
    return cell_len(text)


def clipped(text: str, width: int, letters: Lettering) -> str:
    """Return a name cut in its middle if it is wider than `width` columns.

    Names that belong together often begin alike and differ at their end, so both ends stay.
    """
    if width_of(text) <= width:
        return text
    room = width - len(letters.ellipsis)
    end = chop_cells(text[::-1], room // 2)[0][::-1]
    start = chop_cells(text, room - width_of(end))[0]
    return f"{start.rstrip()}{letters.ellipsis}{end.lstrip()}"


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines of `width` columns at most; only a word wider than that is cut."""
    lines: list[str] = []
    for word in _pieces(text, width):
        if lines and width_of(lines[-1]) + 1 + width_of(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _pieces(text: str, width: int) -> Iterator[str]:
    for word in text.split():
        yield from chop_cells(word, width)


def packed(parts: Sequence[str], width: int) -> list[str]:
    """Return parts two blanks apart, on as few lines as hold them whole."""
    lines: list[str] = []
    for part in parts:
        if lines and width_of(lines[-1]) + 2 + width_of(part) <= width:
            lines[-1] += f"  {part}"
        else:
            lines.append(part)
    return lines


def aligned(columns: Mapping[str, Sequence[Line]], left: Set[str]) -> list[Line]:
    """Return columns side by side under their titles, the titles in bold.

    Parameters
    ----------
    columns : mapping of str to sequence of Text
        The cells of each column by its title; all columns have as many.
    left : set of str
        Titles of the columns that are aligned to the left; the others are to the right.
    """
    cells = [[Line(title, "bold"), *column] for title, column in columns.items()]
    padded = [
        _padded(column, is_left=title in left) for title, column in zip(columns, cells, strict=True)
    ]
    lines = [Line("  ").join(row) for row in zip(*padded, strict=True)]
    for line in lines:
        line.rstrip()
    return lines


def folded(columns: Mapping[str, Sequence[Line]], title: str, width: int) -> dict[str, list[Line]]:
    """Return columns of which one has its words in several lines, below what each cell starts with.

    Parameters
    ----------
    columns : mapping of str to sequence of Text
        The cells of each column by its title; all columns have as many.
    title : str
        Title of the column to fold.
    width : int
        Columns of the terminal for the words behind the first, which is a sign; a single word may
        take more.
    """
    broken = [_folded(cell, width) for cell in columns[title]]
    return {
        name: [
            line
            for cell, lines in zip(cells, broken, strict=True)
            for line in (lines if name == title else [cell, *[Line("")] * (len(lines) - 1)])
        ]
        for name, cells in columns.items()
    }


def _folded(cell: Line, width: int) -> list[Line]:
    sign, *words = cell.plain.split(" ")
    lines = wrapped(" ".join(words), max([width, *map(width_of, words)]))
    indent = " " * width_of(sign)
    starts = [sign, *[indent] * len(lines)]
    texts = [f"{start} {line}" for start, line in zip(starts, lines, strict=False)]
    return [Line(text, cell.style) for text in texts or [sign]]


def _padded(column: Sequence[Line], *, is_left: bool) -> list[Line]:
    width = max(width_of(cell.plain) for cell in column)
    blanks = [Line(" " * (width - width_of(cell.plain))) for cell in column]
    if is_left:
        return [cell + blank for cell, blank in zip(column, blanks, strict=True)]
    return [blank + cell for cell, blank in zip(column, blanks, strict=True)]
