"""What always predicting the class frequencies of training would score on these rows."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from numbers import Real

from evalreport.errors import SettingsError
from evalreport.exact import log_of
from evalreport.readers.labels import canonical
from evalreport.results import EvaluationResult
from evalreport.voice import CALLER

Frequencies = tuple[tuple[str, float], ...]
"""Classes with how frequent they are; empty if that is not known."""

_HINT = "\n  Name every class once, with its share or its number of rows: cat=0.7,dog=0.3."


def parse_frequencies(given: str | Mapping[str, float] | None) -> Frequencies:
    """Return the frequencies that were said; they need not sum to 1, so counts will do.

    Parameters
    ----------
    given : str or mapping
        ``"cat=0.7,dog=0.3"``, or the same as a mapping; None if they are not known.

    Raises
    ------
    SettingsError
        If that is no list of classes with a number above 0 each.

    Examples
    --------
    >>> parse_frequencies("cat=700,dog=300")
    (('cat', 0.7), ('dog', 0.3))
    """
    if given is None:
        return ()
    option = CALLER.option("training_frequencies")
    if not isinstance(given, str) and not hasattr(given, "items"):
        raise SettingsError(f"{option}: {given!r} is no mapping of classes to numbers.{_HINT}")
    pairs = list(_pairs(given) if isinstance(given, str) else given.items())
    if not pairs:
        raise SettingsError(f"{option}: there is no class in it.{_HINT}")
    for name, value in pairs:
        if not _is_frequency(value):
            raise SettingsError(
                f"{option}: class {name!r} needs a number above 0, not {value!r}.{_HINT}"
            )
    names = [canonical(name) for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"{option}: class {name!r} is named twice.{_HINT}")
    # Exactly, because counts may be so far apart that their sum or a share is no double any more.
    counts = [Fraction(float(value)) for _, value in pairs]
    total = sum(counts)
    shares = [max(float(count / total), sys.float_info.min) for count in counts]
    return tuple(zip(names, shares, strict=True))


def _pairs(text: str) -> Iterator[tuple[str, float | str]]:
    for part in text.split(","):
        name, _, value = part.rpartition("=")
        if not name.strip():
            option = CALLER.option("training_frequencies")
            raise SettingsError(f"{option}: {part.strip()!r} is no class with a number.{_HINT}")
        try:
            yield name.strip(), float(value)
        except ValueError:
            yield name.strip(), value.strip()


def _is_frequency(value: object) -> bool:
    # NumPy's numbers are among those of `Real`, its truth values are not.
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return 0.0 < float(value) < math.inf
    except OverflowError:  # a whole number beyond all doubles
        return False


def refuse_other_classes(frequencies: Frequencies, classes: Sequence[str]) -> None:
    """Make sure that the frequencies are those of the classes.

    Raises
    ------
    SettingsError
        If a class is missing, or one is named that there is not.
    """
    if not frequencies:
        return
    option, known = CALLER.option("training_frequencies"), {name for name, _ in frequencies}
    for name in classes:
        if name not in known:
            raise SettingsError(f"{option}: class {name!r} is missing.{_HINT}")
    for name in sorted(known - set(classes)):
        raise SettingsError(f"{option}: there is no class {name!r} in the predictions.{_HINT}")


def with_training(result: EvaluationResult, frequencies: Frequencies) -> EvaluationResult:
    """Return the result with what always predicting these frequencies would score.

    It is the cross-entropy of the frequencies of these rows and those of training, in nats.
    """
    if not frequencies or not result.overall.n:
        return result
    costs = {name: -log_of(share) for name, share in frequencies}
    loss = math.fsum(each.frequency * costs[each.name] for each in result.classes)
    return replace(result, baseline=replace(result.baseline, training_frequencies=loss))
