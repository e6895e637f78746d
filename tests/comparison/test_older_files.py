"""Runs are compared with evaluation files from before other statistics were kept."""

from __future__ import annotations

import json

import numpy as np
import pytest

import evalreport
from evalreport.errors import InputError

RNG = np.random.default_rng(0)
OBSERVED = RNG.integers(0, 3, 300)
PARTS = {"slices": {"day": np.arange(300) % 3}, "ids": [f"r{i}" for i in range(300)]}
COMPARED_BY = ("overall", "classes", "slice day", "buckets")


def saved(path, sharpness, **options):
    probs = RNG.dirichlet([1.0, 1.0, 1.0], 300) ** sharpness
    probs /= probs.sum(axis=1, keepdims=True)
    evalreport.evaluate(OBSERVED, probs, **PARTS, **options).to_json(path)
    return path


def from_before(path, kept):
    document = json.loads(path.read_text(encoding="utf-8"))
    sums = document["state"]["statistics"]
    document["state"]["statistics"] = {
        name: each if kept(name) else {"sums": "kept in another way"}
        for name, each in sums.items()
        if name != "off_sums"
    }
    older = path.with_name("older.json")
    older.write_text(json.dumps(document), encoding="utf-8")
    return evalreport.read_evaluation(older)


@pytest.mark.parametrize("options", [{}, {"weights": RNG.exponential(size=300)}])
def test_only_what_is_compared_has_to_be_in_the_file(tmp_path, options):
    path = saved(tmp_path / "previous.json", 1.0, **options)
    now = evalreport.read_evaluation(saved(tmp_path / "now.json", 2.0, **options))
    whole = evalreport.compare(evalreport.read_evaluation(path), now).result
    older = evalreport.compare(from_before(path, lambda name: name in COMPARED_BY), now).result
    assert whole.method == "buckets"
    assert (older.change, older.interval) == (whole.change, whole.interval)
    assert older.groups == whole.groups


def test_a_file_without_that_is_refused_in_a_sentence(tmp_path):
    path = saved(tmp_path / "previous.json", 1.0)
    now = evalreport.read_evaluation(path)
    with pytest.raises(InputError, match="were written by another version"):
        evalreport.compare(from_before(path, lambda name: name != "buckets"), now)
