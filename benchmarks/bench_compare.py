"""What comparing two runs costs: ``python benchmarks/bench_compare.py [ROWS]``.

Writes two Parquet files of as many rows, with ids and in different orders, compares them with
``evalreport compare``, and prints time, CPU time and peak memory beside those of one report alone.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 10_000_000
_BLOCK = 1_000_000


def write(path: Path, n_rows: int, shift: float, backwards: bool) -> None:
    """Write predictions; the same id has the same label in every file."""
    schema = pa.schema([("id", pa.string()), ("label", pa.int8()), ("prob", pa.float64())])
    starts = range(0, n_rows, _BLOCK)
    with pq.ParquetWriter(path, schema) as writer:
        for start in reversed(starts) if backwards else starts:
            rows = np.arange(start, min(start + _BLOCK, n_rows))
            rng = np.random.default_rng(start)
            logits = rng.normal(0.0, 2.0, len(rows))
            label = (rng.random(len(rows)) < 1 / (1 + np.exp(-logits))).astype(np.int8)
            prob = 1 / (1 + np.exp(-(1.0 + shift) * logits))
            ids = pa.array([f"row-{row:09d}" for row in rows.tolist()])
            writer.write_table(pa.table([ids, label, prob], schema=schema))


def measured(*words: str) -> tuple[float, float, float]:
    """Return seconds, CPU seconds and peak memory in megabytes of a command."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "evalreport", *words, "-o", "none", "-q"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(words)} failed")
    cpu = usage.ru_utime + usage.ru_stime
    return time.perf_counter() - started, cpu, usage.ru_maxrss / 1024


def main(n_rows: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        previous, current = Path(folder) / "previous.parquet", Path(folder) / "current.parquet"
        write(previous, n_rows, 0.0, backwards=True)
        write(current, n_rows, 0.1, backwards=False)
        print(f"{n_rows:,} rows a side, {current.stat().st_size / 1e6:.0f} MB of Parquet each")
        for name, words in (
            ("report", ("report", str(current), "--workers", "1")),
            ("compare", ("compare", str(previous), str(current))),
        ):
            seconds, cpu, megabytes = measured(*words)
            print(f"{name:<8} {seconds:6.1f} s   {cpu:6.1f} s of CPU   {megabytes:6,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
