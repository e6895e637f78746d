"""Writing small inputs, reading them whole, and asking for the message of a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evalreport.batch import PredictionBatch, Rejection
from evalreport.errors import EvalReportError
from evalreport.readers import Predictions, ReadSettings, open_predictions

WRITER = "\n  Look at the program that wrote it: it may have failed, or be still at work."
"""What is said of files with nothing in them."""


@dataclass(frozen=True)
class Rows:
    """All batches of an input, put together."""

    batches: tuple[PredictionBatch, ...]

    def joined(self, field: str) -> Any:
        return np.concatenate([getattr(batch, field) for batch in self.batches])

    @property
    def observed(self) -> list[str]:
        classes = self.batches[0].classes
        return [classes[code] for code in self.joined("observed")]

    @property
    def probs(self) -> Any:
        return self.joined("probs")

    @property
    def numbers(self) -> list[int]:
        return list(self.joined("rows"))

    @property
    def rejections(self) -> list[Rejection]:
        return [each for batch in self.batches for each in batch.intake.rejections]

    def count(self, field: str) -> int:
        return sum(getattr(batch.intake, field) for batch in self.batches)

    def slice_values(self, number: int = 0) -> list[str]:
        columns = [batch.slices[number] for batch in self.batches]
        return [column.values[code] for column in columns for code in column.codes]


def write(folder: Path, text: str | bytes, name: str = "p.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def write_parquet(
    folder: Path, columns: dict[str, Any], name: str = "p.parquet", **more: Any
) -> Path:
    path = folder / name
    pq.write_table(pa.table(columns), path, **more)
    return path


def opened(path: Path | list[Path], **settings: Any) -> Predictions:
    return open_predictions(path if isinstance(path, list) else [path], ReadSettings(**settings))


def rows_of(predictions: Predictions) -> Rows:
    return Rows(tuple(batch for shard in predictions.shards for batch in shard.batches()))


def read(path: Path | list[Path], **settings: Any) -> Rows:
    return rows_of(opened(path, **settings))


def refusal(path: Path | list[Path], **settings: Any) -> str:
    """Return the message of the error, with the folder cut off the front."""
    with pytest.raises(EvalReportError) as caught:
        read(path, **settings)
    folder = path[0].parent if isinstance(path, list) else path.parent
    return str(caught.value).replace(f"{folder}/", "")
