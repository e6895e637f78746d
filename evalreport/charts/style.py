"""What all figures share: size, colours, type, axes, and how numbers and names are put."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

# Stand-ins that the clean-up turns into the page's text colour; nothing else may use them.
INK = "#010203"
GRID = "#040506"

# At least 3:1 on the white and on the dark page.
DATA = "#3b82c4"
ACCENT = "#d9730d"
GREY = "#7d868f"

WIDTH = 328
"""Width of every figure: a phone's screen less its margins, in CSS pixels. It only scales up."""

_SAMPLE = 14
_LETTER = 5.6
"""Mean width of a letter at 11 pixels, on the generous side."""

_RULES: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evalreport",
    "text.parse_math": False,
    "font.size": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.major.size": 4,
    "ytick.major.size": 0,
    "lines.linewidth": 2,
    "patch.linewidth": 0,
}


@contextmanager
def drawing_rules() -> Iterator[None]:
    """Draw by our rules whatever the user's own matplotlib settings say."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        settings: Any = matplotlib.rcParams  # typed by the names of one version's settings
        settings.update(_RULES)
        # The SVG holds the text itself, so the reader's browser finds the glyph.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def figure_text(figure: Figure) -> str:
    """Return matplotlib's own SVG text; the same figure gives the same bytes."""
    buffer = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    canvas: Any = FigureCanvasSVG(figure)  # matplotlib leaves its writers untyped
    canvas.print_svg(buffer, metadata=nothing)
    return buffer.getvalue()


def new_figure(height: float) -> Figure:
    """Return an empty figure of the common width; one point is one CSS pixel."""
    return Figure(figsize=(WIDTH / 72, height / 72))


def add_axes(
    figure: Figure, *, left: float, top: float, right: float = 8, bottom: float = 8
) -> Axes:
    """Add axes with these margins in pixels: layout by hand, so that fonts cannot move it."""
    width, height = figure.get_size_inches() * 72
    rectangle = (
        left / width,
        bottom / height,
        1 - (left + right) / width,
        1 - (top + bottom) / height,
    )
    return figure.add_axes(rectangle)


def heading(figure: Figure, text: str) -> None:
    """Name the quantity of the vertical axis at the top left, where it reads horizontally."""
    height = figure.get_size_inches()[1] * 72
    figure.text(2 / WIDTH, 1 - 12 / height, text, fontsize=12)


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A word of the key, after a sample of what it stands for."""

    text: str
    color: str
    linewidth: float = 9.0
    linestyle: Any = "solid"


def key(figure: Figure, entries: Sequence[KeyEntry], *, row: int = 0) -> None:
    """Say under the heading what the colours and lines stand for.

    In the figure itself such words would sooner or later lie on the data.
    """
    height = figure.get_size_inches()[1] * 72
    y, x = height - 30 - 15 * row, 2.0
    for entry in entries:
        sample = Line2D(
            [x / WIDTH, (x + _SAMPLE) / WIDTH],
            [(y + 4) / height] * 2,
            color=entry.color,
            linewidth=entry.linewidth,
            linestyle=entry.linestyle,
            solid_capstyle="butt",
        )
        figure.add_artist(sample)
        x += _SAMPLE + 4
        figure.text(x / WIDTH, y / height, entry.text)
        x += _LETTER * len(entry.text) + 8


def grid(axes: Axes, which: str = "y") -> None:
    """Draw thin lines to read values by."""
    axes.grid(axis=which, clip_on=False)  # type: ignore[arg-type]  # matplotlib wants a literal


def percent_axis(axes: Axes, low: float = 0.0, *, vertical: bool = False) -> None:
    """Label a probability axis in per cent."""
    step = 0.25 if low < 0.3 else 0.1
    ticks = [tick * step for tick in range(round(1 / step) + 1) if tick * step >= low - 1e-9]
    axis = axes.yaxis if vertical else axes.xaxis
    axis.set_ticks(ticks, [f"{tick:.0%}" for tick in ticks])


def segments(
    axes: Axes,
    starts: Sequence[tuple[float, float]],
    ends: Sequence[tuple[float, float]],
    **style: Any,
) -> None:
    """Draw many straight pieces as one path, which keeps the file small."""
    xs: list[float] = []
    ys: list[float] = []
    for (x_start, y_start), (x_end, y_end) in zip(starts, ends, strict=True):
        xs += [x_start, x_end, float("nan")]
        ys += [y_start, y_end, float("nan")]
    axes.plot(xs, ys, solid_capstyle="butt", clip_on=False, **style)


def dots(
    axes: Axes, points: Iterable[tuple[float, float]], *, size: float = 6, **style: Any
) -> None:
    """Draw round markers without a line through them; they may overlap the frame."""
    pairs = list(points)
    ours: dict[str, Any] = {"marker": "o", "color": DATA, "clip_on": False, "markeredgewidth": 0}
    axes.plot(
        [x for x, _ in pairs],
        [y for _, y in pairs],
        linestyle="none",
        markersize=size,
        **(ours | style),
    )


def nothing_to_draw(text: str) -> Figure:
    """Return a small figure that says why it is empty."""
    figure = new_figure(60)
    figure.text(0.5, 0.5, text, ha="center", va="center")
    return figure


def clip_name(name: str, length: int) -> str:
    r"""Return a name on one line, without invisible characters, at most `length` long.

    Examples
    --------
    >>> clip_name("a very long name", 8)
    'a very…'
    >>> clip_name("up\u202eside\n down", 20)
    'upside down'
    """
    line = " ".join(name.split())
    shown = "".join(character for character in line if character.isprintable())
    return shown if len(shown) <= length else shown[: length - 1].rstrip() + "…"


def percent_text(share: float) -> str:
    """Return a share in per cent, with a decimal only where it would vanish.

    Examples
    --------
    >>> [percent_text(share) for share in (0.0, 0.0002, 0.007, 0.153, 1.0)]
    ['0%', '<0.1%', '0.7%', '15%', '100%']
    """
    if 0 < share < 0.001:
        return "<0.1%"
    return f"{share:.1%}" if 0 < share < 0.00995 else f"{share:.0%}"
