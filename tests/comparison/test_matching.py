"""Bringing the rows of two runs together: in any order, and never by position in silence."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from evalreport.api import evaluate_file
from evalreport.comparing import compare
from evalreport.comparison import Keeping, RowStore, compare_by_rows, rows
from evalreport.errors import InputError, SettingsError
from evalreport.evaluation import evaluate_predictions
from evalreport.evaluation_file import to_document
from evalreport.readers import open_predictions
from tests.weighted import standard_error

N = 60
RNG = np.random.default_rng(5)
BASE = [
    {"id": f"r{i}", "label": "ab"[i % 2], "a": float(p), "w": 1 + i % 3}
    for i, p in enumerate(RNG.uniform(0.05, 0.95, N))
]
SHIFTED = [{**row, "a": min(0.99, row["a"] + 0.02 * (i % 4))} for i, row in enumerate(BASE)]


def text_of(table, classes=("a", "b"), with_id=True, with_weight=False) -> str:
    stream = io.StringIO()
    names = (["id"] if with_id else []) + ["label", *(f"prob_{each}" for each in classes)]
    names += ["w"] if with_weight else []
    writer = csv.writer(stream)
    writer.writerow(names)
    for row in table:
        probs = {"a": row["a"], "b": 1 - row["a"], "c": 0.0}
        cells = ([row["id"]] if with_id else []) + [row["label"]]
        cells += [repr(probs[each]) for each in classes]
        writer.writerow(cells + ([row["w"]] if with_weight else []))
    return stream.getvalue()


@pytest.fixture
def files(tmp_path: Path):
    def write(previous, current, **options):
        (tmp_path / "previous.csv").write_text(text_of(previous, **options))
        (tmp_path / "current.csv").write_text(text_of(current, **options))
        return tmp_path / "previous.csv", tmp_path / "current.csv"

    return write


def loss(row) -> float:
    return -np.log(row["a"] if row["label"] == "a" else 1 - row["a"])


def mean_change(previous, current) -> float:
    before = {row["id"]: loss(row) for row in previous}
    now = {row["id"]: loss(row) for row in current}
    return float(np.mean([now[name] - before[name] for name in now if name in before]))


def test_the_order_of_the_rows_does_not_matter(files):
    straight = compare(*files(BASE, SHIFTED)).result
    reversed_ = compare(*files(BASE[::-1], SHIFTED)).result
    assert straight.change == pytest.approx(mean_change(BASE, SHIFTED), rel=1e-12)
    documents = [to_document(each) for each in (straight, reversed_)]
    for each in documents:
        each["previous"].pop("created")
    assert documents[0] == documents[1]


def test_the_order_of_the_classes_does_not_matter(files, tmp_path):
    previous, current = files(BASE, SHIFTED)
    straight = compare(previous, current).result
    current.write_text(text_of(SHIFTED, classes=("b", "a")))
    assert compare(previous, current).result.change == straight.change


def test_three_missing_ids_leave_the_common_rows_and_are_said(files):
    found = compare(*files(BASE, SHIFTED[3:]))
    assert found.result.n_common == N - 3
    assert (found.result.rows.only_previous, found.result.rows.only_current) == (3, 0)
    assert found.change == pytest.approx(mean_change(BASE, SHIFTED[3:]), rel=1e-12)
    finding = found.evaluation.findings.set_index("code").loc["different-rows"]
    assert finding["why"].startswith("57 of 57 rows are compared; 0 are only in this run and 3")


def test_an_id_that_stands_twice_tells_no_row_and_is_left_out(files):
    doubled = [*SHIFTED, {**SHIFTED[5], "a": 0.5}]
    found = compare(*files(BASE, doubled)).result
    assert (found.n_common, found.rows.repeated, found.rows.example_repeated) == (N - 1, 3, "r5")
    rest = [row for row in SHIFTED if row["id"] != "r5"]
    assert found.change == pytest.approx(mean_change(BASE, rest), rel=1e-12)


def test_the_same_id_with_another_label_is_counted_and_left_out(files):
    relabelled = [{**row, "label": "b"} if row["id"] == "r4" else row for row in SHIFTED]
    found = compare(*files(BASE, relabelled))
    match = found.result.rows
    assert (match.other_label, match.example_other_label) == (1, "r4")
    assert found.result.n_common == N - 1
    title = found.evaluation.findings.set_index("code").loc["other-label", "title"]
    assert title == "1 row has another label in the previous run"


def test_rows_without_an_id_are_counted_and_left_out(files):
    some = [{**row, "id": ""} if i < 2 else row for i, row in enumerate(SHIFTED)]
    found = compare(*files(BASE, some)).result
    assert (found.n_common, found.rows.without_id) == (N - 2, 2)


def test_a_class_more_in_one_run_still_pairs_by_name(files):
    previous, current = files(BASE, SHIFTED)
    current.write_text(text_of(SHIFTED, classes=("c", "b", "a")))
    assert compare(previous, current).change == pytest.approx(mean_change(BASE, SHIFTED), rel=1e-9)


def test_runs_that_share_no_class_are_refused_by_name(files):
    previous, current = files(BASE, SHIFTED)
    text = text_of(SHIFTED).replace("prob_a", "prob_x").replace("prob_b", "prob_y")
    current.write_text(text.replace(",a,", ",x,").replace(",b,", ",y,"))
    with pytest.raises(InputError, match="have no class in common: 'a' there, 'x' here"):
        compare(previous, current)


def test_without_ids_rows_are_never_paired_in_silence(files):
    found = compare(*files(BASE, SHIFTED, with_id=False)).result
    assert (found.paired, found.method) == (False, "unpaired")
    assert "because rows have no ids" in found.why


def test_rows_without_ids_pair_by_position_when_asked(files):
    paths = files(BASE, SHIFTED, with_id=False)
    found = compare(*paths, pair_by_position=True).result
    assert (found.paired, found.n_common) == (True, N)
    assert found.change == pytest.approx(mean_change(BASE, SHIFTED), rel=1e-12)
    assert "told by their place in the file" in found.why


def test_position_is_refused_where_there_are_ids(files):
    with pytest.raises(SettingsError, match="pair_by_position=True is for rows without ids"):
        compare(*files(BASE, SHIFTED), pair_by_position=True)


def test_position_is_refused_where_the_rows_are_in_another_order(files):
    paths = files(BASE[::-1], SHIFTED, with_id=False)
    with pytest.raises(InputError, match="60 of 60 rows have another label than the row at the"):
        compare(*paths, pair_by_position=True)


def test_rows_without_ids_are_called_by_their_place(files):
    found = compare(*files(BASE, SHIFTED, with_id=False), pair_by_position=True)
    assert found.changed_rows["id"].str.fullmatch(r"row \d+").all()


def test_position_is_refused_where_a_row_is_missing(files):
    paths = files(BASE, SHIFTED[1:], with_id=False)
    with pytest.raises(InputError) as caught:
        compare(*paths, pair_by_position=True)
    assert "there are 60 rows, and 59 in this run: rows cannot be paired" in str(caught.value)
    assert caught.value.path == str(paths[0])


def test_ids_in_one_run_only_are_not_paired(files, tmp_path):
    previous, current = files(BASE, SHIFTED)
    current.write_text(text_of(SHIFTED, with_id=False))
    assert "only one of the two runs has row ids" in compare(previous, current).result.why


def test_weights_count_in_the_change(files):
    paths = files(BASE, SHIFTED, with_weight=True)
    found = compare(*paths, weight="w").result
    d = np.array([loss(now) - loss(before) for before, now in zip(BASE, SHIFTED, strict=True)])
    w = np.array([row["w"] for row in BASE])
    mean = (w * d).sum() / w.sum()
    assert found.change == pytest.approx(mean, rel=1e-12)
    assert found.standard_error == pytest.approx(standard_error(w, d), rel=1e-9)


def test_runs_with_and_without_weights_are_refused(files, tmp_path):
    previous, current = files(BASE, SHIFTED, with_weight=True)
    evaluate_file(previous).to_json(tmp_path / "plain.json")
    with pytest.raises(InputError, match="only this run, not the previous one, has weights"):
        compare(tmp_path / "plain.json", current, weight="w")


def test_another_floor_is_refused(files, tmp_path):
    previous, current = files(BASE, SHIFTED)
    evaluate_file(previous, floor=1e-7).to_json(tmp_path / "floor.json")
    with pytest.raises(
        InputError, match=r"scored with the floor 1e-7, and this one with the floor 2\^-52"
    ):
        compare(tmp_path / "floor.json", current)


def test_rows_on_disk_give_the_same_bytes_as_rows_in_memory(files):
    previous, current = files(BASE, SHIFTED)

    def compared(most_bytes: int) -> str:
        opened = [open_predictions([str(path)]) for path in (previous, current)]
        stores = [
            RowStore(Keeping(2.0**-52).classes, each.classes, most_bytes=most_bytes)
            for each in opened
        ]
        results = [
            evaluate_predictions(each, title="x", created=None, version="0", on_batch=store.add)
            for each, store in zip(opened, stores, strict=True)
        ]
        with stores[0], stores[1]:
            return json.dumps(to_document(compare_by_rows(*results, *stores)))

    assert compared(0) == compared(rows.MOST_BYTES_IN_MEMORY)


def test_an_infinite_loss_in_one_run_only_decides_without_a_number(files):
    zero = [{**row, "a": 0.0 if row["label"] == "a" else 1.0} for row in SHIFTED[:2]]
    found = compare(*files(BASE, [*zero, *SHIFTED[2:]]), floor=None).result
    assert (found.change, found.interval, found.outcome) == (None, None, "worse")
    assert found.zero_probability_rows == (0, 2)
    assert [each.change for each in found.changed_rows[:2]] == [None, None]


def test_rows_that_belong_together_widen_the_interval(files):
    def clustered(table):
        return "".join(
            line + (",doc\n" if i == 0 else f",d{(i - 1) // 4}\n")
            for i, line in enumerate(text_of(table).splitlines())
        )

    moved = [{**row, "a": min(0.99, row["a"] + 0.03 * (i // 4 % 3))} for i, row in enumerate(BASE)]
    previous, current = files(BASE, moved)
    plain = compare(previous, current).result
    for path, table in ((previous, BASE), (current, moved)):
        path.write_text(clustered(table))
    found = compare(previous, current, cluster="doc").result
    d = np.array([loss(now) - loss(before) for before, now in zip(BASE, moved, strict=True)])
    sums = d.reshape(-1, 4).sum(axis=1)
    left_out = (d.sum() - sums) / (N - 4)
    jackknife = np.sqrt(14 / 15 * ((left_out - left_out.mean()) ** 2).sum())
    assert found.change == pytest.approx(plain.change, rel=1e-12)
    assert found.standard_error == pytest.approx(jackknife, rel=1e-9)
    assert found.interval is not None
