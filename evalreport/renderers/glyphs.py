"""The shape that stands beside a word, so that neither colour nor the word is alone."""

from __future__ import annotations

from collections.abc import Mapping

from evalreport.report.model import Tone

GLYPHS: Mapping[Tone, str] = {
    "good": "✔",
    "fine": "●",
    "watch": "◆",
    "poor": "▲",
    "bad": "✖",
    "none": "-",
}

ASCII_GLYPHS: Mapping[Tone, str] = {
    "good": "[ok]",
    "fine": "[fine]",
    "watch": "[look]",
    "poor": "[warn]",
    "bad": "[FAIL]",
    "none": "-",
}
