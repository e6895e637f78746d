"""Writes made-up predictions: ``make_predictions.py CSV PARQUET ROWS CLASSES``."""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

CHUNK_ROWS = 250_000


def predictions(n_rows: int, n_classes: int, rng: np.random.Generator, first: int = 0) -> pa.Table:
    """Make rows of a model that is a little too sure of itself."""
    logits = rng.normal(size=(n_rows, n_classes)) * 2
    # The largest logit plus Gumbel noise: the outcome is drawn from the softmax.
    label = (logits / 1.2 + rng.gumbel(size=logits.shape)).argmax(axis=1)
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    columns = {f"prob_{k}": probs[:, k] for k in range(n_classes)}
    return pa.table({"id": np.arange(first, first + n_rows), "label": label, **columns})


def write(csv: str, parquet: str, n_rows: int, n_classes: int) -> None:
    """Write the same rows twice; numbers in CSV read back as the same doubles."""
    rng = np.random.default_rng(7)
    schema = predictions(1, n_classes, rng).schema
    with (
        pyarrow.csv.CSVWriter(csv, schema) as csv_file,
        pyarrow.parquet.ParquetWriter(parquet, schema) as parquet_file,
    ):
        for start in range(0, n_rows, CHUNK_ROWS):
            table = predictions(min(CHUNK_ROWS, n_rows - start), n_classes, rng, start)
            csv_file.write_table(table)
            parquet_file.write_table(table)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
