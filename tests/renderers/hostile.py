"""Reports with names that try to be more than names, in every place that a name can stand."""

from __future__ import annotations

from dataclasses import replace

from evalreport.report import build_report
from evalreport.report.model import Report
from tests.sample_results import typical

NAMES = (
    "</script><img src=x onerror=alert(1)>",
    "@everyone see #12 and GH-7",
    "$x^2$ and $`y`$",
    "[a](http://evil.example) ![b](//evil.example/i.png)",
    "www.evil.example, http://evil.example/?q=1, me@evil.example",
    "**bold** _em_ ~~gone~~ `code` ``more``",
    "a|b||c\\|d\\\\|e\\",
    "new\nline\r\nand\ttab",
    "```",
    "`",
    "-->",
    "--- # heading",
    "1. one",
    "&lt;b&gt; &#64;all <b>",
    "[red]rich[/red] [link=http://evil.example]x[/link]",
    "\x1b[31mred\x1b[0m \x9b1m \x07",
    "\u202edesrever\u2066",
    "{{ 7*7 }} {% raw %}",
    '%%{init: {}}%% " ; #quot; $$x$$',
    "名前" * 30,
    "e\u0301" * 50,
    "z" + "\u0335\u0e33" * 100,
    "x" * 200,
    "0123456789abcdef0123456789abcdef01234567",
    " ",
)


def report_with(name: str) -> Report:
    """The typical report, with `name` as title, file, class, slice column and slice value.

    The class and the slice are those that stand out, so findings and sentences name them too.
    """
    result = typical()
    classes = [each.name for each in result.classes]
    refund = classes.index("refund")
    return build_report(
        replace(
            result,
            title=name,
            input=replace(
                result.input,
                paths=(name,),
                classes=tuple(name if each == "refund" else each for each in result.input.classes),
            ),
            classes=tuple(
                replace(each, name=name) if place == refund else each
                for place, each in enumerate(result.classes)
            ),
            slices=tuple(
                replace(each, column=name, value=name) if each.value == "fr" else each
                for each in result.slices
            ),
            # Without the zeros, the sentence on what weighs most is about a slice.
            overall=replace(
                result.overall, zero_probability_rows=0, zero_probability_share_of_loss=0.0
            ),
        ),
        key=name,
    )
