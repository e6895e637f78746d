"""``evalreport report``."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import Any

import typer

from evalreport.cli import options, row_options, stream_options, task_options
from evalreport.cli.exits import exit_codes
from evalreport.cli.limit_options import LimitOptions, taken_limits
from evalreport.cli.signatures import taking
from evalreport.settings import ReportSettings, parse_floor
from evalreport.task_results import TaskColumns


@taking(LimitOptions)
def report(
    inputs: options.Inputs,
    format: options.Format = None,
    label: options.Label = None,
    probs: options.Probs = None,
    target_probs: options.TargetProbs = None,
    normalize_targets: options.NormalizeTargets = False,
    label_smoothing: options.LabelSmoothing = 0.0,
    positive: options.Positive = None,
    classes: options.Classes = None,
    input_kind: options.InputKindOption = options.InputKind.probabilities,
    class_column: options.ClassColumn = None,
    delimiter: options.Delimiter = None,
    decimal: options.DecimalOption = None,
    no_header: options.NoHeader = False,
    top_k: task_options.TopK = False,
    top_labels: task_options.TopLabels = None,
    weight: options.Weight = None,
    id: options.Id = None,
    slices: options.Slices = None,
    cluster: task_options.Cluster = None,
    text: task_options.TextColumn = None,
    n_chars: task_options.NChars = None,
    n_bytes: task_options.NBytes = None,
    mean: task_options.Mean = None,
    std: task_options.Std = None,
    on_invalid: options.OnInvalidOption = options.OnInvalid.error,
    normalize: options.NormalizeOption = options.Normalize.error,
    floor: options.Floor = "auto",
    verify: task_options.Verify = False,
    bands: row_options.Bands = None,
    training_frequencies: row_options.TrainingFrequencies = None,
    previous: options.Previous = None,
    pair_by_position: options.PairByPosition = False,
    output: options.Output = None,
    json: options.Json = None,
    markdown: options.Markdown = None,
    rejects: options.Rejects = None,
    unit: options.UnitOption = options.Unit.nats,
    title: options.Title = None,
    key: options.MarkerKey = None,
    worst: row_options.Worst = 20,
    show: row_options.Show = None,
    template_dir: options.TemplateDir = None,
    no_mermaid: row_options.NoMermaid = False,
    no_github: options.NoGithub = False,
    workers: options.Workers = None,
    quiet: stream_options.Quiet = False,
    verbose: stream_options.Verbose = False,
    **more: Any,
) -> None:
    """Evaluate predictions: print the summary and write the HTML report."""
    given = locals()
    given |= given.pop("more")
    with exit_codes(given.pop("verbose")):
        settings = settings_of(given)
        from evalreport.cli.show import run_and_show

        raise typer.Exit(run_and_show(settings))


def settings_of(given: dict[str, Any]) -> ReportSettings:
    """Return the options as settings: most are what they are, the others are told here."""
    given["limits"] = taken_limits(given)
    plain = {name: each.value if isinstance(each, Enum) else each for name, each in given.items()}
    unless = {name: not plain.pop(f"no_{name}") for name in ("header", "github", "mermaid")}
    task_columns = TaskColumns(**{each.name: plain.pop(each.name) for each in fields(TaskColumns)})
    return ReportSettings(
        **plain
        | unless
        | {
            "inputs": tuple(given["inputs"]),
            "probs": options.words(given["probs"]),
            "target_probs": options.words(given["target_probs"]),
            "top_labels": options.words(given["top_labels"]),
            "classes": None if given["classes"] is None else options.words(given["classes"]),
            "slices": tuple(given["slices"] or ()),
            "show": tuple(given["show"] or ()),
            "floor": parse_floor(given["floor"]),
            "workers": given["workers"] or options.all_cores(),
            "task_columns": task_columns,
        }
    )
