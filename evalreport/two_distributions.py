"""Two distributions from the command line to their outputs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import evalreport
from evalreport.distributions import check_distribution, compare_distributions
from evalreport.errors import SettingsError
from evalreport.formats import Unit
from evalreport.readers.vectors import read_names, read_vector, shared_names
from evalreport.renderers.distributions import (
    distributions_json,
    distributions_markdown,
    distributions_text,
)
from evalreport.report.distributions import build_distribution_page
from evalreport.results import DistributionPair
from evalreport.settings import STANDARD_STREAM
from evalreport.write import StagedFiles

NONE = "none"


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the documents go; None for those that nobody asked for."""

    html: str | None = None
    json: str | None = None
    markdown: str | None = None


def read_pair(
    files: Sequence[str], p: str, q: str, names: str | None, title: str | None = None
) -> DistributionPair:
    """Return the two distributions that the words of the command line mean.

    Parameters
    ----------
    files : sequence of str
        None, if `p` and `q` are lists of numbers; one file with both columns; or one for each.
    p, q : str
        Numbers with commas between them, or the names of columns.
    names : str, optional
        Likewise, the names of the outcomes. Two files that share a column of the same names are
        matched by it, asked or not.
    title : str, optional
        Title of the page.

    Raises
    ------
    InputError
        If a file cannot be read, or holds something else.
    SettingsError
        If the words make no two distributions over the same outcomes.
    """
    if len(files) > 2:
        raise SettingsError(f"{len(files)} files were named.\n  Give one file, or one each.")
    if STANDARD_STREAM in files:
        raise SettingsError("distributions are read from files, not from standard input.")
    if files:
        first, second = files[0], files[-1]
        if names is None and second != first:
            names = shared_names(first, second)
        of_p, of_q = read_vector(first, p), read_vector(second, q)
        named = None if names is None else read_names(first, names)
        if named is not None and second != first:
            of_q = _in_order(named, read_names(second, names or ""), of_q)
    else:
        of_p, of_q = _numbers("--p", p), _numbers("--q", q)
        named = None if names is None else tuple(each.strip() for each in names.split(","))
        _refuse_namesakes(named or ())
    _refuse_lengths(of_p, of_q, named)
    check_distribution(of_p, "P")
    check_distribution(of_q, "Q")
    outcomes = named or tuple(str(number) for number in range(1, len(of_p) + 1))
    shown = title or (" and ".join(Path(each).name for each in files) if files else "P and Q")
    return DistributionPair(shown, outcomes, of_p, of_q, compare_distributions(of_p, of_q))


def _numbers(option: str, text: str) -> tuple[float, ...]:
    try:
        return tuple(float(each) for each in text.split(","))
    except ValueError as error:
        nothing = text == option.removeprefix("--")
        fact = "there are no numbers" if nothing else f"{option} {text} is no list of numbers"
        raise SettingsError(
            f"{fact}.\n  Give numbers as in --p .1,.4,.5 --q .8,.15,.05, or a file with columns."
        ) from error


def _refuse_namesakes(names: Sequence[str]) -> None:
    twice = next((each for each in names if names.count(each) > 1), None)
    if twice is not None:
        raise SettingsError(
            f"'{twice}' names two outcomes.\n  Give each outcome a name of its own."
        )


def _in_order(
    names: tuple[str, ...], others: tuple[str, ...], values: tuple[float, ...]
) -> tuple[float, ...]:
    """Return the values of the second file in the order of the outcomes of the first."""
    if sorted(names) != sorted(others) or len(set(names)) < len(names):
        odd = next((each for each in names if names.count(each) != 1 or each not in others), None)
        odd = odd if odd is not None else next(each for each in others if each not in names)
        raise SettingsError(
            f"the two files do not name the same outcomes: '{odd}' is not once in each.\n"
            "  Give the same names in both, in any order."
        )
    value_of = dict(zip(others, values, strict=True))
    return tuple(value_of[each] for each in names)


def _refuse_lengths(p: Sequence[float], q: Sequence[float], names: Sequence[str] | None) -> None:
    counts = {"P": len(p), "Q": len(q)} | ({} if names is None else {"the names": len(names)})
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} {n}" for name, n in counts.items())
        raise SettingsError(
            f"the numbers of outcomes differ: {told}.\n  Give one value of each for every outcome."
        )


def write_outputs(pair: DistributionPair, unit: Unit, outputs: Outputs) -> str:
    """Write what was asked for, and return what standard output is to show.

    Raises
    ------
    OutputError
        If an output cannot be written; then none is.
    """
    page = build_distribution_page(pair, unit, evalreport.__version__)
    documents = []
    if outputs.html not in (None, NONE):
        from evalreport.renderers.html import distributions_html

        documents.append((outputs.html, distributions_html(page)))
    if outputs.json is not None:
        documents.append((outputs.json, distributions_json(pair, unit)))
    if outputs.markdown is not None:
        documents.append((outputs.markdown, distributions_markdown(page)))
    shown = [text for path, text in documents if path == STANDARD_STREAM]
    if len(shown) > 1:
        raise SettingsError("standard output can hold one document only.\n  Give files for others.")
    with StagedFiles() as files:
        for path, text in documents:
            if path is not None and path != STANDARD_STREAM:
                files.write(Path(path), text)
        files.commit()
    return shown[0] if shown else distributions_text(page, sys.stdout.encoding or "utf-8")
