"""Evaluations in MLflow, on a real tracking store in a folder."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import evalreport
from evalreport.errors import OutputError, SettingsError
from evalreport.integrations.mlflow import log, metrics
from evalreport.results import OverallResult

mlflow = pytest.importorskip("mlflow", reason="the extra mlflow is not installed")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "store").as_uri())
    # A database would need SQLAlchemy; the store in files still works when it is asked for.
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    return tmp_path / "store"


@pytest.fixture(scope="module")
def evaluation() -> evalreport.Evaluation:
    return evalreport.evaluate(
        observed=["cat", "dog/wolf"] * 50,
        probs=[[0.8, 0.2], [0.3, 0.7]] * 50,
        classes=["cat", "dog/wolf"],
        slices={"part of": ["a", "b", "b", "a"] * 25},
    )


def logged(evaluation: evalreport.Evaluation, **options):
    with mlflow.start_run() as run:
        log(evaluation, **options)
    return mlflow.get_run(run.info.run_id)


def test_the_numbers_are_those_of_the_evaluation(store, evaluation):
    data = logged(evaluation).data
    assert data.metrics["log_loss"] == evaluation.log_loss
    assert (data.metrics["interval_low"], data.metrics["interval_high"]) == evaluation.interval
    assert data.metrics["skill"] == evaluation.skill
    assert data.metrics["baseline_log_loss"] == evaluation.baseline
    assert data.metrics["n"] == 100
    by_class = dict(zip(evaluation.classes["name"], evaluation.classes["log_loss"], strict=True))
    assert data.metrics["class/cat/log_loss"] == by_class["cat"]
    assert data.metrics["class/dog_wolf/log_loss"] == by_class["dog/wolf"]
    assert data.metrics["slice/part of/a/log_loss"] == evaluation.slices["log_loss"][0]
    assert data.params["evalreport_task"] == "binary"
    assert data.params["evalreport_floor"] == "2.220446049250313e-16"
    assert data.tags["evalreport_band"] == evaluation.band
    assert data.tags["evalreport_digest"] == evaluation.digest


def test_report_and_evaluation_file_are_artifacts(store, evaluation):
    run = logged(evaluation)
    folder = mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/evalreport")
    assert (Path(folder) / "report.html").read_text("utf-8") == evaluation.to_html()
    again = evalreport.read_evaluation(Path(folder) / "evaluation.json")
    assert again.result == evaluation.result


def test_two_evaluations_of_one_run_stand_side_by_side(store, evaluation):
    with mlflow.start_run() as run:
        for step, prefix in enumerate(("valid_", "test_")):
            log(evaluation, prefix=prefix, step=step)
    data = mlflow.get_run(run.info.run_id).data
    assert data.metrics["valid_log_loss"] == data.metrics["test_log_loss"]
    (point,) = mlflow.MlflowClient().get_metric_history(run.info.run_id, "test_log_loss")
    assert point.step == 1


def test_without_an_active_run_nothing_is_logged_anywhere(store, evaluation):
    with pytest.raises(SettingsError) as caught:
        log(evaluation)
    assert str(caught.value) == (
        "no MLflow run is active, so there is nothing to log to.\n"
        "  Log inside 'with mlflow.start_run():'."
    )
    assert not store.exists()


def test_what_mlflow_refuses_is_one_plain_error(store, evaluation):
    with mlflow.start_run():
        mlflow.log_param("evalreport_task", "something else")
        with pytest.raises(OutputError, match=r"^MLflow refused the evaluation: "):
            log(evaluation)


def test_without_the_extra_the_error_says_how_to_install_it(evaluation, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(SettingsError) as caught:
        log(evaluation)
    assert str(caught.value) == (
        "MLflow is not installed.\n  Install it: pip install 'evalreport[mlflow]'."
    )


def test_what_is_not_defined_is_left_out():
    infinite = evalreport.evaluate([0, 1], [0.0, 0.0], floor=None)
    found = metrics(infinite.result)
    assert "log_loss" not in found
    assert found["zero_probability_rows"] == 1


def test_soft_labels_have_a_cross_entropy_and_no_log_loss():
    soft = evalreport.evaluate(targets=[[0.5, 0.5], [0.2, 0.8]] * 10, probs=[[0.6, 0.4]] * 20)
    found = metrics(soft.result)
    assert "log_loss" not in found
    assert found["kl_divergence"] == soft.kl_divergence
    assert {name for name in found if name.startswith("class/")} == {
        "class/0/cross_entropy",
        "class/1/cross_entropy",
    }


def test_names_that_become_the_same_keep_a_number_each(store):
    names = ["a|b", "a?b", "..", ".", "x" * 300, " ", "@#12", "é"]
    evaluation = evalreport.evaluate(
        [name for name in names for _ in range(3)],
        [[0.3 if place == row else 0.1 for place in range(8)] for row in range(8) for _ in "abc"],
        classes=names,
    )
    found = logged(evaluation).data.metrics
    assert sum(name.startswith("class/") for name in found) == 8
    assert {"class/a_b/log_loss", "class/a_b-2/log_loss", "class/é/log_loss"} <= set(found)


def test_every_metric_of_the_headline_is_a_field_of_the_evaluation_file():
    evaluation = evalreport.evaluate([0, 1] * 20, [0.2, 0.7] * 20)
    known = {each.name for each in fields(OverallResult)}
    others = {
        "interval_low",
        "interval_high",
        "rows_rejected",
        "baseline_log_loss",
        "skill",
        "calibration_gap",
        "ece",
        "errors",
        "warnings",
    }
    headline = {name for name in metrics(evaluation.result) if "/" not in name}
    assert headline <= known | others


def test_importing_the_module_does_not_import_mlflow():
    code = "import sys, evalreport.integrations.mlflow; sys.exit('mlflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
