"""The rows of token files added up to documents, which is what two runs have in common."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pyarrow as pa

from evalreport.batch import FloatArray, IntArray
from evalreport.exact import FLOAT_UNIT, as_fraction, grouped_float_sums

SEVERAL = -1
"""The code of a slice of which a document holds more than one value."""


def documents_of(rows: pa.Table) -> pa.Table:
    """Return one row a document: its mean loss per token, weighted by its tokens.

    Sums are exact, so that it does not matter how the rows of a document were read. Documents
    without tokens are left out.

    Parameters
    ----------
    rows : Table
        Rows of token files, as a store keeps them: sums over the tokens of each row.
    """
    codes = rows["id"].combine_chunks().dictionary_encode()
    documents, n = codes.indices.to_numpy().astype(np.int64), len(codes.dictionary)
    lengths = rows["same tokens"].to_numpy()
    weights = rows["weight"].to_numpy() if "weight" in rows.column_names else np.ones(len(rows))
    is_zero = np.bincount(documents, rows["zero"].to_numpy(), n) > 0
    masses = _sums(lengths * weights, documents, n)
    losses = _sums(rows["loss"].to_numpy() * weights, documents, n)
    means = [float(loss / mass) if mass else 0.0 for loss, mass in zip(losses, masses, strict=True)]
    gathered = {
        "id": codes.dictionary,
        "loss": np.where(is_zero, np.inf, means),
        "zero": is_zero,
        "same tokens": np.bincount(documents, lengths, n),
        "weight": np.array([float(each) for each in masses]),
    }
    for name in rows.column_names:
        if name.startswith("slice "):
            gathered[name] = _common(rows[name].to_numpy(), documents, n)
    return pa.table(gathered).filter(pa.array([mass > 0 for mass in masses]))


def _sums(values: FloatArray, groups: IntArray, n: int) -> list[Fraction]:
    return [as_fraction(each, FLOAT_UNIT) for each in grouped_float_sums(values, groups, n)]


def _common(codes: IntArray, groups: IntArray, n: int) -> IntArray:
    """Return the value that all rows of a group share."""
    first = np.full(n, np.iinfo(np.int32).max)
    last = np.full(n, SEVERAL)
    np.minimum.at(first, groups, codes)
    np.maximum.at(last, groups, codes)
    return np.where(first == last, first, SEVERAL).astype(np.int32)
