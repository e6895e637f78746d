"""The words of a report on Gaussian forecasts: no bands, for densities have no natural zero."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.formats import (
    count_text,
    density_text,
    percent_text,
    score_text,
    size_text,
)
from evalreport.report.model import (
    Fact,
    Text,
    Tone,
    Verdict,
)
from evalreport.report.task_parts import TaskWords, verdict_without_bands, weight_sentence
from evalreport.report.view import View, say, strong
from evalreport.results import EvaluationResult
from evalreport.task_results import Ends, GaussianResult


def gaussian_size(result: EvaluationResult) -> str:
    """Return how much was scored."""
    return count_text(result.overall.n, "row")


def gaussian_of(view: View) -> GaussianResult:
    """Return the part of a result that tells of Gaussian forecasts."""
    assert view.result.gaussian is not None
    return view.result.gaussian


# --- verdict ----------------------------------------------------------------------------------


def gaussian_verdict(view: View) -> Verdict:
    """Return the verdict: the loss beside that of always predicting mean and variance."""
    return verdict_without_bands(
        view,
        TaskWords("Loss of the density", "row", "rows"),
        _headline(view),
        lambda nats: density_text(nats, view.losses),
        sentences=_sentences(view),
        facts=_facts(view),
        baseline_text=_one_line(view),
    )


def ends_text(view: View, ends: Ends) -> str:
    """Return the ends of an interval of densities."""
    return " to ".join(density_text(each, view.losses) for each in ends)


def _headline(view: View) -> tuple[str, Tone]:
    gaussian = gaussian_of(view)
    if not view.result.overall.n:
        return "No rows could be scored", "bad"
    if view.found("below-baseline"):
        return "Worse than always predicting mean and variance", "bad"
    if (finding := view.found("no-skill")) is not None:
        return finding.title, "poor"
    if view.found("few-rows"):
        return "Too few rows to say", "watch"
    if gaussian.gain is None:
        return "Nothing to compare with: all outcomes are equal", "watch"
    if view.found("overconfident", "underconfident", "biased"):
        return "Better than the baseline, and could be better calibrated", "watch"
    return "Better than always predicting mean and variance", "good"


def _sentences(view: View) -> Iterator[Text]:
    gaussian = gaussian_of(view)
    if not view.result.overall.n:
        return
    if gaussian.gain is not None:
        words = "less" if gaussian.gain >= 0 else "more"
        yield say(
            "Always predicting the mean and the variance of the outcome scores "
            f"{density_text(gaussian.baseline, view.losses)}: this model has ",
            strong(f"{_unsigned(view, gaussian.gain)} {view.losses.unit} {words}"),
            " per row.",
        )
    found = view.found("overconfident", "underconfident")
    if found is not None:
        yield say(f"{found.title}: see Calibration.")
    yield from weight_sentence(view, "row")
    yield say(
        "The number depends on the unit of the outcome and may be below zero. Differences between "
        "models on the same rows do not depend on it."
    )


def _unsigned(view: View, nats: float) -> str:
    return density_text(abs(nats), view.losses)


def _one_line(view: View) -> str:
    gaussian = gaussian_of(view)
    if gaussian.gain is None:
        return ""
    words = "less" if gaussian.gain >= 0 else "more"
    return (
        f"Baseline {density_text(gaussian.baseline, view.losses)}: "
        f"{_unsigned(view, gaussian.gain)} {view.losses.unit} {words} than always predicting mean "
        "and variance"
    )


def _facts(view: View) -> Iterator[Fact]:
    gaussian = gaussian_of(view)
    if not view.result.overall.n:
        return
    explained = percent_text(gaussian.explained_variance)
    error = f"Mean squared error {size_text(gaussian.mean_squared_error)}"
    variance = f"variance of the outcome {size_text(gaussian.observed_variance)}"
    yield Fact("The means", f"{explained} of the variance explained", f"{error}, {variance}")
    constant = density_text(gaussian.loss_with_constant_std, view.losses)
    yield Fact(
        "The standard deviations",
        f"{score_text(gaussian.mean_squared_z)} mean of z squared, 1 is right",
        f"One deviation for all rows would score {constant}",
    )
    crps = f"{size_text(gaussian.crps)} in the unit of the outcome"
    yield Fact("CRPS, lower is better", crps, "The absolute error, of a whole distribution")
