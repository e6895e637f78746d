"""The JSON Schema of the evaluation file, read off the result types themselves."""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from evalreport import results
from evalreport.results import SCHEMA_VERSION, EvaluationResult

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def evaluation_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the evaluation file.

    It is made from the type hints of `evalreport.results`, so it cannot fall behind them. Every
    key that this version writes is required; keys that it does not know are allowed, because later
    versions may add some. Losses are in nats.

    Returns
    -------
    dict
        The schema, ready for ``json.dumps``; keys stand in the order of the evaluation file.

    Examples
    --------
    >>> schema = evaluation_schema()
    >>> schema["required"][0], schema["properties"]["schema_version"]
    ('schema_version', {'const': 1})
    """
    descriptions = _field_descriptions()
    parts = {part.__name__: _object_schema(part, descriptions) for part in _result_types()}
    evaluation = parts.pop(EvaluationResult.__name__)
    return {
        "$schema": _DIALECT,
        "$id": f"urn:evalreport:evaluation:{SCHEMA_VERSION}",
        "title": "evalreport evaluation",
        **_version_first(evaluation),
        "$defs": parts,
    }


def key_of(field_name: str) -> str:
    """Return the key of a field in the evaluation file.

    Examples
    --------
    >>> key_of("class_"), key_of("log_loss")
    ('class', 'log_loss')
    """
    return field_name.removesuffix("_")


def _result_types() -> Iterator[type]:
    for value in vars(results).values():
        if isinstance(value, type) and is_dataclass(value):
            yield value


def _version_first(evaluation: Schema) -> Schema:
    properties = {"schema_version": {"const": SCHEMA_VERSION}}
    properties |= {
        key: value for key, value in evaluation["properties"].items() if key != "schema_version"
    }
    return {**evaluation, "properties": properties, "required": list(properties)}


def _object_schema(part: type, descriptions: Mapping[tuple[str, str], str]) -> Schema:
    hints = get_type_hints(part)
    properties = {}
    for each in fields(part):
        properties[key_of(each.name)] = _type_schema(hints[each.name])
        if (part.__name__, each.name) in descriptions:
            properties[key_of(each.name)]["description"] = descriptions[part.__name__, each.name]
    return {
        "description": inspect.cleandoc(part.__doc__ or ""),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": True,
    }


def _type_schema(hint: Any) -> Schema:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return {}
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    if is_dataclass(hint):
        return {"$ref": f"#/$defs/{hint.__name__}"}  # type: ignore[union-attr]  # a class here
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return _union_schema(arguments)
    if origin is tuple:
        return _array_schema(arguments)
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _type_schema(arguments[1]) or True}
    raise TypeError(f"no JSON Schema for {hint!r}")


def _union_schema(arguments: tuple[Any, ...]) -> Schema:
    if all(each in _SIMPLE for each in arguments):
        return {"type": [_SIMPLE[each] for each in arguments]}
    return {"anyOf": [_type_schema(each) for each in arguments]}


def _array_schema(arguments: tuple[Any, ...]) -> Schema:
    if arguments[-1] is Ellipsis:
        return {"type": "array", "items": _type_schema(arguments[0])}
    return {
        "type": "array",
        "prefixItems": [_type_schema(each) for each in arguments],
        "items": False,
        "minItems": len(arguments),
    }


def _field_descriptions() -> dict[tuple[str, str], str]:
    """Return the docstrings under the fields, by class and field; Python does not keep them."""
    found = {}
    modules = dict.fromkeys(part.__module__ for part in _result_types())
    sources = [inspect.getsource(sys.modules[each]) for each in modules]
    for part in (part for source in sources for part in ast.parse(source).body):
        if isinstance(part, ast.ClassDef):
            for field, text in zip(part.body, part.body[1:], strict=False):
                match field, text:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)),
                        ast.Expr(value=ast.Constant(value=str(description))),
                    ):
                        found[part.name, name] = inspect.cleandoc(description)
    return found
