"""The evaluation file: results as JSON and back, without losing a digit."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from evalreport.errors import InputError
from evalreport.results import SCHEMA_VERSION, EvaluationResult
from evalreport.voice import CALLER

ResultT = TypeVar("ResultT")

# Names that Python keeps for itself.
_KEYS = {"class_": "class"}
_KINDS: dict[Any, Any] = {float: (int, float), int: int, str: str, bool: bool}


def to_document(result: Any) -> Any:
    """Return results in terms of JSON: keys in the order of the fields, the version first."""
    if is_dataclass(result) and not isinstance(result, type):
        document = {
            _KEYS.get(field.name, field.name): to_document(getattr(result, field.name))
            for field in fields(result)
        }
        if isinstance(result, EvaluationResult):
            version = document.pop("schema_version")
            return {"schema_version": version, **document}
        return document
    if isinstance(result, Mapping):
        return {key: to_document(value) for key, value in result.items()}
    if isinstance(result, tuple | list):
        return [to_document(value) for value in result]
    return result


def dumps(result: EvaluationResult) -> str:
    """Return the evaluation file as text; numbers in the shortest form that reads back equal."""
    document = to_document(result)
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def is_evaluation_file(path: str) -> bool:
    """Return whether a file looks like an evaluation file, by its name and its first bytes."""
    if not path.endswith(".json") or not Path(path).is_file():
        return False
    with Path(path).open(encoding="utf-8", errors="replace") as file:
        head = file.read(200).lstrip()
    return head.startswith("{") and '"schema_version"' in head


def refuse_saved(paths: Sequence[str]) -> None:
    """Make sure that none of the files that predictions are to be read from is an evaluation file.

    Raises
    ------
    InputError
        If one is; the hint says what reads it.
    """
    saved = next((each for each in paths if is_evaluation_file(each)), None)
    if saved is None:
        return
    hint = (
        f"evalreport gate {saved} judges limits on it; evalreport compare PREVIOUS {saved} "
        "compares it with an earlier run."
    )
    if CALLER.keywords:
        hint = "evalreport.read_evaluation reads it, and evalreport.compare compares it."
    raise InputError(
        "this is an evaluation that was saved, and no file of predictions.", path=saved, hint=hint
    )


def read_result(path: str) -> EvaluationResult:
    """Return the results in an evaluation file.

    Raises
    ------
    InputError
        If the file is missing, or no evaluation file that can be read here.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError("there is no such file.", path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the file cannot be read: {error}.", path=path) from error
    return loads(text, path)


def _writer() -> str:
    return "Evaluation.to_json" if CALLER.keywords else CALLER.option("json")


def loads(text: str, path: str | None = None) -> EvaluationResult:
    """Return the results that an evaluation file holds.

    Raises
    ------
    InputError
        If the text is no evaluation file, or one of a version that is not known here.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"this is no JSON (line {error.lineno}: {error.msg}).",
            path=path,
            hint=f"Give an evaluation file written with {_writer()}.",
        ) from error
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version != SCHEMA_VERSION:
        raise _of_other_version(version, document, path)
    try:
        return _from_document(EvaluationResult, document)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"this evaluation file is damaged: {error} is missing or of the wrong kind.",
            path=path,
            hint=f"Write it again with {_writer()}.",
        ) from error


def _of_other_version(version: Any, document: Any, path: str | None) -> InputError:
    if version is None:
        return InputError(
            "this is JSON, but no evaluation file: it has no schema_version.",
            path=path,
            hint=f"Give an evaluation file written with {_writer()}.",
        )
    by = document.get("evalreport_version")
    writer = f"evalreport {by}" if isinstance(by, str) else "another evalreport"
    is_newer = isinstance(version, int) and version > SCHEMA_VERSION
    return InputError(
        f"this evaluation file has the format {version!r}, written by {writer}; "
        f"format {SCHEMA_VERSION} is read here.",
        path=path,
        hint="Update evalreport." if is_newer else "Evaluate the predictions again.",
    )


def _from_document(kind: type[ResultT], document: Any) -> ResultT:
    hints = get_type_hints(kind)
    values = {}
    for field in fields(kind):  # type: ignore[arg-type]  # only ever a dataclass
        key = _KEYS.get(field.name, field.name)
        # Keys that were added later are absent from older files: they have defaults.
        if key in document or not _has_default(field):
            values[field.name] = _convert(hints[field.name], document[key])
            if not _is_of(hints[field.name], values[field.name]):
                raise KeyError(key)
    return kind(**values)


def _is_of(hint: Any, value: Any) -> bool:
    """Tell whether a single value is of the kind that its type hint names, as far as that goes."""
    is_union = get_origin(hint) in (types.UnionType, typing.Union)
    kinds = [each for each in get_args(hint) if each is not types.NoneType] if is_union else [hint]
    expected = _KINDS.get(kinds[0]) if len(kinds) == 1 else None
    return value is None or expected is None or isinstance(value, expected)


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _convert(hint: Any, value: Any) -> Any:
    """Turn lists into tuples and objects into the dataclasses that the type hint names."""
    if value is None:
        return None
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = next(argument for argument in arguments if argument is not types.NoneType)
        return _convert(inner, value)
    if origin is tuple:
        repeated = arguments[-1] is Ellipsis
        return tuple(
            _convert(arguments[0] if repeated else arguments[i], each)
            for i, each in enumerate(value)
        )
    if is_dataclass(hint):
        return _from_document(typing.cast("type[Any]", hint), value)
    return value
