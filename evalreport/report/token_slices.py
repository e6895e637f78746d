"""The section on slices in a report on tokens."""

from __future__ import annotations

import math

from evalreport.findings import slice_name, stands_out
from evalreport.formats import DASH, INFINITE, count_text, listed, percent_text, score_text
from evalreport.report.model import Cell, Column, Section, Tag, Text
from evalreport.report.task_parts import slices_section, slices_table
from evalreport.report.tokens import nats_text, perplexity_text, tokens_of
from evalreport.report.view import View, say, strong
from evalreport.results import SliceResult
from evalreport.task_results import TokenSlice

_Pair = tuple[SliceResult, TokenSlice]


def token_slices_section(view: View) -> Section | None:
    """Return the section on slices of tokens; None if there are none."""
    slices = list(zip(view.result.slices, tokens_of(view.result).slices, strict=True))
    if not slices or not view.result.overall.n:
        return None
    slices.sort(key=lambda pair: -_loss(pair[0]))
    with_bytes = any(extra.bits_per_byte is not None for _, extra in slices)
    table = slices_table(
        f"Loss per token by slice in {view.losses.unit}, worst first",
        _columns(with_bytes),
        [_row(view, pair, with_bytes) for pair in slices],
        note=f"All tokens: {nats_text(view, view.result.overall.log_loss)}. {_how(view)}",
    )
    return slices_section(view, _lede(view, [each for each, _ in slices]), table)


def _loss(each: SliceResult) -> float:
    return math.inf if each.log_loss is None else each.log_loss


def _how(view: View) -> str:
    if tokens_of(view.result).documents_from == "none":
        return "Intervals take tokens as independent, and are too narrow."
    return "Intervals by documents; they are not adjusted for looking at many slices."


def _lede(view: View, slices: list[SliceResult]) -> Text:
    checked = f"{count_text(len(slices), 'slice')} checked."
    infinite = [slice_name(each) for each in slices if each.log_loss is None]
    if infinite:
        return say("The loss is infinite in ", strong(listed(infinite)), f". {checked}")
    bad = [each for each in slices if each.worse_than_rest and stands_out(each, view.result)]
    worst = max(bad, key=lambda each: each.share_of_loss or 0.0) if bad else slices[0]
    shares = (
        f"{nats_text(view, worst.log_loss)} per token, {percent_text(worst.frequency)} of tokens "
        f"and {percent_text(worst.share_of_loss)} of the loss. {checked}"
    )
    if bad:
        return say(strong(slice_name(worst)), f" stands out: {shares}")
    calm = "" if _untested(slices) else "No slice stands out. "
    return say(f"{calm}The highest loss is that of ", strong(slice_name(worst)), f": {shares}")


def _untested(slices: list[SliceResult]) -> bool:
    return all(each.p_value is None for each in slices)


def _columns(with_bytes: bool) -> tuple[Column, ...]:
    by_byte = (Column("by_byte", "Bits per byte", numeric=True, is_brief=True),)
    return (
        Column("name", "Slice"),
        Column("rows", "Tokens", numeric=True),
        Column("documents", "Documents", numeric=True),
        Column("log_loss", "Loss per token", numeric=True),
        Column("interval", "95% CI", numeric=True),
        *(by_byte if with_bytes else ()),
        Column("perplexity", "Perplexity", numeric=True, is_brief=True),
        Column("share_of_loss", "Share of loss", numeric=True),
    )


def _row(view: View, pair: _Pair, with_bytes: bool) -> tuple[Cell, ...]:
    each, extra = pair
    ends = each.interval
    interval = DASH if ends is None else " to ".join(nats_text(view, end) for end in ends)
    worse = Tag("Worse", "poor") if each.worse_than_rest else None
    n_documents = extra.n_documents
    by_byte = extra.bits_per_byte
    return (
        Cell(slice_name(each)),
        Cell(f"{each.n:,}", each.n),
        Cell(DASH) if n_documents is None else Cell(f"{n_documents:,}", n_documents),
        Cell(
            INFINITE if each.log_loss is None else nats_text(view, each.log_loss),
            each.log_loss,
            strong=True,
            tag=worse,
        ),
        Cell(interval, None if ends is None else ends[0]),
        *([Cell(DASH if by_byte is None else score_text(by_byte), by_byte)] if with_bytes else []),
        Cell(perplexity_text(extra.perplexity), extra.perplexity),
        Cell(view.share_text(each.share_of_loss), each.share_of_loss),
    )
