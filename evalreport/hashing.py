"""64-bit hashes that are the same on every machine, many at a time.

References
----------
Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators", for the mixing.
doi:10.1145/2660193.2660195
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import IntArray, ObjectArray

HashArray = NDArray[np.uint64]
LetterArray = NDArray[np.uint8] | NDArray[np.uint32]

_BLOCK = 4096
"""Texts that are hashed at a time: few enough for the processor's cache."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
_LENGTH = np.uint64(0xD1B54A32D192ED03)
_MIX = ((30, np.uint64(0xBF58476D1CE4E5B9)), (27, np.uint64(0x94D049BB133111EB)))
_SOURCE_BITS = 40
"""A place is the number of an input above the number of a row, which has so many bits."""


def hashes_of(texts: ObjectArray) -> HashArray:
    """Return a 64-bit hash of each text, the same on every machine; shape (n,) to (n,).

    A polynomial in the letters, modulo 2**64, and mixed. Many at once: one call of a hash function
    a row would cost more than scoring the row.
    """
    listed = texts.tolist()
    hashes = np.empty(len(listed), dtype=np.uint64)
    for start in range(0, len(listed), _BLOCK):
        part = listed[start : start + _BLOCK]
        hashes[start : start + len(part)] = _block_of_hashes(part)
    return hashes


def _block_of_hashes(texts: list[str]) -> HashArray:
    letters = _letters("\n".join(texts) + "\n")
    is_end = letters == ord("\n")
    width = len(letters) // len(texts)
    if is_end[width - 1 :: width].all() and np.count_nonzero(is_end) == len(texts):
        powers = np.multiply.accumulate(np.full(width, _BASE))
        sums = _of_equal_length(letters.reshape(len(texts), width), powers)
        return mixed(sums ^ (np.full(1, width - 1, dtype=np.uint64) * _LENGTH))
    ends = np.flatnonzero(is_end)
    if len(ends) > len(texts):  # a text has several lines
        ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1) - 1
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts
    longest = int(lengths.max())
    powers = np.multiply.accumulate(np.full(longest + 1, _BASE))
    sums = _of_any_length(letters, starts, ends, powers)
    return mixed(sums ^ (lengths.astype(np.uint64) * _LENGTH))


def _letters(text: str) -> LetterArray:
    """Return the number of each letter; a byte is enough for each of most texts."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _of_any_length(
    letters: LetterArray, starts: IntArray, ends: IntArray, powers: HashArray
) -> HashArray:
    places = np.arange(len(letters))
    places -= np.repeat(starts, ends + 1 - starts)
    terms = powers[places]
    terms *= letters
    sums = np.zeros(len(letters) + 1, dtype=np.uint64)
    np.cumsum(terms, out=sums[1:])
    return np.asarray(sums[ends] - sums[starts])


def _of_equal_length(letters: LetterArray, powers: HashArray) -> HashArray:
    sums = np.zeros(len(letters), dtype=np.uint64)
    for column, power in zip(letters.T[:-1], powers, strict=False):
        sums += column * power
    return sums


def hashes_of_places(source: int, rows: IntArray) -> HashArray:
    """Return a hash of each place: the number of an input, and that of a row in it.

    Examples
    --------
    >>> [hex(each) for each in hashes_of_places(0, np.array([1, 2])).tolist()]
    ['0x1937167e168d9372', '0xb9f1c6e4cad87c8']
    """
    places = rows.astype(np.uint64) + np.uint64((source + 1) << _SOURCE_BITS)
    return mixed(places * _BASE)


def mixed(hashes: HashArray) -> HashArray:
    """Spread every bit over all others; different hashes stay different."""
    for shift, factor in _MIX:
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * factor
    return np.asarray(hashes ^ (hashes >> np.uint64(31)))
