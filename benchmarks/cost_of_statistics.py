"""What all statistics cost beside reading the file and the mean alone: a ratio of CPU time.

    python benchmarks/cost_of_statistics.py [--rows N] [--classes K] [FILE ...]

Without files it makes one, as CSV and as Parquet. Every line is a fresh process with one worker,
and the best of the repeats counts. Both sides open the file with the same reader and score every
row; one measures everything a report shows, up to its results, the other the mean log loss alone.
Seconds are of user time: what the system does to bring the file in is not the statistics'.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAKER = Path(__file__).with_name("make_predictions.py")


@dataclass(frozen=True)
class MeanAlone:
    """A plan of two statistics: the mean, and how many rows were read."""

    plan: Any

    def empty(self) -> Any:
        from evalreport.statistics.states import PlanStates

        return PlanStates.empty(self)

    @property
    def statistics(self) -> tuple[Any, ...]:
        return (self.plan.overall, self.plan.intake)

    @property
    def settings(self) -> dict[str, Any]:
        return dict(self.plan.settings)

    not_in_digest = ()

    def from_batch(self, batch: Any) -> Any:
        from evalreport.scoring import ScoredBatch
        from evalreport.statistics.plan import _pieces
        from evalreport.statistics.states import PlanStates

        states = self.empty()
        for piece in _pieces(batch):
            scored = ScoredBatch(piece, self.plan.floor)
            states = states.merge(PlanStates.of(self, scored))
        return states


def measure(what: str, path: str) -> None:
    """Do one side of the comparison, and print the user CPU seconds of this process."""
    from evalreport.engines.local import fold
    from evalreport.evaluation import results_of
    from evalreport.readers import open_predictions
    from evalreport.readers.interface import ReadSettings
    from evalreport.statistics.plan import Plan

    predictions = open_predictions((path,), ReadSettings())
    plan = Plan(tuple(predictions.classes), positive=len(predictions.classes) - 1)
    if what == "all":
        results_of(fold(plan, predictions.shards))
    else:
        states = fold(MeanAlone(plan), predictions.shards)
        plan.overall.result(states[plan.overall])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_utime)


def best(what: str, path: Path, repeats: int) -> float:
    """Return the least user CPU seconds of some fresh processes."""
    command = [sys.executable, __file__, "--measure", what, str(path)]
    runs = (
        subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(repeats)
    )
    return min(float(run.stdout) for run in runs)


def compare(path: Path, repeats: int) -> None:
    mean, everything = best("mean", path, repeats), best("all", path, repeats)
    print(
        f"  {path.suffix[1:]:8} mean alone {mean:7.2f} s, all statistics {everything:7.2f} s:"
        f" {everything / mean - 1:+.0%}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--measure", choices=("all", "mean"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, str(options.files[0]))
        return
    with tempfile.TemporaryDirectory() as name:
        files = options.files or [Path(name) / "made.csv", Path(name) / "made.parquet"]
        if not options.files:
            sizes = (str(options.rows), str(options.classes))
            subprocess.run([sys.executable, MAKER, *map(str, files), *sizes], check=True)
        print(f"user CPU seconds, best of {options.repeats}, on {os.cpu_count()} processors")
        for path in files:
            compare(path, options.repeats)


if __name__ == "__main__":
    main()
