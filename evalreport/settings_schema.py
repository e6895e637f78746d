"""The JSON Schema of the settings file, read off the settings themselves."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin

from evalreport.settings_file import group_limit_types, limit_types, setting_types

Schema = dict[str, Any]

_SIMPLE = {str: "string", bool: "boolean", int: "integer", float: "number"}


def settings_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the settings file.

    Examples
    --------
    >>> settings_schema()["properties"]["limits"]["properties"]["max_loss"]
    {'type': 'number'}
    """
    limits = _table(limit_types())
    limits["properties"] |= {
        "classes": _tables(_table(group_limit_types(is_class=True))),
        "slices": _tables(_tables(_table(group_limit_types(is_class=False)))),
    }
    schema = _table(setting_types())
    schema["properties"]["limits"] = limits
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:evalreport:config:1",
        "title": "evalreport settings",
        "description": "evalreport.toml, or [tool.evalreport] in pyproject.toml: the options of "
        "the command line by their names, with _ for -, and limits.",
        **schema,
    }


def _table(known: Mapping[str, Any]) -> Schema:
    return {
        "type": "object",
        "properties": {name: _type(hint) for name, hint in known.items()},
        "additionalProperties": False,
    }


def _tables(each: Schema) -> Schema:
    return {"type": "object", "additionalProperties": each}


def _type(hint: Any) -> Schema:
    if get_origin(hint) in (types.UnionType, Union):
        return {"anyOf": [_type(each) for each in get_args(hint)]}
    if get_origin(hint) is Literal:
        return {"enum": list(get_args(hint))}
    if get_origin(hint) is list:
        return {"type": "array", "items": {"type": "string"}}
    return {"type": _SIMPLE[hint]}
