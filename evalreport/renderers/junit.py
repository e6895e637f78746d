"""The limits as JUnit XML: what CI systems show as a list of tests.

Written the way that GitLab, Jenkins and most others read it: ``testsuites`` with one ``testsuite``,
a ``testcase`` for each limit, and in it ``failure`` or ``skipped``.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from evalreport.report.model import LimitLine, Report

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: Report, strict: bool = False) -> str:
    """Return the limits of a report as JUnit XML.

    What failed is a failure. What could not be judged or decided is skipped, with the reason; if
    `strict`, it is a failure too.
    """
    cases = [_case(line, report.key, strict) for line in report.limits]
    n_failed = sum(case.find("failure") is not None for case in cases)
    n_skipped = sum(case.find("skipped") is not None for case in cases)
    counts = {"tests": len(cases), "failures": n_failed, "errors": 0, "skipped": n_skipped}
    attributes = {name: str(count) for name, count in counts.items()} | {"time": "0"}
    suites = ElementTree.Element("testsuites", {"name": "evalreport"} | attributes)
    suite = ElementTree.SubElement(
        suites, "testsuite", {"name": f"evalreport: {_text(report.title)}"} | attributes
    )
    suite.extend(cases)
    ElementTree.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_tostring(suites)}\n'


def _case(line: LimitLine, key: str, strict: bool) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase", {"classname": f"evalreport.{key}", "name": _text(line.key), "time": "0"}
    )
    if line.outcome == "passed":
        ElementTree.SubElement(case, "system-out").text = _text(line.text)
        return case
    kind = "failure" if strict or line.outcome == "failed" else "skipped"
    attributes = {"message": _text(f"{line.tag.text}: {line.text}")}
    if kind == "failure":
        attributes["type"] = line.outcome
    ElementTree.SubElement(case, kind, attributes).text = _text(line.text)
    return case


def _text(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)


def _tostring(root: ElementTree.Element) -> str:
    return ElementTree.tostring(root, encoding="unicode")
