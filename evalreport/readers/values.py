"""Python values as Arrow cells, so that no truth value among numbers becomes one of them.

Python and NumPy count ``True`` as 1, and so does Arrow behind a float. Where a probability is
meant, that would be a certain forecast that nobody made.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from evalreport.readers.bridge import numbers_to_arrow
from evalreport.readers.labels import canonical

_TRUTH = {bool, np.bool_}
_PLAIN = (int, float, str, bytes, type(None), np.generic)
_TYPES_OF_TRUTH = ("bool", "boolean")


def holds_truth(values: Collection[Any]) -> bool:
    """Tell whether a truth value stands among values, or in the lists and records among them.

    Examples
    --------
    >>> holds_truth([0.5, True]), holds_truth([[0.5], [{"cat": False}]]), holds_truth([1, "true"])
    (True, True, False)
    """
    kinds = set(map(type, values))
    if kinds <= {list, tuple}:  # many short lists are soon looked through as one
        kinds = set(map(type, chain.from_iterable(values)))
        values = values if _are_plain(kinds) else list(chain.from_iterable(values))
    if kinds & _TRUTH or _are_plain(kinds):
        return bool(kinds & _TRUTH)
    # Names of types are slow to tell, and many arrays have one.
    types = {str(kind) for kind in {getattr(each, "dtype", None) for each in values}}
    if any(name.rpartition(".")[2] in _TYPES_OF_TRUTH for name in types):
        return True
    return bool(types & {"None", "object"}) and any(map(_holds_truth_inside, values))


def _are_plain(kinds: set[type]) -> bool:
    return all(issubclass(kind, _PLAIN) for kind in kinds)


def _holds_truth_inside(value: Any) -> bool:
    if isinstance(value, Mapping):
        return holds_truth(list(value.values()))
    of_objects = str(getattr(value, "dtype", "")) == "object" and getattr(value, "ndim", 0) > 0
    is_list = isinstance(value, list | tuple) or of_objects
    return is_list and len(value) > 0 and holds_truth(list(value))


def as_arrow(values: Sequence[Any]) -> pa.Array:
    """Return values as Arrow makes them, or as `as_cells` does if a truth value is among them.

    Raises
    ------
    pyarrow.ArrowInvalid, pyarrow.ArrowTypeError
        If they have no type in common, and none of them is a truth value.
    """
    return as_cells(values) if holds_truth(values) else pa.array(values)


def as_cells(values: Sequence[Any]) -> pa.Array:
    """Return values of any kinds: those that have no type in common become text as it stands."""
    present = [each for each in values if each is not None]
    if present and all(isinstance(each, Mapping) for each in present):
        return _struct(values)
    if present and all(isinstance(each, list | tuple) for each in present):
        return _list(values)
    try:
        found = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return as_words(values)
    return as_words(values) if pa.types.is_floating(found.type) and holds_truth(values) else found


def as_words(values: Iterable[Any]) -> pa.Array:
    """Return values as text, each in its one spelling."""
    return pa.array([None if each is None else _text(each) for each in values], pa.string())


def _struct(values: Sequence[Mapping[str, Any] | None]) -> pa.Array:
    names = list(dict.fromkeys(name for each in values if each for name in each))
    if not names:
        return pa.nulls(len(values))
    columns = [
        as_cells([None if each is None else each.get(name) for each in values]) for name in names
    ]
    missing = numbers_to_arrow(np.array([each is None for each in values]))
    return pa.StructArray.from_arrays(columns, list(map(str, names)), mask=missing)


def _list(values: Sequence[Sequence[Any] | None]) -> pa.Array:
    lengths = np.array([len(each or ()) for each in values])
    offsets = numbers_to_arrow(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
    missing = numbers_to_arrow(np.array([each is None for each in values]))
    inner = as_cells([item for each in values for item in each or ()])
    return pa.ListArray.from_arrays(offsets, inner, mask=missing)


def _text(value: Any) -> str:
    is_nested = isinstance(value, dict | list)
    return json.dumps(value, default=str) if is_nested else canonical(value)
