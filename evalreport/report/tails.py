"""How the loss is spread over the rows, and how often the forecasts were surprised."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.findings.tails import expected_words, probability_limit
from evalreport.formats import DASH, INFINITE, percent_text, score_text, times_text
from evalreport.report.model import Cell, Column, Table, Tag, Text
from evalreport.report.view import View, say, strong
from evalreport.results import LossQuantile, Surprise, WorstShare

_TELLING = 0.01
"""The share of rows that the sentence speaks of."""
_MOST_TIMES = 1000.0
_CHANCE = 0.05


def tail_sentence(view: View) -> Text:
    """Return what the worst 1 % of the rows hold; nothing for fewer than a hundred rows."""
    tails = view.result.tails
    shares = () if tails is None else tails.shares
    worst = next((each for each in shares if each.share_of_rows == _TELLING), None)
    if worst is None or worst.share_of_loss is None:
        return ()
    return say(
        f" The worst {percent_text(_TELLING)} of rows make ",
        strong(percent_text(worst.share_of_loss)),
        f" of it; without them it would be {view.losses.text(worst.loss_of_the_rest)}.",
    )


def tail_tables(view: View) -> Iterator[Table]:
    """Yield the tables of the worst shares and of the surprises, as far as there are any."""
    tails = view.result.tails
    if tails is None:
        return
    shares = [each for each in tails.shares if each.share_of_loss is not None]
    if shares:
        yield _shares_table(view, shares)
    if tails.surprises and view.result.overall.judged_loss != 0.0:
        yield _surprises_table(view, tails.surprises)


def _shares_table(view: View, shares: list[WorstShare]) -> Table:
    by_weight = " (by weight)" if view.is_weighted else ""
    return Table(
        id="tails",
        folded=True,
        caption=f"What the worst rows{by_weight} hold of the loss",
        note=_quantile_note(view),
        columns=(
            Column("share", "Worst rows"),
            Column("share_of_loss", "Share of loss", numeric=True),
            Column("least", f"Loss from, {view.losses.unit}", numeric=True),
            Column("rest", f"All others, {view.losses.unit}", numeric=True),
        ),
        rows=tuple(
            (
                Cell(f"{100 * each.share_of_rows:g}%", each.share_of_rows),
                Cell(percent_text(each.share_of_loss, 1), each.share_of_loss, strong=True),
                Cell(view.losses.amount(each.least_loss), each.least_loss),
                Cell(view.losses.text(each.loss_of_the_rest), each.loss_of_the_rest),
            )
            for each in shares
        ),
    )


def _quantile_note(view: View) -> str:
    quantiles = () if view.result.tails is None else view.result.tails.quantiles
    texts = [_quantile_text(view, each) for each in quantiles if _is_counted(view, each)]
    return f"{', '.join(texts)}." if texts else ""


def _is_counted(view: View, each: LossQuantile) -> bool:
    """Return whether some row lies above the quantile."""
    return (1.0 - each.level) * view.result.overall.n >= 1.0


def _quantile_text(view: View, each: LossQuantile) -> str:
    loss = INFINITE if each.loss is None else view.losses.amount(each.loss)
    if each.level == 0.5:
        return f"Half of the rows lose {loss} or less"
    return f"{100 * each.level:g}% lose {loss} or less"


def _surprises_table(view: View, surprises: tuple[Surprise, ...]) -> Table:
    too_often = ": far too often" if any(each.far_too_often for each in surprises) else ""
    return Table(
        id="surprises",
        folded=True,
        caption=f"How often the forecasts were surprised{too_often}",
        note="Expected: what all probabilities this small add up to. By chance: how likely so "
        "many rows or more would be if the forecasts were right, with exactly as many counted "
        f"half.{_beside_clusters(view, surprises)}",
        columns=(
            Column("given", "What happened was given"),
            Column("observed", "Rows", numeric=True),
            Column("expected", "Expected", numeric=True),
            Column("ratio", "Observed / expected", numeric=True),
            Column("p_value", "By chance", numeric=True),
            Column("verdict", "Verdict"),
        ),
        rows=tuple(_surprise_row(each) for each in surprises),
    )


def _beside_clusters(view: View, surprises: tuple[Surprise, ...]) -> str:
    if view.result.clusters is None:
        return ""
    if surprises[0].p_value is None:
        return " With under 10 clusters that is not told."
    return " Rows that belong together are allowed for."


def _surprise_row(each: Surprise) -> tuple[Cell, ...]:
    return (
        Cell(probability_limit(each), each.at_most),
        Cell(f"{each.observed:,}", each.observed),
        Cell(expected_words(each.expected), each.expected),
        Cell(_ratio_text(each), each.ratio),
        Cell(_chance_text(each.p_value), each.p_value),
        _verdict(each),
    )


def _chance_text(p_value: float | None) -> str:
    if p_value is None:
        return DASH
    return "<0.001" if p_value < 0.001 else score_text(p_value)


def _ratio_text(each: Surprise) -> str:
    if each.ratio is None:
        return DASH
    if each.ratio >= _MOST_TIMES:
        return f"over {times_text(_MOST_TIMES)}"
    return times_text(each.ratio)


def _verdict(each: Surprise) -> Cell:
    if each.far_too_often:
        return Cell("", tag=Tag("Far too often", "poor"))
    if each.p_value is None:
        return Cell("", tag=Tag("Not judged", "none"))
    is_chance = each.p_value >= _CHANCE
    return Cell("", tag=Tag("No more than chance" if is_chance else "More than chance", "none"))
