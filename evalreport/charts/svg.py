"""Turns matplotlib's SVG into a small, labelled piece that can stand inside a page.

A strict content policy blocks ``style`` attributes, a page has one name space of ids, and a style
sheet inside an SVG would restyle the whole page: matplotlib's output has all three.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from evalreport.charts.shorter import shortened
from evalreport.charts.style import GRID, INK

_PLACES = frozenset(("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "points", "d", "transform"))
_SIZES = frozenset(("width", "height", "viewBox", "r", "stroke-width", "stroke-dasharray"))
_GEOMETRY = _PLACES | _SIZES | {"stroke-dashoffset"}
_NUMBER = re.compile(r"-?\d*\.\d+(?:e[-+]?\d+)?")
_STRAIGHT = re.compile(r"M-?[\d.]+ -?[\d.]+(?:L-?[\d.]+ -?[\d.]+)+")
_REFERENCE = re.compile(r"#([\w.-]+)")
_DROPPED_ELEMENTS = frozenset(("metadata", "style"))
_DROPPED_PROPERTIES = frozenset(("font-family", "font", "stroke-linejoin", "stroke-miterlimit"))
_DEFAULTS = {
    "text-anchor": "start",
    "stroke-linecap": "butt",
    "stroke-dashoffset": "0",
    "stroke-width": "1",
    "stroke": "none",
}
_GRID_OPACITY = ".16"
_ON_THE_ROOT = {"fill": "currentColor", "font-size": "11", "stroke-linejoin": "round"}
"""What most elements share stands once, on the root, and is inherited."""


def clean_svg(text: str, *, title: str, description: str, prefix: str) -> str:
    """Return the SVG as one labelled ``<svg>`` element without styles, prolog or metadata.

    Parameters
    ----------
    text : str
        SVG as matplotlib writes it.
    title, description : str
        Names the image and says what it shows; they become ``<title>`` and ``<desc>``.
    prefix : str
        Put before every id, so that figures on one page do not share any.
    """
    root = ET.fromstring(text)
    for element in root.iter():
        _use_plain_names(element)
    _drop_elements(root)
    for element in root.iter():
        _turn_style_into_attributes(element)
        _follow_the_page(element)
        _round_geometry(element)
        _drop_cap_of_hairline(element)
    _drop_overruled(root)
    _prefix_ids(root, prefix)
    _flatten_groups(root)
    shortened(root, _GRID_OPACITY)
    _label(root, title, description, prefix)
    return _serialised(root)


def _use_plain_names(element: ET.Element) -> None:
    element.tag = element.tag.rpartition("}")[2]
    for name in list(element.attrib):
        element.set(name.rpartition("}")[2], element.attrib.pop(name))
    # Line breaks between elements are matplotlib's, inside a text they are the label's.
    if element.tag not in ("text", "tspan"):
        element.text = None
    element.tail = None


def _drop_elements(parent: ET.Element) -> None:
    for child in list(parent):
        if child.tag in _DROPPED_ELEMENTS:
            parent.remove(child)
        else:
            _drop_elements(child)


def _turn_style_into_attributes(element: ET.Element) -> None:
    for name, value in _properties(element.attrib.pop("style", "")):
        if name == "font" and (size := re.search(r"([\d.]+)px", value)):
            element.set("font-size", size[1])
        if name not in _DROPPED_PROPERTIES:
            element.set(name, value.removesuffix("px"))
    for name, default in _DEFAULTS.items():
        if element.get(name) == default:
            del element.attrib[name]


def _properties(style: str) -> Iterator[tuple[str, str]]:
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            yield name.strip(), value.strip()


def _follow_the_page(element: ET.Element) -> None:
    for name in ("fill", "stroke"):
        colour = element.get(name)
        if colour == GRID:
            element.set(f"{name}-opacity", _GRID_OPACITY)
        if colour in (INK, GRID):
            element.set(name, "currentColor")
    for name, inherited in _ON_THE_ROOT.items():
        if element.get(name) == inherited:
            del element.attrib[name]


def _round_geometry(element: ET.Element) -> None:
    for name in _GEOMETRY & element.attrib.keys():
        value = _NUMBER.sub(_one_decimal, element.attrib[name])
        if name == "d":
            value = re.sub(r"\s*([A-Za-z])\s*", r"\1", " ".join(value.split()))
            value = _STRAIGHT.sub(_with_short_lines, value)
        if name == "transform":
            value = re.sub(r"rotate\(-?0(?: [^)]*)?\)", "", value).strip()
        element.set(name, value)
    if element.get("transform") == "":
        del element.attrib["transform"]


def _with_short_lines(match: re.Match[str]) -> str:
    """Write a run of straight lines with H and V where one coordinate stays as it is."""
    start, *rest = (point.split() for point in match[0][1:].split("L"))
    (x, y), steps = start, [f"M{' '.join(start)}"]
    for new_x, new_y in rest:
        if new_x != x and new_y != y:
            steps.append(f"L{new_x} {new_y}")
        elif new_x != x:
            steps.append(f"H{new_x}")
        elif new_y != y or len(rest) == 1:  # a line of no length still has ends
            steps.append(f"V{new_y}")
        x, y = new_x, new_y
    return "".join(steps)


def _drop_cap_of_hairline(element: ET.Element) -> None:
    """Drop what cannot be seen: the square end of a line thinner than a pixel."""
    if float(element.get("stroke-width", "1")) < 1.0:
        element.attrib.pop("stroke-linecap", None)


def _drop_overruled(root: ET.Element) -> None:
    """Drop from each use of a marker what the marker itself says."""
    markers = {element.get("id"): element for element in root.iter() if element.get("id")}
    for use in root.iter("use"):
        marker = markers.get(use.get("href", "").removeprefix("#"))
        if marker is not None:
            for name in marker.attrib.keys() & use.attrib.keys() - {"id"}:
                del use.attrib[name]


def _one_decimal(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _prefix_ids(root: ET.Element, prefix: str) -> None:
    names: dict[str, str] = {}

    def renamed(match: re.Match[str]) -> str:
        return "#" + names.setdefault(match[1], f"{prefix}-{len(names) + 1}")

    for element in root.iter():
        for attribute, value in element.attrib.items():
            if attribute == "href" or value.startswith("url("):
                element.set(attribute, _REFERENCE.sub(renamed, value))
    for element in root.iter():
        old = element.attrib.pop("id", None)
        if old in names:
            element.set("id", names[old])


def _flatten_groups(parent: ET.Element) -> None:
    children: list[ET.Element] = []
    for child in parent:
        _flatten_groups(child)
        is_bare = child.tag in ("g", "defs") and not child.attrib
        if is_bare and child.tag == "g":
            children += list(child)
        elif not (is_bare and len(child) == 0) and not _draws_nothing(child):
            children.append(child)
    parent[:] = children


def _draws_nothing(element: ET.Element) -> bool:
    if element.tag == "clipPath":
        return "id" not in element.attrib
    # Backgrounds and empty paths; a path with an id is a marker that others refer to.
    if element.tag != "path" or "id" in element.attrib:
        return False
    is_invisible = element.get("fill") == "none" and "stroke" not in element.attrib
    return is_invisible or not element.get("d")


def _label(root: ET.Element, title: str, description: str, prefix: str) -> None:
    width, height = root.attrib["viewBox"].split()[2:]
    view_box = root.attrib["viewBox"]
    root.attrib.clear()
    root.attrib |= {
        "class": "plot-svg",
        "viewBox": view_box,
        "width": width,
        "height": height,
        "role": "img",
        "aria-labelledby": f"{prefix}-title {prefix}-desc",
        **_ON_THE_ROOT,
    }
    for position, (tag, text) in enumerate((("title", title), ("desc", description))):
        label = ET.Element(tag, {"id": f"{prefix}-{tag}"})
        label.text = text
        root.insert(position, label)


def _serialised(root: ET.Element) -> str:
    # ">" is escaped in text and attributes, so " />" can only be the end of a tag.
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")
