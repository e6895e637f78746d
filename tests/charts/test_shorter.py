from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import groupby

import hypothesis.strategies as st
import pytest
from hypothesis import given
from matplotlib.path import Path

from evalreport.charts.svg import clean_svg

GRID_LINE = '<path d="M{x} 9V1" style="fill: none; stroke: #040506; stroke-width: 0.8"/>'


def cleaned(inside: str) -> ET.Element:
    raw = f'<svg viewBox="0 0 9 9">{inside}</svg>'
    return ET.fromstring(clean_svg(raw, title="t", description="d", prefix="p"))


def round_marker(radius: float) -> str:
    """Return the path of a round marker as matplotlib draws it."""
    points = Path.unit_circle().vertices * radius
    curves = " ".join(
        "C " + " ".join(f"{x} {-y}" for x, y in points[i : i + 3])
        for i in range(1, len(points) - 1, 3)
    )
    return f"M {points[0][0]} {-points[0][1]} {curves} z"


@pytest.mark.parametrize("radius", [1.5, 2.5, 3.0, 7.25])
def test_a_round_marker_is_a_circle_of_its_size(radius):
    root = cleaned(f'<path d="{round_marker(radius)}" style="fill: #3b82c4"/>')
    (circle,) = root.iter("circle")
    assert float(circle.attrib["r"]) == pytest.approx(radius, abs=0.06)
    assert circle.attrib["fill"] == "#3b82c4"
    assert not list(root.iter("path"))


def test_curves_that_are_no_circle_stay_as_they_are():
    squeezed = " ".join(["C 0.8 3 1.6 2.7 2.1 1.1"] * 8)
    root = cleaned(f'<path d="M 0 3 {squeezed} z" style="fill: #3b82c4"/>')
    assert not list(root.iter("circle"))
    assert len(list(root.iter("path"))) == 1


def test_what_all_uses_of_a_marker_have_stands_with_the_marker():
    marker = '<defs><path id="m" d="M 0 0 L 0 4"/></defs>'
    colours = [("#3b82c4", "#d9730d"), ("#3b82c4", "#7d868f")]
    uses = "".join(f'<use href="#m" style="fill: {a}; stroke: {b}"/>' for a, b in colours)
    root = cleaned(marker + uses)
    assert root.find("defs/path").attrib["fill"] == "#3b82c4"
    assert "stroke" not in root.find("defs/path").attrib
    assert [use.attrib["stroke"] for use in root.iter("use")] == ["#d9730d", "#7d868f"]
    assert all("fill" not in use.attrib for use in root.iter("use"))


def test_grid_lines_are_drawn_together_and_no_others():
    line = '<path d="M1 5H9" style="fill: none; stroke: #3b82c4"/>'
    root = cleaned(GRID_LINE.format(x=1) + line + GRID_LINE.format(x=5) + line)
    assert [path.attrib["d"] for path in root.iter("path")] == ["M1 9V1M5 9V1", "M1 5H9", "M1 5H9"]


def test_neighbouring_bars_of_one_colour_are_one_path_and_others_are_not():
    bars = [(1, "#3b82c4"), (3, "#3b82c4"), (5, "#d9730d"), (7, "#d9730d")]
    bar = '<path d="M{0} 1L{0} 9L{1} 9L{1} 1z" style="fill: {2}"/>'
    root = cleaned("".join(bar.format(x, x + 1, colour) for x, colour in bars))
    assert [(path.attrib["fill"], path.attrib["d"].count("M")) for path in root.iter("path")] == [
        ("#3b82c4", 2),
        ("#d9730d", 2),
    ]


def test_ticks_are_drawn_together():
    tick = '<defs><path id="t" d="M 0 0 L 0 4" style="stroke: #3b82c4; stroke-width: 0.8"/></defs>'
    root = cleaned(tick + "".join(f'<use href="#t" x="{x}" y="9"/>' for x in (1, 5)))
    assert [path.attrib for path in root.iter("path")] == [
        {"d": "M1 9v4M5 9v4", "stroke": "#3b82c4", "stroke-width": "0.8"}
    ]
    assert not list(root.iter("use")) + list(root.iter("defs"))


@given(st.lists(st.tuples(*[st.integers(-4000, 4000)] * 2), min_size=2, max_size=9))
def test_lines_end_where_they_did_however_they_are_written(tenths):
    points = [(x / 10, y / 10) for x, y in tenths]
    lines = "M " + " L ".join(f"{x} {y}" for x, y in points)
    (path,) = cleaned(f'<path d="{lines}" style="fill: none; stroke: #3b82c4"/>').iter("path")
    ends = ends_of(path.attrib["d"])
    assert without_repeats(ends) == without_repeats(points)


def without_repeats(points):
    return [point for point, _ in groupby(points)]


def ends_of(lines):
    """Follow a path of straight lines as a browser does."""
    ends, x, y = [], 0.0, 0.0
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", lines):
        values = [float(each) for each in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        size = 1 if command in "HVhv" else 2
        for i in range(0, len(values), size):
            step = values[i : i + size]
            dx = step[0] if command in "HhMLl" else 0.0
            dy = step[-1] if command in "VvMLl" else 0.0
            if command.islower():
                x, y = round(x + dx, 1), round(y + dy, 1)
            else:
                x = dx if command != "V" else x
                y = dy if command != "H" else y
            ends.append((x, y))
    return ends
