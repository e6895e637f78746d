"""Gaussian forecasts: numbers against scipy and by identities, and what is refused."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import ndtri

import evalreport
from evalreport.errors import InputError, SettingsError
from evalreport.report import build_report
from evalreport.schema import evaluation_schema
from evalreport.statistics.gaussian import PIT_EDGES, crps


def written(folder: Path, y, mean, std, **columns) -> Path:
    names = ["y", "mean", "std", *columns]
    rows = zip(y, mean, std, *columns.values(), strict=True)
    lines = [",".join(names), *(",".join(map(str, row)) for row in rows)]
    path = folder / "forecasts.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def evaluated(path: Path, **options: object) -> evalreport.api.Evaluation:
    return evalreport.evaluate_file(path, input_kind="gaussian", **options)


@pytest.fixture(scope="module")
def sample() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(4)
    mean = rng.normal(20.0, 5.0, 2000)
    std = np.exp(rng.normal(0.0, 0.3, 2000))
    return {"y": mean + std * rng.normal(size=2000), "mean": mean, "std": std}


def test_the_numbers_are_those_of_scipy_and_numpy(tmp_path, sample):
    y, mean, std = sample.values()
    result = evaluated(written(tmp_path, **sample)).result
    losses = -stats.norm.logpdf(y, mean, std)
    gaussian = result.gaussian
    assert result.task == "gaussian"
    assert result.overall.log_loss == pytest.approx(losses.mean(), rel=1e-13)
    assert result.overall.standard_error == pytest.approx(losses.std(ddof=1) / math.sqrt(2000))
    assert gaussian.baseline == pytest.approx(0.5 * math.log(2 * math.pi * math.e * y.var()))
    assert gaussian.gain == pytest.approx(gaussian.baseline - losses.mean())
    assert gaussian.mean_squared_error == pytest.approx(((y - mean) ** 2).mean(), rel=1e-13)
    assert gaussian.explained_variance == pytest.approx(1 - ((y - mean) ** 2).mean() / y.var())
    z = (y - mean) / std
    assert gaussian.mean_z == pytest.approx(z.mean(), rel=1e-10)
    assert gaussian.mean_squared_z == pytest.approx((z**2).mean(), rel=1e-13)
    scaled = -stats.norm.logpdf(y, mean, std * gaussian.best_scale).mean()
    assert gaussian.recoverable == pytest.approx(losses.mean() - scaled, abs=1e-12)
    observed_pit = np.histogram(stats.norm.cdf(z), bins=20, range=(0, 1))[0]
    assert [each.n for each in gaussian.pit] == observed_pit.tolist()
    assert gaussian.pit_p_value == pytest.approx(stats.chisquare(observed_pit).pvalue)
    worst = gaussian.worst_rows[0]
    assert (worst.row, worst.loss) == (int(losses.argmax()) + 1, pytest.approx(losses.max()))


@pytest.mark.parametrize("z", [-3.0, -0.4, 0.0, 1.7, 12.0])
def test_the_crps_is_the_integral_it_stands_for(z):
    std, y = 2.5, 2.5 * z

    def squared_difference(x: float) -> float:
        return (stats.norm.cdf(x, 0.0, std) - (x >= y)) ** 2

    edges = [-60.0, min(0.0, y), max(0.0, y), 60.0]
    integral = sum(
        integrate.quad(squared_difference, low, high, epsabs=1e-12)[0]
        for low, high in pairwise(edges)
    )
    assert crps(np.array([z]), np.array([std]))[0] == pytest.approx(integral, abs=1e-8)


def test_the_edges_of_the_bins_are_normal_quantiles():
    assert list(PIT_EDGES) == pytest.approx(ndtri(np.arange(1, 20) / 20), abs=1e-15)


def test_with_one_deviation_the_loss_is_the_mean_squared_error_in_disguise(tmp_path, sample):
    y, mean = sample["y"], sample["mean"]
    error = float(((y - mean) ** 2).mean())
    for variance in (0.5 * error, error, 3.0 * error):
        std = np.full(len(y), math.sqrt(variance))
        result = evaluated(written(tmp_path, y, mean, std)).result
        expected = 0.5 * math.log(2 * math.pi * variance) + error / (2 * variance)
        assert result.overall.log_loss == pytest.approx(expected, rel=1e-12)
        least = 0.5 * math.log(2 * math.pi * math.e * error)
        assert result.gaussian.loss_with_constant_std == pytest.approx(least, rel=1e-12)
        assert result.overall.log_loss >= least - 1e-12
        if variance == error:
            assert result.overall.log_loss == pytest.approx(least, rel=1e-12)
            gain = -0.5 * math.log(1 - result.gaussian.explained_variance)
            assert result.gaussian.gain == pytest.approx(gain, rel=1e-10)


def test_predicting_mean_and_variance_gains_nothing(tmp_path, sample):
    y = sample["y"]
    path = written(tmp_path, y, np.full(len(y), y.mean()), np.full(len(y), y.std()))
    evaluation = evaluated(path)
    assert evaluation.result.gaussian.gain == pytest.approx(0.0, abs=1e-12)
    assert "no-skill" in [each.code for each in evaluation.result.findings]


def test_another_unit_of_the_outcome_moves_the_loss_and_not_the_gain(tmp_path, sample):
    ours = evaluated(written(tmp_path, **sample)).result
    theirs = evaluated(written(tmp_path, *(1000.0 * each for each in sample.values()))).result
    shift = theirs.overall.log_loss - ours.overall.log_loss
    assert shift == pytest.approx(math.log(1000.0), rel=1e-9)
    assert theirs.gaussian.gain == pytest.approx(ours.gaussian.gain, rel=1e-9)
    assert theirs.gaussian.crps == pytest.approx(1000.0 * ours.gaussian.crps)


def test_a_variance_survives_a_large_mean(tmp_path):
    y = 1e9 + np.array([0.0, 1.0, 2.0, 3.0] * 5)
    result = evaluated(written(tmp_path, y, y, np.ones(20))).result
    assert result.gaussian.observed_variance == 1.25
    assert result.gaussian.loss_with_constant_std is None


def test_losses_below_zero_are_shown_with_a_minus(tmp_path):
    rng = np.random.default_rng(0)
    noise = 0.01 * rng.normal(size=200)
    evaluation = evaluated(written(tmp_path, noise, np.zeros(200), np.full(200, 0.01)))
    assert evaluation.log_loss < -3
    low, high = evaluation.interval
    assert low < evaluation.log_loss < high < 0
    assert "\u22123." in build_report(evaluation.result).verdict.value_text


@pytest.mark.parametrize(("factor", "code"), [(0.6, "overconfident"), (1.6, "underconfident")])
def test_wrong_deviations_are_found_with_the_factor_that_mends_them(tmp_path, sample, factor, code):
    path = written(tmp_path, sample["y"], sample["mean"], factor * sample["std"])
    evaluation = evaluated(path)
    found = {each.code: each for each in evaluation.result.findings}
    assert list(found) == [code]
    assert evaluation.result.gaussian.best_scale == pytest.approx(1 / factor, rel=0.05)
    assert "Multiply every standard deviation by" in found[code].check


def test_right_forecasts_have_nothing_that_needs_attention(tmp_path, sample):
    assert evaluated(written(tmp_path, **sample)).result.findings == ()


def test_means_that_are_off_are_found(tmp_path, sample):
    path = written(tmp_path, sample["y"] + 0.5, sample["mean"], sample["std"])
    titles = [each.title for each in evaluated(path).result.findings]
    assert "The means are too low" in titles


def test_means_that_are_the_outcomes_are_suspected_of_a_leak(tmp_path, sample):
    found = evaluated(written(tmp_path, sample["y"], sample["y"], sample["std"])).result.findings
    leak = next(each for each in found if each.code == "leakage")
    assert leak.title == "The means are the outcomes: check for leakage"
    assert leak.why == "No row misses its mean at all."
    near = sample["y"] + 1e-5 * sample["std"]
    found = evaluated(written(tmp_path, sample["y"], near, sample["std"])).result.findings
    leak = next(each for each in found if each.code == "leakage")
    assert leak.title == "The means are almost the outcomes: check for leakage"


def test_slices_stand_beside_their_own_baseline(tmp_path, sample):
    group = ["north", "south"] * 1000
    result = evaluated(written(tmp_path, **sample, region=group), slices=["region"]).result
    north, south = result.gaussian.slices
    assert (north.value, south.value, north.n) == ("north", "south", 1000)
    y, mean, std = (each[::2] for each in sample.values())
    assert north.loss == pytest.approx(-stats.norm.logpdf(y, mean, std).mean())
    assert north.baseline == pytest.approx(0.5 * math.log(2 * math.pi * math.e * y.var()))
    assert [each.log_loss for each in result.slices] == [north.loss, south.loss]


def test_the_file_follows_the_schema_and_the_page_is_whole(tmp_path, sample):
    path = written(tmp_path, **sample, region=["a", "b"] * 1000)
    evaluation = evaluated(path, slices=["region"])
    document = json.loads(evaluation.to_json(tmp_path / "e.json"))
    jsonschema.validate(document, evaluation_schema())
    again = evalreport.read_evaluation(tmp_path / "e.json")
    assert again.result == evaluation.result
    page = again.to_html()
    assert page.endswith("</html>\n")
    assert ">How outcomes lie in their forecasts" in page
    assert 'class="scale"' not in page
    ids = [each.id for each in build_report(again.result).sections]
    assert ids == ["calibration", "slices", "worst", "quality", "help", "run"]
    assert "Bands in nats" not in evaluation.to_markdown()


MEND = "\n  Write a number there, or pass on_invalid='drop' to leave such rows out."
DROP = "\n  Pass on_invalid='drop' to leave such rows out."
CERTAIN = "\n  A forecast that is certain has no density: give every row a little spread."


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",1,1", "row 2, column 'y': the outcome is missing." + DROP),
        ("high,1,1", "row 2, column 'y': outcome 'high' is no number." + MEND),
        ("1,nan,1", "row 2, column 'mean': the mean is NaN." + DROP),
        ("inf,1,1", "row 2, column 'y': the outcome is infinite." + DROP),
        ("1,1,", "row 2, column 'std': the standard deviation is missing." + DROP),
        ("1,1,0", "row 2, column 'std': standard deviation 0 is not above 0." + CERTAIN),
        ("1,1,-2", "row 2, column 'std': standard deviation -2 is not above 0." + CERTAIN),
        ("1e40,1,1", "row 2, column 'y': outcome 1e40 is too large to square." + DROP),
        (
            "1,0,1e-20",
            "row 2, column 'std': standard deviation 1e-20 is too small beside what was missed."
            + DROP,
        ),
    ],
)
def test_what_has_no_density_is_refused_with_its_place(tmp_path, row, message):
    path = tmp_path / "bad.csv"
    path.write_text(f"y,mean,std\n1,1,1\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        evaluated(path)
    assert str(raised.value) == f"{path}, {message}"
    result = evaluated(path, on_invalid="drop").result
    assert (result.overall.n, result.input.rows_rejected) == (1, 1)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "y,a,b",
            "no column is named like the mean.\n  Pass mean='COL'; the columns are: y, a, b.",
        ),
        (
            "y,mean,mu",
            "columns 'mean' and 'mu' could all be the mean.\n  Pass mean='mean' or mean='mu'.",
        ),
        (
            "y,mu,b",
            "no column is named like the standard deviation.\n"
            "  Pass std='COL'; the columns are: y, mu, b.",
        ),
    ],
)
def test_columns_that_cannot_be_found_are_asked_for(tmp_path, header, message):
    path = tmp_path / "bad.csv"
    path.write_text(f"{header}\n1,1,1\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        evaluated(path)
    assert str(raised.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"probs": "mean"}, "probs= has no meaning with input_kind='gaussian'."),
        ({"normalize": "as-is"}, "normalize= has no meaning with input_kind='gaussian'."),
        ({"cluster": "mean"}, "cluster= has no meaning with input_kind='gaussian'."),
        ({"mean": "y"}, "outcome, mean and standard deviation have to be three columns."),
    ],
)
def test_options_that_contradict_are_refused(tmp_path, options, message):
    path = written(tmp_path, [1.0], [1.0], [1.0])
    with pytest.raises(SettingsError) as raised:
        evaluated(path, **options)
    assert str(raised.value) == message


def test_columns_of_lists_are_no_numbers(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "lists.parquet"
    pq.write_table(pa.table({"y": [[1.0]], "mean": [1.0], "std": [1.0]}), path)
    with pytest.raises(InputError, match=r"column 'y': cells of type list.* hold no numbers"):
        evaluated(path)


def test_outcomes_that_are_all_equal_have_no_baseline(tmp_path):
    evaluation = evaluated(written(tmp_path, [2.0] * 200, [2.5] * 200, [1.0] * 200))
    assert evaluation.result.gaussian.baseline is None
    assert "Nothing to compare with" in evaluation.to_html()
