"""The gate: limits on an evaluation that was saved, without the rows."""

from __future__ import annotations

from evalreport.errors import SettingsError
from evalreport.evaluation_file import read_result
from evalreport.job import JobOutcome, judged_report, written_outcome
from evalreport.settings import ReportSettings
from evalreport.write import StagedFiles


def run_gate(settings: ReportSettings) -> JobOutcome:
    """Judge the limits on a saved evaluation and write every output that was asked for.

    Parameters
    ----------
    settings : ReportSettings
        Its only input is the evaluation file; the limits and the outputs are used.

    Raises
    ------
    SettingsError
        If no limit is set.
    InputError
        If the file is no evaluation file.
    OutputError
        If an output cannot be written.
    """
    if not settings.limits.are_set:
        raise SettingsError("there is nothing to judge: no limit is set. Add --max-loss.")
    report = judged_report(read_result(settings.inputs[0]), settings)
    with StagedFiles() as files:
        return written_outcome(report, settings, files)
