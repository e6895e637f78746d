"""Weights and slices of tokens and Gaussian forecasts, against plain NumPy and by laws."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import evalreport
from evalreport.errors import InputError
from evalreport.report import build_report
from evalreport.results import EvaluationResult
from tests.weighted import standard_error


def csv(folder: Path, name: str, **columns) -> Path:
    rows = zip(*(np.asarray(each).tolist() for each in columns.values()), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def tokens(path: Path, **options: object) -> EvaluationResult:
    return evalreport.evaluate_file(path, input_kind="tokens", **options).result


def gaussian(path: Path, **options: object) -> EvaluationResult:
    return evalreport.evaluate_file(path, input_kind="gaussian", **options).result


@pytest.fixture(scope="module")
def text() -> dict[str, np.ndarray]:
    """60 documents in two languages, the second of which is harder; weights by token."""
    rng = np.random.default_rng(12)
    lengths = rng.integers(5, 80, 60)
    doc = np.repeat(np.arange(60), lengths)
    level = np.exp(rng.normal(0.0, 0.3, 60)) * np.where(np.arange(60) % 3 == 0, 2.0, 1.0)
    return {
        "doc": np.char.add("d", doc.astype(str)),
        "logprob": -rng.exponential(level[doc]),
        "weight": rng.choice([0.0, 0.5, 1.0, 3.0], len(doc)),
        "language": np.where(doc % 3 == 0, "fi", "en"),
        "kind": rng.choice(["name", "word"], len(doc)),
        "size": rng.integers(1, 9, len(doc)),
    }


def jackknife(sums: np.ndarray, masses: np.ndarray) -> float:
    """Standard error of a ratio of sums by leaving out one cluster in turn, in plain NumPy."""
    without = (sums.sum() - sums) / (masses.sum() - masses)
    n = len(sums)
    return math.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())


def by_document(doc: np.ndarray, values: np.ndarray) -> np.ndarray:
    names = np.unique(doc)
    return np.array([values[doc == name].sum() for name in names])


def test_weighted_tokens_are_those_of_numpy(tmp_path, text):
    result = tokens(csv(tmp_path, "t.csv", **text), cluster="doc", weight="weight", n_bytes="size")
    w, losses, doc = text["weight"], -text["logprob"], text["doc"]
    mean = (w * losses).sum() / w.sum()
    assert result.overall.n == (w > 0).sum()
    assert result.overall.weight == pytest.approx(w.sum())
    assert result.overall.log_loss == pytest.approx(mean, rel=1e-14)
    assert result.overall.effective_n == pytest.approx(w.sum() ** 2 / (w**2).sum())
    sums, masses = by_document(doc, w * losses), by_document(doc, w)
    assert result.overall.standard_error == pytest.approx(jackknife(sums, masses), rel=1e-9)
    effective = masses.sum() ** 2 / (masses**2).sum()
    assert result.tokens.effective_documents == pytest.approx(effective)
    half = stats.t.ppf(0.975, effective - 1) * result.overall.standard_error
    assert result.overall.interval == pytest.approx((mean - half, mean + half))
    bits = (w * losses).sum() / math.log(2) / (w * text["size"]).sum()
    assert result.tokens.bits_per_byte.value == pytest.approx(bits, rel=1e-12)
    assert result.tokens.perplexity == pytest.approx(math.exp(mean))


def test_the_naive_error_of_weighted_tokens_is_that_of_the_formula(tmp_path, text):
    result = tokens(csv(tmp_path, "t.csv", **text), weight="weight")
    w, losses = text["weight"], -text["logprob"]
    # Equal weights have to give the error of an unweighted mean, with n - 1 in its denominator.
    assert result.overall.standard_error == pytest.approx(standard_error(w, losses), rel=1e-9)


def test_a_document_counts_by_the_mean_weight_of_its_tokens(tmp_path):
    columns = {"doc": ["a", "a", "b"], "logprob": [-1.0, -3.0, -5.0], "weight": [2.0, 2.0, 1.0]}
    result = tokens(csv(tmp_path, "t.csv", **columns), cluster="doc", weight="weight")
    assert result.overall.log_loss == 13 / 5
    assert result.tokens.document_mean.value == (2 * 2 + 1 * 5) / 3


@pytest.mark.parametrize("scale", [1.0, 2.0**-600, 1e250])
def test_only_the_ratios_of_weights_matter(tmp_path, text, scale):
    columns = text | {"weight": 3.0 * text["weight"]}
    unit = tokens(csv(tmp_path, "one.csv", **columns), cluster="doc", weight="weight")
    columns = text | {"weight": 3.0 * text["weight"] * scale}
    scaled = tokens(csv(tmp_path, "two.csv", **columns), cluster="doc", weight="weight")
    assert scaled.overall.log_loss == pytest.approx(unit.overall.log_loss, rel=1e-14)
    assert scaled.overall.interval == pytest.approx(unit.overall.interval, rel=1e-12)
    ours, theirs = scaled.tokens, unit.tokens
    assert ours.document_mean.value == pytest.approx(theirs.document_mean.value, rel=1e-12)
    assert ours.document_mean.interval == pytest.approx(theirs.document_mean.interval, rel=1e-12)
    assert [each.n for each in ours.tails] == [each.n for each in theirs.tails]


def test_weights_of_one_change_no_number(tmp_path, text):
    columns = text | {"weight": np.ones(len(text["doc"]))}
    path = csv(tmp_path, "t.csv", **columns)
    options = {"cluster": "doc", "slices": ["language", "kind"], "n_bytes": "size"}
    plain, weighted = tokens(path, **options), tokens(path, weight="weight", **options)
    assert weighted.overall.log_loss == pytest.approx(plain.overall.log_loss, rel=1e-15)
    assert weighted.overall.interval == pytest.approx(plain.overall.interval, rel=1e-12)
    for ours, theirs in zip(weighted.slices, plain.slices, strict=True):
        assert ours.log_loss == pytest.approx(theirs.log_loss, rel=1e-15)
        assert ours.p_value == pytest.approx(theirs.p_value, rel=1e-6)
    assert weighted.tokens.tails[1].share_of_loss == pytest.approx(
        plain.tokens.tails[1].share_of_loss, rel=0.03
    )


def test_slices_of_tokens_are_those_of_numpy(tmp_path, text):
    path = csv(tmp_path, "t.csv", **text)
    result = tokens(path, cluster="doc", slices=["language", "kind"], n_bytes="size")
    losses, doc = -text["logprob"], text["doc"]
    assert [(each.column, each.value) for each in result.slices] == [
        *(("language", "en"), ("language", "fi"), ("kind", "name"), ("kind", "word"))
    ]
    for each, extra in zip(result.slices, result.tokens.slices, strict=True):
        chosen = text[each.column] == each.value
        mean = losses[chosen].mean()
        assert each.n == chosen.sum()
        assert each.log_loss == pytest.approx(mean, rel=1e-14)
        assert each.rest_log_loss == pytest.approx(losses[~chosen].mean(), rel=1e-13)
        assert each.share_of_loss == pytest.approx(losses[chosen].sum() / losses.sum())
        ones = np.ones(chosen.sum())
        error = jackknife(by_document(doc[chosen], losses[chosen]), by_document(doc[chosen], ones))
        assert extra.standard_error == pytest.approx(error, rel=1e-9)
        assert extra.perplexity == pytest.approx(math.exp(mean))
        bits = losses[chosen].sum() / math.log(2) / text["size"][chosen].sum()
        assert extra.bits_per_byte == pytest.approx(bits)
        assert extra.n_documents == len(np.unique(doc[chosen]))


def test_a_harder_slice_is_told_from_chance_by_its_documents(tmp_path, text):
    result = tokens(csv(tmp_path, "t.csv", **text), cluster="doc", slices=["language", "kind"])
    worse = {f"{each.column} {each.value}": each.worse_than_rest for each in result.slices}
    assert worse == {"language en": False, "language fi": True, "kind name": False,
                     "kind word": False}  # fmt: skip
    found = [each.title for each in result.findings if each.code == "slice"]
    assert len(found) == 1
    assert found[0].startswith("language = fi has 2")


def test_slices_that_are_no_worse_are_called_so_as_seldom_as_promised():
    from evalreport.statistics.left_out import Everything

    rng, p_values = np.random.default_rng(5), []
    for _ in range(800):
        levels, lengths = np.exp(rng.normal(0, 0.5, 40)), rng.integers(5, 100, 40)
        sums = rng.gamma(lengths, levels)
        whole = {i: (float(lengths[i]), float(sums[i])) for i in range(40)}
        part = {i: whole[i] for i in range(15)}
        p_values.append(Everything(whole).difference(part).p_value)
    assert 0.01 <= np.mean(np.array(p_values) < 0.05) <= 0.06


def test_without_documents_no_slice_is_called_worse(tmp_path, text):
    result = tokens(csv(tmp_path, "t.csv", **text), slices=["language"])
    assert {each.worse_than_rest for each in result.slices} == {None}
    assert "slice" not in {each.code for each in result.findings}


def test_every_output_shows_the_slices_of_tokens(tmp_path, text):
    path = csv(tmp_path, "t.csv", **text)
    evaluation = evalreport.evaluate_file(
        path, input_kind="tokens", cluster="doc", slices=["language"], n_bytes="size"
    )
    loss = f"{evaluation.result.slices[1].log_loss:.3f}"
    page, summary, terminal = evaluation.to_html(), evaluation.to_markdown(), repr(evaluation)
    for each in (page, summary, terminal):
        assert "language = fi" in each
        assert loss in each
        assert "Bits per byte" in each
    assert "| Slice | Tokens | Loss per token | 95% CI | Bits per byte | Perplexity |" in (summary)
    assert max(map(len, terminal.splitlines())) <= 80
    again = tmp_path / "again.json"
    evaluation.to_json(again)
    assert evalreport.read_evaluation(again).result == evaluation.result


def test_a_column_with_too_many_values_for_tokens_is_refused(tmp_path):
    columns = {"logprob": -np.ones(1001), "place": np.arange(1001)}
    with pytest.raises(InputError, match=r"1,001 different values are too many .*at most 1,000"):
        tokens(csv(tmp_path, "t.csv", **columns), slices=["place"])


# --- Gaussian forecasts -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def forecasts() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(8)
    mean, std = rng.normal(20.0, 5.0, 1500), np.exp(rng.normal(0.0, 0.3, 1500))
    return {
        "y": mean + std * rng.normal(size=1500),
        "mean": mean,
        "std": std,
        "weight": rng.choice([0.0, 0.25, 1.0, 4.0], 1500),
        "store": rng.choice(["a", "b"], 1500),
    }


def test_weighted_forecasts_are_those_of_scipy_and_numpy(tmp_path, forecasts):
    result = gaussian(csv(tmp_path, "g.csv", **forecasts), weight="weight", slices=["store"])
    y, mean, std, w, store = forecasts.values()
    losses, z = -stats.norm.logpdf(y, mean, std), (y - mean) / std
    loss = np.average(losses, weights=w)
    variance = np.average((y - np.average(y, weights=w)) ** 2, weights=w)
    n = (w > 0).sum()
    error = standard_error(w, losses)
    assert (result.overall.n, result.input.rows_scored) == (n, n)
    assert result.data_quality.zero_weight_rows == 1500 - n
    assert result.overall.log_loss == pytest.approx(loss, rel=1e-13)
    assert result.overall.standard_error == pytest.approx(error, rel=1e-9)
    assert result.overall.effective_n == pytest.approx(w.sum() ** 2 / (w**2).sum())
    part = result.gaussian
    assert part.observed_variance == pytest.approx(variance, rel=1e-12)
    assert part.baseline == pytest.approx(0.5 * math.log(2 * math.pi * math.e * variance))
    assert part.mean_squared_z == pytest.approx(np.average(z**2, weights=w), rel=1e-12)
    assert part.mean_squared_error == pytest.approx(np.average((y - mean) ** 2, weights=w))
    crps = std * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / math.sqrt(math.pi))
    assert part.crps == pytest.approx(np.average(crps, weights=w))
    shares = np.histogram(stats.norm.cdf(z), bins=20, range=(0, 1), weights=w)[0] / w.sum()
    assert [each.share for each in part.pit] == pytest.approx(shares.tolist())
    assert part.pit_p_value is None
    first = result.slices[0]
    assert first.frequency == pytest.approx(w[store == "a"].sum() / w.sum())
    chosen = store == "a"
    assert first.log_loss == pytest.approx(np.average(losses[chosen], weights=w[chosen]))


def test_a_weighted_variance_survives_a_large_mean(tmp_path):
    y = 1e9 + np.tile([0.0, 1.0, 2.0, 3.0], 5)
    weight = np.tile([0.1, 0.3, 0.3, 0.1], 5)
    columns = {"y": y, "mean": y, "std": np.ones(20), "weight": weight}
    result = gaussian(csv(tmp_path, "g.csv", **columns), weight="weight")
    assert result.gaussian.observed_variance == pytest.approx(0.75, rel=1e-14)


def test_every_output_shows_the_slices_of_forecasts(tmp_path, forecasts):
    path = csv(tmp_path, "g.csv", **forecasts)
    evaluation = evalreport.evaluate_file(
        path, input_kind="gaussian", weight="weight", slices=["store"]
    )
    for each in (evaluation.to_html(), evaluation.to_markdown(), repr(evaluation)):
        assert "store = a" in each
        assert "Mean z²" in each
    assert "| Slice | Rows | Loss | 95% CI | Gain | Mean z² |" in evaluation.to_markdown()
    assert "tell as much as" in evaluation.to_html()
    run = build_report(evaluation.result).sections[-1]
    assert "weighted by row" in str(run.definitions)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("", "row 2, column 'w': the weight is missing."),
        ("x", "row 2, column 'w': weight 'x' is no number."),
        ("-1", "row 2, column 'w': weight -1 is negative."),
        ("inf", "row 2, column 'w': the weight is infinite."),
        ("nan", "row 2, column 'w': the weight is NaN."),
        ("1e301", "row 2, column 'w': weight 1e301 is above 1e300."),
    ],
)
@pytest.mark.parametrize("kind", ["tokens", "gaussian"])
def test_weights_that_are_none_are_refused_with_their_place(tmp_path, kind, cell, message):
    path = tmp_path / "bad.csv"
    path.write_text(f"y,mean,std,logprob,w\n1,1,1,-1,1\n1,1,1,-1,{cell}\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        evalreport.evaluate_file(path, input_kind=kind, weight="w")
    assert str(raised.value).startswith(f"{path}, {message}\n")
    left = evalreport.evaluate_file(path, input_kind=kind, weight="w", on_invalid="drop").result
    assert (left.overall.n, left.input.rows_rejected) == (1, 1)


@pytest.mark.parametrize("kind", ["tokens", "gaussian"])
def test_rows_that_all_weigh_nothing_are_refused(tmp_path, kind):
    path = tmp_path / "none.csv"
    path.write_text("y,mean,std,logprob,w\n1,1,1,-1,0\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"all 1 rows have the weight 0, so nothing is left"):
        evalreport.evaluate_file(path, input_kind=kind, weight="w")


def test_a_token_of_weight_zero_may_be_impossible(tmp_path):
    columns = {"logprob": [-1.0, -math.inf], "w": [1.0, 0.0]}
    result = tokens(csv(tmp_path, "t.csv", **columns), weight="w")
    assert (result.overall.log_loss, result.overall.zero_probability_rows) == (1.0, 0)
    assert json.loads(json.dumps(result.state))["settings"]["weighted"]
