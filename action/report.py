"""The step that runs ``evalreport report``: outputs for the next steps, and the exit code kept."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from runner import annotate, marker, no_commands, plain_key, set_outputs

LONGEST_ERROR = 4_000
REFUSED = 3
OUTCOMES = ("failed", "inconclusive", "not judged", "passed")
"""Of limits, worst first."""
WHAT_HAPPENED = {2: "the options are wrong", REFUSED: "the predictions were refused"}


def main() -> None:
    files = [line.strip() for line in os.environ["PREDICTIONS"].splitlines() if line.strip()]
    if not files:
        stop("The input predictions names no file.")
    key = plain_key(os.environ["KEY"] or os.environ["TITLE"] or Path(files[0]).name.split(".")[0])
    directory = fresh_directory(key)
    given = [*given_words("ARGUMENTS"), *given_words("LIMITS")]
    options = with_previous(given, os.environ["PREVIOUS"])
    exit_code, errors = run(command(options, files, key, directory))
    if exit_code > 1:
        tell_why_there_is_no_report(exit_code, errors, key, directory / "summary.md")
    set_outputs(
        {
            "exit-code": str(exit_code),
            "key": key,
            "directory": str(directory),
            "report": str(directory / "report.html"),
            "evaluation": str(directory / "evaluation.json"),
            "summary": str(directory / "summary.md"),
            **results(exit_code, directory / "evaluation.json", len(options) < len(given)),
        }
    )


def fresh_directory(key: str) -> Path:
    """Return an empty folder, so that nothing of an earlier run is taken for this one's."""
    directory = Path(os.environ["RUNNER_TEMP"]) / "evalreport" / key
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def command(options: list[str], files: list[str], key: str, directory: Path) -> list[str]:
    words = [os.environ["EVALREPORT"] or "evalreport", "report", *options]
    if os.environ["TITLE"]:
        words += ["--title", os.environ["TITLE"]]
    # The last word wins, so these hold whatever the options say.
    for option, name in (("-o", "report.html"), ("--json", "evaluation.json")):
        words += [option, str(directory / name)]
    words += ["--markdown", str(directory / "summary.md"), "--key", key]
    return [*words, "--", *files]


def given_words(name: str) -> list[str]:
    """Return options as the words that a shell would see; nothing else of a shell works."""
    try:
        return shlex.split(os.environ[name], comments=True)
    except ValueError as error:
        stop(f"The input {name.lower()} cannot be taken apart into words: {error}.")


def with_previous(options: list[str], path: str) -> list[str]:
    """Add the previous run, if there is one yet.

    Without it a limit on the change cannot be judged: it is left out and that is said, or, as
    ``--strict`` asks for, it stays and fails.
    """
    if not path or "://" in path or Path(path).exists():
        return [*options, "--previous", path] if path else options
    annotate("warning", f"There is no previous run at {path}, so nothing is compared.")
    kept = options if "--strict" in options else without_regression(options)
    if kept != options:
        annotate("warning", "Limit not judged: --max-regression needs a previous run.")
    return kept


def without_regression(options: list[str]) -> list[str]:
    kept = []
    words = iter(options)
    for word in words:
        if word == "--max-regression":
            next(words, None)  # its value
        elif not word.startswith("--max-regression="):
            kept.append(word)
    return kept


def run(words: list[str]) -> tuple[int, str]:
    """Run evalreport; return its exit code and what it said on standard error."""
    print(f"$ {shlex.join(words)}", flush=True)
    try:
        with no_commands():
            done = subprocess.run(words, stderr=subprocess.PIPE, check=False)
    except FileNotFoundError:
        stop(f"There is no program {words[0]}. Set install to true, or install evalreport before.")
    lines = done.stderr.decode(errors="replace").splitlines()
    annotations = [line for line in lines if re.match(r"::(error|warning) title=", line)]
    others = "\n".join(line for line in lines if line not in annotations)
    if others:
        with no_commands():
            print(others)
    print("".join(f"{line}\n" for line in annotations), end="", flush=True)
    return done.returncode, others.strip()


def tell_why_there_is_no_report(exit_code: int, errors: str, key: str, path: Path) -> None:
    """Write a summary of what went wrong, so that no older verdict is taken for this run's."""
    what = WHAT_HAPPENED.get(exit_code, "evalreport could not finish")
    why = errors[:LONGEST_ERROR] or "It said nothing."
    annotate("error", f"No report, because {what} (exit code {exit_code}).\n{why}")
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", why)), default=0))
    text = (
        f"{marker(key)}\n### ✖ No report: {what}\n\n"
        f"Exit code {exit_code}; nothing was judged.\n\n{fence}text\n{why}\n{fence}\n"
    )
    path.write_text(text, encoding="utf-8")
    try:
        with open(os.environ["GITHUB_STEP_SUMMARY"], "a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except OSError as error:
        annotate("warning", f"The job summary cannot be written: {error.strerror}.")


def results(exit_code: int, path: Path, is_limit_left_out: bool) -> dict[str, str]:
    """Return what the evaluation file says, for the outputs of the action."""
    if exit_code > 1:
        return {"log-loss": "", "outcome": "refused" if exit_code == REFUSED else "error"}
    evaluation = json.loads(path.read_text(encoding="utf-8"))
    loss = evaluation["overall"]["log_loss"]
    outcomes = {limit["outcome"] for limit in evaluation["limits"]}
    outcomes |= {"not judged"} if is_limit_left_out else set()
    worst = next(
        (each for each in ("inconclusive", "not judged", "passed") if each in outcomes), ""
    )
    outcome = "failed" if exit_code else worst or "no limits"
    return {"log-loss": "" if loss is None else repr(loss), "outcome": outcome}


def stop(message: str) -> NoReturn:
    annotate("error", message)
    sys.exit(2)


if __name__ == "__main__":
    main()
