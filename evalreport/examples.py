"""The example predictions that come along: what they are, and what it takes to read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

MADE = datetime(2026, 11, 22, tzinfo=UTC)
"""When the example predictions were made: a report on them tells this time on every machine."""


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """One bundled file of predictions, with the options that `evalreport report` needs for it.

    Parameters
    ----------
    name : str
        File name, such as ``"iris.csv"``.
    description : str
        What the predictions are about, in one line.
    content : Traversable
        Where the file lies; inside a zipped package that is no path of the file system.
    label, id : str
        Columns of what happened and of the row id.
    positive : str, optional
        The class that a single probability column speaks of; None with a column per class.
    slices : tuple of str
        Columns worth reporting by.
    """

    name: str
    description: str
    content: Traversable
    label: str = "label"
    id: str = "id"
    positive: str | None = None
    slices: tuple[str, ...] = ()

    def read_bytes(self) -> bytes:
        """Return the file as it is, to be written wherever the caller likes."""
        return self.content.read_bytes()


def example_files() -> tuple[ExampleFile, ...]:
    """Return the bundled example predictions, the simplest first.

    Examples
    --------
    >>> [example.name for example in example_files()]
    ['breast_cancer.csv', 'digits.csv', 'digits_overconfident.csv', 'iris.csv']
    """
    folder = _example_data()
    return (
        ExampleFile(
            "breast_cancer.csv",
            "is the tumour malignant? Two classes, one probability column",
            folder / "breast_cancer.csv",
            positive="1",
            slices=("size", "texture"),
        ),
        ExampleFile(
            "digits.csv",
            "which digit was written? Ten classes, a decent model",
            folder / "digits.csv",
            slices=("ink",),
        ),
        ExampleFile(
            "digits_overconfident.csv",
            "the same digits by a model that is right nine times in ten and far too sure of itself",
            folder / "digits_overconfident.csv",
            slices=("ink",),
        ),
        ExampleFile(
            "iris.csv",
            "which iris is it? Three classes by name, a hundred rows",
            folder / "iris.csv",
            slices=("sepal",),
        ),
    )


def _example_data() -> Traversable:
    # In a wheel the data lies inside the package; in a checkout, editable or not, beside it.
    packaged = resources.files("evalreport") / "example_data"
    if packaged.is_dir():
        return packaged
    return Path(__file__).resolve().parent.parent / "example_data"
