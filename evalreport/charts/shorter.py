"""Writes the same picture in fewer bytes: what is drawn alike is said once."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

_CIRCLE = re.compile(r"M0 ([\d.]+)((?:C[-\d. ]+){8})z")
_BAR = re.compile(r"(?:M[-\d. ]+(?:[HV][-\d.]+){3}z)+")
_OFF_A_CIRCLE = 0.15
"""How far coordinates of one decimal can lie off the circle that they stand for."""
_PAINT = ("fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width")


def shortened(root: ET.Element, grid_opacity: str) -> None:
    """Shorten a cleaned SVG in place: circles, markers that are used alike, and grid lines.

    Parameters
    ----------
    root : Element
        The ``<svg>`` element, its coordinates rounded and its groups flattened.
    grid_opacity : str
        By their ``stroke-opacity`` grid lines are known. They lie below everything else, so they
        may be drawn together.
    """
    for element in root.iter("path"):
        _turn_into_circle(element)
    _paint_markers_once(root)
    for parent in list(root.iter()):
        _join_grid_lines(parent, grid_opacity)
        _join_bars(parent)


def _turn_into_circle(path: ET.Element) -> None:
    """Turn eight curves around the origin, as every round marker is drawn, into a circle."""
    found = _CIRCLE.fullmatch(path.get("d", ""))
    if found is None:
        return
    radius = float(found[1])
    for curve in found[2].split("C")[1:]:
        x, y = map(float, curve.split()[-2:])
        if abs(math.hypot(x, y) - radius) > _OFF_A_CIRCLE:
            return
    path.tag = "circle"
    del path.attrib["d"]
    path.set("r", found[1])


def _paint_markers_once(root: ET.Element) -> None:
    """Move colours from the uses of a marker to the marker, where all of them agree."""
    uses: dict[str, list[ET.Element]] = {}
    for use in root.iter("use"):
        uses.setdefault(use.get("href", "").removeprefix("#"), []).append(use)
    for marker in root.iter():
        of_marker = uses.get(marker.get("id", ""), [])
        for name in _PAINT:
            values = {use.get(name) for use in of_marker}
            if len(values) == 1 and None not in values and name not in marker.attrib:
                marker.set(name, of_marker[0].attrib[name])
                for use in of_marker:
                    del use.attrib[name]


def _join_grid_lines(parent: ET.Element, grid_opacity: str) -> None:
    first: dict[tuple[tuple[str, str], ...], ET.Element] = {}
    for child in list(parent):
        if child.tag != "path" or child.get("stroke-opacity") != grid_opacity:
            continue
        line = first.setdefault(_paint(child), child)
        if line is not child:
            _join(parent, line, child)


def _join_bars(parent: ET.Element) -> None:
    """Join neighbouring bars of one colour: they do not overlap, so no bar covers another."""
    last: ET.Element | None = None
    for child in list(parent):
        if child.tag != "path" or not _BAR.fullmatch(child.get("d", "")):
            last = None
        elif last is not None and _paint(last) == _paint(child) and "id" not in child.attrib:
            _join(parent, last, child)
        else:
            last = child


def _paint(path: ET.Element) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(each for each in path.attrib.items() if each[0] != "d"))


def _join(parent: ET.Element, path: ET.Element, other: ET.Element) -> None:
    path.set("d", path.attrib["d"] + other.attrib["d"])
    parent.remove(other)
