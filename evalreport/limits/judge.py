"""Judging limits: a result in, an outcome for every requirement out. On unrounded numbers only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evalreport.bands import Scale, band_of, scale, using
from evalreport.formats import clean, count_text
from evalreport.limits import bounds, wording
from evalreport.limits.interface import GroupLimits, Limits
from evalreport.limits.regression import judge_group_regression, judge_regression
from evalreport.results import ClassResult, EvaluationResult, LimitResult, SliceResult

Outcome = Literal["passed", "failed", "not judged", "inconclusive"]
Group = ClassResult | SliceResult


def judge_limits(result: EvaluationResult, limits: Limits) -> tuple[LimitResult, ...]:
    """Return what became of each limit that is set, in the order of the settings.

    A limit on what could not be measured is "not judged", never passed. An infinite loss is over
    every limit.

    Raises
    ------
    SettingsError
        If a limit names a band that is not on the scale.
    """
    with using(Scale.of(result.bands)):
        limits.refuse_unknown_bands()
        return (
            *_overall(result, limits),
            *judge_regression(result, limits.max_regression),
            *_findings(result, limits),
            *(each for group in limits.classes for each in _class(result, group)),
            *(each for group in limits.slices for each in _slice(result, group)),
        )


def are_met(outcomes: Sequence[LimitResult], strict: bool = False) -> bool:
    """Return whether nothing failed; if `strict`, whether everything passed.

    Examples
    --------
    >>> not_judged = LimitResult("min_skill", 0.1, None, "not judged")
    >>> are_met([not_judged]), are_met([not_judged], strict=True)
    (True, False)
    """
    if strict:
        return all(each.outcome == "passed" for each in outcomes)
    return all(each.outcome != "failed" for each in outcomes)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A number to be judged, or why there is none; `what` starts its sentence."""

    what: str
    value: float | None
    unit: str = ""
    why_not: str = ""
    aside: str = ""


def _at_most(name: str, limit: float | None, measured: _Measured) -> Iterator[LimitResult]:
    if limit is not None:
        value = measured.value
        yield _judged(name, limit, measured, value is not None and value <= limit, "over")


def _at_least(name: str, limit: float | None, measured: _Measured) -> Iterator[LimitResult]:
    if limit is not None:
        value = measured.value
        yield _judged(name, limit, measured, value is not None and value >= limit, "under")


def _judged(
    name: str, limit: float, measured: _Measured, is_met: bool, side: Literal["over", "under"]
) -> LimitResult:
    value = measured.value
    if value is None:
        return _not_judged(name, limit, measured.why_not)
    number = wording.measured_text(value, limit)
    sentence = wording.compared(
        f"{measured.what} {number}{measured.unit}", limit, is_met, side, measured.aside
    )
    shown = value if math.isfinite(value) else "infinite"
    return LimitResult(name, limit, shown, "passed" if is_met else "failed", sentence)


def _not_judged(name: str, limit: float | str, why: str) -> LimitResult:
    return LimitResult(name, limit, None, "not judged", f"Not judged: {why}.")


# --- the whole --------------------------------------------------------------------------------


def _overall(result: EvaluationResult, limits: Limits) -> Iterator[LimitResult]:
    yield from _at_most("max_loss", limits.max_loss, _loss(result, limits.max_loss))
    yield from _at_least("min_skill", limits.min_skill, _skill(result, limits.min_skill))
    yield from _at_most("max_ece", limits.max_ece, _calibration_error(result))
    n_zero = result.overall.zero_probability_rows if result.overall.n else None
    yield from _zeros(
        "max_zero_probability", limits.max_zero_probability, n_zero, "no row was scored"
    )
    band = None if result.overall.band is None else result.overall.band.name
    why = "no row was scored" if not result.overall.n else "this loss has no band"
    top_k = result.overall.top_k
    if top_k is not None and bounds.is_open(top_k):
        band, why = bounds.band_for(top_k, limits.worst_band)
    yield from _band("worst_band", limits.worst_band, band, "The band", why)


def _loss(result: EvaluationResult, limit: float | None) -> _Measured:
    overall = result.overall
    if overall.top_k is not None and bounds.is_open(overall.top_k):
        value, end, why_not = bounds.loss_for(overall.top_k, limit)
        return _Measured(f"Log loss{end}", value, " nats", why_not)
    name = "Excess loss" if result.task == "soft" else "Log loss"
    loss = _or_infinite(overall.judged_loss, overall.zero_probability_rows)
    return _Measured(name, loss, " nats", "no row was scored")


def _or_infinite(loss: float | None, n_zero: int) -> float | None:
    """Return a mean loss: without a floor there is none where a row was given zero."""
    return math.inf if loss is None and n_zero else loss


def _skill(result: EvaluationResult, limit: float | None) -> _Measured:
    top_k = result.overall.top_k
    if top_k is not None and bounds.is_open(top_k):
        value, end, why_not = bounds.skill_for(top_k, limit)
        return _Measured(f"Skill{end}", value, why_not=why_not)
    return _Measured("Skill", result.baseline.skill, why_not=wording.no_skill(result))


def _calibration_error(result: EvaluationResult) -> _Measured:
    ece = result.calibration.ece
    if ece is None:
        return _Measured("", None, why_not="no calibration error was measured")
    expected = wording.measured_text(ece.expected_if_calibrated, ece.value)
    aside = f"; {expected} is what a calibrated model would show on these rows"
    return _Measured("Expected calibration error", ece.value, aside=aside)


def _zeros(name: str, limit: int | None, n_zero: int | None, why_not: str) -> Iterator[LimitResult]:
    if limit is None:
        return
    if n_zero is None:
        yield _not_judged(name, limit, why_not)
        return
    were = "was" if n_zero == 1 else "were"
    sentence = f"{count_text(n_zero, 'row')} {were} given zero probability; the limit is {limit:,}."
    yield LimitResult(name, limit, n_zero, "passed" if n_zero <= limit else "failed", sentence)


def _band(
    name: str, limit: str | None, band: str | None, what: str, why_not: str
) -> Iterator[LimitResult]:
    if limit is None:
        return
    if band is None:
        yield _not_judged(name, limit, why_not)
        return
    ranks = {each.name: rank for rank, each in enumerate(scale().bands)}
    is_met = ranks[band] <= ranks[limit]
    relation = "no worse than" if is_met else "worse than"
    sentence = f"{what} “{band}” is {relation} “{limit}”."
    yield LimitResult(name, limit, band, "passed" if is_met else "failed", sentence)


def _findings(result: EvaluationResult, limits: Limits) -> Iterator[LimitResult]:
    if limits.fail_on == "never":
        return
    counted = ("error",) if limits.fail_on == "error" else ("error", "warning")
    found = [each for each in result.findings if each.severity in counted]
    outcome: Outcome = "failed" if found else "passed"
    sentence = wording.findings_counted(found, counted)
    yield LimitResult("fail_on", limits.fail_on, len(found), outcome, sentence)


# --- classes and slices -----------------------------------------------------------------------


def _class(result: EvaluationResult, limits: GroupLimits) -> Iterator[LimitResult]:
    found = next((each for each in result.classes if each.name == limits.name), None)
    name = f"class {clean(limits.name, 40)}"
    yield from _group(limits, found, name, "no class of that name")
    yield from _group_regression(result, limits, name)


def _slice(result: EvaluationResult, limits: GroupLimits) -> Iterator[LimitResult]:
    column, value = limits.column or "", limits.name
    in_column = [each for each in result.slices if each.column == column]
    found = next((each for each in in_column if each.value == value), None)
    missing = "no such value" if in_column else "no slice column of that name"
    name = f"slice {clean(column, 40)} = {clean(value, 40)}"
    yield from _group(limits, found, name, missing)
    yield from _group_regression(result, limits, name)


def _group(
    limits: GroupLimits, found: Group | None, name: str, missing: str
) -> Iterator[LimitResult]:
    why_not = f"{name}: {missing if found is None else 'there is nothing to measure it by'}"
    for each in _of_group(limits, found, why_not):
        yield each if each.outcome == "not judged" else wording.about(each, name)


def _group_regression(
    result: EvaluationResult, limits: GroupLimits, name: str
) -> Iterator[LimitResult]:
    for each in judge_group_regression(result, limits, name):
        said = replace(each, why=f"{each.why[0].lower()}{each.why[1:]}")
        yield each if each.outcome == "not judged" else wording.about(said, name)


def _band_of(found: Group) -> str | None:
    """Return the band that a limit is about: a limit asks for the loss, not for an excuse."""
    if found.band is None and found.log_loss is not None:
        return band_of(found.log_loss).name
    return found.band


def _of_group(limits: GroupLimits, found: Group | None, why: str) -> Iterator[LimitResult]:
    loss, skill, n_zero, band = None, None, None, None
    if found is not None:
        loss = _or_infinite(found.judged_loss, found.zero_probability_rows)
        skill = found.skill if isinstance(found, SliceResult) else None
        n_zero, band = found.zero_probability_rows if found.n else None, _band_of(found)
    measured = _Measured("log loss", loss, " nats", why)
    if found is not None and found.top_k is not None and bounds.is_open(found.top_k):
        value, end, open_why = bounds.loss_for(found.top_k, limits.max_loss)
        measured = _Measured(f"log loss{end}", value, " nats", f"{why.split(':')[0]}: {open_why}")
    yield from _at_most(f"{limits.place}.max_loss", limits.max_loss, measured)
    measured = _Measured("skill", skill, why_not=why)
    yield from _at_least(f"{limits.place}.min_skill", limits.min_skill, measured)
    place = f"{limits.place}.max_zero_probability"
    yield from _zeros(place, limits.max_zero_probability, n_zero, why)
    yield from _band(f"{limits.place}.worst_band", limits.worst_band, band, "the band", why)
