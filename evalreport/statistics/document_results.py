"""How many documents there are, the mean over them, and the worst: out of what could be kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalreport.intervals import student_interval
from evalreport.statistics.clusters import ClusterSums, exact_ratio
from evalreport.statistics.document_runs import DocumentRuns
from evalreport.statistics.documents import LOSS, MASS, N_INFINITE, N
from evalreport.statistics.interface import Sums
from evalreport.statistics.tokens import TokenTotals
from evalreport.task_results import DocumentResult, MeanResult

if TYPE_CHECKING:
    from evalreport.statistics.token_plan import TokenPlan, TokenStates

_NOTHING = MeanResult(None, None, None)


@dataclass(frozen=True, slots=True)
class Documents:
    """What is known about documents.

    Parameters
    ----------
    n : int or None
        How many have tokens; None if that is not known.
    mean : MeanResult
        Over documents; with weights each counts by the mean weight of its tokens.
    worst : tuple of DocumentResult
        Those of the highest loss per token.
    are_apart : bool
        Whether they are too many to be told apart, and the rows of some do not stand together.
    """

    n: int | None = None
    mean: MeanResult = _NOTHING
    worst: tuple[DocumentResult, ...] = ()
    are_apart: bool = False


def documents_of(states: TokenStates, totals: TokenTotals, paths: tuple[str, ...]) -> Documents:
    """Return what the states tell about documents."""
    plan = states.plan
    clusters: ClusterSums = states[plan.by_document]
    if plan.documents_from == "none":
        return Documents()
    if clusters.documents is not None:
        documents = clusters.documents
        return Documents(
            sum(1 for row in documents.rows.values() if row[N]),
            _NOTHING if totals.mean is None else _mean(documents),
            tuple(_results(plan, totals, paths, _worst(documents, plan.n_worst))),
        )
    return _of_runs(plan, states[plan.by_run].all_done(), totals, paths)


def _mean(documents: Sums) -> MeanResult:
    rows = [(key, documents.row(key)[N]) for key in documents.ordered_keys()]
    scored = [(key, n) for key, n in rows if n]
    losses = [documents.value(key, LOSS) / n for key, n in scored]
    weights = [documents.value(key, MASS) / n for key, n in scored]
    error = exact_ratio(losses, weights)
    # One document alone has a mean, but nothing to see its error by.
    only = MeanResult(float(losses[0] / weights[0]), None, None)
    return only if error is None else error.result()


def _worst(documents: Sums, n_worst: int) -> Iterator[Mapping[str, Any]]:
    scored = [key for key in documents.ordered_keys() if documents.row(key)[N]]
    means = {key: float(documents.value(key, LOSS) / documents.value(key, MASS)) for key in scored}
    infinite = {key for key in scored if documents.row(key)[N_INFINITE]}
    for key in sorted(means, key=lambda key: (key not in infinite, -means[key], key))[:n_worst]:
        yield {
            "id": str(key),
            "n": documents.row(key)[N],
            "mean": None if key in infinite else means[key],
            "loss": float(documents.value(key, LOSS)),
        }


def _of_runs(
    plan: TokenPlan, runs: DocumentRuns, totals: TokenTotals, paths: tuple[str, ...]
) -> Documents:
    """Return what is known of documents that are too many to be told apart one by one."""
    if runs.came_back:
        return Documents(are_apart=True)
    entries = (content for _, content in runs.worst.groups.get("", ()))
    mean = _NOTHING
    moments = None if totals.mean is None else runs.means().moments()
    if moments is not None and moments.standard_error is not None:
        # So many that leaving each out in turn comes to the same.
        effective = runs.means().effective_n or 0.0
        ends = student_interval(moments.mean, moments.standard_error, effective - 1.0, least=0.0)
        mean = MeanResult(moments.mean, moments.standard_error, ends)
    return Documents(runs.n_done, mean, tuple(_results(plan, totals, paths, entries)))


def _results(
    plan: TokenPlan,
    totals: TokenTotals,
    paths: tuple[str, ...],
    worst: Iterator[Mapping[str, Any]],
) -> Iterator[DocumentResult]:
    whole = float(totals.powers.first) if totals.mean else None
    for each in worst:
        yield DocumentResult(
            id=each["id"] if plan.named_documents else _place(each["id"], paths),
            n_tokens=each["n"],
            mean_loss=each["mean"],
            share_of_loss=each["loss"] / whole if whole else None,
        )


def _place(key: str, paths: tuple[str, ...]) -> str:
    """Return what a document without an id is called: the number of its row."""
    source, row = key.split(":")
    return f"{paths[int(source)]}, row {row}" if len(paths) > 1 else f"row {row}"
