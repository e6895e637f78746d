"""Numbers and names as text."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evalreport.bands import BANDS, band_of
from evalreport.formats import (
    LossFormat,
    bytes_text,
    clean,
    count_text,
    date_text,
    floor_text,
    listed,
    loss_text,
    percent_text,
    probability_text,
    signed_text,
    small_decimals,
    times_text,
)
from tests import sample_results

EDGES = [band.high for band in BANDS if band.high]


@pytest.mark.parametrize(
    ("nats", "text"),
    [
        (0.0, "0"),
        (1e-12, "<0.001"),
        (0.000499, "<0.001"),
        (0.0005, "0.001"),
        (0.0194, "0.019"),
        (0.0196, "0.0196"),
        (0.0199996, "0.0199996"),
        (0.02, "0.0200"),
        (0.05, "0.0500"),
        (0.20, "0.2000"),
        (0.2172, "0.217"),
        (0.30, "0.3000"),
        (0.3000001, "0.3000001"),
        (0.30000000000000004, "0.30000000000000004"),
        (1.00, "1.0000"),
        (1.0004, "1.0004"),
        (2.00, "2.0000"),
        (2.0000001, "2.0000001"),
        (36.04365, "36.044"),
        (1234.5, "1,234.500"),
        (math.inf, "∞"),
    ],
)
def test_a_loss_is_written_so_that_its_band_can_be_read_off(nats, text):
    assert loss_text(nats) == text


def value_shown(text: str) -> float:
    """Return the number that a reader takes a text for."""
    return 0.0005 if text.startswith("<") else float(text.replace(",", ""))


@given(st.floats(0, 100) | st.sampled_from(EDGES).flatmap(lambda e: st.floats(e - 1e-3, e + 1e-3)))
@example(math.nextafter(0.3, 1))
@example(math.nextafter(0.05, 0))
@example(math.nextafter(2.0, 3))
def test_the_number_shown_is_in_the_band_of_the_number_meant(nats):
    assert band_of(value_shown(loss_text(nats))) is band_of(nats)


@pytest.mark.parametrize("nats", [0.02, 0.0503, 0.2, 0.3000001])
def test_a_cost_is_in_no_band_and_needs_no_fourth_decimal_near_an_edge(nats):
    assert LossFormat().amount(nats) == f"{nats:.3f}"
    assert LossFormat().amount_with_unit(nats) == f"{nats:.3f} nats"


@given(st.tuples(st.floats(0, 40), st.floats(0, 40)).map(sorted))
def test_the_ends_of_an_interval_are_in_the_bands_that_they_touch(interval):
    low, high = LossFormat().interval(tuple(interval)).split(" to ")
    assert [band_of(value_shown(end)) for end in (low, high)] == [band_of(x) for x in interval]


def test_bits_are_nats_divided_by_the_logarithm_of_two():
    bits = LossFormat("bits")
    assert bits.text(math.log(2)) == "1.000"
    assert bits.interval((0.0, math.log(2))) == "0 to 1.000"
    assert bits.with_unit(2 * math.log(2)) == "2.000 bits"


def test_what_does_not_exist_is_a_dash_and_no_number():
    assert [LossFormat().text(None), LossFormat().interval(None), percent_text(None)] == ["–"] * 3


@pytest.mark.parametrize(
    ("change", "text", "in_ascii"),
    [
        (0.0284, "+0.028", "+0.028"),
        (-0.0031, "−0.003", "-0.003"),
        (0.0, "0", "0"),
        (0.0001, "<+0.001", "<+0.001"),
        (-0.0001, ">−0.001", ">-0.001"),
    ],
)
def test_a_change_always_has_its_sign(change, text, in_ascii):
    assert signed_text(change) == text
    assert signed_text(change, ascii_only=True) == in_ascii


@pytest.mark.parametrize(
    ("share", "text", "with_one_decimal"),
    [
        (0.0, "0%", "0%"),
        (0.0000001, "<0.1%", "<0.1%"),
        (0.0044, "0.4%", "0.4%"),
        (0.00994, "1.0%", "1.0%"),
        (0.0099, "1.0%", "1.0%"),
        (0.0100, "1%", "1.0%"),
        (0.153, "15%", "15.3%"),
        (0.9949, "99%", "99.5%"),
        (0.997, "99.7%", "99.7%"),
        (0.99999, ">99.9%", ">99.9%"),
        (1.0, "100%", "100%"),
        (29.517, "2,952%", "2,951.7%"),
        (-0.12, "−12%", "−12.0%"),
    ],
)
def test_a_share_is_a_percentage_and_only_all_is_all(share, text, with_one_decimal):
    assert percent_text(share) == text
    assert percent_text(share, 1) == with_one_decimal


def test_a_probability_of_exactly_zero_is_told_from_a_tiny_one():
    assert [probability_text(p) for p in (0.0, 5e-324, 0.5)] == ["0", "<0.1%", "50.0%"]


def test_counts_agree_with_their_nouns_and_group_their_thousands():
    assert [count_text(n, "row") for n in (0, 1, 2, 12_480)] == [
        "0 rows",
        "1 row",
        "2 rows",
        "12,480 rows",
    ]
    assert count_text(3, "class", "classes") == "3 classes"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2026-11-21T02:14:09Z", "21 November 2026, 02:14 UTC"),
        ("2026-11-21T02:14:09", "21 November 2026, 02:14 UTC"),
        ("2026-01-01T00:30:00+01:00", "31 December 2025, 23:30 UTC"),
    ],
)
def test_a_moment_is_written_out_in_universal_time(moment, text):
    assert date_text(moment) == text


@pytest.mark.parametrize(
    ("loss", "baseline", "shown"),
    [
        (0.00564, 0.00675, ["0.00564", "0.00675", "<0.00001", "5.703"]),
        (0.0127, 0.325, ["0.0127", "0.325", "<0.0001", "5.703"]),
        (0.048, 0.056, ["0.048", "0.056", "<0.001", "5.703"]),
        (3.2, 0.0079, ["3.200", "0.00790", "<0.00001", "5.703"]),
    ],
)
def test_small_losses_have_three_digits_where_the_report_is_about_them(loss, baseline, shown):
    result = sample_results.typical()
    result = replace(
        result,
        overall=replace(result.overall, log_loss=loss, kl_divergence=loss),
        baseline=replace(result.baseline, kl_divergence=baseline),
    )
    losses = LossFormat.of(result)
    assert [losses.text(each) for each in (loss, baseline, 1e-9, 5.703)] == shown


def test_changes_of_small_losses_have_as_many_decimals_as_these():
    losses = LossFormat("nats", 5)
    assert losses.signed(0.00104) == "+0.00104"
    assert losses.signed(-1e-7) == ">−0.00001"
    assert losses.signed(0.25) == "+0.250"
    assert LossFormat("bits", 5).signed(0.00104) == "+0.00150"


@given(st.floats(1e-6, 5.0), st.floats(1e-6, 5.0))
def test_a_report_never_writes_its_loss_or_baseline_with_fewer_than_two_digits(loss, baseline):
    for nats in (loss, baseline):
        text = loss_text(nats, small_decimals(loss, baseline))
        assert len(text.replace(".", "").lstrip("0")) >= 2 or nats < 2e-5
        assert float(text.replace(",", "")) == pytest.approx(nats, rel=0.03) or nats < 2e-5
        assert band_of(float(text)) is band_of(nats)


def test_small_things_read_naturally():
    assert bytes_text(1) == "1 byte"
    assert bytes_text(999_600) == "1.0 MB"
    assert [floor_text(f) for f in (2.0**-52, 2.0**-23, 1e-7)] == [
        "2^-52 = 2.2e-16",
        "2^-23 = 1.2e-7",
        "1e-7",
    ]
    assert [times_text(x) for x in (2.84, 9.96, 250.0)] == ["2.8 times", "10 times", "250 times"]
    assert [listed(["a"]), listed(["a", "b"]), listed([])] == ["a", "a and b", ""]


@given(st.text(max_size=300))
def test_cleaned_text_is_short_is_one_line_and_controls_nothing(text):
    shown = clean(text)
    assert 0 < len(shown) <= 80
    assert shown.isprintable() or all(c.isprintable() or ord(c) > 0x7F for c in shown)
    assert not set(shown) & set("\x1b\n\r\t\x7f\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("refund", "refund"),
        ("", "(blank)"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\r\n\tb", "a b"),
        ("\x1b[31mred", "[31mred"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("\ud800", "\ufffd"),
        ("x" * 81, "x" * 79 + "…"),
        ("x" * 80, "x" * 80),
    ],
)
def test_names_keep_what_can_be_read_and_lose_what_does_harm(text, shown):
    assert clean(text) == shown
