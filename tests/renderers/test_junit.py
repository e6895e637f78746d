"""The limits as JUnit XML, as CI systems read it, whatever classes are called."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import junitparser

from evalreport.limits import GroupLimits, Limits, judge_limits
from evalreport.renderers.junit import junit_xml
from evalreport.report import build_report
from tests import sample_results
from tests.sample_results import HOSTILE_NAMES

HOSTILE = (*HOSTILE_NAMES, "]]>", "\x00\x0b", "\ud800", "\uffff", "a\nb")


def junit_of(result, limits: Limits, strict: bool = False) -> junitparser.TestSuite:
    judged = replace(result, limits=judge_limits(result, limits))
    text = junit_xml(build_report(judged), strict)
    xml = junitparser.JUnitXml.fromroot(ElementTree.parse(BytesIO(text.encode())).getroot())
    (suite,) = list(xml)
    assert (xml.tests, xml.failures, xml.skipped) == (suite.tests, suite.failures, suite.skipped)
    return suite


def test_failed_is_a_failure_not_judged_is_skipped_and_passed_says_what_was_measured():
    limits = Limits(max_loss=0.0, max_ece=1.0, classes=(GroupLimits(name="nobody", max_loss=1.0),))
    suite = junit_of(sample_results.typical(), limits)
    assert (suite.tests, suite.failures, suite.skipped, suite.errors) == (3, 1, 1, 0)
    failed, skipped, passed = suite
    assert (failed.name, type(failed.result[0])) == ("max_loss", junitparser.Failure)
    assert failed.result[0].message.startswith("Failed: Log loss ")
    assert skipped.result[0].message == "Not judged: Class nobody: no class of that name."
    assert passed.is_passed
    assert passed.system_out.startswith("Expected calibration error ")


def test_strict_makes_failures_of_what_was_not_judged():
    limits = Limits(classes=(GroupLimits(name="nobody", max_loss=1.0),))
    suite = junit_of(sample_results.typical(), limits, strict=True)
    assert (suite.failures, suite.skipped) == (1, 0)


def test_hostile_names_leave_the_document_well_formed():
    limits = Limits(
        classes=tuple(GroupLimits(name=name, max_loss=0.0) for name in HOSTILE),
        slices=tuple(GroupLimits(column=name, name=name, max_loss=0.0) for name in HOSTILE),
    )
    suite = junit_of(sample_results.many(), limits)
    assert suite.tests == 2 * len(HOSTILE)
    names = [case.name for case in suite]
    assert 'classes."</script><img src=x onerror=alert(1)>".max_loss' in names
