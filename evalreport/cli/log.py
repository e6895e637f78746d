"""``--log-format json``: standard error as one JSON object a line, for programs that watch jobs."""

from __future__ import annotations

import io
import json
import math
import sys
import time
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from evalreport.watching import Opened, Reading, Watcher

if TYPE_CHECKING:
    from evalreport.errors import EvalReportError
    from evalreport.job import JobOutcome

SECONDS_BETWEEN = 2.0
"""Between two events of progress."""
_PLACE = ("path", "row", "column", "value", "hint")


class EventLog(Watcher):
    """What is told of a job, as events.

    Every event is a line of ASCII: an object whose first keys are `event` and `time`.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._started = time.monotonic()
        self._last_progress = self._started
        self._step: str | None = None

    def event(self, event: str, /, **facts: Any) -> None:
        """Write one event."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told = {"event": event, "time": now, **{key: _plain(facts[key]) for key in facts}}
        self._stream.write(json.dumps(told, allow_nan=False) + "\n")
        self._stream.flush()

    def warning(self, message: Warning | str, *_: Any, **__: Any) -> None:
        """Take in a warning of Python or of a library."""
        self.event("warning", text=str(message))

    # --- how far the job has come -----------------------------------------------------------------

    def step(self, name: str) -> None:
        """Tell what is done next."""
        self._step = name
        self.event("step", name=name)

    def opened(self, what: Opened) -> None:
        """Tell what there is to read."""
        self.event("files", paths=what.paths, bytes=what.n_bytes, rows=what.n_rows)

    def read(self, reading: Reading) -> None:
        """Tell how far reading has come, now and then."""
        if time.monotonic() - self._last_progress < SECONDS_BETWEEN:
            return
        self._last_progress = time.monotonic()
        self.event(
            "progress",
            step=self._step,
            rows=reading.n_rows,
            seconds=round(reading.seconds, 3),
            rows_per_second=round(reading.rows_per_second),
            share=None if reading.share is None else round(reading.share, 4),
            seconds_left=None if reading.seconds_left is None else round(reading.seconds_left, 1),
        )

    # --- what came of it --------------------------------------------------------------------------

    def outcome(self, outcome: JobOutcome) -> None:
        """Tell the result, what became of limits, what needs attention, and which files are new."""
        result = outcome.report.result
        overall = result.overall
        self.event(
            "result",
            title=result.title,
            rows_scored=result.input.rows_scored,
            rows_rejected=result.input.rows_rejected,
            log_loss=overall.log_loss,
            cross_entropy=overall.cross_entropy,
            interval=overall.interval,
            band=None if overall.band is None else overall.band.name,
            baseline=result.baseline.class_frequencies,
            skill=result.baseline.skill,
            digest=result.digest,
        )
        if result.comparison is not None:
            compared = result.comparison
            self.event(
                "comparison",
                previous=compared.previous.title,
                **_facts(compared, "change", "interval", "outcome"),
            )
        for limit in result.limits:
            told = _facts(limit, "name", "limit", "value", "outcome")
            self.event("limit", **told, text=limit.why)
        for finding in result.findings:
            told = _facts(finding, "severity", "code", "title", "why", "check")
            self.event("finding", **told)
        for file in outcome.files:
            self.event("written", kind=file.kind, path=file.path, bytes=file.n_bytes)

    def error(self, error: EvalReportError | str, exit_code: int) -> None:
        """Tell why the job ends here; with the place, if it is one in the input."""
        place = {name: getattr(error, name, None) for name in _PLACE}
        text = getattr(error, "fact", str(error).partition("\n")[0])
        if place["hint"] is None:
            place["hint"] = str(error).partition("\n")[2].strip() or None
        self.event("error", text=text, **place, exit_code=exit_code)

    def end(self, exit_code: int) -> None:
        """Tell that this is all."""
        seconds = round(time.monotonic() - self._started, 3)
        self.event("end", exit_code=exit_code, seconds=seconds)


class EventStream(io.TextIOBase):
    """Standard error while there is a log: what else is written there becomes events, too.

    So every line can be parsed, whoever writes it.
    """

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self._pending = ""

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Take in text; each whole line becomes an event."""
        *lines, self._pending = (self._pending + text).split("\n")
        for line in lines:
            self._tell(line)
        return len(text)

    def finish(self) -> None:
        """Tell of a last line that has no end."""
        self._tell(self._pending)
        self._pending = ""

    def _tell(self, line: str) -> None:
        if line.strip():
            self.log.event("message", text=line)


def start_log() -> None:
    """Turn standard error into a log of events, unless it is one."""
    if running_log() is None:
        from evalreport import __version__

        log = EventLog(sys.stderr)
        sys.stderr = EventStream(log)
        warnings.showwarning = log.warning
        log.event("start", version=__version__, arguments=sys.argv[1:])


def running_log() -> EventLog | None:
    """Return the log of events, or None where standard error is plain text."""
    return sys.stderr.log if isinstance(sys.stderr, EventStream) else None


def end_log(exit_code: int) -> None:
    """Tell, if there is a log, that this is all."""
    if isinstance(sys.stderr, EventStream):
        sys.stderr.finish()
        sys.stderr.log.end(exit_code)


def _facts(source: object, *names: str) -> dict[str, Any]:
    """Return what an object says under these names."""
    return {name: getattr(source, name) for name in names}


def _plain(value: Any) -> Any:
    """Return a value that JSON has: no number that is none, no tuple."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value
