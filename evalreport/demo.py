"""The demo: the bundled example predictions as files, and the report jobs to run on them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from evalreport.errors import OutputError
from evalreport.examples import MADE, ExampleFile, example_files
from evalreport.settings import ReportSettings
from evalreport.write import StagedFiles


@dataclass(frozen=True, slots=True)
class DemoJob:
    """One report of the demo."""

    heading: str
    settings: ReportSettings


def prepare(output_dir: str) -> tuple[DemoJob, ...]:
    """Write the example predictions to a directory and return the jobs to run on them.

    Raises
    ------
    OutputError
        If the directory or a file in it cannot be written.
    """
    folder = Path(output_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made: {error.strerror}.") from error
    examples = example_files()
    with StagedFiles() as files:
        for example in examples:
            files.write(folder / example.name, example.read_bytes().decode())
        files.commit()
    for example in examples:
        # A report tells the time of its input: with that of the data, it is the same every time.
        os.utime(folder / example.name, (MADE.timestamp(), MADE.timestamp()))
    return tuple(_job(example, folder) for example in examples)


def _job(example: ExampleFile, folder: Path) -> DemoJob:
    stem = Path(example.name).stem
    settings = ReportSettings(
        inputs=(str(folder / example.name),),
        slices=example.slices,
        output=str(folder / f"{stem}.report.html"),
        json=str(folder / f"{stem}.evaluation.json"),
        markdown=str(folder / f"{stem}.summary.md"),
        title=stem.replace("_", " ").capitalize(),
        github=False,
        verify=True,
    )
    return DemoJob(f"{example.name}: {example.description}", settings)
