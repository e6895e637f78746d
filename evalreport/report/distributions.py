"""What happened against what was predicted: in a report, and as a page of its own with a plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from evalreport.formats import (
    INFINITE,
    MINUS,
    LossFormat,
    Unit,
    capital,
    clean,
    count_text,
    probability_text,
)
from evalreport.report.model import Cell, Column, DistributionPage, Figure, Section, Table, Text
from evalreport.report.view import View, say, strong
from evalreport.results import DistributionPair, DistributionsResult

MOST_OUTCOMES = 50
MOST_DRAWN = 12
"""Of more outcomes than `MOST_OUTCOMES` so many are shown: those that differ most."""
_LEAST_SHOWN = 1e-6
"""Smaller shares get no more digits than this one."""
_NUMBERS = (
    ("entropy_p", "H(P)", "Entropy of P: what forecasting P itself costs"),
    ("entropy_q", "H(Q)", "Entropy of Q: what Q expects to lose"),
    ("cross_entropy_pq", "H(P,Q)", "Cross-entropy: what forecasting Q costs where P happens"),
    ("cross_entropy_qp", "H(Q,P)", "Cross-entropy the other way round"),
    ("kl_pq", "KL(P‖Q)", "H(P,Q) less H(P): lost by forecasting Q instead of P"),
    ("kl_qp", "KL(Q‖P)", "H(Q,P) less H(Q)"),
)


def distributions_section(view: View) -> Section | None:
    """Return the section on class frequencies and mean forecasts."""
    numbers, classes = view.result.distributions, view.result.classes
    if numbers is None:
        return None
    names = [each.name for each in classes]
    p = [each.frequency for each in classes]
    q = [each.mean_forecast or 0.0 for each in classes]
    lede, table = _lede(names, p, q), _outcomes(names, p, q, ("Class", "Happened", "Mean forecast"))
    return Section(
        id="distributions",
        title="What happened against what was predicted",
        nav_title="Happened and predicted",
        lede=lede,
        tables=(replace(table, folded=True),),
        notes=(
            _numbers_in_a_line(numbers, view.losses),
            say(
                "P is how often each class happened, Q the mean forecast. Equal averages do not "
                "make single forecasts right; averages that differ by more than chance show that "
                "some are wrong."
            ),
        ),
    )


def build_distribution_page(pair: DistributionPair, unit: Unit, version: str) -> DistributionPage:
    """Return two distributions as ready text.

    Parameters
    ----------
    pair : DistributionPair
        The distributions.
    unit : {"nats", "bits"}
        Unit of the numbers shown.
    version : str
        Version of the program, for the foot of the page.
    """
    losses, names = LossFormat(unit), pair.names
    lede = say(
        "Forecasting Q where P happens costs ",
        strong(f"{_with_unit(pair.numbers.cross_entropy_pq, losses)}"),
        f"; {_with_unit(pair.numbers.entropy_p, losses)} of that cannot be saved.",
    )
    table = _outcomes(names, pair.p, pair.q, ("Outcome", "P", "Q"))
    title = clean(pair.title)
    section = Section(
        id="distributions",
        title="How far apart they are",
        nav_title="How far apart they are",
        lede=lede,
        figures=(_figure("distributions", "".join(each.text for each in lede), table),),
        tables=(_numbers(pair.numbers, losses),),
    )
    return DistributionPage(
        title=title,
        page_title=f"{title}: two distributions",
        kind="Two distributions",
        meta=(count_text(len(names), "outcome"),),
        version=version,
        section=section,
        pair=pair,
    )


def _with_unit(nats: float | None, losses: LossFormat) -> str:
    return "infinitely much" if nats is None else losses.amount_with_unit(nats)


def _lede(names: Sequence[str], p: Sequence[float], q: Sequence[float]) -> Text:
    # Of two classes both differ by the same: the rarer one shows it better.
    most = max(range(len(names)), key=lambda i: (round(abs(p[i] - q[i]), 9), -p[i]))
    came, says, _ = shares_text(p[most], q[most])
    if says == came:
        return say("On average ", strong("every class was forecast as often as it happened."))
    name = clean(names[most], 40)
    return say(
        f"The largest difference is in class “{name}”: forecast ",
        strong(f"{says} on average, happened {came} of the time."),
    )


def _figure(name: str, description: str, table: Table) -> Figure:
    return Figure(
        name=name,
        caption=table.caption,
        note="The twelve that differ most." if table.more or len(table.rows) > MOST_DRAWN else "",
        title=table.caption,
        description=description,
        table=table,
    )


def _outcomes(
    names: Sequence[str], p: Sequence[float], q: Sequence[float], titles: tuple[str, str, str]
) -> Table:
    rows = list(range(len(names)))
    texts = [shares_text(*each) for each in zip(p, q, strict=True)]
    if len(rows) > MOST_OUTCOMES:
        rows = sorted(rows, key=lambda i: -abs(p[i] - q[i]))[:MOST_DRAWN]
    n_more = len(names) - len(rows)
    noun = ("class", "classes") if titles[0] == "Class" else ("outcome", "outcomes")
    return Table(
        id="outcomes",
        caption=f"{titles[1]} and {titles[2] if len(titles[2]) == 1 else titles[2].lower()}, "
        f"by {noun[0]}",
        columns=(
            Column("name", titles[0]),
            Column("p", titles[1], numeric=True),
            Column("q", titles[2], numeric=True),
            Column("difference", "Difference", numeric=True),
        ),
        rows=tuple(
            (
                Cell(clean(names[i])),
                Cell(texts[i][0], p[i]),
                Cell(texts[i][1], q[i]),
                Cell(texts[i][2], q[i] - p[i]),
            )
            for i in rows
        ),
        more=f"and {count_text(n_more, *noun)} that differ less: see the JSON." if n_more else "",
        sortable=True,
    )


def shares_text(p: float, q: float) -> tuple[str, str, str]:
    """Return two shares as percentages, and how far the second is above the first.

    What is rarer than 1 % gets two digits: 0.07 % and 0.11 % are not alike.

    Examples
    --------
    >>> shares_text(0.5, 0.546), shares_text(0.0007, 0.00112)
    (('50.0%', '54.6%', '+4.6 points'), ('0.070%', '0.112%', '+0.042 points'))
    """
    left = [each for share in (p, q) for each in (share, 1.0 - share) if each > 0.0]
    smallest = max(min(left, default=1.0), _LEAST_SHOWN)
    if smallest >= 0.01:
        return probability_text(p), probability_text(q), _difference_text(q - p, 1)
    decimals = 1 - math.floor(math.log10(100.0 * smallest))
    return _share_text(p, decimals), _share_text(q, decimals), _difference_text(q - p, decimals)


def _share_text(share: float, decimals: int) -> str:
    if share in (0.0, 1.0):
        return "100%" if share else "0"
    edge = 10.0**-decimals
    shown = min(max(100.0 * share, edge), 100.0 - edge)
    sign = "<" if shown > 100.0 * share else ">" if shown < 100.0 * share else ""
    return f"{sign}{shown:.{decimals}f}%"


def _difference_text(difference: float, decimals: int) -> str:
    size = f"{100.0 * abs(difference):.{decimals}f}"
    if not float(size):
        return "0"
    return f"{'+' if difference > 0 else MINUS}{size} points"


def _numbers(numbers: DistributionsResult, losses: LossFormat) -> Table:
    return Table(
        id="entropies",
        caption=f"Entropies and divergences, {losses.unit}",
        columns=(
            Column("name", "Number"),
            Column("value", capital(losses.unit), numeric=True),
            Column("meaning", "What it is", wide=True),
        ),
        rows=tuple(
            (Cell(name), _value(getattr(numbers, key), losses), Cell(meaning))
            for key, name, meaning in _NUMBERS
        ),
    )


def _numbers_in_a_line(numbers: DistributionsResult, losses: LossFormat) -> Text:
    """Return the numbers as one line: in a report a table of them would take half a page."""
    told = [f"{name} {_value(getattr(numbers, key), losses).text}" for key, name, _ in _NUMBERS]
    return say(
        f"In {losses.unit}: entropies {told[0]} and {told[1]}, cross-entropies {told[2]} and "
        f"{told[3]}, divergences {told[4]} and {told[5]}."
    )


def _value(nats: float | None, losses: LossFormat) -> Cell:
    # These are no losses with bands, so they are rounded plainly.
    return Cell(INFINITE) if nats is None else Cell(losses.amount(nats), nats)
