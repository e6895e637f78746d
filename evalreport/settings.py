"""What a report job was asked to do, frozen. Light to import: the command line needs it first."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evalreport.errors import SettingsError
from evalreport.limits import NO_LIMITS, Limits
from evalreport.results import MOST_WORST, Floor, InputKind
from evalreport.task_results import NO_TASK_COLUMNS, TaskColumns

FORMAT_NAMES = ("csv", "tsv", "jsonl", "json", "parquet", "arrow", "npz", "npy")
STANDARD_STREAM = "-"


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """The options of ``evalreport report``; see its help for what they mean.

    ``output`` is a file name, "-" for standard output, "none" for no page at all, or None for the
    name of the input with ``.report.html``; ``json`` and ``markdown`` a file name, "-" or None.
    """

    inputs: tuple[str, ...]
    format: str | None = None
    label: str | None = None
    probs: tuple[str, ...] = ()
    positive: str | None = None
    classes: tuple[str, ...] | None = None
    input_kind: InputKind = "probabilities"
    class_column: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    header: bool = True
    weight: str | None = None
    id: str | None = None
    slices: tuple[str, ...] = ()
    task_columns: TaskColumns = NO_TASK_COLUMNS
    on_invalid: Literal["error", "drop"] = "error"
    rejects: str | None = None
    normalize: Literal["error", "rescale", "as-is"] = "error"
    floor: Floor = "auto"
    unit: Literal["nats", "bits"] = "nats"
    output: str | None = None
    json: str | None = None
    markdown: str | None = None
    title: str | None = None
    key: str | None = None
    template_dir: str | None = None
    github: bool = True
    """Whether GitHub Actions, if this runs there, gets the summary and annotations."""
    mermaid: bool = True
    """Whether the Markdown holds a chart of the classes, for forges that draw it."""
    workers: int = 1
    quiet: bool = False
    log_format: Literal["text", "json"] = "text"
    target_probs: tuple[str, ...] = ()
    normalize_targets: bool = False
    label_smoothing: float = 0.0
    top_k: bool = False
    top_labels: tuple[str, ...] = ()
    worst: int = 20
    show: tuple[str, ...] = ()
    verify: bool = False
    bands: str | None = None
    training_frequencies: str | None = None
    limits: Limits = NO_LIMITS
    junit: str | None = None
    previous: str | None = None
    pair_by_position: bool = False
    config: str | None = None
    """The settings file that was read, if any."""

    def __post_init__(self) -> None:
        streams = [
            f"--{name}"
            for name in ("output", "json", "markdown", "junit")
            if getattr(self, name) == STANDARD_STREAM
        ]
        if len(streams) > 1:
            raise SettingsError(
                f"{' and '.join(streams)} both ask for standard output, which holds one document."
            )
        if self.rejects is not None and self.on_invalid != "drop":
            raise SettingsError(
                "--rejects keeps the rows that are left out: add --on-invalid drop."
            )
        if not 0 <= self.worst <= MOST_WORST:
            raise SettingsError(f"--worst takes a number from 0 to {MOST_WORST:,}.")
        refuse_junit_without_limits(self.junit, self.limits)
        if self.previous == "":
            raise SettingsError("--previous names no file.")
        if self.previous == "-":
            raise SettingsError("the previous run cannot come from standard input: name its file.")
        if self.pair_by_position and self.previous is None:
            raise SettingsError("--pair-by-position needs a previous run: add --previous FILE.")
        self._refuse_overwriting()

    def _refuse_overwriting(self) -> None:
        files = list(self.output_files())
        for file in files:
            if files.count(file) > 1:
                raise SettingsError(f"two outputs would be written to {file.name}.")
        self.refuse_to_replace((*self.inputs, *filter(None, [self.previous, self.bands])))

    def output_files(self) -> tuple[Path, ...]:
        """Return every file that will be written, links followed."""
        outputs = (self.html_path, self.json, self.markdown, self.rejects, self.junit)
        return tuple(Path(each).resolve() for each in outputs if each and each != STANDARD_STREAM)

    def refuse_to_replace(self, inputs: Sequence[str]) -> None:
        """Make sure that no output is written over an input.

        Raises
        ------
        SettingsError
            If one would be.
        """
        read = {Path(each).resolve() for each in inputs}
        for file in self.output_files():
            if file in read:
                raise SettingsError(f"{file.name} is an input; an output may not replace it.")

    @property
    def input_name(self) -> str:
        """Name of the first input without its folder and its suffix."""
        first = self.inputs[0]
        if first == STANDARD_STREAM:
            return "predictions"
        name = Path(first).name or Path(first).absolute().name
        stem = re.sub(r"[*?\[\]]", "", name.split(".")[0]).strip("-_ ")
        return stem or re.sub(r"[*?\[\]]", "", name).strip(".") or "predictions"

    @property
    def html_path(self) -> str | None:
        """Where the page goes: a file name, "-", or None for nowhere."""
        if self.output == "none":
            return None
        if self.output is not None:
            return self.output
        if STANDARD_STREAM in (self.json, self.markdown, self.junit):
            return None
        return f"{self.input_name}.report.html"

    def command(self) -> str:
        """Return the command that gives the same numbers, without where they are written."""
        words = ["evalreport", "report", *self.inputs]
        options = {
            "--format": self.format,
            "--label": self.label,
            "--probs": ",".join(self.probs) or None,
            "--target-probs": ",".join(self.target_probs) or None,
            "--top-labels": ",".join(self.top_labels) or None,
            "--label-smoothing": f"{self.label_smoothing:g}" if self.label_smoothing else None,
            "--positive": self.positive,
            "--classes": None if self.classes is None else ",".join(self.classes),
            "--class-column": self.class_column,
            "--delimiter": self.delimiter,
            "--decimal": self.decimal,
            "--weight": self.weight,
            "--id": self.id,
            "--on-invalid": None if self.on_invalid == "error" else self.on_invalid,
            "--normalize": None if self.normalize == "error" else self.normalize,
            "--floor": _floor_text(self.floor),
            "--input-kind": None if self.input_kind == "probabilities" else self.input_kind,
            "--unit": None if self.unit == "nats" else self.unit,
            "--bands": self.bands,
            "--training-frequencies": self.training_frequencies,
            "--previous": self.previous,
            "--config": self.config,
        }
        for option, value in options.items():
            if value is not None:
                words += [option, value]
        words += ["--verify"] if self.verify else []
        words += ["--normalize-targets"] if self.normalize_targets else []
        words += ["--top-k"] if self.top_k else []
        words += [] if self.header else ["--no-header"]
        words += ["--pair-by-position"] if self.pair_by_position else []
        for name, column in self.task_columns.given().items():
            words += [f"--{name.replace('_', '-')}", column]
        for column in self.slices:
            words += ["--slice", column]
        words += [] if self.worst == 20 else ["--worst", str(self.worst)]
        for column in self.show:
            words += ["--show", column]
        return shlex.join(words)


def refuse_junit_without_limits(junit: str | None, limits: Limits) -> None:
    """Make sure that there are limits to write as tests: some CI systems fail on none.

    Raises
    ------
    SettingsError
        If there are none.
    """
    if junit is not None and not limits.are_set:
        raise SettingsError("--junit writes the limits, and no limit is set: add --max-loss.")


def _floor_text(floor: Floor) -> str | None:
    if floor is None:
        return "none"
    return None if floor == "auto" else repr(floor)


def parse_floor(text: str) -> Floor:
    """Return the floor that an option names: a probability, None for "none", or "auto".

    Examples
    --------
    >>> parse_floor("1e-7"), parse_floor("2^-10"), parse_floor("none")
    (1e-07, 0.0009765625, None)
    """
    if text == "auto":
        return "auto"
    if text == "none":
        return None
    power = re.fullmatch(r"2\^-(\d{1,4})", text)
    try:
        floor = 2.0 ** -int(power[1]) if power else float(text)
    except ValueError:
        floor = -1.0
    if not 0.0 < floor < 1.0:
        raise SettingsError(
            f"--floor takes a probability above 0 and below 1, or none; not {text}."
        )
    return floor
