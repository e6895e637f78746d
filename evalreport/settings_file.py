"""The settings file: options and limits written down, in TOML. The command line wins over it."""

from __future__ import annotations

import difflib
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from evalreport.errors import SettingsError
from evalreport.limits import GroupLimits, Limits
from evalreport.settings import ReportSettings
from evalreport.task_results import TaskColumns
from evalreport.toml_file import read_toml

OWN_FILE = "evalreport.toml"
PROJECT_FILE = "pyproject.toml"
_KIND = "settings file"

_NOT_IN_THE_FILE = (
    "inputs",
    "config",
    "limits",
    "header",
    "github",
    "mermaid",
    "slices",
    "task_columns",
)
_WORDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a settings file says.

    Parameters
    ----------
    path : str or None
        The file; None if there is none.
    options : mapping of str to value
        By the names of the options, with ``_`` for ``-``; those of the limits among them.
    classes, slices : tuple of GroupLimits
        Limits on single classes and slices.
    """

    path: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    classes: tuple[GroupLimits, ...] = ()
    slices: tuple[GroupLimits, ...] = ()


def read_settings_file(path: str | None = None) -> SettingsFile:
    """Read a settings file, or what the working directory holds.

    Parameters
    ----------
    path : str, optional
        The file; else ``evalreport.toml``, or the table ``[tool.evalreport]`` of
        ``pyproject.toml``, in the working directory.

    Raises
    ------
    SettingsError
        If the file cannot be read, or says what means nothing here; or if both files are there.
    """
    if path is not None:
        return _understood(path, _own_table(path, read_toml(path, _KIND)))
    project = read_toml(PROJECT_FILE, _KIND) if Path(PROJECT_FILE).is_file() else {}
    table = _as_table(PROJECT_FILE, "tool", project.get("tool", {})).get("evalreport")
    if not Path(OWN_FILE).is_file():
        return SettingsFile() if table is None else _understood(PROJECT_FILE, table)
    if table is not None:
        raise SettingsError(
            f"{OWN_FILE} and [tool.evalreport] in {PROJECT_FILE} both hold settings.\n"
            "  Keep one of them, or say which with --config."
        )
    return _understood(OWN_FILE, read_toml(OWN_FILE, _KIND))


def _own_table(path: str, document: dict[str, Any]) -> Any:
    """Return the table with the settings: of a project file only ours."""
    if Path(path).name != PROJECT_FILE:
        return document
    return _as_table(path, "tool", document.get("tool", {})).get("evalreport", {})


def _understood(path: str, table: Any) -> SettingsFile:
    known = setting_types()
    options = dict(_as_table(path, "tool.evalreport", table))
    limits = _as_table(path, "limits", options.pop("limits", {}))
    _refuse_unknown(path, "", options, [*known, "limits"])
    for name, value in options.items():
        _check_type(path, name, value, known[name])
    return _with_limits(path, options, dict(limits))


def _with_limits(path: str, options: dict[str, Any], limits: dict[str, Any]) -> SettingsFile:
    classes = _as_table(path, "limits.classes", limits.pop("classes", {}))
    columns = _as_table(path, "limits.slices", limits.pop("slices", {}))
    known = limit_types()
    _refuse_unknown(path, "limits.", limits, [*known, "classes", "slices"])
    for name, value in limits.items():
        _check_type(path, f"limits.{name}", value, known[name])
    return SettingsFile(
        path,
        options | limits,
        tuple(_group(path, name, table) for name, table in classes.items()),
        tuple(
            _group(path, value, table, column)
            for column, values in columns.items()
            for value, table in _as_table(path, f"limits.slices.{column}", values).items()
        ),
    )


def _group(path: str, name: str, table: Any, column: str | None = None) -> GroupLimits:
    place = f"limits.classes.{name}" if column is None else f"limits.slices.{column}.{name}"
    known = group_limit_types(is_class=column is None)
    given = _as_table(path, place, table)
    _refuse_unknown(path, f"{place}.", given, list(known))
    for key, value in given.items():
        _check_type(path, f"{place}.{key}", value, known[key])
    try:
        return GroupLimits(name=name, column=column, **given)
    except SettingsError as error:
        raise SettingsError(f"{path}: limits.{error}") from error


def _as_table(path: str, place: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{path}: {place} takes a table, not {value!r}.")
    return value


def _refuse_unknown(path: str, place: str, given: Mapping[str, Any], known: list[str]) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name.replace("-", "_"), known, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
            raise SettingsError(f"{path}: there is no setting {place}{name}.\n  {hint}")


def _check_type(path: str, name: str, value: Any, hint: Any) -> None:
    if not _fits(value, hint):
        raise SettingsError(f"{path}: {name} takes {_expected(hint)}, not {value!r}.")


def _fits(value: Any, hint: Any) -> bool:
    if get_origin(hint) in (types.UnionType, Union):
        return any(_fits(value, each) for each in get_args(hint))
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is hint


def _expected(hint: Any) -> str:
    if get_origin(hint) in (types.UnionType, Union):
        return " or ".join(_expected(each) for each in get_args(hint))
    if get_origin(hint) is Literal:
        return " or ".join(repr(each) for each in get_args(hint))
    return "a list of texts" if get_origin(hint) is list else _WORDS[hint]


# --- what there is to set ---------------------------------------------------------------------


def setting_types() -> dict[str, Any]:
    """Return the type of every setting but the limits, by the name of its option."""
    hints = get_type_hints(ReportSettings)
    plain = {
        each.name: _written(each.name, hints[each.name])
        for each in fields(ReportSettings)
        if each.name not in _NOT_IN_THE_FILE
    }
    task_columns = {each.name: str for each in fields(TaskColumns)}
    switched_off = dict.fromkeys(("no_header", "no_github", "no_mermaid"), bool)
    return {**plain, "slice": str | list[str], **switched_off, **task_columns}


def limit_types() -> dict[str, Any]:
    """Return the type of every limit on the whole, by the name of its option."""
    hints = get_type_hints(Limits)
    return {
        each.name: _written(each.name, hints[each.name])
        for each in fields(Limits)
        if each.name not in ("classes", "slices")
    }


def group_limit_types(is_class: bool) -> dict[str, Any]:
    """Return the type of every limit on a class or a slice."""
    hints = get_type_hints(GroupLimits)
    left_out = ("name", "column", "min_skill") if is_class else ("name", "column")
    return {
        each.name: _written(each.name, hints[each.name])
        for each in fields(GroupLimits)
        if each.name not in left_out
    }


def _written(name: str, hint: Any) -> Any:
    """Return what a setting looks like in TOML, where there is no None and no tuple."""
    if name == "floor":
        return str | float
    if get_origin(hint) in (types.UnionType, Union):
        hint = next(each for each in get_args(hint) if each is not types.NoneType)
    return str | list[str] if get_origin(hint) is tuple else hint
