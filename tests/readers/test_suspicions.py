"""Messages on label columns that are none, word for word."""

from __future__ import annotations

import pytest

import evalreport


def refusal(tmp_path, *lines: str) -> str:
    path = tmp_path / "p.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(evalreport.InputError) as caught:
        evalreport.evaluate_file(path)
    return str(caught.value).removeprefix(f"{tmp_path}/")


def test_a_single_probability_with_over_a_thousand_labels_asks_whether_it_is_an_id(tmp_path):
    rows = [f"case-{i},0.5" for i in range(1_200)]
    assert refusal(tmp_path, "label,prob", *rows) == (
        "p.csv, column 'label': there are over 1,000 different labels ('case-0', 'case-1', "
        "'case-2', …): is it an id, or a number?\n"
        "  Name the column of what happened with label='COL'."
    )


def test_a_label_column_with_as_many_values_as_rows_asks_whether_it_is_an_id(tmp_path):
    rows = [f"{i}.25,0.5,0.5" for i in range(30)]
    assert refusal(tmp_path, "label,prob_a,prob_b", *rows) == (
        "p.csv, row 1, column 'label': label '0.25' is none of the classes a, b.\n"
        "  There are 30 different values in 30 rows ('0.25', '1.25', '2.25', …): is it an id, or a "
        "number? Name the column of what happened with label='COL'."
    )


def test_labels_that_count_from_one_are_told(tmp_path):
    rows = ["1,0.2,0.3,0.5", "2,0.2,0.3,0.5", "3,0.2,0.3,0.5"]
    assert refusal(tmp_path, "label,prob_0,prob_1,prob_2", *rows) == (
        "p.csv, row 3, column 'label': label '3' is none of the classes 0, 1, 2.\n"
        "  Labels seem to count from 1 and the columns from 0: subtract 1, or rename the columns."
    )


def test_labels_that_count_from_zero_are_told(tmp_path):
    rows = ["1,0.2,0.8", "0,0.2,0.8"]
    assert refusal(tmp_path, "label,prob_1,prob_2", *rows) == (
        "p.csv, row 2, column 'label': label '0' is none of the classes 1, 2.\n"
        "  Labels seem to count from 0 and the columns from 1: add 1, or rename the columns."
    )
