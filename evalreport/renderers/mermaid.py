"""A bar chart in the words of Mermaid, for forges that draw it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from evalreport.formats import INFINITE
from evalreport.renderers.groups import Group
from evalreport.renderers.layout import width_of

MOST_BARS = 12
_LONGEST_LABEL = 16
_MOST_LETTERS = 72
"""Of all labels in a row, each as wide as the widest, in the width that Mermaid draws."""
_HEIGHT, _LYING_HEIGHT = 280, 400
_TOPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
# What ends a label, a directive or the block, begins an entity or a formula, or is taken for HTML.
_UNFIT = re.compile(r"""["`<>#;&%$\\\[\]{}]+""")


def bar_chart(groups: Sequence[Group], title: str, unit: str) -> str:
    """Return a chart of the first groups that have a loss; empty if there is none to see.

    There is no chart either if a loss is infinite: leaving out the worst would mislead. Bars of
    Mermaid grow from the lower end of the axis, so that is always 0.

    Parameters
    ----------
    groups : sequence of Group
        Highest loss first.
    title : str
        What the bars show; there is no legend.
    unit : str
        Name of the vertical axis.
    """
    bars = [(each, loss) for each in groups if (loss := _shown(each.loss)) is not None][:MOST_BARS]
    highest = max((loss for _, loss in bars), default=0.0)
    if highest == 0.0 or any(each.loss == INFINITE for each in groups):
        return ""
    names = list(_labels([each.name for each, _ in bars]))
    # Side by side, labels lie on each other where they are long or many: then bars lie.
    lying = len(names) * max(map(width_of, names)) > _MOST_LETTERS
    labels = ", ".join(f'"{name}"' for name in names)
    losses = ", ".join(f"{loss:.6g}" for _, loss in bars)
    return "\n".join(
        (
            f'%%{{init: {{"xyChart": {{"height": {_LYING_HEIGHT if lying else _HEIGHT}, '
            '"showDataLabel": true}, "themeVariables": '
            '{"xyChart": {"plotColorPalette": "#3b82c4"}}}}%%',
            "xychart-beta horizontal" if lying else "xychart-beta",
            f'    title "{title}"',
            f"    x-axis [{labels}]",
            f'    y-axis "{unit}" 0 --> {_nice_top(highest):g}',
            f"    bar [{losses}]",
        )
    )


def _shown(text: str) -> float | None:
    """Return the loss as the table shows it; what is too small to be shown has no height."""
    if text.startswith("<"):
        return 0.0
    number = text.replace(",", "")
    return float(number) if re.fullmatch(r"\d+(?:\.\d+)?", number) else None


def _labels(names: Sequence[str]) -> Iterator[str]:
    """Yield labels; those that would be the same are numbered, or they would share a bar."""
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        label = _label(name)
        if label in seen:
            label = f"{label} ({place})"
        seen.add(label)
        yield label


def _label(name: str) -> str:
    plain = " ".join(_UNFIT.sub(" ", name).split())
    short = plain if len(plain) <= _LONGEST_LABEL else plain[: _LONGEST_LABEL - 1].rstrip() + "…"
    return short or "?"


def _nice_top(highest: float) -> float:
    scale = 10.0 ** math.floor(math.log10(highest))
    return next(top * scale for top in _TOPS if top * scale > highest)
