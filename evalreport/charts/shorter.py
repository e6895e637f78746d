"""Writes the same picture in fewer bytes: what is drawn alike is said once."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable

_CIRCLE = re.compile(r"M0 ([\d.]+)((?:C[-\d. ]+){8})z")
_BAR = re.compile(r"(?:M[-\d. ]+(?:[HV][-\d.]+){3}z)+")
_OFF_A_CIRCLE = 0.15
"""How far coordinates of one decimal can lie off the circle that they stand for."""
_LINES = re.compile(r"M(-?[\d.]+) (-?[\d.]+)((?:[LHV][-\d. ]+)+)")
_LINE = re.compile(r"(([LHV])(-?[\d.]+)(?: (-?[\d.]+))?)")
_TICK = re.compile(r"M0 0[HV]-?[\d.]+")
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
    _draw_ticks_together(root)
    for parent in list(root.iter()):
        _join_grid_lines(parent, grid_opacity)
        _join_bars(parent)
    for element in root.iter("path"):
        if "d" in element.attrib:
            element.set("d", _LINES.sub(_with_steps, element.attrib["d"]))


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


def _draw_ticks_together(root: ET.Element) -> None:
    """Turn the uses of a marker that is one straight line into one path of all of them."""
    parents = {child: parent for parent in root.iter() for child in parent}
    n_uses = Counter(use.get("href", "").removeprefix("#") for use in root.iter("use"))
    ticks = {
        path.attrib["id"]: path
        for path in root.iter("path")
        if n_uses[path.get("id", "")] > 1 and _TICK.fullmatch(path.get("d", ""))
    }
    paths: dict[tuple[ET.Element, str], ET.Element] = {}
    for use in list(root.iter("use")):
        tick = ticks.get(use.get("href", "").removeprefix("#"))
        if tick is None or use.attrib.keys() != {"href", "x", "y"}:
            continue
        parent, line = parents[use], tick.attrib["d"].removeprefix("M0 0").lower()
        start = f"M{use.attrib['x']} {use.attrib['y']}{line}"
        path = paths.get((parent, use.attrib["href"]))
        if path is not None:
            path.set("d", path.attrib["d"] + start)
            parent.remove(use)
            continue
        use.tag, paths[parent, use.attrib["href"]] = "path", use
        use.attrib.clear()
        use.attrib |= {name: value for name, value in tick.attrib.items() if name != "id"}
        use.set("d", start)
    used = {use.get("href", "").removeprefix("#") for use in root.iter("use")}
    for name in ticks.keys() - used:
        _remove_marker(ticks[name], parents)


def _remove_marker(marker: ET.Element, parents: dict[ET.Element, ET.Element]) -> None:
    defs = parents[marker]
    defs.remove(marker)
    if not len(defs) and defs in parents:
        parents[defs].remove(defs)


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


def _with_steps(match: re.Match[str]) -> str:
    """Write lines by how far they lead, where that is shorter than where they end.

    Steps are differences of rounded ends, so that nothing adds up along the way.
    """
    x, y = float(match[1]), float(match[2])
    text, last = f"M{match[1]} {match[2]}", ""
    for absolute, command, one, two in _LINE.findall(match[3]):
        new_x = x if command == "V" else float(one)
        new_y = float(two or one) if command != "H" else y
        steps = {"L": (new_x - x, new_y - y), "H": (new_x - x,), "V": (new_y - y,)}[command]
        moved = command.lower()
        relative = ("" if last == moved else moved) + _together(map(_short, steps))
        if last == moved and not relative.startswith("-"):
            relative = f" {relative}"
        is_shorter = len(relative) < len(absolute)
        text += relative if is_shorter else absolute
        x, y, last = new_x, new_y, moved if is_shorter else command
    return text


def _short(number: float) -> str:
    text = f"{number:.1f}".removesuffix(".0")
    return re.sub(r"^(-?)0(?=\.)", r"\1", "0" if text == "-0" else text)


def _together(numbers: Iterable[str]) -> str:
    return " ".join(numbers).replace(" -", "-")
