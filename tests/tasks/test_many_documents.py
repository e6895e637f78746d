"""Documents that are too many to be told apart: exact while their rows stand together."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import evalreport
from evalreport.statistics import token_plan
from evalreport.statistics.document_runs import ByRun
from evalreport.task_batches import TokenBatch
from tests.tasks.test_weights_and_slices import csv


@pytest.fixture(scope="module")
def text() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(21)
    lengths = rng.integers(1, 9, 500)
    doc = np.repeat(np.arange(500), lengths)
    return {
        "doc": np.char.add("d", rng.permutation(500)[doc].astype(str)),
        "logprob": -rng.exponential(np.exp(rng.normal(0, 0.5, 500))[doc]),
        "weight": rng.choice([0.0, 0.5, 2.0], len(doc)),
    }


def results(folder, columns, monkeypatch, **options):
    """Return what is told with room for every document, and with room for 50."""
    path = csv(folder, "t.csv", **columns)
    options |= {"input_kind": "tokens", "cluster": "doc", "worst": 7}
    exact = evalreport.evaluate_file(path, **options).result
    for name in ("MOST_DOCUMENTS", "MOST_WEIGHTED_DOCUMENTS"):
        monkeypatch.setattr(token_plan, name, 50)
    monkeypatch.setattr("evalreport.readers.tokens.MAX_ROWS", 64)
    return exact, evalreport.evaluate_file(path, **options).result


@pytest.mark.parametrize("options", [{}, {"weight": "weight"}], ids=["plain", "weighted"])
def test_without_room_for_documents_mean_and_worst_are_the_same(
    tmp_path, text, monkeypatch, options
):
    exact, bounded = results(tmp_path, text, monkeypatch, **options)
    assert bounded.tokens.interval_method == "jackknife over 1,024 hash buckets of documents"
    assert bounded.tokens.n_documents == exact.tokens.n_documents
    ours, theirs = bounded.tokens.document_mean, exact.tokens.document_mean
    assert ours.value == pytest.approx(theirs.value, rel=1e-14)
    assert ours.standard_error == pytest.approx(theirs.standard_error, rel=0.01)
    assert ours.interval == pytest.approx(theirs.interval, rel=0.01)
    worst = [
        (each.id, each.n_tokens, pytest.approx(each.mean_loss), pytest.approx(each.share_of_loss))
        for each in exact.tokens.worst_documents
    ]
    assert [
        (each.id, each.n_tokens, each.mean_loss, each.share_of_loss)
        for each in bounded.tokens.worst_documents
    ] == worst
    assert "many-documents" not in {each.code for each in bounded.findings}


def test_a_document_that_comes_back_leaves_no_number_but_a_note(tmp_path, text, monkeypatch):
    doc = text["doc"].copy()
    doc[-1] = doc[1000]
    exact, bounded = results(tmp_path, text | {"doc": doc}, monkeypatch)
    assert exact.tokens.n_documents is not None
    tokens = bounded.tokens
    assert (tokens.n_documents, tokens.document_mean.value, tokens.worst_documents) == (
        None,
        None,
        (),
    )
    assert tokens.documents_apart
    note = next(each for each in bounded.findings if each.code == "many-documents")
    assert note.check == "Sort the rows by document."
    assert bounded.overall.log_loss == exact.overall.log_loss


def test_lists_without_ids_are_documents_however_many_there_are(tmp_path, monkeypatch):
    rng = np.random.default_rng(2)
    lists = [(-rng.exponential(size=n)).tolist() for n in rng.integers(0, 6, 300)]
    pq.write_table(pa.table({"logprobs": lists}), tmp_path / "t.parquet", row_group_size=40)
    monkeypatch.setattr(token_plan, "MOST_DOCUMENTS", 50)
    result = evalreport.evaluate_file(tmp_path / "t.parquet", input_kind="tokens", worst=1).result
    means = {i: -np.mean(each) for i, each in enumerate(lists, 1) if each}
    assert result.tokens.n_documents == len(means)
    assert result.tokens.document_mean.value == pytest.approx(np.mean(list(means.values())))
    assert result.tokens.worst_documents[0].id == f"row {max(means, key=means.get)}"


def test_a_document_may_go_on_in_the_next_file(tmp_path, monkeypatch):
    monkeypatch.setattr(token_plan, "MOST_DOCUMENTS", 2)
    for name, rows in (("1", "a,-1\nb,-2\nc,-1\n"), ("2", "c,-5\nd,-4\ne,-5\n")):
        (tmp_path / f"part-{name}.csv").write_text(f"doc,logprob\n{rows}")
    files = [tmp_path / "part-1.csv", tmp_path / "part-2.csv"]
    result = evalreport.evaluate_file(files, input_kind="tokens", cluster="doc").result
    assert result.tokens.n_documents == 5
    assert result.tokens.document_mean.value == (1 + 2 + 3 + 4 + 5) / 5


@pytest.mark.parametrize("weighted", [False, True])
def test_stretches_join_in_any_order_and_grouping(weighted):
    rng = np.random.default_rng(9)
    n = 60
    batch = TokenBatch(
        -rng.exponential(size=n),
        np.arange(n + 1),
        documents=np.sort(rng.integers(0, 12, n)),
        document_ids=tuple("abcdefghijkl"),
        numbers=np.cumsum(rng.integers(1, 4, n)),
        stretch=(1, 200),
        weights=rng.exponential(size=n) if weighted else None,
    )
    statistic = ByRun(weighted, 3)
    cuts = sorted({0, n, *rng.integers(0, n, 9).tolist()})
    parts = [statistic.from_batch(batch[a:b]) for a, b in pairwise(cuts)]
    whole = statistic.from_batch(batch)
    for _ in range(20):
        states = [parts[i] for i in rng.permutation(len(parts))]
        while len(states) > 1:
            i, j = rng.choice(len(states), 2, replace=False)
            merged = states[i].merge(states[j])
            states = [each for k, each in enumerate(states) if k not in (i, j)] + [merged]
        assert states[0] == whole
    assert statistic.from_json(json.loads(json.dumps(whole.to_json()))) == whole
    assert not whole.all_done().came_back
    elsewhere = replace(batch, source=1)
    twice = whole.merge(statistic.from_batch(elsewhere[5:]))
    assert twice.all_done().came_back
