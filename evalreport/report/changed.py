"""What became of the loss since the previous run, as the verdict says it."""

from __future__ import annotations

from dataclasses import replace

from evalreport.findings.changes import change_in, change_words, counted, run_loss, size
from evalreport.findings.comparison import signed_interval
from evalreport.report.model import Fact, Verdict
from evalreport.report.view import View
from evalreport.results import ComparisonResult

OUTCOME_WORDS = {"worse": "Worse", "better": "Better", "no clear change": "No clear change"}


def previous_fact(view: View) -> Fact:
    """Return the fact beside the verdict."""
    comparison = view.result.comparison
    term = "Against the previous run"
    if comparison is None:
        return Fact(term, "No previous run given", "Nothing to compare with")
    bounds = comparison.bounds
    if comparison.change is None and bounds is None:
        return Fact(term, OUTCOME_WORDS[comparison.outcome], "A loss is infinite")
    change = change_in(view.losses, comparison.change, bounds)
    headline = f"{change}{',' if bounds else ''} {comparison.outcome}"
    interval = signed_interval(comparison.interval, view.losses)
    parts = [f"95% CI {interval}" if interval else "No interval", _rows_compared(comparison)]
    if not _is_of_all_rows(comparison):
        parts.append(then_and_now(view, comparison))
    return Fact(term, headline, ", ".join(parts))


def _is_of_all_rows(comparison: ComparisonResult) -> bool:
    """Whether the loss that changed is the one that the report speaks of."""
    return not comparison.paired or comparison.n_common == comparison.n


def then_and_now(view: View, comparison: ComparisonResult) -> str:
    """Return the loss over what is compared, before and now."""
    then, now = (run_loss(view.losses, view.result, comparison, is_now) for is_now in (False, True))
    return f"{then} then, {now} now"


def _rows_compared(comparison: ComparisonResult) -> str:
    if not comparison.paired:
        return f"not the same {comparison.counted}s"
    if comparison.n_common == comparison.n == comparison.previous.n:
        return f"same {comparison.counted}s"
    return f"{counted(comparison, comparison.n_common or 0)} in both"


def previous_line(view: View) -> str:
    """Return the comparison in one line for summaries; empty if there is none."""
    comparison = view.result.comparison
    if comparison is None:
        return ""
    interval = signed_interval(comparison.interval, view.losses)
    aside = ", ".join([*([f"95% CI {interval}"] if interval else []), _rows_compared(comparison)])
    words = f"{change_words(comparison, view.losses)} ({aside})"
    before = run_loss(view.losses, view.result, comparison, is_current=False)
    if _is_of_all_rows(comparison):
        return f"Previous {before}: {words}"
    now = run_loss(view.losses, view.result, comparison, is_current=True)
    return f"Previous {before}, now {now}: {words}"


def change_text(view: View) -> str:
    """Return what became of the loss in a few words; empty if there is no previous run."""
    comparison = view.result.comparison
    return "" if comparison is None else change_words(comparison, view.losses)


def with_change(view: View, verdict: Verdict) -> Verdict:
    """Return a verdict that says what became of the loss; one that says it already as it is."""
    comparison = view.result.comparison
    if comparison is None or verdict.previous_text:
        return verdict
    is_worse = comparison.outcome == "worse" and verdict.tone == "none"
    return replace(
        verdict,
        headline=f"{verdict.headline}, {_outcome_words(view, comparison)}",
        facts=(*verdict.facts, previous_fact(view)),
        previous_text=previous_line(view),
        # Where there is no band, one line for everything holds the headline.
        change_text="" if verdict.band is None else change_text(view),
        tone="poor" if is_worse else verdict.tone,
    )


def _outcome_words(view: View, comparison: ComparisonResult) -> str:
    if comparison.outcome == "no clear change":
        same = comparison.is_constant and comparison.change == 0.0
        return "no change" if same else "no clear change"
    by = size(comparison.change, view.losses, comparison.bounds)
    words = f"{comparison.outcome} than the previous run"
    return f"{words} by {by}" if by else words


def headline_with(view: View, band: str) -> str:
    """Return the headline of an ordinary result with what became of the loss."""
    comparison = view.result.comparison
    if comparison is None:
        return f"{band[0].upper()}{band[1:]}"
    if comparison.outcome == "no clear change":
        same = comparison.is_constant and comparison.change == 0.0
        return f"{band[0].upper()}{band[1:]}, {'no change' if same else 'no clear change'}"
    return f"{OUTCOME_WORDS[comparison.outcome]} than the previous run, and {band}"
