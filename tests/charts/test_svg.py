from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from evalreport.charts.svg import clean_svg

RAW = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="328pt" height="280pt"
     viewBox="0 0 328 280" xmlns="http://www.w3.org/2000/svg" version="1.1">
 <metadata><x/></metadata>
 <defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs>
 <g id="figure_1">
  <g id="patch_1"><path d="M 0 0 L 328 0 z" style="fill: none"/></g>
  <g id="line"><path d="M 1.2345 2.0001 L -0.01 4" clip-path="url(#clip)"
     style="fill: none; stroke: #040506; stroke-width: 0.8; stroke-linecap: square"/></g>
  <use xlink:href="#tick" x="10.04" y="20" style="stroke: #010203; stroke-width: 0.8"/>
  <text style="font: 12px 'Sans'; text-anchor: middle; fill: #010203" x="5" y="6.66"
     transform="rotate(-0 5 6.66)">0.217 of 12.3456</text>
 </g>
 <defs><path id="tick" d="M 0 0 L 0 4"/><clipPath id="clip"><rect x="1" y="2" width="3" height="4"/>
 </clipPath><clipPath id="unused"><rect x="1" y="2" width="3" height="4"/></clipPath></defs>
</svg>"""


@pytest.fixture
def cleaned():
    return clean_svg(RAW, title="A & B", description="Says <this>.", prefix="p")


@pytest.fixture
def root(cleaned):
    return ET.fromstring(cleaned)


def test_prolog_metadata_name_spaces_and_style_sheets_are_gone(cleaned):
    assert cleaned.startswith("<svg class=")
    for gone in ("xml", "DOCTYPE", "metadata", "<style", "style=", "xlink", "version", "<g"):
        assert gone not in cleaned


def test_the_picture_has_its_size_in_pixels(root):
    assert (root.attrib["width"], root.attrib["height"]) == ("328", "280")
    assert root.attrib["viewBox"] == "0 0 328 280"


def test_it_is_an_image_with_a_name_and_a_description(root):
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "p-title p-desc"
    assert (root[0].tag, root[0].text) == ("title", "A & B")
    assert (root[1].tag, root[1].text) == ("desc", "Says <this>.")


def test_styles_become_attributes_that_a_strict_policy_allows(root):
    line = next(root.iter("path"))
    assert line.attrib["stroke-width"] == "0.8"
    assert "stroke-linecap" not in line.attrib  # nobody sees the end of a hairline
    text = next(root.iter("text"))
    assert text.attrib["font-size"] == "12"
    assert text.attrib["text-anchor"] == "middle"


def test_stand_in_colours_follow_the_page(cleaned, root):
    line, marker = next(root.iter("path")), root.find("defs/path")
    assert (line.attrib["stroke"], line.attrib["stroke-opacity"]) == ("currentColor", ".16")
    assert marker.attrib["stroke"] == "currentColor"
    assert "#0102" not in cleaned
    assert "#0405" not in cleaned


def test_geometry_is_rounded_and_labels_are_not(root):
    assert next(root.iter("path")).attrib["d"] == "M1.2 2L0 4"
    assert next(root.iter("use")).attrib["x"] == "10"
    assert next(root.iter("text")).text == "0.217 of 12.3456"
    assert "transform" not in next(root.iter("text")).attrib


def test_ids_are_prefixed_with_their_references_and_unused_ones_dropped(cleaned, root):
    ids = {each.attrib["id"] for each in root.iter() if "id" in each.attrib}
    assert ids == {"p-title", "p-desc", "p-1", "p-2"}
    assert next(root.iter("path")).attrib["clip-path"] == "url(#p-1)"
    assert next(root.iter("use")).attrib["href"] == "#p-2"
    assert "unused" not in cleaned
    assert len(list(root.iter("clipPath"))) == 1


def test_what_draws_nothing_is_gone(root):
    assert [each.tag for each in root] == ["title", "desc", "path", "use", "text", "defs"]


def test_straight_lines_along_an_axis_are_written_short():
    path = "M 1 2 L 5 2 L 5 2 L 5 9.04 L 6 10 z"
    raw = f'<svg viewBox="0 0 9 9"><path d="{path}" style="stroke: #3b82c4"/></svg>'
    assert 'd="M1 2H5V9l1 1z"' in clean_svg(raw, title="t", description="d", prefix="p")


def test_a_use_does_not_repeat_what_its_marker_says(root):
    assert root.find("use").attrib.keys() == {"href", "x", "y"}
    marker = '<defs><path id="m" d="M 0 0 L 0 4" style="stroke: #3b82c4"/></defs>'
    use = '<use href="#m" x="1" y="2" style="stroke: #3b82c4"/>'
    raw = f'<svg viewBox="0 0 9 9">{marker}{use}</svg>'
    cleaned = clean_svg(raw, title="t", description="d", prefix="p")
    assert '<use href="#p-1" x="1" y="2"/>' in cleaned
