"""The four reports that every rule for the page is held against, made by the ordinary way.

One with everything there is to show, a first run without a previous one, the worst that is allowed
(50 classes, 30 slices, names that try to break out or go on for ever), and a broken one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from evalreport.api import evaluate
from evalreport.comparison import compare_evaluations
from evalreport.findings import with_comparison
from evalreport.limits import Limits, judge_limits
from evalreport.limits.interface import GroupLimits
from evalreport.renderers.html import HtmlRenderer
from evalreport.report import build_report
from evalreport.report.model import Report
from evalreport.results import EvaluationResult
from tests import sample_results
from tests.renderers.hostile import NAMES


@lru_cache
def everything() -> Report:
    """A run of 12,480 rows in 5 classes and 7 slices, worse than the previous one."""
    classes, sharpness = ["account", "billing", "refund", "shipping", "technical"], (1.0, 1.3)
    slices = {"language": ["de", "en", "es", "fr"], "channel": ["chat", "email", "phone"]}
    return _compared(12_480, classes, slices, sharpness, shown="email subject", seed=3)


@lru_cache
def first_run() -> Report:
    """The same kind of run, with nothing to compare it with."""
    return build_report(sample_results.typical())


@lru_cache
def worst_allowed() -> Report:
    """A previous run, 50 classes and 30 slices; hostile text wherever data can stand."""
    names = [name for name in NAMES if name.strip()]
    classes = [*names, *(f"class {i:02} {'long ' * 38}" for i in range(50 - len(names)))]
    values = [*names, *(f"store {i:02} {'long ' * 38}" for i in range(30 - len(names)))]
    return _compared(6_000, classes, {names[0]: values}, (1.2, 1.0), shown=names[2], seed=50)


@lru_cache
def broken() -> Report:
    """Five rows, worse than the baseline, two of them with a probability of zero."""
    return build_report(sample_results.broken())


FOUR: dict[str, Callable[[], Report]] = {
    each.__name__: each for each in (everything, first_run, worst_allowed, broken)
}


@lru_cache
def page_of(name: str) -> str:
    """Return one of the four as a page."""
    return HtmlRenderer().render(FOUR[name]())


def page_of_rows(n_rows: int) -> str:
    """Return the page of a run of the same kind with this many rows."""
    rng = np.random.default_rng(5)
    observed = rng.integers(0, 4, n_rows)
    logits = rng.normal(size=(n_rows, 4))
    logits[np.arange(n_rows), observed] += 2.0
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    parts = {"part": np.array(["a", "b", "c"], object)[rng.integers(0, 3, n_rows)]}
    return evaluate(observed, probs, slices=parts, title="rows").to_html()


def _compared(
    n_rows: int,
    classes: list[str],
    slices: dict[str, list[str]],
    sharpness: tuple[float, float],
    *,
    shown: str,
    seed: int,
) -> Report:
    rng = np.random.default_rng(seed)
    names = np.array(classes, dtype=object)
    logits = rng.normal(0.0, 2.2, (n_rows, len(classes)))
    odds = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    observed = (odds.cumsum(axis=1) < rng.random((n_rows, 1))).sum(axis=1)
    groups = {
        column: np.array(values, dtype=object)[rng.integers(0, len(values), n_rows)]
        for column, values in slices.items()
    }
    title = classes[0] if len(classes) > 5 else "ticket-router"
    runs = []
    for version, sharp in enumerate(sharpness, start=13):
        probs = np.exp(sharp * logits) / np.exp(sharp * logits).sum(axis=1, keepdims=True)
        ruled_out = slice(n_rows - 12 * (version - 13), n_rows)  # the second run alone has any
        probs[ruled_out] = _without(probs[ruled_out], observed[ruled_out])
        runs.append(
            evaluate(
                names[observed],
                probs,
                classes=classes,
                slices=groups,
                ids=[f"{title} {i}" for i in range(n_rows)],
                clusters=[f"customer {i // 3}" for i in range(n_rows)],
                show={shown: names[observed]},
                title=f"{title} v{version}",
            ).result
        )
    return build_report(_limited(with_comparison(runs[1], compare_evaluations(*runs)), groups))


def _without(probs: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return forecasts that rule out what happened."""
    rows = np.arange(len(probs))
    ruled_out = probs.copy()
    ruled_out[rows, observed] = 0.0
    return ruled_out / ruled_out.sum(axis=1, keepdims=True)


def _limited(result: EvaluationResult, groups: dict[str, np.ndarray]) -> EvaluationResult:
    name = result.classes[0].name
    column, value = result.slices[0].column, result.slices[0].value
    limits = Limits(
        max_loss=0.3,
        max_regression=0.01,
        classes=(GroupLimits(name=name, max_loss=0.2),),
        slices=(GroupLimits(name=value, column=column, max_loss=0.2),),
    )
    return replace(result, limits=judge_limits(result, limits))
