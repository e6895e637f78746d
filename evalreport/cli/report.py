"""``evalreport report``."""

from __future__ import annotations

from evalreport.cli import options
from evalreport.cli.exits import exit_codes
from evalreport.settings import ReportSettings, parse_floor


def report(
    inputs: options.Inputs,
    format: options.Format = None,
    label: options.Label = None,
    probs: options.Probs = None,
    positive: options.Positive = None,
    classes: options.Classes = None,
    input_kind: options.InputKindOption = options.InputKind.probabilities,
    weight: options.Weight = None,
    id: options.Id = None,
    slices: options.Slices = None,
    on_invalid: options.OnInvalidOption = options.OnInvalid.error,
    normalize: options.NormalizeOption = options.Normalize.error,
    floor: options.Floor = "auto",
    output: options.Output = None,
    json: options.Json = None,
    markdown: options.Markdown = None,
    rejects: options.Rejects = None,
    unit: options.UnitOption = options.Unit.nats,
    title: options.Title = None,
    key: options.MarkerKey = None,
    template_dir: options.TemplateDir = None,
    workers: options.Workers = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Evaluate predictions: print the summary and write the HTML report."""
    with exit_codes(verbose):
        settings = ReportSettings(
            inputs=tuple(inputs),
            format=None if format is None else str(format),
            label=label,
            probs=options.words(probs),
            positive=positive,
            classes=None if classes is None else options.words(classes),
            input_kind=input_kind.value,
            weight=weight,
            id=id,
            slices=tuple(slices or ()),
            on_invalid=on_invalid.value,
            rejects=rejects,
            normalize=normalize.value,
            floor=parse_floor(floor),
            unit=unit.value,
            output=output,
            json=json,
            markdown=markdown,
            title=title,
            key=key,
            template_dir=template_dir,
            workers=workers or options.all_cores(),
            quiet=quiet,
        )
        from evalreport.cli.show import run_and_show

        run_and_show(settings)
