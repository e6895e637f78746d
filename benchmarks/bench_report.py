"""What a report costs: CPU seconds and peak memory of whole commands, beside named alternatives.

Run it from anywhere: ``python benchmarks/bench_report.py [--rows N] [--classes K] [--repeats R]``.
Every line is a fresh process, start-up and imports included, and the best of the repeats counts.
Ratios are against alternatives measured in the same run, so they can be compared between machines;
seconds can not. Memory is the largest process of the command, with one worker. This process stays
small on purpose: what it holds would count as the peak of every command that it starts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

SMALL_ROWS = 1_000

IMPORTS_ALONE = "import numpy, pandas, pyarrow, sklearn.metrics, matplotlib.figure, jinja2"
PANDAS_CSV = "import sys, pandas; from sklearn.metrics import log_loss; f = pandas.read_csv"
PANDAS_PARQUET = "import sys, pandas; from sklearn.metrics import log_loss; f = pandas.read_parquet"
SCORE_IT = "(sys.argv[1]); print(log_loss(f['label'], f.filter(like='prob_')))"
ARROW_CSV = "import sys, pyarrow.csv; print(pyarrow.csv.read_csv(sys.argv[1]).num_rows)"
ARROW_PARQUET = "import sys, pyarrow.parquet as q; print(q.read_table(sys.argv[1]).num_rows)"


@dataclass(frozen=True)
class Cost:
    """What a command took: CPU time of all its processes, peak memory of the largest."""

    cpu_seconds: float
    peak_mib: float


def write_predictions(directory: Path, n_rows: int, n_classes: int) -> tuple[Path, Path]:
    """Write the same rows as CSV and as Parquet."""
    csv, parquet = directory / f"{n_rows}.csv", directory / f"{n_rows}.parquet"
    maker = Path(__file__).with_name("make_predictions.py")
    subprocess.run([sys.executable, maker, csv, parquet, str(n_rows), str(n_classes)], check=True)
    return csv, parquet


def run(arguments: list[str]) -> Cost:
    """Run one command to its end and return what it took."""
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    message = process.stderr.read().decode()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(arguments)}\nfailed with {process.returncode}:\n{message}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def best(arguments: list[str], repeats: int) -> Cost:
    costs = [run(arguments) for _ in range(repeats)]
    return Cost(min(c.cpu_seconds for c in costs), min(c.peak_mib for c in costs))


def report(path: Path, output: list[str], workers: int = 1) -> list[str]:
    command = ["-m", "evalreport", "report", str(path), "--quiet", "--workers", str(workers)]
    return [*command, *output]


def print_block(title: str, ours: Cost, others: dict[str, Cost]) -> None:
    print(f"\n{title}")
    print(f"  {'evalreport':44} {ours.cpu_seconds:8.2f} s {ours.peak_mib:8.0f} MiB")
    for name, cost in others.items():
        ratio = ours.cpu_seconds / cost.cpu_seconds
        print(
            f"  {name:44} {cost.cpu_seconds:8.2f} s {cost.peak_mib:8.0f} MiB"
            f"   evalreport takes {ratio:.2f} times this"
        )


def small(directory: Path, n_classes: int, repeats: int) -> None:
    csv, _ = write_predictions(directory, SMALL_ROWS, n_classes)
    html = str(directory / "small.html")
    print_block(
        f"{SMALL_ROWS:,} rows, CSV to HTML",
        best(report(csv, ["--output", html]), repeats),
        {
            "importing the libraries, nothing else": best(["-c", IMPORTS_ALONE], repeats),
            "pandas.read_csv + sklearn log_loss": best(
                ["-c", PANDAS_CSV + SCORE_IT, str(csv)], repeats
            ),
        },
    )


def large(directory: Path, n_rows: int, n_classes: int, repeats: int) -> None:
    csv, parquet = write_predictions(directory, n_rows, n_classes)
    to_json = ["--output", "none", "--json", str(directory / "large.json")]
    for path, pandas_code, arrow_code in (
        (csv, PANDAS_CSV, ARROW_CSV),
        (parquet, PANDAS_PARQUET, ARROW_PARQUET),
    ):
        reader = f"pandas.read_{path.suffix[1:]} + sklearn log_loss"
        print_block(
            f"{n_rows:,} rows, {path.suffix[1:]} of {path.stat().st_size / 1e6:.0f} MB to JSON",
            best(report(path, to_json), repeats),
            {
                reader: best(["-c", pandas_code + SCORE_IT, str(path)], repeats),
                "pyarrow reading it, nothing else": best(["-c", arrow_code, str(path)], repeats),
            },
        )


def memory(directory: Path, n_rows: int, n_classes: int) -> None:
    to_json = ["--output", "none", "--json", str(directory / "memory.json")]
    fewer, more = (
        write_predictions(directory, rows, n_classes) for rows in (max(n_rows // 4, 1), n_rows)
    )
    print(f"\nPeak memory, {n_rows // 4:,} against {n_rows:,} rows")
    for few, many in zip(fewer, more, strict=True):
        low = run(report(few, to_json)).peak_mib
        high = run(report(many, to_json)).peak_mib
        print(f"  {few.suffix[1:]:44} {low:8.0f} MiB {high:8.0f} MiB   {high / low - 1:+.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of the large files")
    parser.add_argument("--classes", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        small(directory, options.classes, options.repeats)
        large(directory, options.rows, options.classes, options.repeats)
        memory(directory, options.rows, options.classes)


if __name__ == "__main__":
    main()
