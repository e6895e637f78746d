"""Options as whoever asked spells them: on the command line, as keywords, or as arrays.

Who asked is known at the door and nowhere else, so the door says it once (`speaking`), and messages
ask for it where they are made (`CALLER`).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_FILE_KEYWORDS = {"slice": "slices"}
_ARRAY_KEYWORDS = {
    "label": "observed",
    "target_probs": "targets",
    "weight": "weights",
    "id": "ids",
    "slice": "slices",
    "cluster": "clusters",
    "text": "texts",
}
_ARRAYS = frozenset(
    {*_ARRAY_KEYWORDS.values(), "probs", "top_labels", "n_chars", "n_bytes", "mean", "std"}
)
"""Keywords of `evaluate` that take data, not the name of a column."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Spells an option for the command line, or as a keyword for callers from Python.

    Parameters
    ----------
    keywords : bool
        Whether options are keywords.
    arrays : bool
        Whether these keywords take arrays, not names of columns.
    """

    keywords: bool = False
    arrays: bool = False

    def option(self, name: str, value: str | Sequence[str] = "") -> str:
        """Return the option with its value, or a list of them, ready to be typed.

        Examples
        --------
        >>> Voice().option("on_invalid", "drop"), Voice(keywords=True).option("positive", "yes")
        ('--on-invalid drop', "positive='yes'")
        >>> Voice().option("positive", "not spam"), KEYWORDS.option("classes", ["A", "B"])
        ("--positive 'not spam'", "classes=['A', 'B']")
        >>> KEYWORDS.option("label", "COL"), ARRAYS.option("label", "COL")
        ("label='COL'", 'observed=')
        """
        if not self.keywords:
            word = f"--{name.replace('_', '-')}"
            text = value if isinstance(value, str) else ",".join(value)
            return f"{word} {shlex.quote(text)}" if text else word
        name = self.name(name)
        if not value or (self.arrays and name in _ARRAYS):
            return f"{name}="
        return f"{name}={value!r}" if isinstance(value, str) else f"{name}={list(value)!r}"

    def name(self, name: str) -> str:
        """Return what the option is called in Python."""
        return (_ARRAY_KEYWORDS if self.arrays else _FILE_KEYWORDS).get(name, name)

    def flag(self, name: str) -> str:
        """Return an option that is on or off, as it is turned on.

        Examples
        --------
        >>> Voice().flag("normalize_targets"), Voice(keywords=True).flag("normalize_targets")
        ('--normalize-targets', 'normalize_targets=True')
        """
        if not self.keywords:
            return self.option(name)
        return "header=False" if name == "no_header" else f"{self.name(name)}=True"


COMMAND_LINE = Voice()
KEYWORDS = Voice(keywords=True)
"""Of `evaluate_file`: names of columns."""
ARRAYS = Voice(keywords=True, arrays=True)
"""Of `evaluate`: the data themselves."""

_VOICE: ContextVar[Voice] = ContextVar("evalreport_voice", default=COMMAND_LINE)


@contextmanager
def speaking(voice: Voice) -> Iterator[None]:
    """Spell options in messages so, as long as the block lasts."""
    before = _VOICE.set(voice)
    try:
        yield
    finally:
        _VOICE.reset(before)


def current_voice() -> Voice:
    """Return the voice of whoever asked; what a worker process is told when it starts."""
    return _VOICE.get()


def speak(voice: Voice) -> None:
    """Spell options in messages so from now on: for worker processes, which serve one caller."""
    _VOICE.set(voice)


class _Caller:
    """Whoever asked: every message that names an option is spelled through it."""

    @property
    def arrays(self) -> bool:
        """Whether the caller passes arrays."""
        return _VOICE.get().arrays

    @property
    def keywords(self) -> bool:
        """Whether the caller writes Python."""
        return _VOICE.get().keywords

    def option(self, name: str, value: str | Sequence[str] = "") -> str:
        """Return the option with its value as the caller spells it."""
        return _VOICE.get().option(name, value)

    def flag(self, name: str) -> str:
        """Return an option that is on or off, as the caller turns it on."""
        return _VOICE.get().flag(name)


CALLER = _Caller()
