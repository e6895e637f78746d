"""What a page costs: CPU seconds from a saved evaluation to HTML, plots and imports included.

Run it from anywhere: ``python benchmarks/bench_render.py [--repeats R]``. Every line is a fresh
process, and the best of the repeats counts. Beside it stand things that others do with the same
libraries, measured in the same run: ratios can be compared between machines, seconds can not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench_report import run

LIMIT_SECONDS = 1.5
EXAMPLES = Path(__file__).resolve().parent.parent / "example_data"

SAVE = "import sys, evalreport; evalreport.evaluate_file(sys.argv[1]).to_json(sys.argv[2])"
RENDER = "import sys, evalreport; evalreport.read_evaluation(sys.argv[1]).to_html(sys.argv[2])"
MARKDOWN = RENDER.replace("to_html", "to_markdown")
FIGURES = "from matplotlib.figure import Figure; import io\nfor n in range(4):\n f = Figure()\n "
ALTERNATIVES = {
    "matplotlib: import alone": "import matplotlib.figure, matplotlib.backends.backend_svg",
    "matplotlib: four line plots as SVG": FIGURES
    + "f.subplots().plot([0, 1], [0, n])\n f.savefig(io.StringIO(), format='svg')",
    "scikit-learn: CalibrationDisplay and its SVG": "from sklearn.calibration import "
    "CalibrationDisplay as C; import io, matplotlib; matplotlib.use('svg')\n"
    "C.from_predictions([0, 1] * 50, [0.2, 0.7] * 50).figure_.savefig(io.StringIO(), format='svg')",
    "pandas: ten rows with Styler.to_html": "import pandas\n"
    "pandas.DataFrame({'loss': range(10)}).style.background_gradient().to_html()",
}


def line(name: str, program: str, *words: str, repeats: int) -> float:
    """Print and return the least CPU time of a program."""
    seconds = min(run(["-c", program, *words]).cpu_seconds for _ in range(repeats))
    print(f"{seconds:6.2f} s  {name}", flush=True)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as name:
        folder, slowest = Path(name), 0.0
        for example in ("breast_cancer.csv", "digits.csv", "numbers.csv.gz"):
            saved, page = folder / f"{example}.json", folder / f"{example}.html"
            run(["-c", SAVE, str(EXAMPLES / example), str(saved)])
            for words, program in (("HTML", RENDER), ("Markdown", MARKDOWN)):
                title = f"evalreport: {example} from its evaluation file to {words}"
                seconds = line(title, program, str(saved), str(page), repeats=repeats)
                slowest = max(slowest, seconds)
        for title, program in ALTERNATIVES.items():
            line(title, program, repeats=repeats)
    print(f"\nThe slowest page took {slowest:.2f} s; the limit is {LIMIT_SECONDS} s.")
    sys.exit(slowest > LIMIT_SECONDS)


if __name__ == "__main__":
    main()
