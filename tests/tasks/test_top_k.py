"""Rows that hold only their most likely classes: exact or bounded, in every form, never guessed."""

from __future__ import annotations

import json
import math
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import evalreport
from evalreport.batch import SliceColumn
from evalreport.cli.app import app
from evalreport.errors import InputError, SettingsError
from evalreport.statistics.top_k_plan import TopKPlan
from evalreport.statistics.top_k_scores import ScoredTopK
from evalreport.top_k_batch import TopKBatch, in_order

FLOOR_LOSS = 52 * math.log(2)
Rows = list[tuple[str, dict[str, float]]]

THREE: Rows = [
    ("cat", {"cat": 0.7, "dog": 0.2}),
    ("dog", {"bird": 0.6, "dog": 0.25}),
    ("emu", {"cat": 0.5, "dog": 0.2}),
]


def records(rows: Rows) -> list[dict]:
    return [
        {"id": f"r{i}", "label": label, "probs": listed} for i, (label, listed) in enumerate(rows)
    ]


def write_jsonl(path: Path, rows: list[dict]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def evaluated(tmp_path: Path, rows: Rows, **options) -> evalreport.Evaluation:
    path = write_jsonl(tmp_path / "rows.jsonl", records(rows))
    return evalreport.evaluate_file(path, top_k=True, **options)


def many(n: int = 400, k: int = 3, seed: int = 0) -> Rows:
    """Return rows of twelve classes, of which each lists the k most likely."""
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.full(12, 0.3), n)
    happened = (probs.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    top = np.argsort(-probs, axis=1)[:, :k]
    return [(f"c{happened[i]}", {f"c{j}": float(probs[i, j]) for j in top[i]}) for i in range(n)]


# --- by hand ----------------------------------------------------------------------------------


def test_three_rows_by_hand(tmp_path):
    result = evaluated(tmp_path, THREE).result
    known = -math.log(0.7) - math.log(0.25)
    top_k = result.overall.top_k
    # What happened in the third row is no likelier than dog, 0.2; 0.3 is left of the row.
    assert top_k.log_loss_at_least == pytest.approx((known - math.log(0.2)) / 3, rel=1e-14)
    assert top_k.log_loss_at_most == pytest.approx((known + FLOOR_LOSS) / 3, rel=1e-14)
    assert (top_k.rows_outside, top_k.fewest_listed, top_k.most_listed) == (1, 2, 2)
    assert top_k.mean_rest == pytest.approx((0.1 + 0.15 + 0.3) / 3)
    assert [(each.rank, each.n) for each in top_k.ranks] == [(1, 1), (2, 1), (None, 1)]
    assert result.overall.accuracy == pytest.approx(1 / 3)
    assert result.calibration.mean_confidence == pytest.approx(0.6)
    assert result.baseline.class_frequencies == pytest.approx(math.log(3))
    assert top_k.skill_at_most == pytest.approx(1 - top_k.log_loss_at_least / math.log(3))


def test_the_rest_bounds_the_loss_where_it_is_less_than_the_last_class(tmp_path):
    top_k = evaluated(tmp_path, [("emu", {"cat": 0.7, "dog": 0.25})]).result.overall.top_k
    assert top_k.log_loss_at_least == pytest.approx(-math.log(0.05), rel=1e-12)


def test_a_rest_that_is_rounding_is_not_taken_at_its_word(tmp_path):
    top_k = evaluated(tmp_path, [("emu", {"cat": 0.7, "dog": 0.3})]).result.overall.top_k
    assert top_k.log_loss_at_least == pytest.approx(-math.log(1e-6), rel=1e-9)


def test_no_number_looks_exact_where_a_row_leaves_it_open(tmp_path):
    result = evaluated(tmp_path, THREE).result
    overall = result.overall
    assert (overall.log_loss, overall.cross_entropy, overall.kl_divergence) == (None, None, None)
    assert (overall.interval, overall.band, overall.perplexity, overall.bits) == (None,) * 4
    assert (overall.brier_score, result.baseline.skill, result.calibration.gap) == (None,) * 3
    assert (result.baseline.uniform, result.audit.class_order) == (None, None)
    assert all(each.share_of_loss is None for each in result.classes)
    emu = next(each for each in result.classes if each.name == "emu")
    assert (emu.log_loss, emu.band) == (None, None)
    assert emu.top_k.log_loss_at_least == pytest.approx(-math.log(0.2))
    cat = next(each for each in result.classes if each.name == "cat")
    assert cat.log_loss == pytest.approx(-math.log(0.7))


def test_where_every_row_lists_what_happened_the_loss_is_that_of_whole_rows(tmp_path):
    rows = [(label, listed) for label, listed in many(300, 12) if label in listed]
    result = evaluated(tmp_path, rows).result
    names = sorted({name for _, listed in rows for name in listed})
    probs = [[listed.get(name, 0.0) for name in names] for _, listed in rows]
    whole = evalreport.evaluate([label for label, _ in rows], probs, classes=names).result
    assert result.overall.log_loss == whole.overall.log_loss
    assert result.overall.interval == whole.overall.interval
    assert result.overall.accuracy == whole.overall.accuracy
    assert result.overall.band == whole.overall.band
    assert result.baseline.skill == whole.baseline.skill
    assert result.baseline.skill_interval == whole.baseline.skill_interval
    assert result.calibration.ece == whole.calibration.ece
    top_k = result.overall.top_k
    assert top_k.log_loss_at_least == top_k.log_loss_at_most == whole.overall.log_loss


@pytest.mark.parametrize("k", [1, 2, 5, 11])
def test_the_loss_of_whole_rows_lies_between_the_bounds(tmp_path, k):
    whole, cut = many(500, 12), many(500, k)
    exact = evaluated(tmp_path, whole).log_loss
    top_k = evaluated(tmp_path, cut).result.overall.top_k
    assert top_k.log_loss_at_least <= exact <= top_k.log_loss_at_most
    assert top_k.interval[0] < top_k.log_loss_at_least
    assert top_k.interval[1] > top_k.log_loss_at_most


def test_without_a_floor_nothing_bounds_the_loss_from_above(tmp_path):
    top_k = evaluated(tmp_path, THREE, floor=None).result.overall.top_k
    assert (top_k.log_loss_at_most, top_k.band_at_most, top_k.interval) == (None, None, None)
    assert top_k.log_loss_at_least is not None


def test_weights_count_as_repeated_rows_and_none_are_not_scored(tmp_path):
    rows = [{**each, "w": [2, 1, 3, 0][i]} for i, each in enumerate(records([*THREE, THREE[0]]))]
    weighted = evalreport.evaluate_file(
        write_jsonl(tmp_path / "w.jsonl", rows), top_k=True, weight="w"
    ).result
    times = [THREE[0], THREE[0], THREE[1], *[THREE[2]] * 3]
    repeated = evaluated(tmp_path, times).result
    for name in ("log_loss_at_least", "log_loss_at_most", "share_outside", "mean_rest"):
        one, other = (getattr(each.overall.top_k, name) for each in (weighted, repeated))
        assert one == pytest.approx(other, rel=1e-13)
    assert (weighted.input.rows_scored, weighted.data_quality.zero_weight_rows) == (3, 1)


# --- forms ------------------------------------------------------------------------------------


def forms(folder: Path, rows: Rows) -> dict[str, tuple[str, dict]]:
    """Write the same rows in every form."""
    plain = records(rows)
    pairs = [[{"label": k, "score": v} for k, v in each["probs"].items()] for each in plain]
    base = [{"id": each["id"], "label": each["label"]} for each in plain]
    lists = [
        {**b, "top_labels": list(e["probs"]), "top_probs": list(e["probs"].values())}
        for b, e in zip(base, plain, strict=True)
    ]
    wide = pd.DataFrame(
        [
            {**b, **{f"prob_{k}": v for k, v in e["probs"].items()}}
            for b, e in zip(base, plain, strict=True)
        ]
    )
    beside = pd.DataFrame(
        [
            {
                **b,
                **{f"label_{i}": k for i, k in enumerate(e["probs"], 1)},
                **{f"prob_{i}": v for i, v in enumerate(e["probs"].values(), 1)},
            }
            for b, e in zip(base, plain, strict=True)
        ]
    )
    wide.to_csv(folder / "wide.csv", index=False)
    wide.to_parquet(folder / "wide.parquet")
    beside.to_csv(folder / "beside.csv", index=False)
    renamed = beside.rename(columns=lambda name: name.replace("label_", "y").replace("prob_", "s"))
    renamed.to_csv(folder / "renamed.csv", index=False, sep=";", decimal=",")
    as_map = pa.array([list(e["probs"].items()) for e in plain], pa.map_(pa.string(), pa.float64()))
    table = pa.table({"id": wide["id"], "label": wide["label"], "scores": as_map})
    pq.write_table(table, folder / "map.parquet")
    pq.write_table(pa.Table.from_pylist(lists), folder / "lists.parquet")
    pa.feather.write_feather(pa.Table.from_pylist(plain), folder / "struct.feather")
    named = [
        {"id": b["id"], "label": b["label"], "labels": e["top_labels"], "scores": e["top_probs"]}
        for b, e in zip(base, lists, strict=True)
    ]
    asked = {"top_labels": ["y*"], "probs": ["s*"]}
    return {
        "object": (write_jsonl(folder / "object.jsonl", plain), {}),
        "pairs": (
            write_jsonl(
                folder / "pairs.jsonl",
                [{**b, "predictions": e} for b, e in zip(base, pairs, strict=True)],
            ),
            {},
        ),
        "lists": (write_jsonl(folder / "lists.jsonl", lists), {}),
        "zero-shot": (write_jsonl(folder / "zero.jsonl", named), {}),
        **{
            name: (str(folder / name), {})
            for name in ("wide.csv", "wide.parquet", "beside.csv", "map.parquet", "lists.parquet")
        },
        "struct": (str(folder / "struct.feather"), {}),
        "asked": (str(folder / "renamed.csv"), asked),
    }


def test_every_form_of_the_same_rows_has_the_same_digest(tmp_path):
    import pyarrow.feather  # noqa: F401  (the writer of one of the forms)

    rows = many(60, 4)
    digests = {
        name: evalreport.evaluate_file(path, top_k=True, **options).digest
        for name, (path, options) in forms(tmp_path, rows).items()
    }
    assert set(digests.values()) == {digests["object"]}, digests


def arrays(rows: Rows) -> dict[str, dict]:
    """Return the same rows in every form that they may have in memory."""
    listed = [each for _, each in rows]
    records = [[{"label": k, "score": v} for k, v in each.items()] for each in listed]
    names, numbers = [list(each) for each in listed], [list(each.values()) for each in listed]
    table = pa.array([list(each.items()) for each in listed], pa.map_(pa.string(), pa.float64()))
    return {
        "mappings": {"probs": listed},
        "records": {"probs": records},
        "lists": {"probs": numbers, "top_labels": names},
        "arrays": {"probs": np.array(numbers), "top_labels": np.array(names)},
        "data frame": {"probs": pd.DataFrame(listed)},
        "arrow": {"probs": table},
    }


@pytest.mark.parametrize("form", arrays(THREE))
def test_rows_in_memory_give_the_digest_of_a_file(tmp_path, form):
    rows = many(60)
    given = {"observed": [label for label, _ in rows], "ids": [f"r{i}" for i in range(60)]}
    evaluation = evalreport.evaluate(**given, **arrays(rows)[form], top_k=True)
    assert evaluation.digest == evaluated(tmp_path, rows).digest


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"probs": [[0.7, 0.2], [0.5, 0.1]]}, "nothing says which classes these probabilities are"),
        ({"probs": [0.7, 0.2], "top_labels": [["a"], ["b"]]}, "probs has one dimension, and two"),
        ({"probs": [[0.7], [0.2]], "top_labels": [["a"], ["b"]], "top_k": False}, "add top_k=True"),
        ({"probs": [{"a": 0.7}, {"b": 0.5}], "classes": ["a", "b"]}, "classes= has no meaning"),
        ({"probs": [{"a": 0.7}, 3]}, "probs cannot be read as records: cannot mix"),
        ({"probs": None}, "probs= is missing"),
        (
            {"probs": [{"a": 0.7}, {"b": 1.5}]},
            r"row 2, column 'probs\.b': probability 1.5 is above",
        ),
        (
            {"probs": [[0.7, 0.2], [0.2]], "top_labels": [["a"], ["b"]]},
            "row 1, column 'top_labels': 1 label stands beside 2 probabilities",
        ),
    ],
)
def test_arrays_that_cannot_be_read_are_refused_by_their_argument(options, message):
    with pytest.raises((InputError, SettingsError), match=message):
        evalreport.evaluate(["a", "b"], **{"top_k": True} | options)


def test_the_order_of_rows_and_of_what_they_list_changes_nothing(tmp_path):
    rows = records(many(200, 4))
    rng = np.random.default_rng(1)
    shuffled = [
        {**row, "probs": dict(rng.permutation(list(row["probs"].items())).tolist())}
        for row in (rows[i] for i in rng.permutation(200))
    ]
    for row in shuffled:
        row["probs"] = {name: float(value) for name, value in row["probs"].items()}
    one, other = (
        evalreport.evaluate_file(write_jsonl(tmp_path / "rows.jsonl", each), top_k=True, title="t")
        for each in (rows, shuffled)
    )
    assert one.digest == other.digest
    assert one.result.overall == other.result.overall
    assert one.result.worst_rows == other.result.worst_rows


def test_log_probabilities_and_percentages_are_what_they_are(tmp_path):
    rows = records(many(50))
    logs, percent = (
        [{**row, "probs": {k: change(v) for k, v in row["probs"].items()}} for row in rows]
        for change in (math.log, lambda p: 100 * p)
    )
    plain = evaluated(tmp_path, many(50)).result.overall.top_k
    for changed, kind in ((logs, "log-probabilities"), (percent, "percentages")):
        path = write_jsonl(tmp_path / f"{kind}.jsonl", changed)
        top_k = evalreport.evaluate_file(
            path, top_k=True, input_kind=kind, floor=2.0**-52
        ).result.overall.top_k
        assert top_k.log_loss_at_least == pytest.approx(plain.log_loss_at_least, rel=1e-12)


def test_the_top_logprobs_of_an_openai_style_response(tmp_path):
    row = {"label": "yes", "top_logprobs": [{"token": "yes", "logprob": -0.1, "bytes": [1]}]}
    path = write_jsonl(tmp_path / "rows.jsonl", [row] * 3)
    evaluation = evalreport.evaluate_file(path, top_k=True, input_kind="log-probabilities")
    assert evaluation.log_loss == pytest.approx(0.1, rel=1e-15)


# --- refusals ---------------------------------------------------------------------------------

BROKEN = [
    (["cat", {"cat": 1.2}], "column 'probs.cat': probability 1.2 is above 1.", "percentages"),
    (["cat", {"cat": -0.1}], "column 'probs.cat': probability -0.1 is below 0.", "log-prob"),
    (
        ["cat", {"cat": 0.9, "dog": 0.4}],
        "column 'probs': the probabilities sum to 1.3, above 1.",
        "",
    ),
    (["cat", {"cat": 0.0}], "column 'probs': the listed probabilities are all 0.", ""),
    (["cat", {}], "column 'probs': the row lists no class.", ""),
    ([None, {"cat": 0.5}], "column 'label': the label is missing.", ""),
]


@pytest.mark.parametrize(("bad", "fact", "hint"), BROKEN, ids=[each[1] for each in BROKEN])
def test_a_row_that_cannot_be_scored_is_refused_with_its_place(tmp_path, bad, fact, hint):
    rows = [("cat", {"cat": 0.5, "dog": 0.2}), tuple(bad)]
    with pytest.raises(InputError) as caught:
        evaluated(tmp_path, rows)
    assert f"row 2, {fact}" in str(caught.value)
    assert hint in str(caught.value)
    kept = evaluated(tmp_path, rows, on_invalid="drop").result
    assert (kept.input.rows_scored, kept.input.rows_rejected) == (1, 1)


@pytest.mark.parametrize(
    ("row", "fact"),
    [
        (
            {"predictions": [{"label": "cat", "score": None}]},
            "the probability of 'cat' is missing.",
        ),
        ({"predictions": [{"label": "cat", "score": 0.4}] * 2}, "'cat' stands here twice."),
        (
            {"predictions": [{"label": None, "score": 0.4}]},
            "probability 0.4 has no label beside it.",
        ),
    ],
)
def test_a_pair_that_says_half_is_refused(tmp_path, row, fact):
    good = {"label": "cat", "predictions": [{"label": "cat", "score": 0.5}]}
    path = write_jsonl(tmp_path / "rows.jsonl", [good, {"label": "cat", **row}])
    with pytest.raises(InputError) as caught:
        evalreport.evaluate_file(path, top_k=True)
    assert f"row 2, column 'predictions': {fact}" in str(caught.value)


def test_lists_of_different_lengths_are_refused(tmp_path):
    rows = [{"label": "a", "top_labels": ["a", "b"], "top_probs": [0.5]}]
    with pytest.raises(InputError, match="2 labels stand beside 1 probability"):
        evalreport.evaluate_file(write_jsonl(tmp_path / "rows.jsonl", rows), top_k=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"input_kind": "logits"}, "input_kind='logits' has no meaning with top_k=True."),
        ({"classes": ["a", "b"]}, "classes= has no meaning with top_k=True."),
        ({"normalize": "rescale"}, "normalize= has no meaning with top_k=True."),
        ({"target_probs": ["t*"]}, "target_probs= has no meaning with top_k=True."),
        ({"label_smoothing": 0.1}, "label_smoothing= has no meaning with top_k=True."),
    ],
)
def test_options_that_need_whole_rows_are_refused(tmp_path, options, message):
    with pytest.raises(SettingsError) as caught:
        evaluated(tmp_path, THREE, **options)
    assert str(caught.value).startswith(message)


def test_labels_need_the_flag(tmp_path):
    path = write_jsonl(tmp_path / "rows.jsonl", records(THREE))
    with pytest.raises(SettingsError, match="top_labels= names the most likely classes"):
        evalreport.evaluate_file(path, top_labels=["probs"])


@pytest.mark.parametrize("name", ["object", "pairs", "wide.csv", "beside.csv", "lists"])
def test_without_the_flag_such_rows_are_refused_and_told_of_it(tmp_path, name):
    import pyarrow.feather  # noqa: F401

    path, _ = forms(tmp_path, many(30))[name]
    with pytest.raises(InputError) as caught:
        evalreport.evaluate_file(path)
    assert "top_k=True" in str(caught.value)


def test_columns_without_such_names_are_asked_for(tmp_path):
    path = write_jsonl(tmp_path / "rows.jsonl", [{"label": "a", "x": 1}])
    with pytest.raises(InputError) as caught:
        evalreport.evaluate_file(path, top_k=True)
    assert str(caught.value) == (
        f"{path}: no columns are named like the most likely classes of a row with their "
        "probabilities.\n  Pass probs='COL', and top_labels='COL' if the labels stand apart; the "
        "other columns are: x."
    )


# --- what is said -----------------------------------------------------------------------------


def test_the_finding_counts_the_rows_and_gives_both_bounds(tmp_path):
    (finding,) = [
        each for each in evaluated(tmp_path, THREE).result.findings if each.code == "outside-top-k"
    ]
    assert finding.severity == "warning"
    assert finding.title == "1 of 3 rows observed a class outside the top 2"
    assert "1.117 nats at least and 12.596 at most" in finding.why


def test_labels_that_never_occur_among_the_listed_are_an_error(tmp_path):
    rows = [(label.upper(), listed) for label, listed in THREE]
    result = evaluated(tmp_path, rows).result
    (finding,) = [each for each in result.findings if each.code == "outside-top-k"]
    assert finding.severity == "error"
    assert "spelt alike" in finding.check


def test_page_summary_and_terminal_say_at_least(tmp_path):
    evaluation = evaluated(tmp_path, many())
    page, summary, terminal = evaluation.to_html(), evaluation.to_markdown(), repr(evaluation)
    top_k = evaluation.result.overall.top_k
    least = f"≥ {top_k.log_loss_at_least:.3f}"
    assert all(least in each for each in (page, summary, terminal))
    title = f"{top_k.rows_outside} of 400 rows observed a class outside the top 3"
    assert all(title in each for each in (page, summary, terminal))
    assert f"From {top_k.band_at_least} to {top_k.band_at_most}" in page
    assert "need the probabilities of all classes" in page


def test_an_exact_loss_is_shown_as_one(tmp_path):
    rows = [(label, listed) for label, listed in many() if label in listed]
    evaluation = evaluated(tmp_path, rows)
    assert "≥" not in repr(evaluation)
    assert "the loss is exact" in evaluation.to_html()


def test_the_evaluation_file_reads_back_and_repeats_its_bytes(tmp_path):
    evaluation = evaluated(tmp_path, many())
    text = evaluation.to_json(tmp_path / "e.json")
    again = evalreport.read_evaluation(tmp_path / "e.json")
    assert again.result == evaluation.result
    assert again.to_json() == text
    states = TopKPlan.states_from_json(json.loads(text)["state"])
    assert states.digest() == evaluation.digest


def test_the_command_takes_the_flag_and_says_how_to_repeat_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_jsonl(tmp_path / "rows.jsonl", records(many()))
    outcome = CliRunner().invoke(app, ["report", "rows.jsonl", "--top-k", "--probs", "probs"])
    assert outcome.exit_code == 0, outcome.output
    page = (tmp_path / "rows.report.html").read_text()
    assert "evalreport report rows.jsonl --probs probs --top-k" in page


# --- laws -------------------------------------------------------------------------------------

PLAN = TopKPlan(slices=("group",), n_worst=5)


@st.composite
def top_k_batches(draw: st.DrawFn, weighted: bool = False) -> TopKBatch:
    """Draw rows that list one to four classes, some of probability zero."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n_rows = draw(st.integers(0, 30))
    lengths = rng.integers(1, 5, n_rows)
    rows = np.repeat(np.arange(n_rows), lengths)
    listed = np.concatenate([np.empty(0, int), *(rng.permutation(6)[:n] for n in lengths)])
    probs = rng.random(len(rows)) / np.repeat(lengths, lengths)
    probs[rng.random(len(rows)) < 0.1] = 0.0
    order = in_order(rows, listed, probs)
    return TopKBatch(
        classes=("a", "b", "c", "d", "e", "é"),
        observed=rng.integers(0, 6, n_rows),
        listed=listed[order],
        probs=probs[order],
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        weights=rng.gamma(1.0, size=n_rows) if weighted else None,
        ids=np.array([f"id {i}" for i in rng.permutation(n_rows)], object),
        slices=(SliceColumn("group", rng.integers(0, 3, n_rows), ("x", "y", "z")),),
    )


@pytest.mark.parametrize("floor", [2.0**-52, None])
@pytest.mark.parametrize("name", [each.name for each in PLAN.statistics])
@given(data=st.data())
def test_cutting_the_rows_anywhere_gives_the_same_state(name, floor, data):
    weighted = data.draw(st.booleans())
    batch = data.draw(top_k_batches(weighted))
    plan = TopKPlan(weighted=weighted, floor=floor, slices=("group",), n_worst=5)
    statistic = next(each for each in plan.statistics if each.name == name)
    cut = data.draw(st.integers(0, len(batch)))
    parts = [ScoredTopK(part, floor) for part in (batch[:cut], batch[cut:], batch)]
    left, right, whole = (statistic.from_batch(part) for part in parts)
    assert left.merge(right) == whole == right.merge(left)
    assert statistic.empty().merge(left) == left == left.merge(statistic.empty())
    assert pickle.loads(pickle.dumps(whole)) == whole
    assert statistic.from_json(json.loads(json.dumps(whole.to_json()))) == whole


@given(batch=top_k_batches())
def test_the_least_loss_is_never_above_the_greatest(batch):
    scored = ScoredTopK(batch, 2.0**-52)
    assert (scored.at_least <= scored.at_most).all()
    assert (scored.at_least >= 0).all()
    inside = ~scored.is_outside
    assert (scored.at_least[inside] == scored.at_most[inside]).all()


# --- limits and earlier runs ------------------------------------------------------------------


def command(tmp_path, monkeypatch, *options: str, rows: Rows = THREE * 20):
    monkeypatch.chdir(tmp_path)
    plain = [{**row, "id": f"r{i}"} for i, row in enumerate(records(rows))]
    write_jsonl(tmp_path / "rows.jsonl", plain)
    return CliRunner().invoke(app, ["report", "rows.jsonl", "--top-k", "-o", "none", *options])


@pytest.mark.parametrize(
    ("options", "exit_code", "said"),
    [
        (["--max-loss", "1.0"], 1, "Log loss of at least 1.117 nats is over the limit of 1."),
        (["--max-loss", "13"], 0, "Log loss of at most 12.596 nats is within the limit of 13."),
        (["--max-loss", "5"], 0, "log loss lies between 1.117 and 12.596 nats"),
        (["--max-loss", "5", "--strict"], 1, "lies between 1.117 and 12.596 nats"),
        (["--worst-band", "not great"], 1, "The band “terrible” is worse than “not great”."),
        (["--worst-band", "terrible"], 0, "lies between two bands"),
        (["--min-skill", "0.5"], 1, "Skill of at most"),
        (["--min-skill", "-1"], 0, "lies between two values"),
    ],
)
def test_a_limit_is_judged_where_both_bounds_agree(tmp_path, monkeypatch, options, exit_code, said):
    outcome = command(tmp_path, monkeypatch, *options, "--markdown", "s.md")
    assert outcome.exit_code == exit_code, outcome.output
    text = (tmp_path / "s.md").read_text() + outcome.output
    assert " ".join(said.split()) in " ".join(text.split())


def test_two_runs_are_compared_between_bounds(tmp_path, monkeypatch):
    write_jsonl(tmp_path / "before.jsonl", records(THREE))
    outcome = command(tmp_path, monkeypatch, "--previous", "before.jsonl")
    assert outcome.exit_code == 0
    assert "no clear change" in outcome.output
