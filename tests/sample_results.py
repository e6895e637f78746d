"""Evaluations of simulated predictions, for whoever shows or judges results.

Every number comes out of simulated rows by the ordinary way, so the parts of a result agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evalreport.batch import Intake, PredictionBatch, Rejection, SliceColumn
from evalreport.evaluation import EvaluateSettings, evaluate_predictions
from evalreport.readers.interface import Predictions
from evalreport.results import ColumnUse, EvaluationResult

CREATED = "2026-11-21T02:14:09Z"
VERSION = "0.1.0"

HOSTILE_NAMES = (
    "</script><img src=x onerror=alert(1)>",
    "{{7*7}}",
    '"><svg onload=alert(1)>',
    "\u202edesrever",
    "| a `pipe` and\na new line |",
    "@everyone #12",
    "[red]rich[/red]",
    "\x1b[31mred\x1b[0m",
    "x" * 200,
    "名前",
)


@lru_cache
def typical() -> EvaluationResult:
    """Five classes, three slice columns; a bad class, a bad slice, 12 zeros, 38 rows left out."""
    rng = np.random.default_rng(20261121)
    n_rows, classes = 12_480, ("account", "billing", "refund", "shipping", "technical")
    observed = rng.choice(5, n_rows, p=[0.19, 0.27, 0.08, 0.14, 0.32])
    language = rng.choice(4, n_rows, p=[0.17, 0.58, 0.10, 0.15])
    is_hard = (observed == 2) | (language == 3)
    probs = _noisy_forecasts(rng, observed, 5, np.where(is_hard, 3.5, 6.0), sharpness=0.8)
    zeros = np.flatnonzero(language == 3)[:12]
    _give_zero(probs, observed, zeros)
    slices = (
        SliceColumn("language", language.astype(np.int64), ("de", "en", "es", "fr")),
        SliceColumn("channel", rng.integers(0, 3, n_rows), ("chat", "email", "phone")),
        SliceColumn("priority", rng.choice(2, n_rows, p=[0.1, 0.9]), ("high", "normal")),
    )
    ids = np.array([f"T-{10_000 + 7 * i}" for i in range(n_rows)], dtype=object)
    rejections = (
        *(Rejection("label is missing", 400 * i, "y", "") for i in range(1, 27)),
        *(Rejection("probability is NaN", 900 * i, "p_refund", "nan") for i in range(1, 13)),
    )
    batch = PredictionBatch(
        classes,
        observed,
        probs,
        ids=ids,
        rows=np.arange(1, n_rows + 1),
        slices=slices,
        intake=Intake(rejections, n_not_summing_to_one=214, n_rescaled=214),
    )
    return _evaluated(batch, "ticket-router v14", normalize="rescale")


@lru_cache
def binary() -> EvaluationResult:
    """Two classes, no slices, no ids: a decent forecast that is a little too sure of itself."""
    rng = np.random.default_rng(7)
    logits = rng.normal(-0.8, 2.2, 2_000)
    observed = (rng.random(2_000) < 1 / (1 + np.exp(-logits))).astype(np.int64)
    positive = 1 / (1 + np.exp(-1.4 * logits))
    probs = np.stack([1 - positive, positive], axis=1)
    batch = PredictionBatch(("no", "yes"), observed, probs, rows=np.arange(1, 2_001))
    return _evaluated(batch, "churn")


@lru_cache
def perfect() -> EvaluationResult:
    """Every row got 100 % for what happened."""
    observed = np.arange(1_200) % 3
    batch = PredictionBatch(("bird", "cat", "dog"), observed, np.eye(3)[observed])
    return _evaluated(batch, "too good")


@lru_cache
def broken() -> EvaluationResult:
    """Five rows, worse than the baseline, two of them with a probability of zero."""
    probs = np.array([[1.0, 0.0], [0.0, 1.0], [0.9, 0.1], [0.8, 0.2], [0.3, 0.7]])
    batch = PredictionBatch(("0", "1"), np.array([1, 0, 1, 1, 1]), probs, rows=np.arange(1, 6))
    return _evaluated(batch, "swapped")


@lru_cache
def many(n_classes: int = 50, n_slices: int = 30) -> EvaluationResult:
    """More classes and slices than fit a screen, with names that try to break out."""
    rng = np.random.default_rng(50)
    n_rows = 6_000
    names = HOSTILE_NAMES + tuple(f"class {i:02}" for i in range(n_classes - len(HOSTILE_NAMES)))
    observed = rng.integers(0, n_classes, n_rows)
    difficulty = np.where(observed % 7 == 0, 3.0, 7.0)
    probs = _noisy_forecasts(rng, observed, n_classes, difficulty, sharpness=1.0)
    values = HOSTILE_NAMES + tuple(f"store {i:02}" for i in range(n_slices - len(HOSTILE_NAMES)))
    stores = SliceColumn("shop <b>", rng.integers(0, n_slices, n_rows), values)
    ids = np.array([f"{HOSTILE_NAMES[i % 10]}{i}" for i in range(n_rows)], dtype=object)
    batch = PredictionBatch(names, observed, probs, ids=ids, slices=(stores,))
    return _evaluated(batch, HOSTILE_NAMES[0])


@lru_cache
def empty() -> EvaluationResult:
    """Twenty rows of weight zero: nothing could be scored."""
    batch = PredictionBatch(
        ("a", "b", "c"), np.zeros(20, np.int64), np.full((20, 3), 1 / 3), weights=np.zeros(20)
    )
    return _evaluated(batch, "nothing here")


@lru_cache
def unfloored() -> EvaluationResult:
    """Zero probabilities with no floor: the log loss is infinite, so there is no number."""
    rng = np.random.default_rng(3)
    observed = rng.integers(0, 3, 500)
    probs = _noisy_forecasts(rng, observed, 3, np.full(500, 5.0), sharpness=1.0)
    _give_zero(probs, observed, np.arange(4))
    batch = PredictionBatch(("a", "b", "c"), observed, probs, rows=np.arange(1, 501))
    return _evaluated(batch, "no floor", floor=None)


@lru_cache
def soft() -> EvaluationResult:
    """Three annotators who disagree about one of three classes, one row ruled out by mistake."""
    rng = np.random.default_rng(11)
    targets = rng.multinomial(3, [0.5, 0.3, 0.2], 900) / 3
    probs = 0.7 * targets + 0.3 * rng.dirichlet(np.ones(3), 900)
    probs[0], targets[0] = (0.0, 0.5, 0.5), (1 / 3, 1 / 3, 1 / 3)
    part = SliceColumn("part", rng.integers(0, 2, 900), ("new", "old"))
    batch = PredictionBatch(
        ("bird", "cat", "dog"),
        targets.argmax(axis=1),
        probs,
        targets=targets,
        rows=np.arange(1, 901),
        slices=(part,),
    )
    return _evaluated(batch, "annotators")


@lru_cache
def perfect_soft() -> EvaluationResult:
    """Every forecast equals its target."""
    targets = np.random.default_rng(13).dirichlet(np.ones(3), 200)
    batch = PredictionBatch(("a", "b", "c"), targets.argmax(axis=1), targets, targets=targets)
    return _evaluated(batch, "too good, softly")


@lru_cache
def smoothed() -> EvaluationResult:
    """Hard labels of two classes, smoothed by a tenth."""
    rng = np.random.default_rng(12)
    positive = rng.uniform(0.05, 0.95, 1_000)
    observed = (rng.random(1_000) < positive).astype(np.int64)
    probs = np.stack([1 - positive, positive], axis=1)
    batch = PredictionBatch(("no", "yes"), observed, probs, rows=np.arange(1, 1_001))
    return _evaluated(batch, "smoothed", label_smoothing=0.1)


SAMPLES = {
    each.__name__: each
    for each in (
        *(typical, binary, perfect, broken, many, empty, unfloored),
        *(soft, smoothed, perfect_soft),
    )
}


def evaluated(
    observed: Sequence[int], probs: Sequence[Sequence[float]], classes: Sequence[str] | None = None
) -> EvaluationResult:
    """Evaluate a handful of rows."""
    matrix = np.array(probs, dtype=np.float64)
    names = tuple(classes or (f"class {i}" for i in range(matrix.shape[1])))
    return _evaluated(PredictionBatch(names, np.array(observed, np.int64), matrix), "rows")


def _noisy_forecasts(
    rng: np.random.Generator,
    observed: np.ndarray,
    n_classes: int,
    signal: np.ndarray,
    *,
    sharpness: float,
) -> np.ndarray:
    """Forecasts that lean towards what happened; below 1, `sharpness` makes them too cautious."""
    logits = 1.4 * rng.normal(size=(len(observed), n_classes))
    logits[np.arange(len(observed)), observed] += signal
    powers = np.exp(sharpness * (logits - logits.max(axis=1, keepdims=True)))
    return powers / powers.sum(axis=1, keepdims=True)


def _give_zero(probs: np.ndarray, observed: np.ndarray, rows: np.ndarray) -> None:
    probs[rows, observed[rows]] = 0.0
    probs[rows] /= probs[rows].sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class _Rows:
    batch: PredictionBatch
    n_bytes: int = 1_900_000

    def batches(self) -> Iterator[PredictionBatch]:
        yield self.batch


def _evaluated(
    batch: PredictionBatch,
    title: str,
    floor: float | None = 2.0**-52,
    normalize: str = "error",
    label_smoothing: float = 0.0,
) -> EvaluationResult:
    slices = tuple(each.name for each in batch.slices)
    columns = ColumnUse(
        label="y" if batch.targets is None else None,
        probabilities=tuple(f"p_{name}" for name in batch.classes),
        id=None if batch.ids is None else "ticket_id",
        weight=None if batch.weights is None else "weight",
        slices=slices,
        targets=() if batch.targets is None else tuple(f"t_{name}" for name in batch.classes),
    )
    predictions = Predictions(
        paths=("predictions-2026-11-21.parquet",),
        format="parquet",
        n_bytes=1_900_000,
        modified=None,
        header=("y",),
        classes=batch.classes,
        positive=batch.positive,
        columns=columns,
        input_kind="probabilities",
        readings=("Label: column 'y', found by its name.",),
        shards=(_Rows(batch),),
        soft=batch.targets is not None,
    )
    settings = EvaluateSettings(floor=floor, normalize=normalize, label_smoothing=label_smoothing)
    return evaluate_predictions(
        predictions, settings, title=title, created=CREATED, version=VERSION
    )
