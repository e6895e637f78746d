"""Findings about what the input means: class order, coarse probabilities, row ids.

Nothing is ever changed because of them: each names what would change it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalreport.findings.judgement import Judgement, Piece, judgement
from evalreport.findings.spelling import voice_of
from evalreport.formats import LossFormat, capital, clean, count_text, listed, percent_text
from evalreport.results import (
    EvaluationResult,
    GridResult,
    RowIdsResult,
    Severity,
)

LEAST_ROWS = 50
"""Fewer rows than this may lie on a grid, or share an id, by chance."""
_LEAST_SUMS = 10
"""So many rows that sum to 1, none below 0, are no chance."""
_NOTED_FROM = 10_000
"""Grids finer than this move the loss by less than anybody looks at, unless they make zeros."""
_MOST_NAMED = 10
_LONGEST = 40
_SWAPPED = "Class order looks swapped"
_NOTHING_CHANGED = "Nothing was changed."


def swapped_classes(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the probability columns belong to other classes than they are read as."""
    order = None if result.audit is None else result.audit.class_order
    if order is None or order.read_as is None:
        return
    title, how = _reading(result, order.read_as)
    yield judgement(
        "swapped-classes",
        "error",
        title,
        why=f"{how} would give {losses.text(order.log_loss_read_so)} instead of "
        f"{losses.text(order.log_loss)}{_where(result, order.rows)}. {_NOTHING_CHANGED}",
        check=_way_out(result, order.read_as),
        section="quality",
        share_of_loss=1.0,
        short=f"{title}: {losses.text(order.log_loss_read_so)} instead of "
        f"{losses.text(order.log_loss)} if read the other way"
        f"{', in a sample' if order.rows < result.overall.n else ''}",
    )


def _reading(result: EvaluationResult, read_as: tuple[str, ...]) -> tuple[str, str]:
    """Return the suspicion, and the other reading as the start of a sentence."""
    classes, columns = result.input.classes, result.input.columns.probabilities
    if len(columns) == 1:
        other = clean(_other_class(result), _LONGEST)
        column = clean(columns[0], _LONGEST)
        return (
            f"Column “{column}” looks like the probability of the other class",
            f"Reading it as the probability of “{other}”",
        )
    moved = [
        (clean(name, _LONGEST), clean(fits, _LONGEST))
        for name, fits in zip(classes, read_as, strict=True)
        if name != fits
    ]
    if len(classes) <= _MOST_NAMED:
        how = f"Reading the columns as {', '.join(clean(each, _LONGEST) for each in read_as)}"
    else:
        how = f"Reading {listed([f'the column of {name} as {fits}' for name, fits in moved])}"
    title = "Labels look off by one" if _is_shifted(classes, read_as) else _SWAPPED
    return title, how


def _other_class(result: EvaluationResult) -> str:
    given = result.input
    return next(name for name in given.classes if name != given.positive)


def _is_shifted(classes: Sequence[str], read_as: Sequence[str]) -> bool:
    """Tell whether whole numbers are read as the next ones up or down, the last as the first."""
    try:
        numbers = [int(name) for name in classes]
    except ValueError:
        return False
    if len(numbers) < 3 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return False
    steps = {(int(to) - n) % len(numbers) for n, to in zip(numbers, read_as, strict=True)}
    return steps in ({1}, {len(numbers) - 1})


def _where(result: EvaluationResult, n_rows: int) -> str:
    """Return what the class order was judged by, if not by all rows or if labels are soft."""
    sample = f" in a sample of {n_rows:,} rows" if 0 < n_rows < result.overall.n else ""
    return f"{sample} for the class of the largest target" if result.task == "soft" else sample


def _way_out(result: EvaluationResult, read_as: tuple[str, ...]) -> str:
    option = voice_of(result).option
    if result.input.columns.targets:
        return (
            "“How they were read” says which target is paired with which probability. If it is "
            f"so, list both in the same order with {option('target_probs')} and {option('probs')}."
        )
    columns = result.input.columns.probabilities
    if len(columns) == 1:
        return f"If it is so, pass {option('positive', clean(_other_class(result), _LONGEST))}."
    names = [clean(each, _LONGEST) for each in read_as]
    order = ",".join(names)
    if not _are_named_after(columns, result.input.classes):
        return f"If it is so, pass {option('classes', names)}."
    renamed = "" if len(columns) > _MOST_NAMED else f" to {order}, in the order of the columns"
    return (
        "Columns are matched to classes by their names. Check where the file was written; if it "
        f"is so, rename the columns{renamed}."
    )


def _are_named_after(columns: Sequence[str], classes: Sequence[str]) -> bool:
    return len(columns) == len(classes) and all(
        column.endswith(name) or column.startswith(name)
        for column, name in zip(columns, classes, strict=True)
    )


def other_kind(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether logits or percentages are probabilities already, or logits percentages."""
    quality, kind = result.data_quality, result.input.input_kind
    n_admitted = result.overall.n + quality.zero_weight_rows
    if n_admitted < _least_rows(result):
        return
    option = voice_of(result).option
    if quality.rows_like_probabilities == n_admitted:
        looks, way_out = "probabilities", f"leave out {option('input_kind', kind)}"
    elif quality.rows_like_percentages == n_admitted:
        looks = "percentages"
        way_out = f"pass {option('input_kind', looks)} instead of {kind}"
    else:
        return
    whole = 1 if looks == "probabilities" else 100
    several = len(result.input.columns.probabilities) != 1
    sums = f" and sums to {whole}" if several else ""
    yield judgement(
        "other-kind",
        "error",
        f"The {kind} look like {looks}",
        why=f"Every one of {count_text(n_admitted, 'row')} lies between 0 and {whole}{sums}. Read "
        f"as {kind} they are other forecasts than the model made. {_NOTHING_CHANGED}",
        check=f"If they are {looks}, {way_out}.",
        section="quality",
        share_of_loss=1.0,
    )


def _least_rows(result: EvaluationResult) -> int:
    """Return how many rows it takes: several numbers that sum to 1 are no chance."""
    return LEAST_ROWS if len(result.input.columns.probabilities) == 1 else _LEAST_SUMS


def other_kind_is_checked(result: EvaluationResult) -> bool:
    """Tell whether numbers could be of another kind than they were read as, unnoticed."""
    return result.input.input_kind in ("logits", "percentages") and result.overall.n >= _least_rows(
        result
    )


def coarse_probabilities(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether rounding of the probabilities could have made zeros."""
    grid = None if result.audit is None else result.audit.grid
    n_zero = result.overall.zero_probability_rows
    if grid is None or result.overall.n < LEAST_ROWS or not _is_stored_so(result):
        return
    if grid.denominator is not None and grid.denominator > _NOTED_FROM and not n_zero:
        return
    if grid.denominator == 1:
        yield _only_decisions(result)
        return
    on_grid, severity = _grid_text(grid), _severity(n_zero)
    rows = count_text(n_zero, "row")
    zeros = f" {rows} gave 0 to what happened." if n_zero else ""
    yield judgement(
        "coarse-probabilities",
        severity,
        f"All probabilities are {on_grid}: zeros may be rounding",
        why=f"That holds for every one of {count_text(result.overall.n, 'row')}. A small "
        f"probability, rounded to 0, costs as much as a certain mistake.{zeros}",
        check="Write more digits, or logits.",
        section="quality",
        short=f"All probabilities are {on_grid}" + (f"; {rows} gave 0" if n_zero else ""),
    )


def _is_stored_so(result: EvaluationResult) -> bool:
    """Tell whether probabilities are what the input holds; others are computed from it."""
    return result.input.input_kind in ("probabilities", "percentages")


def _severity(n_zero: int) -> Severity:
    return "warning" if n_zero else "note"


def _grid_text(grid: GridResult) -> str:
    n = grid.denominator
    if n is None:
        return f"numbers of half precision ({grid.number_format})"
    step = f"{1 / n:.6f}".rstrip("0")
    ends_early = float(step) * n == 1.0 and (n % 10 == 0 or n < 10)
    return f"multiples of {step if ends_early else f'1/{n:,}'}"


def _only_decisions(result: EvaluationResult) -> Judgement:
    n_zero = result.overall.zero_probability_rows
    return judgement(
        "coarse-probabilities",
        _severity(n_zero),
        "All probabilities are 0 or 1: these are decisions, not forecasts",
        why="Each wrong one costs as much as the floor allows, and each right one nothing, so the "
        "log loss says no more than the accuracy does.",
        check="Write the probabilities themselves, as predict_proba gives them.",
        section="quality",
        short="All probabilities are 0 or 1: decisions, not forecasts",
    )


def row_ids(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the row ids tell rows apart."""
    ids = None if result.audit is None else result.audit.row_ids
    if ids is None or not ids.repeated:
        return
    column = clean(result.input.columns.id or "id", _LONGEST)
    if ids.n >= LEAST_ROWS and ids.distinct <= len(result.input.classes):
        yield _id_like_label(ids, column, voice_of(result).option("id"))
        return
    about = "" if ids.is_exact else "about "
    verb = "repeats" if ids.repeated == 1 else "repeat"
    title = capital(f"{about}{count_text(ids.repeated, 'row')} {verb} an id")
    sample = "" if ids.is_exact else f" That is an estimate; {ids.repeated_at_least:,} were seen."
    yield judgement(
        "duplicate-ids",
        "warning",
        title,
        why=f"{count_text(ids.n, 'row')} share {about}{count_text(ids.distinct, 'id')} in column "
        f"“{column}”.{sample} All rows were scored; the interval takes them to be independent, "
        "and repeated rows make it too narrow.",
        check="Check whether rows were written twice, or the id is that of a group of rows.",
        section="quality",
        short=f"{title} ({percent_text(ids.repeated / ids.n)})",
    )


def _id_like_label(ids: RowIdsResult, column: str, option: str) -> Judgement:
    what = (
        "Its value is the label in every row."
        if ids.equal_to_label == ids.n
        else f"It has {count_text(ids.distinct, 'different value')} in {count_text(ids.n, 'row')}, "
        "no more than there are classes."
    )
    return judgement(
        "id-like-label",
        "warning",
        f"Column “{column}” looks like a label, not like a row id",
        why=f"{what} The worst rows cannot be told apart by it.",
        check=f"Name the column of the row ids with {option}, and check that the label is the "
        "right column.",
        section="quality",
        short=(Piece("Column "), Piece(column, is_data=True), Piece(" is no row id")),
    )


def class_order_is_checked(result: EvaluationResult) -> bool:
    """Tell whether there are rows enough, and not too many classes, to judge the class order."""
    return result.audit is not None and result.audit.class_order is not None


def grid_is_checked(result: EvaluationResult) -> bool:
    """Tell whether there are rows enough to judge the grid."""
    return result.audit is not None and result.overall.n >= LEAST_ROWS and _is_stored_so(result)


def ids_are_checked(result: EvaluationResult) -> bool:
    """Tell whether there are row ids to judge."""
    return result.audit is not None and result.audit.row_ids is not None
