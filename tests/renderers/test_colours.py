"""The tones of the bands stay apart for people who see fewer colours than others.

Colour vision is simulated after Machado, Oliveira and Fernandes (2009),
doi:10.1109/TVCG.2009.113, without any of one kind of cone; distances are CIEDE2000.
"""

from __future__ import annotations

from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

import numpy as np
import pytest

from evalreport.renderers.environment import template_text
from tests.renderers.test_html import colours_of

VISION = {
    "all colours": np.eye(3),
    "no red cones": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "no green cones": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "no blue cones": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
TONES = ("good", "fine", "watch", "poor", "bad")


def lab(colour: str, vision: np.ndarray) -> tuple[float, float, float]:
    """Return a colour as it is seen, in CIELAB."""
    shares = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    light = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(vision @ light, 0.0, 1.0) / (TO_XYZ @ np.ones(3))
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return float(116 * y - 16), float(500 * (x - y)), float(200 * (y - z))


def distance(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return the CIEDE2000 distance (Sharma, Wu and Dalal 2005, doi:10.1002/col.20070)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c = (hypot(a1, b1) + hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * sqrt(mean_c**7 / (mean_c**7 + 25**7))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1, h2 = degrees(atan2(b1, a1)) % 360, degrees(atan2(b2, a2)) % 360
    dh = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    turn = 2 * sqrt(c1 * c2) * sin(radians(dh / 2))
    h = h1 + h2 if c1 * c2 == 0 else (h1 + dh / 2) % 360
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = 1 - 0.17 * cos(radians(h - 30)) + 0.24 * cos(radians(2 * h))
    t += 0.32 * cos(radians(3 * h + 6)) - 0.20 * cos(radians(4 * h - 63))
    off = (lightness - 50) ** 2
    parts = (
        (l2 - l1) / (1 + 0.015 * off / sqrt(20 + off)),
        (c2 - c1) / (1 + 0.045 * chroma),
        turn / (1 + 0.015 * chroma * t),
    )
    rotation = 2 * sqrt(chroma**7 / (chroma**7 + 25**7))
    rotation *= -sin(radians(60 * exp(-(((h - 275) / 25) ** 2))))
    return sqrt(sum(part**2 for part in parts) + rotation * parts[1] * parts[2])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_distance_is_that_of_its_authors(one, other, expected):
    assert distance(one, other) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_two_tones_look_alike(scheme, vision):
    colours = colours_of(template_text("report.css"))[scheme]
    seen = {tone: lab(colours[tone], VISION[vision]) for tone in TONES}
    apart = {pair: distance(seen[pair[0]], seen[pair[1]]) for pair in combinations(TONES, 2)}
    assert min(apart.values()) >= 12, min(apart, key=apart.get)
