"""What a report says of soft labels: the entropy of the targets, and what lies above it."""

from __future__ import annotations

from evalreport.formats import scale_text
from evalreport.report.model import Definition, Fact, Text
from evalreport.report.view import View, say, strong

VALUE_LABEL = "Excess loss (KL divergence), lower is better"
RULER_NOTE = " They judge the excess over the entropy of the targets."
CLOSENESS = "Closeness to the target, e to the power of minus the excess loss"


def parts_of_the_loss(view: View) -> Text:
    """Return the sentence that takes the cross-entropy apart."""
    overall = view.result.overall
    return say(
        f"The cross-entropy is {view.losses.text(overall.cross_entropy)}: "
        f"{view.losses.amount(overall.target_entropy)} for the entropy of the targets and ",
        strong(f"{view.losses.text(overall.judged_loss)} above it"),
        ".",
    )


def least_loss(view: View) -> Text:
    """Return the sentence on the floor that uncertain targets put under the cross-entropy."""
    entropy = view.losses.amount(view.result.overall.target_entropy)
    smoothing = view.result.input.label_smoothing
    text = "The targets themselves are uncertain: no model can have a cross-entropy below "
    why = ""
    if smoothing and not view.result.input.columns.targets:
        why = f" Smoothing by {scale_text(smoothing)} puts that much under the loss."
    elif smoothing:
        why = f" Smoothing by {scale_text(smoothing)} is part of that."
    return say(text, strong(entropy), f".{why}")


def targets_fact(view: View) -> Fact:
    """Return the fact on the entropy of the targets."""
    overall = view.result.overall
    return Fact(
        "Under the loss of any model",
        f"{view.losses.amount(overall.target_entropy)} target entropy",
        f"Cross-entropy {view.mean_loss_text(overall.n, overall.cross_entropy)}. "
        "Bands judge what is above the target entropy",
    )


def definitions(view: View) -> tuple[Definition, ...]:
    """Return how to read the loss of soft labels."""
    texts = {
        "Excess loss": "With soft labels what happened is a distribution P, and the cross-entropy "
        "of a row is the sum of −P ln Q over the classes, with Q the forecast. A model that "
        "forecasts P itself still has the entropy of P. The excess is what lies above that, the "
        "Kullback-Leibler divergence: 0 is perfect, whatever the targets. Bands, interval, skill, "
        "slices and worst rows speak of the excess.",
        "Loss of a class": "A row counts for each class with its target. The losses of the "
        "classes are parts of the cross-entropy, and have no bands.",
        "Right": "How far a forecast came true is the target of the class it speaks of.",
    }
    return tuple(Definition(term, say(text)) for term, text in texts.items())
