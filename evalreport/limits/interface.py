"""What can be required of a result, frozen. Light to import: the command line needs it first."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from evalreport.bands import scale
from evalreport.choices import check_choice
from evalreport.errors import SettingsError

FailOn = Literal["error", "warning", "never"]
FAIL_ON: tuple[str, ...] = get_args(FailOn)

_SETTINGS = ("fail_on", "strict")
"""Fields that are no limit to be judged by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLimits:
    """What is required of one class or one slice; losses in nats.

    Parameters
    ----------
    name : str
        The class, or the value of the slice.
    column : str, optional
        The column of the slice; None for a class.
    max_loss : float, optional
        Highest mean log loss.
    min_skill : float, optional
        Least skill; slices only, because a class by itself has none.
    max_zero_probability : int, optional
        Most rows that may be given zero probability.
    worst_band : str, optional
        The worst band that is still good enough.
    max_regression : float, optional
        How much more than in the previous run it may lose, 0 or more.
    """

    name: str
    column: str | None = None
    max_loss: float | None = None
    min_skill: float | None = None
    max_zero_probability: int | None = None
    worst_band: str | None = None
    max_regression: float | None = None

    def __post_init__(self) -> None:
        if self.column is None and self.min_skill is not None:
            raise SettingsError(f"{self.place}.min_skill: a class by itself has no skill.")
        _check(self, f"{self.place}.")

    @property
    def place(self) -> str:
        """Where the limits stand in the settings file."""
        kind = "classes" if self.column is None else f"slices.{_toml_key(self.column)}"
        return f"{kind}.{_toml_key(self.name)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is required of a result; None requires nothing. Losses are in nats, unrounded.

    Parameters
    ----------
    max_loss : float, optional
        Highest log loss; with soft labels, highest excess over the targets' entropy.
    min_skill : float, optional
        Least skill: 0 is no better than always predicting the class frequencies.
    max_ece : float, optional
        Highest expected calibration error, 0 to 1.
    max_zero_probability : int, optional
        Most rows that may be given zero probability.
    worst_band : str, optional
        The worst band that is still good enough.
    max_regression : float, optional
        How much more than the previous run it may lose, 0 or more.
    fail_on : {"error", "warning", "never"}
        The mildest finding that fails.
    strict : bool
        Whether what could not be judged, or not decided, fails as well.
    classes, slices : tuple of GroupLimits
        Requirements on single classes and slices.

    Raises
    ------
    SettingsError
        If a limit is no such number.

    Examples
    --------
    >>> Limits(max_loss=0.3, worst_band="fine").are_set
    True
    >>> Limits(worst_band="good").refuse_unknown_bands()
    Traceback (most recent call last):
    evalreport.errors.SettingsError: worst_band takes the name of a band, not 'good'.
      Bands: perfect, great, on the right track, fine, can probably improve, not great, terrible, something is broken.
    """  # noqa: E501  # one message is one line

    max_loss: float | None = None
    min_skill: float | None = None
    max_ece: float | None = None
    max_zero_probability: int | None = None
    worst_band: str | None = None
    max_regression: float | None = None
    fail_on: FailOn = "never"
    strict: bool = False
    classes: tuple[GroupLimits, ...] = ()
    slices: tuple[GroupLimits, ...] = ()

    def __post_init__(self) -> None:
        _check(self, "")
        check_choice("fail_on", self.fail_on, FAIL_ON)

    def refuse_unknown_bands(self) -> None:
        """Make sure that every band named is on the scale that losses are judged by.

        Raises
        ------
        SettingsError
            If one is not.
        """
        _refuse_unknown_band(self, "")
        for each in (*self.classes, *self.slices):
            _refuse_unknown_band(each, f"{each.place}.")

    @property
    def are_set(self) -> bool:
        """Whether there is anything to judge."""
        single = (getattr(self, each.name) for each in fields(self) if each.name not in _SETTINGS)
        return self.fail_on != "never" or any(each not in (None, ()) for each in single)


def _toml_key(name: str) -> str:
    is_bare = re.fullmatch("[A-Za-z0-9_-]+", name)
    return name if is_bare else json.dumps(name, ensure_ascii=False)


def _check(limits: Limits | GroupLimits, place: str) -> None:
    for name in ("max_loss", "min_skill", "max_ece", "max_regression"):
        _check_number(place + name, getattr(limits, name, None))
    ece = getattr(limits, "max_ece", None)
    if ece is not None and not 0.0 <= ece <= 1.0:
        raise SettingsError(f"{place}max_ece takes a number from 0 to 1, not {ece:g}.")
    regression = getattr(limits, "max_regression", None)
    if regression is not None and regression < 0.0:
        raise SettingsError(f"{place}max_regression takes 0 or more nats, not {regression:g}.")
    zeros = limits.max_zero_probability
    if zeros is not None and (not _is_whole(zeros) or zeros < 0):
        raise SettingsError(
            f"{place}max_zero_probability takes a number of rows, 0 or more; not {zeros!r}."
        )


def _refuse_unknown_band(limits: Limits | GroupLimits, place: str) -> None:
    names = [band.name for band in scale().bands]
    if limits.worst_band is not None and limits.worst_band not in names:
        raise SettingsError(
            f"{place}worst_band takes the name of a band, not {limits.worst_band!r}.\n"
            f"  Bands: {', '.join(names)}."
        )


def _check_number(name: str, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SettingsError(f"{name} takes a finite number, not {value!r}.")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


NO_LIMITS = Limits()
