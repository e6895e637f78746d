"""Makes the example predictions: real models, real data, rows that the models have not seen.

Run it from anywhere: ``python example_data/make_examples.py [DIRECTORY]``. It writes the CSV files
into the directory, by default the one it stands in, and prints the table of README.md. The data
sets come with scikit-learn. The models are fitted to convergence or have a closed form, so that
another processor gives the same probabilities to nine digits or more, where they are not rounded.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


@dataclass(frozen=True)
class Example:
    """One file of predictions: what stands in it, and what made it."""

    name: str
    model: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    log_loss: float
    accuracy: float


def logistic_regression(strength: float) -> ClassifierMixin:
    # Newton steps to a tight tolerance: the optimum itself, not a point on the way to it.
    fit = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-12, max_iter=200)
    return make_pipeline(StandardScaler(), fit)


def split(data: Any, test_size: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the rows to learn from and of the rows to predict, in file order."""
    rows = np.arange(len(data.target))
    train, test = train_test_split(
        rows, test_size=test_size, stratify=data.target, random_state=20240229
    )
    return np.sort(train), np.sort(test)


def thirds(values: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Name each value by the third of all values that it falls in."""
    edges = np.quantile(values, [1 / 3, 2 / 3])
    return np.asarray(names, dtype=object)[np.searchsorted(edges, values)]


def number(value: float) -> str:
    """Return the shortest text that reads back as the same double."""
    return repr(float(value))


def breast_cancer() -> Example:
    data = load_breast_cancer()
    train, test = split(data, test_size=2 / 3)
    model = logistic_regression(0.1).fit(data.data[train], data.target[train])
    # The data set calls malignant 0; a forecast is about the event, so here malignant is 1.
    prob = model.predict_proba(data.data[test])[:, 0]
    label = 1 - data.target[test]
    size = thirds(data.data[:, 0], ("small", "medium", "large"))[test]
    texture = thirds(data.data[:, 1], ("smooth", "medium", "rough"))[test]
    rows = [
        (f"case-{row:03d}", str(happened), number(p), size_name, texture_name)
        for row, happened, p, size_name, texture_name in zip(
            test, label, prob, size, texture, strict=True
        )
    ]
    return Example(
        "breast_cancer.csv",
        "logistic regression on 30 standardised features",
        ("id", "label", "prob", "size", "texture"),
        rows,
        float(log_loss(label, prob)),
        float(accuracy_score(label, prob > 0.5)),
    )


def rounded(value: float) -> str:
    """Return a probability with seven decimals, or four digits if it is small: a smaller file."""
    return f"{value:.7f}".rstrip("0").rstrip(".") if value >= 1e-3 else f"{value:.4g}"


def digits(
    name: str, model_text: str, model: ClassifierMixin, write_number: Callable[[float], str]
) -> Example:
    data = load_digits()
    train, test = split(data, test_size=0.5)
    model.fit(data.data[train], data.target[train])
    exact = model.predict_proba(data.data[test])
    probs = np.array([[float(write_number(each)) for each in row] for row in exact])
    label = data.target[test]
    ink = thirds(data.data.mean(axis=1), ("light", "medium", "heavy"))[test]
    rows = [
        (f"digit-{row:04d}", str(happened), *map(write_number, p), ink_name)
        for row, happened, p, ink_name in zip(test, label, exact, ink, strict=True)
    ]
    return Example(
        name,
        model_text,
        ("id", "label", *(f"prob_{digit}" for digit in range(10)), "ink"),
        rows,
        float(np.mean(-np.log(np.maximum(probs[np.arange(len(label)), label], 2.0**-52)))),
        float(accuracy_score(label, probs.argmax(axis=1))),
    )


def iris() -> Example:
    data = load_iris()
    train, test = split(data, test_size=2 / 3)
    model = logistic_regression(1.0).fit(data.data[train], data.target[train])
    probs = model.predict_proba(data.data[test])
    label = data.target[test]
    names = [str(name) for name in data.target_names]
    sepal = thirds(data.data[:, 0], ("short", "medium", "long"))[test]
    rows = [
        (f"flower-{row:03d}", names[happened], *map(number, p), sepal_name)
        for row, happened, p, sepal_name in zip(test, label, probs, sepal, strict=True)
    ]
    return Example(
        "iris.csv",
        "logistic regression on 4 standardised features",
        ("id", "label", *(f"prob_{name}" for name in names), "sepal"),
        rows,
        float(log_loss(label, probs, labels=range(3))),
        float(accuracy_score(label, probs.argmax(axis=1))),
    )


def diabetes() -> Example:
    data = load_diabetes(scaled=False)
    label = (data.target > np.median(data.target)).astype(int)
    data.target = label
    train, test = split(data, test_size=2 / 3)
    # Age, sex, body mass index and blood pressure: what is known without a blood test.
    known = data.data[:, :4]
    model = logistic_regression(1.0).fit(known[train], label[train])
    prob = model.predict_proba(known[test])[:, 1]
    age = thirds(known[:, 0], ("young", "middle", "old"))[test]
    rows = [
        (f"patient-{row:03d}", str(happened), number(p), age_name)
        for row, happened, p, age_name in zip(test, label[test], prob, age, strict=True)
    ]
    return Example(
        "diabetes.csv",
        "logistic regression on 4 of 10 features",
        ("id", "label", "prob", "age"),
        rows,
        float(log_loss(label[test], prob)),
        float(accuracy_score(label[test], prob > 0.5)),
    )


def rounded_rows(probs: np.ndarray) -> np.ndarray:
    """Round to five decimals, and give what is left of 1 to the likeliest class."""
    units = np.round(probs * 100_000).astype(int)
    rows = np.arange(len(units))
    units[rows, units.argmax(axis=1)] += 100_000 - units.sum(axis=1)
    return units / 100_000


def numbers() -> Example:
    """Numbers of two digits: what the model of digits.csv makes of two pictures side by side."""
    data = load_digits()
    train, test = split(data, test_size=0.5)
    model = logistic_regression(0.1).fit(data.data[train], data.target[train])
    tens, ones = test[0:-1:2], test[1::2]
    of_tens, of_ones = (model.predict_proba(data.data[each]) for each in (tens, ones))
    products = of_tens[:, :, None] * of_ones[:, None, :]
    probs = rounded_rows(products.reshape(len(tens), 100))
    label = 10 * data.target[tens] + data.target[ones]
    ink = (data.data[tens].mean(axis=1) + data.data[ones].mean(axis=1)) / 2
    rows = [
        (f"number-{row:03d}", f"{happened:02d}", *(f"{each:.5g}" for each in p), ink_name)
        for row, (happened, p, ink_name) in enumerate(
            zip(label, probs, thirds(ink, ("light", "medium", "heavy")), strict=True)
        )
    ]
    return Example(
        "numbers.csv.gz",
        "the model of `digits.csv`, for two pictures",
        ("id", "label", *(f"prob_{each:02d}" for each in range(100)), "ink"),
        rows,
        float(log_loss(label, probs, labels=range(100))),
        float(accuracy_score(label, probs.argmax(axis=1))),
    )


def examples() -> tuple[Example, ...]:
    """Make all examples; takes a few seconds."""
    return (
        breast_cancer(),
        digits(
            "digits.csv",
            "logistic regression on 64 standardised pixels",
            logistic_regression(0.1),
            number,
        ),
        digits(
            "digits_overconfident.csv",
            "Gaussian naive Bayes with a small added variance",
            GaussianNB(var_smoothing=3e-4),
            number,
        ),
        digits(
            "digits_previous.csv",
            "linear discriminant analysis of 64 pixels, shrunk by 0.3",
            LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.3),
            rounded,
        ),
        iris(),
        diabetes(),
        numbers(),
    )


def write(example: Example, directory: Path) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(example.header)
    writer.writerows(example.rows)
    data = text.getvalue().encode()
    packed = gzip.compress(data, mtime=0) if example.name.endswith(".gz") else data
    (directory / example.name).write_bytes(packed)


def table_row(example: Example) -> str:
    return (
        f"| `{example.name}` | {example.model} | {len(example.rows)} "
        f"| {example.log_loss:.10f} | {example.accuracy:.6f} |"
    )


def main(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for example in examples():
        write(example, directory)
        print(table_row(example))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
