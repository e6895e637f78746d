"""The door: each thing that can be wrong with a row, as an error and as a row left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from evalreport.errors import InputError
from evalreport.readers.faults import Fault
from tests.readers.support import read, refusal, write, write_parquet

HEADER = "label,p_cat,p_dog,w\n"
GOOD = "cat,0.9,0.1,1\n"
DROP = "  Pass --on-invalid drop to leave such rows out."
MEND = "  Write a number there, or pass --on-invalid drop to leave such rows out."

FAULTS = [
    (",0.9,0.1,1", "label", "", "label is missing", "the label is missing.", DROP),
    (
        "dgo,0.9,0.1,1",
        "label",
        "dgo",
        "label names no class",
        "label 'dgo' is none of the classes cat, dog.",
        "  Did you mean 'dog'?",
    ),
    (
        "dog ,0.9,0.1,1",
        "label",
        "dog ",
        "label names no class",
        "label 'dog ' is none of the classes cat, dog.",
        "  Without the blanks around it, it would be class 'dog'.",
    ),
    (
        "zebra,0.9,0.1,1",
        "label",
        "zebra",
        "label names no class",
        "label 'zebra' is none of the classes cat, dog.",
        DROP,
    ),
    ("cat,,0.1,1", "p_cat", "", "probability is missing", "the probability is missing.", DROP),
    ("cat,0.9,NA,1", "p_dog", "NA", "probability is missing", "the probability is missing.", DROP),
    (
        "cat,high,0.1,1",
        "p_cat",
        "high",
        "probability is no number",
        "probability 'high' is no number.",
        MEND,
    ),
    (
        "cat,#REF!,0.1,1",
        "p_cat",
        "#REF!",
        "probability is no number",
        "probability '#REF!' is no number.",
        f"  A spreadsheet writes this where a formula failed. {MEND.strip()}",
    ),
    (
        "cat,2024-01-05,0.1,1",
        "p_cat",
        "2024-01-05",
        "probability is no number",
        "probability '2024-01-05' is no number.",
        f"  This is a date, which spreadsheets make of some numbers. {MEND.strip()}",
    ),
    (
        'cat,"0,9",0.1,1',
        "p_cat",
        "0,9",
        "probability is no number",
        "probability '0,9' is no number.",
        "  Write numbers with a decimal point, or pass --decimal , for all of them.",
    ),
    ("cat,nan,0.1,1", "p_cat", "nan", "probability is NaN", "the probability is NaN.", DROP),
    (
        "cat,0.9,-inf,1",
        "p_dog",
        "-inf",
        "probability is infinite",
        "the probability is infinite.",
        DROP,
    ),
    (
        "cat,1.1,-0.1,1",
        "p_dog",
        "-0.1",
        "probability is below 0",
        "probability -0.1 is below 0.",
        DROP,
    ),
    ("cat,1.3,0,1", "p_cat", "1.3", "probability is above 1", "probability 1.3 is above 1.", DROP),
    ("cat,0.9,0.1,", "w", "", "weight is missing", "the weight is missing.", DROP),
    ("cat,0.9,0.1,-1", "w", "-1", "weight is negative", "weight -1 is negative.", DROP),
    ("cat,0.9,0.1,x", "w", "x", "weight is no number", "weight 'x' is no number.", MEND),
    ("cat,0.9,0.1,nan", "w", "nan", "weight is no number", "weight 'nan' is no number.", MEND),
    ("cat,0.9,0.1,inf", "w", "inf", "weight is infinite", "the weight is infinite.", DROP),
    (
        "cat,0.9,0.1,2e300",
        "w",
        "2e300",
        "weight is above 1e300",
        "weight 2e300 is above 1e300.",
        DROP,
    ),
]


@pytest.mark.parametrize(("line", "column", "value", "reason", "fact", "hint"), FAULTS)
def test_a_faulty_row_is_refused_with_its_place(
    tmp_path: Path, line: str, column: str, value: str, reason: str, fact: str, hint: str
) -> None:
    path = write(tmp_path, HEADER + GOOD * 3 + line + "\n" + GOOD)
    assert refusal(path, weight="w") == f"p.csv, row 4, column '{column}': {fact}\n{hint}"
    with pytest.raises(InputError) as caught:
        read(path, weight="w")
    assert (caught.value.row, caught.value.column, caught.value.value) == (4, column, value)


@pytest.mark.parametrize(("line", "column", "value", "reason", "fact", "hint"), FAULTS)
def test_a_faulty_row_is_left_out_and_told_about(
    tmp_path: Path, line: str, column: str, value: str, reason: str, fact: str, hint: str
) -> None:
    path = write(tmp_path, HEADER + GOOD * 3 + line + "\n" + GOOD)
    rows = read(path, weight="w", on_invalid="drop")
    (rejection,) = rows.rejections
    assert (rejection.row, rejection.column, rejection.value) == (4, column, value)
    assert rejection.reason == reason
    assert rows.numbers == [1, 2, 3, 5]


def test_every_fault_has_a_reason() -> None:
    reasons = {fault.reason("probabilities") for fault in Fault}
    assert len(reasons) == len(Fault)
    elsewhere = {"probabilities do not sum to 1"}
    elsewhere |= {each for each in reasons if each.startswith("target")}  # test_targets.py
    elsewhere |= {"cluster is missing"}  # test_clusters.py
    assert {each[3] for each in FAULTS} == reasons - elsewhere


def test_the_first_faulty_row_is_named_even_if_a_later_one_is_worse(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "cat,0.9,0.1,-1\n,x,x,x\n")
    assert refusal(path, weight="w").startswith("p.csv, row 1, column 'w'")


def test_the_first_reason_in_the_order_of_the_checks_counts(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + GOOD + "cow,x,,\ncat,x,,1\ncat,2,x,1\ncat,-1,2,-3\n")
    reasons = [each.reason for each in read(path, weight="w", on_invalid="drop").rejections]
    assert reasons == [
        "label names no class",
        "probability is missing",
        "probability is no number",
        "probability is below 0",
    ]


def test_whole_rows_are_kept_on_request(tmp_path: Path) -> None:
    path = write(tmp_path, "note,label,p_a,p_b\nx,a,1,0\ny y,,1,0\n")
    rows = read(path, on_invalid="drop", keep_rejected_rows=True)
    assert dict(rows.rejections[0].cells) == {"note": "y y", "label": "", "p_a": "1", "p_b": "0"}
    assert read(path, on_invalid="drop").rejections[0].cells == ()


def three(folder: Path, *lines: str) -> Path:
    return write(folder, "label,p_a,p_b,p_c\n" + "\n".join(lines) + "\n")


def test_a_sum_far_from_one_is_refused_with_two_ways_out(tmp_path: Path) -> None:
    assert refusal(three(tmp_path, "a,0.5,0.3,0.2", "a,0.5,0.2,0.1")) == (
        "p.csv, row 2: the probabilities sum to 0.8, not to 1.\n  Pass --normalize rescale to "
        "divide such rows by their sum, or --normalize as-is to score them as they are."
    )


def test_a_sum_far_from_one_is_left_out(tmp_path: Path) -> None:
    path = three(tmp_path, "a,0.5,0.3,0.2", "a,0.5,0.2,0.1")
    (rejection,) = read(path, on_invalid="drop").rejections
    assert rejection.reason == "probabilities do not sum to 1"
    assert (rejection.row, rejection.column, rejection.value) == (2, "p_a, p_b, p_c", "0.8")


def test_a_sum_a_little_off_is_counted_and_scored_as_it_is(tmp_path: Path) -> None:
    rows = read(three(tmp_path, "a,0.5,0.3,0.2", "a,0.333,0.333,0.333"))
    assert rows.count("n_not_summing_to_one") == 1
    assert rows.probs[1].tolist() == [0.333] * 3


def test_rescaling_divides_by_the_sum_and_counts(tmp_path: Path) -> None:
    rows = read(
        three(tmp_path, "a,0.5,0.3,0.2", "a,0.333,0.333,0.333", "a,2e-1,0.2,0.1"),
        normalize="rescale",
    )
    assert rows.count("n_rescaled") == 2
    assert rows.probs[0].tolist() == [0.5, 0.3, 0.2]
    assert rows.probs[2] == pytest.approx([0.4, 0.4, 0.2], abs=1e-15)


def test_as_is_scores_any_sum_and_counts(tmp_path: Path) -> None:
    path = three(tmp_path, "a,0.5,0.3,0.2", "a,0.33,0.33,0.33", "a,0.2,0.2,0.1")
    rows = read(path, normalize="as-is")
    assert (rows.count("n_not_summing_to_one"), rows.count("n_as_is")) == (1, 1)
    assert rows.probs[2].tolist() == [0.2, 0.2, 0.1]


def test_a_row_of_zeros_is_no_distribution_at_any_scale(tmp_path: Path) -> None:
    path = three(tmp_path, "a,0,0,0")
    assert "row 1: the probabilities sum to 0, not to 1" in refusal(path, normalize="rescale")


def test_a_probability_above_one_by_rounding_is_lowered_and_counted(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "label,p\n1,1.0000000002\n0,0.5\n"))
    assert rows.probs.tolist() == [[0.0, 1.0], [0.5, 0.5]]
    assert rows.count("n_lowered_to_one") == 1


def test_rows_left_out_are_not_counted_for_anything_else(tmp_path: Path) -> None:
    path = three(tmp_path, "a,0.5,0.3,0.2", "x,0.333,0.333,0.333")
    assert read(path, on_invalid="drop").count("n_not_summing_to_one") == 0


def test_single_precision_explains_larger_deviations(tmp_path: Path) -> None:
    def columns(kind: pa.DataType) -> dict[str, pa.Array]:
        half = [pa.array([0.5]).cast(kind), pa.array([0.5001]).cast(kind)]
        return {"label": pa.array(["a"]), "p_a": half[0], "p_b": half[1]}

    single = read(write_parquet(tmp_path, columns(pa.float32())))
    double = read(write_parquet(tmp_path, columns(pa.float64())))
    assert single.count("n_not_summing_to_one") == 0
    assert double.count("n_not_summing_to_one") == 1


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "label,p_a,p_b\na,90,10\nb,20.5,79.5\n",
            "If the values are percentages, pass --input-kind percentages.",
        ),
        (
            "label,p\n1,90\n0,20.5\n",
            "If the values are percentages, pass --input-kind percentages.",
        ),
        (
            "label,p_a,p_b\na,2.5,-1\nb,-3,4\n",
            "If the values are logits, pass --input-kind logits.",
        ),
        ("label,p\n1,2.5\n0,-3\n", "If the values are logits, pass --input-kind logits."),
        (
            "label,p_a,p_b\na,-0.1,-2.3\nb,-2,-0.2\n",
            "All values are 0 or below: if they are log-probabilities, "
            "pass --input-kind log-probabilities.",
        ),
    ],
)
def test_values_on_another_scale_are_recognised(tmp_path: Path, text: str, hint: str) -> None:
    assert hint in refusal(write(tmp_path, text))


def test_blanks_around_numbers_do_not_matter(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "label, p_a ,p_b\na, 0.75 ,\t0.25\n"))
    assert rows.probs.tolist() == [[0.75, 0.25]]


def test_zeros_and_ones_without_decimals_are_probabilities(tmp_path: Path) -> None:
    columns = {"label": [0, 1], "p_0": [1, 0], "p_1": [0, 1]}
    assert read(write_parquet(tmp_path, columns)).probs.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_a_row_with_a_fault_does_not_change_how_other_cells_are_read(tmp_path: Path) -> None:
    cells = ["+0.5", "5e-1", ".5", "0.5", "00.5", "5E-01"]
    good = "".join(f"a,{cell},0.5\n" for cell in cells)
    clean = read(write(tmp_path, "label,p_a,p_b\n" + good))
    faulty = read(write(tmp_path, "label,p_a,p_b\n" + good + "a,0x1,0.5\n"), on_invalid="drop")
    assert np.array_equal(clean.probs, faulty.probs)
    assert len(faulty.rejections) == 1


def test_missing_slice_values_and_ids_stay_rows(tmp_path: Path) -> None:
    path = write(tmp_path, "id,label,p_a,p_b,lang\n7.0,a,1,0,fr\n,b,0,1,\nx,a,1,0,4.0\n")
    rows = read(path, slices=("lang",))
    assert rows.slice_values() == ["fr", "(missing)", "4"]
    assert rows.joined("ids").tolist() == ["7", "", "x"]


def test_lists_are_no_labels_and_no_numbers(tmp_path: Path) -> None:
    path = write_parquet(tmp_path, {"label": ["a"], "p_a": [[1.0]], "p_b": [0.0]})
    assert refusal(path) == (
        "p.parquet, column 'p_a': cells of type list<element: double> cannot be read here.\n"
        "  Lists are read as probabilities with --probs, or as what happened with --target-probs; "
        "all else is one value a row."
    )


def test_labels_that_are_none_of_the_classes_at_all_ask_for_their_names(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "label,p_0,p_1\ncat,1,0\ndog,0,1\n")) == (
        "p.csv, row 1, column 'label': label 'cat' is none of the classes 0, 1.\n"
        "  No label here names a class: list the columns with --probs A,B and the class of each "
        "with --classes X,Y."
    )
