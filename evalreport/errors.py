"""What can go wrong, as types that say where it happened and what to do about it."""

from __future__ import annotations

MOST_SHOWN = 80
"""Letters of one value or name that a message shows."""


class EvalReportError(Exception):
    """Base of every error that evalreport raises on purpose."""


class InputError(EvalReportError):
    r"""Predictions that were refused: nothing was scored.

    Parameters
    ----------
    fact : str
        What is wrong, as a sentence without its place, with the value in it.
    path, row, column : str, int, str, optional
        The place; rows count from 1, without the header.
    value : str, optional
        The offending value as it stands in the input.
    hint : str, optional
        What to do about it, as a sentence.

    Examples
    --------
    >>> print(InputError("probability 1.3 is above 1.", path="a.csv", row=7, column="p_cat"))
    a.csv, row 7, column 'p_cat': probability 1.3 is above 1.
    >>> print(InputError("label 'a\x1b[31m' is none of the classes.", row=7))
    row 7: label 'a\x1b[31m' is none of the classes.
    """

    def __init__(
        self,
        fact: str,
        *,
        path: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.fact = fact
        self.path = path
        self.row = row
        self.column = column
        self.value = value
        self.hint = hint
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        place = [
            part
            for part in (
                self.path,
                None if self.row is None else f"row {self.row}",
                None if self.column is None else f"column '{clipped(self.column)}'",
            )
            if part is not None
        ]
        fact = printable(f"{', '.join(place)}: {self.fact}" if place else self.fact)
        return fact if self.hint is None else f"{fact}\n  {printable(self.hint)}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders, and keyword-only arguments do not pickle by themselves.
        fields = ("path", "row", "column", "value", "hint")
        return _rebuild_input_error, (self.fact, {name: getattr(self, name) for name in fields})


def clipped(text: str, most: int = MOST_SHOWN) -> str:
    """Return a text as messages show it: the start of a long one, and how long it is.

    Examples
    --------
    >>> clipped("cat"), clipped("z" * 20_000, most=5)
    ('cat', 'zzzzz… (20,000 characters)')
    """
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def printable(text: str) -> str:
    r"""Escape what would not show, or would steer a terminal: messages quote data and names.

    Examples
    --------
    >>> print(printable("p\x1b[31m\n.csv"))
    p\x1b[31m\n.csv
    """
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _rebuild_input_error(fact: str, fields: dict[str, object]) -> InputError:
    return InputError(fact, **fields)  # type: ignore[arg-type]  # the fields of one of its own kind


class SettingsError(EvalReportError):
    """Options that contradict each other or name something that does not exist."""


class MergeError(EvalReportError):
    """States or evaluations that do not belong together."""


class OutputError(EvalReportError):
    """An output that could not be written; whatever stood there is unchanged."""
