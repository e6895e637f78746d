"""Commands that share their options: the signature is put together, so that help shows them all."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, get_type_hints

CommandT = TypeVar("CommandT", bound=Callable[..., None])


def taking(options: type) -> Callable[[CommandT], CommandT]:
    """Give a command that ends in ``**more`` the options that a class names, in their order.

    Parameters
    ----------
    options : type
        Its annotations are options, its attributes their defaults.
    """

    def give(command: CommandT) -> CommandT:
        own = list(_parameters(command))[:-1]
        more = [
            inspect.Parameter(name, _KEYWORD, annotation=hint, default=getattr(options, name))
            for name, hint in get_type_hints(options, include_extras=True).items()
        ]
        return _with(command, [*own, *more])

    return give


def like(other: Callable[..., None], *without: str) -> Callable[[CommandT], CommandT]:
    """Give a command that ends in ``**more`` the options of another one, but for some."""

    def give(command: CommandT) -> CommandT:
        own = list(_parameters(command))[:-1]
        more = [each for each in _parameters(other) if each.name not in without]
        return _with(command, [*own, *more])

    return give


_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def _parameters(command: Callable[..., None]) -> list[inspect.Parameter]:
    hints = get_type_hints(command, include_extras=True)
    found = inspect.signature(command).parameters.values()
    return [each.replace(annotation=hints.get(each.name, each.annotation)) for each in found]


def _with(command: CommandT, parameters: list[inspect.Parameter]) -> CommandT:
    keyword_only = [each.replace(kind=_KEYWORD) for each in parameters]
    described: Any = command  # what typer reads a command by
    described.__signature__ = inspect.Signature(keyword_only)
    described.__annotations__ = {each.name: each.annotation for each in parameters}
    return command
