"""The table of every score of the same rows."""

from __future__ import annotations

from evalreport.formats import DASH, capital, percent_text, score_text
from evalreport.report.model import Cell, Column, Table
from evalreport.report.view import View


def _losses(view: View) -> list[tuple[str, str, str]]:
    overall, nats, unit = view.result.overall, view.losses.text, view.losses.unit
    if not view.is_soft:
        loss = nats(overall.judged_loss)
        return [(f"Log loss (cross-entropy), {unit}", loss, "Lower is better, 0 is perfect")]
    return [
        (
            f"Excess loss (KL divergence), {unit}",
            nats(overall.judged_loss),
            "Cross-entropy above the entropy of the targets; lower is better, 0 is perfect",
        ),
        (f"Cross-entropy, {unit}", nats(overall.cross_entropy), "The sum of the two around it"),
        (
            f"Entropy of the targets, {unit}",
            view.losses.amount(overall.target_entropy),
            "No model can have less cross-entropy",
        ),
    ]


def _training_score(view: View) -> list[tuple[str, str, str]]:
    loss = view.result.baseline.training_frequencies
    name, what = "Training frequencies", "Always predicting the class frequencies of training"
    return [] if loss is None else [(f"{name}, {view.losses.unit}", view.losses.text(loss), what)]


def scores(view: View) -> Table:
    """Return the table of other scores of the same rows."""
    overall, baseline = view.result.overall, view.result.baseline
    nats, unit = view.losses.text, view.losses.unit
    expected = None
    if overall.cross_entropy is not None and view.result.calibration.gap is not None:
        expected = max(overall.cross_entropy - view.result.calibration.gap, 0.0)
    loss = "cross-entropy" if view.is_soft else "log loss"
    rows = [
        *_losses(view),
        (
            f"Class-balanced {loss}, {unit}",
            nats(overall.class_balanced_log_loss),
            "Mean of the losses of the classes, each counted once however rare it is",
        ),
        (f"{capital(loss)}, bits", score_text(overall.bits), "The same, divided by 0.693"),
        ("Perplexity", score_text(overall.perplexity), f"e to the power of the {loss}, from 1"),
        (
            "Average probability",
            percent_text(overall.mean_probability, 1),
            "Geometric mean of what was given to what happened",
        ),
        (
            f"Loss that the forecasts expect, {unit}",
            nats(expected),
            "What the model would score if its probabilities were right",
        ),
        (
            f"Baseline, {unit}",
            nats(baseline.class_frequencies),
            "Cross-entropy of always predicting class frequencies"
            if view.is_soft
            else "Always predicting class frequencies",
        ),
        *_training_score(view),
        (f"Equal odds, {unit}", nats(baseline.uniform), "Knowing only the number of classes"),
        ("Accuracy", percent_text(overall.accuracy, 1), "How often the top class happened"),
        (
            "Brier score",
            score_text(overall.brier_score),
            "Multiclass form, 0 to 2, lower is better",
        ),
    ]
    if overall.brier_score_binary is not None:
        binary = score_text(overall.brier_score_binary)
        rows.append(("Brier score, binary form", binary, "0 to 1: half of the multiclass form"))
    return Table(
        id="scores",
        folded=True,
        caption="Other scores of the same rows",
        columns=(
            Column("score", "Score"),
            Column("value", "Value", numeric=True),
            Column("meaning", "What it is", wide=True),
        ),
        rows=tuple((Cell(name), Cell(value or DASH), Cell(what)) for name, value, what in rows),
    )
