"""Which way imports go, and how long things may get: read off the source, not off good intentions.

An import inside a function counts like any other; one under ``if TYPE_CHECKING`` counts too.
"""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "evalreport"
MODULES = sorted(PACKAGE.rglob("*.py"))

# A component is a module or a sub-package right under evalreport. It may import what stands to its
# right, itself, and nothing else of ours. `cli` and the public door `__init__` stand above all.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "task_results": set(),
    "audit_results": set(),
    "loss_results": set(),
    "top_k_results": set(),
    "top_k_batch": {"batch"},
    "calibration_results": set(),
    "cluster_results": {"task_results"},
    "tail_results": set(),
    "comparison_results": set(),
    "label_results": set(),
    "row_results": {"top_k_results"},
    "results": {
        "audit_results",
        "band_results",
        "calibration_results",
        "cluster_results",
        "comparison_results",
        "label_results",
        "loss_results",
        "row_results",
        "tail_results",
        "task_results",
        "top_k_results",
    },
    "examples": set(),
    "choices": {"errors"},
    # Who waits for a job, and what they are told.
    "watching": set(),
    # Who asked, and so how options are spelled in messages.
    "voice": set(),
    "settings": {"errors", "results", "task_results", "limits"},
    "toml_file": {"errors"},
    "settings_file": {"errors", "settings", "limits", "task_results", "toml_file"},
    "settings_schema": {"settings_file"},
    "limits": {"top_k_results", "errors", "choices", "results", "bands", "formats"},
    "write": {"errors"},
    "created": {"errors"},
    "evaluation_file": {"errors", "results", "voice"},
    "batch": {"errors"},
    "task_batches": {"batch"},
    "exact": {"errors", "batch"},
    "intervals": {"exact", "results"},
    "two_means": {"intervals", "results"},
    "names": set(),
    "formats": {"results", "bands", "names"},
    "band_results": set(),
    "bands": {"results"},
    "bands_file": {"errors", "bands", "toml_file"},
    "rarity": {"bands", "ordering", "results"},
    "schema": {"results"},
    "distributions": {"errors", "results", "exact"},
    "training": {"errors", "results", "exact", "voice", "readers"},
    "hashing": {"batch"},
    "cell_losses": {"batch", "exact"},
    "cells": {"batch"},
    "scoring": {"errors", "batch", "cell_losses", "cells", "exact", "hashing"},
    "kinds": {"results", "batch", "exact"},
    "readers": {
        "voice",
        "top_k_batch",
        "top_k_results",
        "errors",
        "choices",
        "results",
        "task_results",
        "batch",
        "task_batches",
        "exact",
        "kinds",
    },
    "statistics": {
        "top_k_batch",
        "top_k_results",
        "errors",
        "results",
        "task_results",
        "bands",
        "batch",
        "task_batches",
        "cells",
        "cell_losses",
        "scoring",
        "exact",
        "hashing",
        "intervals",
        "two_means",
    },
    "engines": {"voice", "errors", "batch", "exact", "statistics"},
    # What is no classification: its plans and results, put together as `evaluation` does classes.
    "tasks": {
        "voice",
        "errors",
        "bands",
        "results",
        "task_results",
        "exact",
        "intervals",
        "readers",
        "statistics",
    },
    "findings": {
        "ordering",
        "rarity",
        "voice",
        "top_k_results",
        "results",
        "task_results",
        "bands",
        "formats",
    },
    "ordering": {"results"},
    "charts": {"ordering", "results", "task_results", "bands", "formats"},
    "report": {
        "ordering",
        "rarity",
        "top_k_results",
        "results",
        "task_results",
        "bands",
        "findings",
        "formats",
        "limits",
    },
    "renderers": {"errors", "results", "formats", "evaluation_file", "report", "charts"},
    "verification": {"results", "batch", "exact", "scoring", "statistics"},
    "comparison": {
        "errors",
        "results",
        "batch",
        "exact",
        "formats",
        "hashing",
        "intervals",
        "scoring",
        "statistics",
        "task_batches",
        "top_k_batch",
        "top_k_results",
        "two_means",
        "voice",
    },
    "evaluation": {
        "voice",
        "rarity",
        "errors",
        "verification",
        "results",
        "bands",
        "batch",
        "scoring",
        "exact",
        "intervals",
        "statistics",
        "engines",
        "distributions",
        "findings",
        "readers",
        "tasks",
        "training",
    },
}
# The report job and the Python interface put all of it together.
MAY_IMPORT["job"] = set(MAY_IMPORT)
MAY_IMPORT["api"] = MAY_IMPORT["job"]
MAY_IMPORT["two_distributions"] = {
    "errors",
    "results",
    "distributions",
    "formats",
    "settings",
    "write",
    "readers",
    "report",
    "renderers",
}
MAY_IMPORT["earlier"] = {
    "errors",
    "results",
    "batch",
    "comparison",
    "created",
    "evaluation",
    "evaluation_file",
    "findings",
    "readers",
    "tasks",
    "watching",
    "voice",
}
MAY_IMPORT["evaluated"] = {
    "results",
    "evaluation_file",
    "limits",
    "renderers",
    "report",
    "write",
    "voice",
}
MAY_IMPORT["job"] |= {"earlier", "evaluated"}
MAY_IMPORT["comparing"] = {
    "errors",
    "api",
    "comparison",
    "evaluated",
    "evaluation_file",
    "findings",
    "results",
}
MAY_IMPORT["gate"] = {"errors", "evaluation_file", "job", "settings", "write"}
MAY_IMPORT["testing"] = {"errors", "evaluated", "limits"}
MAY_IMPORT["integrations"] = {"errors", "evaluated", "results"}
MAY_IMPORT["github"] = {"report", "renderers"}
MAY_IMPORT["demo"] = {"examples", "settings", "errors", "write"}
ABOVE_ALL = {"cli", "__init__", "__main__"}

ONLY_IN = {
    "matplotlib": {"charts"},
    "jinja2": {"renderers"},
    "typer": {"cli"},
    "pyarrow": {"readers", "engines", "comparison"},
}

# Where a mistake of our own is shown in full, so that it is not taken for a verdict.
LAST_STOP = PACKAGE / "cli" / "app.py"


def component(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the full dotted name of everything that a module imports."""
    package = ["evalreport", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def our_components(path: Path) -> Iterator[tuple[int, str]]:
    for line, name in imported(path):
        parts = name.split(".")
        # The version is a fact that is there before anything is imported, not a dependency.
        if parts[0] != "evalreport" or parts[1:] in ([], ["__version__"]):
            continue
        is_component = (PACKAGE / parts[1]).is_dir() or (PACKAGE / f"{parts[1]}.py").is_file()
        yield line, parts[1] if is_component else "__init__"


def relative_name(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def functions() -> Iterator[tuple[str, int]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                place = f"{relative_name(path)}:{node.lineno} {node.name}"
                yield place, (node.end_lineno or node.lineno) - node.lineno + 1 - _documented(node)


def _documented(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the docstring: a well documented function is no longer than it is."""
    if ast.get_docstring(node) is None:
        return 0
    return (node.body[0].end_lineno or 0) - node.body[0].lineno + 1


@pytest.mark.parametrize("path", MODULES, ids=relative_name)
def test_a_module_imports_only_what_its_layer_may(path):
    here = component(path)
    if here in ABOVE_ALL:
        return
    assert here in MAY_IMPORT, f"{here} is new: say in MAY_IMPORT what it may import"
    wrong = [
        f"line {line}: {here} imports {name}"
        for line, name in our_components(path)
        if name != here and name not in MAY_IMPORT[here]
    ]
    assert wrong == []


def test_the_allowed_arrows_contain_no_circle():
    settled: set[str] = set()
    while settled != set(MAY_IMPORT):
        free = {name for name, below in MAY_IMPORT.items() if below <= settled} - settled
        assert free, f"a circle among {sorted(set(MAY_IMPORT) - settled)}"
        settled |= free


def test_nobody_imports_the_command_line():
    wrong = [
        f"{relative_name(path)}:{line}"
        for path in MODULES
        if component(path) not in {"cli", "__main__"}
        for line, name in our_components(path)
        if name == "cli"
    ]
    assert wrong == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_heavy_library_is_imported_in_its_layer_only(library):
    wrong = [
        f"{relative_name(path)}:{line} {name}"
        for path in MODULES
        if component(path) not in ONLY_IN[library]
        for line, name in imported(path)
        if name.split(".")[0] == library
    ]
    assert wrong == []


def test_nobody_imports_pyplot():
    wrong = [
        f"{relative_name(path)}:{line}"
        for path in MODULES
        for line, name in imported(path)
        if name.startswith("matplotlib.pyplot") or name.startswith("pylab")
    ]
    assert wrong == []


def test_no_function_is_longer_than_sixty_lines():
    assert [place for place, length in functions() if length > 60] == []


def test_half_of_all_functions_are_shorter_than_ten_lines():
    assert statistics.median(length for _, length in functions()) < 10


def test_no_module_is_longer_than_four_hundred_lines():
    lengths = {relative_name(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_no_broad_except_hides_a_mistake():
    broad = [
        f"{relative_name(path)}:{node.lineno}"
        for path in MODULES
        if path != LAST_STOP
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
        )
    ]
    assert broad == []
