"""Sums as text: little of it, and nothing lost."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalreport.statistics.packing import pack_array, unpack_array

numbers = st.one_of(st.just(0), st.integers(0, 300), st.integers(0, 2**63 - 1))


@given(st.lists(numbers))
def test_whole_numbers_come_back_as_they_were(values):
    packed = json.loads(json.dumps(pack_array(np.array(values, dtype=np.int64))))
    assert unpack_array(packed, len(values)).tolist() == values


@pytest.mark.parametrize(("most", "bits"), [(255, 8), (1_000, 16)])
def test_most_numbers_take_as_many_bytes_as_they_need(most, bits):
    values = np.random.default_rng(most).integers(0, most, 30_000)
    assert len(json.dumps(pack_array(values))) < 30_000 * (bits + 2) / 6
