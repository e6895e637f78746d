"""Score bands: the edges, and what an interval touches."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evalreport
from evalreport.bands import BANDS, band_of, judge, using
from evalreport.bands_file import scale_from
from evalreport.errors import SettingsError


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        (0.0, "perfect"),
        (5e-324, "great"),
        (0.0199999, "great"),
        (0.02, "on the right track"),
        (0.0499999, "on the right track"),
        (0.05, "fine"),
        (0.1999999, "fine"),
        (0.2, "can probably improve"),
        (0.3, "can probably improve"),
        (0.3000001, "not great"),
        (1.0, "not great"),
        (1.0000001, "terrible"),
        (2.0, "terrible"),
        (2.0000001, "something is broken"),
        (1e300, "something is broken"),
    ],
)
def test_the_unrounded_loss_decides_the_band(loss, name):
    assert band_of(loss).name == name


@given(st.floats(min_value=0, allow_nan=False))
def test_every_loss_is_in_exactly_one_band(loss):
    assert sum(loss in band for band in BANDS) == 1


def test_an_interval_names_every_band_it_touches_from_best_to_worst():
    verdict = judge(0.217, (0.197, 0.31))
    assert verdict is not None
    assert verdict.name == "can probably improve"
    assert verdict.interval_bands == ("fine", "can probably improve", "not great")


def test_an_interval_that_starts_at_zero_does_not_reach_perfect():
    verdict = judge(0.01, (0.0, 0.03))
    assert verdict is not None
    assert verdict.interval_bands == ("great", "on the right track")


def test_without_a_loss_there_is_no_band():
    assert judge(None, None) is None


# --- own bands --------------------------------------------------------------------------------

OWN = """
[[bands]]
name = "release it"
below = 0.1

[[bands]]
name = "look again"
up_to = 0.25

[[bands]]
name = "do not ship"
"""


@pytest.fixture
def own(tmp_path):
    (tmp_path / "team.toml").write_text(OWN)
    return tmp_path / "team.toml"


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        (0.0, "release it"),
        (0.0999999, "release it"),
        (0.1, "look again"),
        (0.25, "look again"),
        (0.2500001, "do not ship"),
        (1e300, "do not ship"),
    ],
)
def test_own_edges_belong_to_the_side_that_the_file_says(own, loss, name):
    with using(scale_from(own)):
        assert band_of(loss).name == name
    assert band_of(0.25).name == "can probably improve"


@given(
    st.lists(st.floats(0.001, 100), min_size=1, max_size=8, unique=True),
    st.floats(0, 200),
    st.data(),
)
def test_every_loss_is_in_exactly_one_own_band(edges, loss, data):
    lines = []
    for number, edge in enumerate(sorted(edges)):
        key = data.draw(st.sampled_from(["below", "up_to"]))
        lines += ["[[bands]]", f'name = "{number}"', f"{key} = {edge!r}"]
    lines += ["[[bands]]", 'name = "last"']
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.toml"
        path.write_text("\n".join(lines))
        bands = scale_from(path).bands
    for each in (loss, *edges):
        assert sum(each in band for band in bands) == 1


def test_tones_follow_from_the_place_unless_the_file_says_them(own):
    assert [each.tone for each in scale_from(own).bands] == ["good", "watch", "bad"]
    own.write_text(OWN + 'tone = "poor"\n')
    assert scale_from(own).bands[-1].tone == "poor"


def test_own_bands_are_in_every_output_and_stay_with_a_saved_evaluation(own, tmp_path):
    evaluation = evalreport.evaluate([1, 0] * 20, [0.8, 0.3] * 20, bands=own)
    assert evaluation.band == "do not ship"
    assert "Do not ship" in evaluation.to_html()
    assert "under 0.10 release it, 0.10 to 0.25 look again, over 0.25 do not ship. Read them" in (
        evaluation.to_markdown()
    )
    evaluation.to_json(tmp_path / "saved.json")
    again = evalreport.read_evaluation(tmp_path / "saved.json")
    assert again.result.bands.name == "team.toml"
    assert again.to_html() == evaluation.to_html()
    judged = again.with_limits(worst_band="look again")
    assert list(judged.limits["outcome"]) == ["failed"]
    with pytest.raises(SettingsError, match="Bands: release it, look again, do not ship"):
        again.with_limits(worst_band="fine")
    assert evalreport.evaluate([1, 0] * 20, [0.8, 0.3] * 20).result.bands is None


def test_the_built_in_bands_say_nothing_of_their_source(own):
    page = evalreport.evaluate([1, 0] * 20, [0.8, 0.3] * 20).to_html()
    assert "<dt>Bands</dt>" in page
    assert "Rule-of-thumb bands" in page
    assert "team.toml" not in page


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there are no bands.\n  A band looks like [[bands]]"),
        ("bands = 3", "there are no bands.\n"),
        ("a = 1", "there is no setting a in a file of bands."),
        ('[[bands]]\nname = "a"', "there is 1 band.\n  A scale has 2 to 12 of them."),
        (
            OWN.replace("below", "bellow"),
            "band 1: there is no setting bellow.\n  Did you mean below?",
        ),
        (OWN.replace("0.25", "0.05"), "band 'look again' ends at 0.05, and starts at 0.1.\n"),
        (OWN.replace("0.1\n", "0\n"), "band 'release it' ends at 0, and starts at 0.\n"),
        (OWN.replace("0.25", '"x"'), "band 'look again': up_to takes a number of nats, not 'x'.\n"),
        (OWN.replace("0.25", "nan"), "band 'look again': up_to takes a number of nats, not nan.\n"),
        (OWN.replace("up_to = 0.25", ""), "band 'look again' has no upper edge.\n"),
        (OWN.replace("up_to", "below = 0.2\nup_to"), "band 'look again' has two upper edges.\n"),
        (OWN + "up_to = 3", "band 'do not ship' is the last and ends at 3.\n"),
        (
            OWN + 'tone = "red"',
            "band 'do not ship': tone takes one of good, fine, watch, poor, bad;",
        ),
        (OWN.replace("look again", "release it"), "two bands are called 'release it'.\n"),
        (OWN.replace("look again", "a|b"), "band 2: the name 'a|b' holds other signs.\n"),
        (OWN.replace("look again", "x" * 41), "band 2: the name has 41 letters.\n"),
        (OWN.replace('"look again"', '" "'), "band 2 has no name.\n"),
        ("[[bands", "this is no TOML: "),
    ],
)
def test_a_file_of_bands_that_means_nothing_is_refused(own, text, message):
    own.write_text(text)
    with pytest.raises(SettingsError) as caught:
        scale_from(own)
    assert str(caught.value).startswith(f"{own}: {message}")


def test_a_missing_file_of_bands_is_named():
    with pytest.raises(SettingsError, match=r"^no\.toml: there is no such file of bands\.$"):
        scale_from("no.toml")


def test_tokens_have_no_bands_to_call_otherwise(own):
    with pytest.raises(SettingsError, match="bands= has no meaning with input_kind='tokens'"):
        evalreport.evaluate(probs=[[-0.5], [-1.0]], input_kind="tokens", bands=own)


def test_the_example_of_the_readme_is_a_scale(own):
    readme = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(\[\[bands.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    own.write_text(example)
    assert [each.high for each in scale_from(own).bands] == [0.1, 0.25, None]
