"""The recipes for training code run as they stand, where their library is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
LIBRARIES = {
    "scikit-learn": "sklearn",
    "PyTorch": "torch",
    "Keras": "keras",
    "Hugging Face Trainer": "transformers",
    "LightGBM": "lightgbm",
    "XGBoost": "xgboost",
    "MLflow": "mlflow",
}


def recipe(title: str) -> str:
    (code,) = re.findall(rf"^## {title}\n(?:(?!^## ).)*?^```python\n(.*?)^```$", TEXT, re.M | re.S)
    return code


def test_every_recipe_is_run_here():
    assert re.findall(r"^## (.*)$", TEXT, re.M) == list(LIBRARIES)


@pytest.mark.parametrize("title", LIBRARIES)
def test_a_recipe_runs_as_it_stands(title, tmp_path):
    library = LIBRARIES[title]
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed; it is no part of the extra dev")
    for name in ("digits.csv", "iris.csv"):
        shutil.copy(ROOT / "example_data" / name, tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", recipe(title)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
            "KERAS_BACKEND": "torch",
            "OMP_NUM_THREADS": "1",
            "MLFLOW_ALLOW_FILE_STORE": "true",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_TRACKING_URI": (tmp_path / "store").as_uri(),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = [*tmp_path.glob("*.html"), *tmp_path.glob("store/**/*.html")]
    assert len(pages) == (2 if title == "MLflow" else 1)
