"""Valid files of every format, mutated at random, through the whole program.

Whatever is done to a file, evalreport either refuses it with one of its own errors and writes
nothing, or gives the number that an independent reading of the same bytes gives. Run a lot with

    python -m tests.acceptance.fuzzing 20000
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import math
import os
import random
import signal
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

from evalreport.errors import EvalReportError
from evalreport.job import run
from evalreport.settings import ReportSettings

CLASSES = ("cat", "dog", "owl")
SECONDS_A_FILE = 20

NASTY = (
    "", " ", "nan", "NaN", "inf", "-inf", "-0", "1e-320", "1e400", "0,5", "0.5.5", "1_0", "0x1p-2",
    "True", "\u202e", "\x00", '"', "'", ";", "\t", "\n", "\r", "cat", "Cat ", "９", "½", "[0.1]",
    "{}", "null", "99999999999999999999", "-1", "2", "50%", "=1+1", "#", "\ufeff", "<b>", "0.3333",
)  # fmt: skip


def predictions(n_rows: int = 20, seed: int = 0) -> pd.DataFrame:
    """Make a small table of valid predictions."""
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet([1.0, 1.0, 1.0], n_rows)
    frame = pd.DataFrame(probs, columns=[f"prob_{name}" for name in CLASSES])
    frame.insert(0, "id", [f"r{i}" for i in range(n_rows)])
    frame.insert(1, "label", rng.choice(CLASSES, n_rows))
    return frame


# --- writing ----------------------------------------------------------------------------------


def _arrow(frame: pd.DataFrame) -> bytes:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _npz(frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    np.savez(sink, y_true=frame["label"].to_numpy(str), y_prob=_probs(frame))
    return sink.getvalue()


def _parquet(frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.to_parquet(sink, index=False)
    return sink.getvalue()


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def _nested(frame: pd.DataFrame) -> bytes:
    lines = [
        json.dumps({"label": row["label"], "probs": {k: row[f"prob_{k}"] for k in CLASSES}})
        for _, row in frame.iterrows()
    ]
    return ("\n".join(lines) + "\n").encode()


def _long(frame: pd.DataFrame) -> bytes:
    """Write a row for each class, those of one class together."""
    rows = frame.melt(["id", "label"], var_name="class", value_name="prob")
    rows["class"] = rows["class"].str.removeprefix("prob_")
    return rows.to_csv(index=False).encode()


WRITERS: Mapping[str, Callable[[pd.DataFrame], bytes]] = {
    "p.csv": _csv,
    "p.tsv": lambda frame: frame.to_csv(index=False, sep="\t").encode(),
    "p.csv.gz": lambda frame: gzip.compress(_csv(frame), mtime=0),
    "p.csv.bz2": lambda frame: bz2.compress(_csv(frame)),
    "p.csv.xz": lambda frame: lzma.compress(_csv(frame)),
    "p.jsonl": lambda frame: frame.to_json(
        orient="records", lines=True, double_precision=15
    ).encode(),
    "nested.jsonl": _nested,
    "p.json": lambda frame: json.dumps(frame.to_dict(orient="records")).encode(),
    "p.parquet": _parquet,
    "p.arrow": _arrow,
    "p.npz": _npz,
    "long.csv": _long,
}
WITHOUT_TABLES = ("nested.jsonl", "long.csv")
"""Forms that only whole tables can be put into, and no mutated ones."""
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "p.npz": {"classes": CLASSES},
    "long.csv": {"class_column": "class"},
}


def _probs(frame: pd.DataFrame) -> np.ndarray:
    return frame[[f"prob_{name}" for name in CLASSES]].to_numpy(float)


# --- mutating ---------------------------------------------------------------------------------


def mutated_bytes(data: bytes, rng: random.Random) -> bytes:
    """Flip, cut, double, insert or swap some of the bytes."""
    raw = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        if not raw:
            break
        place = rng.randrange(len(raw))
        length = rng.randrange(1, 20)
        kind = rng.randrange(5)
        if kind == 0:
            raw[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del raw[place:]
        elif kind == 2:
            raw[place:place] = raw[place : place + length]
        elif kind == 3:
            raw[place:place] = rng.randbytes(length)
        else:
            del raw[place : place + length]
    return bytes(raw)


def mutated_table(frame: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    """Shuffle, drop or double columns or rows, or put something nasty into a cell."""
    kind = rng.randrange(5)
    columns = list(frame.columns)
    if kind == 0:
        rng.shuffle(columns)
        return frame[columns]
    if kind == 1:
        return frame.drop(columns=rng.choice(columns))
    if kind == 2:
        order = list(range(len(frame)))
        rng.shuffle(order)
        return frame.iloc[order]
    frame = frame.astype(object)
    cell = (rng.randrange(len(frame)), rng.randrange(len(columns)))
    frame.iat[cell] = (
        rng.choice(NASTY) if kind == 3 else rng.choice((None, 7, -1.5, True, math.nan))
    )
    return frame


def mutation(name: str, rng: random.Random) -> bytes:
    """Return a mutated file of this name."""
    frame = predictions(seed=rng.randrange(1000))
    if rng.random() < 0.5 and name not in WITHOUT_TABLES:
        changed = mutated_table(frame, rng)
        if name.endswith((".parquet", ".arrow")):
            changed = changed.astype(
                {each: str for each in changed if changed[each].dtype == object}
            )
        if not name.endswith(".npz"):
            return WRITERS[name](changed)
    return mutated_bytes(WRITERS[name](frame), rng)


# --- judging ----------------------------------------------------------------------------------


def reference_log_loss(name: str, path: Path) -> float | None:
    """Read the file in another way and score it; None if that other way cannot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            frame = _read(name, path)
            labels = frame["label"].astype(str).to_numpy()
            probs = np.stack([frame[f"prob_{k}"].astype(float) for k in CLASSES], axis=1)
            given = probs[np.arange(len(probs)), [CLASSES.index(each) for each in labels]]
        except Exception:  # any failure of the other reader says nothing about ours
            return None
    return float(-np.log(np.maximum(given, 2.0**-52)).mean())


def _read(name: str, path: Path) -> pd.DataFrame:
    if name.endswith(".npz"):
        with np.load(path) as arrays:
            frame = pd.DataFrame(arrays["y_prob"], columns=[f"prob_{k}" for k in CLASSES])
            frame["label"] = arrays["y_true"]
        return frame
    if name.endswith(".parquet"):
        return pq.read_table(path).to_pandas()
    if name.endswith(".arrow"):
        return pyarrow.feather.read_table(path).to_pandas()
    if name == "p.json":
        return pd.DataFrame(json.loads(path.read_text("utf-8")))
    if name.endswith(".jsonl"):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        if name.startswith("nested"):
            rows = [
                {"label": row["label"], **{f"prob_{k}": row["probs"][k] for k in CLASSES}}
                for row in rows
            ]
        return pd.DataFrame(rows)
    frame = pd.read_csv(
        path,
        sep="\t" if name.endswith(".tsv") else ",",
        float_precision="round_trip",
        keep_default_na=False,
    )
    return _wide(frame) if name == "long.csv" else frame


def _wide(frame: pd.DataFrame) -> pd.DataFrame:
    table = frame.astype({"id": str, "prob": float}).pivot(
        index="id", columns="class", values="prob"
    )
    return table.add_prefix("prob_").join(frame.groupby(frame["id"].astype(str))["label"].first())


class Hang(Exception):
    """A file took too long."""


def _too_long(*_: object) -> None:
    raise Hang


def check(name: str, data: bytes, folder: Path) -> str:
    """Evaluate one file and judge what came of it; return "refused", "same" or "no reference".

    Raises
    ------
    AssertionError
        If an output was written although the file was refused, or the number is another.
    """
    path = folder / name
    path.write_bytes(data)
    out = folder / "out.json"
    settings = ReportSettings(
        inputs=(str(path),), output="none", json=str(out), workers=1, **OPTIONS.get(name, {})
    )
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS_A_FILE)
    try:
        run(settings)
    except EvalReportError as error:
        return _judge_refusal(str(error), sorted(os.listdir(folder)), name)
    finally:
        signal.alarm(0)
    found = json.loads(out.read_text("utf-8"))
    out.unlink()
    reference = reference_log_loss(name, path)
    if reference is None or found["input"]["classes"] != list(CLASSES):
        return "no reference"
    loss = found["overall"]["log_loss"]
    assert math.isclose(loss, reference, rel_tol=1e-9, abs_tol=1e-12), (loss, reference)
    return "same"


def _judge_refusal(message: str, files: list[str], name: str) -> str:
    assert files == [name], "an output was written"
    assert len(message.splitlines()) <= 2, f"more than a sentence and a hint: {message}"
    return "refused"


def fuzz(n: int, seed: int) -> Counter[str]:
    """Check `n` mutated files; return how often what came of it."""
    outcomes: Counter[str] = Counter()
    names = list(WRITERS)
    for number in range(n):
        rng = random.Random(f"{seed}-{number}")
        name = names[number % len(names)]
        data = mutation(name, rng)
        with tempfile.TemporaryDirectory() as folder:
            try:
                outcomes[check(name, data, Path(folder))] += 1
            except BaseException as error:
                error.add_note(f"mutation {seed}-{number} of {name}: {data[:300]!r}")
                raise
    return outcomes


def main() -> None:
    """Fuzz and print the counts; go on after a failure and count those, too."""
    n, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    outcomes: Counter[str] = Counter()
    names = list(WRITERS)
    for number in range(n):
        rng = random.Random(f"{seed}-{number}")
        name = names[number % len(names)]
        data = mutation(name, rng)
        with tempfile.TemporaryDirectory() as folder:
            try:
                outcomes[check(name, data, Path(folder))] += 1
            except (Exception, Hang) as error:  # a failure is what this looks for
                kind = f"FAILED {type(error).__name__}: {str(error)[:120]}"
                if not outcomes[kind]:
                    print(f"{kind}\n  {seed}-{number} {name} {data[:200]!r}")
                outcomes[kind] += 1
    for outcome, count in outcomes.most_common():
        print(f"{count:7,d}  {outcome}")


if __name__ == "__main__":
    main()
