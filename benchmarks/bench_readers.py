"""What reading costs: CPU seconds per format, beside the library that reads it alone.

Run it from anywhere: ``python benchmarks/bench_readers.py [--rows N] [--classes K] [--repeats R]``.
"evalreport" opens the file, finds out which column is what, and yields every row checked; nothing
is scored. "alone" is the format's own library reading the same file into memory, unchecked. Both
run in this process on the same bytes, and the best of the repeats counts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.feather as feather
import pyarrow.json as pa_json
import pyarrow.parquet as pq

from evalreport.readers import ReadSettings, open_predictions
from evalreport.readers.opening import FOUND_BY_NAME


@dataclass(frozen=True)
class Case:
    """A file, how evalreport is told to read it, and what reads it alone."""

    name: str
    write: Callable[[Path, pa.Table], None]
    alone: Callable[[Path], Any]
    file: str
    settings: ReadSettings = FOUND_BY_NAME


def predictions(n_rows: int, n_classes: int) -> pa.Table:
    random = np.random.default_rng(7)
    probs = random.dirichlet(np.ones(n_classes), n_rows)
    labels = (probs.cumsum(axis=1) < random.random((n_rows, 1))).sum(axis=1)
    columns = {f"prob_{k}": probs[:, k] for k in range(n_classes)}
    return pa.table({"id": np.arange(n_rows), "label": np.minimum(labels, n_classes - 1)} | columns)


def matrix(table: pa.Table) -> Any:
    return np.column_stack([table.column(k).to_numpy() for k in range(2, table.num_columns)])


def with_list(table: pa.Table) -> pa.Table:
    probs = pa.FixedSizeListArray.from_arrays(matrix(table).ravel(), table.num_columns - 2)
    return table.select(["id", "label"]).append_column("probs", probs)


def write_csv_gz(path: Path, table: pa.Table) -> None:
    with gzip.open(path, "wb", compresslevel=1) as file:
        pa_csv.write_csv(table, file)


def write_flat_lines(path: Path, table: pa.Table) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))


def write_list_lines(path: Path, table: pa.Table) -> None:
    write_flat_lines(path, with_list(table))


def write_json(path: Path, table: pa.Table) -> None:
    path.write_text(json.dumps(table.to_pylist()))


def write_npz(path: Path, table: pa.Table) -> None:
    np.savez(path, y_true=table.column("label").to_numpy(), y_prob=matrix(table))


def write_long(path: Path, table: pa.Table) -> None:
    probs = matrix(table)
    n_rows, n_classes = probs.shape
    columns = {
        "id": np.repeat(np.arange(n_rows), n_classes),
        "class": np.tile(np.arange(n_classes), n_rows),
        "prob": probs.ravel(),
        "label": np.repeat(table.column("label").to_numpy(), n_classes),
    }
    pq.write_table(pa.table(columns), path)


def write_shuffled(path: Path, table: pa.Table) -> None:
    write_long(path, table)
    rows = pq.read_table(path)
    pq.write_table(rows.take(np.random.default_rng(7).permutation(rows.num_rows)), path)


def sort_by_id(path: Path) -> Any:
    return pq.read_table(path).sort_by([("id", "ascending"), ("class", "ascending")])


def load_npz(path: Path) -> list[Any]:
    with np.load(path) as arrays:
        return [arrays[name] for name in arrays.files]


CASES = (
    Case("csv", lambda p, t: pa_csv.write_csv(t, p), pa_csv.read_csv, "p.csv"),
    Case("csv.gz", write_csv_gz, pa_csv.read_csv, "p.csv.gz"),
    Case("jsonl, flat", write_flat_lines, pa_json.read_json, "p.jsonl"),
    Case("jsonl, list", write_list_lines, pa_json.read_json, "l.jsonl"),
    Case("json", write_json, lambda p: json.loads(p.read_text()), "p.json"),
    Case("parquet", lambda p, t: pq.write_table(t, p), pq.read_table, "p.parquet"),
    Case("parquet, list", lambda p, t: pq.write_table(with_list(t), p), pq.read_table, "l.parquet"),
    Case("arrow", lambda p, t: feather.write_feather(t, p), feather.read_table, "p.arrow"),
    Case("npz", write_npz, load_npz, "p.npz"),
    Case(
        "long parquet", write_long, pq.read_table, "o.parquet", ReadSettings(class_column="class")
    ),
    Case(
        "long, shuffled",
        write_shuffled,
        sort_by_id,
        "s.parquet",
        ReadSettings(class_column="class"),
    ),
)


def read_all(path: Path, settings: ReadSettings) -> int:
    shards = open_predictions([path], settings).shards
    return sum(len(batch) for shard in shards for batch in shard.batches())


def cpu_seconds(work: Callable[[], object], repeats: int) -> float:
    def once() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return min(once() for _ in range(repeats))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    table = predictions(options.rows, options.classes)
    print(
        f"{options.rows:,} rows, {options.classes} classes, CPU seconds, best of {options.repeats}"
    )
    print(f"{'':16}{'MB':>8}{'evalreport':>12}{'alone':>8}{'times':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            path = Path(folder, case.file)
            case.write(path, table)
            n_rows = read_all(path, case.settings)
            assert n_rows == options.rows, f"{case.name}: {n_rows} rows"
            ours = cpu_seconds(
                lambda case=case, path=path: read_all(path, case.settings), options.repeats
            )
            alone = cpu_seconds(lambda case=case, path=path: case.alone(path), options.repeats)
            size = path.stat().st_size / 1e6
            print(
                f"{case.name:16}{size:8.1f}{ours:12.2f}{alone:8.2f}{ours / max(alone, 1e-3):8.1f}"
            )


if __name__ == "__main__":
    main()
