"""JSON Lines and JSON documents: shapes of records, numbers, and places of mistakes."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from evalreport.api import evaluate_file
from evalreport.readers.jsonl import JsonLinesPart
from evalreport.readers.storage import InputFile
from tests.readers.support import WRITER, opened, read, refusal, rows_of, write

RECORD = {"label": "cat", "probs": {"cat": 0.9, "dog": 0.1}}
CUT = "\n  Write the records with a JSON library; a file that was cut short ends inside of one."
EXAMPLE = '\n  A record looks like {"label": "cat", "probs": {"cat": 0.9, "dog": 0.1}}.'
DROP = "\n  Pass --on-invalid drop to leave such rows out."
MEND = "\n  Write a number there, or pass --on-invalid drop to leave such rows out."


def lines(folder: Path, *records: Any, name: str = "p.jsonl") -> Path:
    texts = [each if isinstance(each, str) else json.dumps(each) for each in records]
    return write(folder, "".join(f"{text}\n" for text in texts), name)


def pairs(*scores: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"label": label, "score": score} for label, score in scores]


def test_records_with_an_object_of_probabilities(tmp_path: Path) -> None:
    rows = read(lines(tmp_path, RECORD, {"probs": {"dog": 0.75, "cat": 0.25}, "label": "dog"}))
    assert (rows.observed, rows.probs.tolist()) == (["cat", "dog"], [[0.9, 0.1], [0.25, 0.75]])


def test_records_with_a_list_of_probabilities_go_by_position(tmp_path: Path) -> None:
    path = lines(tmp_path, {"label": 1, "probs": [0.25, 0.75]}, {"label": 0, "probs": [1, 0]})
    predictions = opened(path)
    assert rows_of(predictions).probs.tolist() == [[0.25, 0.75], [1, 0]]
    assert (
        "The classes are positions in 'probs', counted from 0: label 0 is the first number of a "
        "row."
    )


def test_positions_need_the_classes_if_labels_are_names(tmp_path: Path) -> None:
    path = lines(tmp_path, {"label": "b", "probs": [0.25, 0.75]}, {"label": "a", "probs": [1, 0]})
    assert refusal(path) == (
        "p.jsonl: 'probs' holds 2 numbers by position, and the labels (b, a) do not say which "
        "position is which class.\n"
        "  Pass --classes A,B,C with the class of each position, in their order."
    )
    rows = read(path, classes=("a", "b"))
    assert (rows.observed, rows.probs.tolist()) == (["b", "a"], [[0.25, 0.75], [1, 0]])


def test_the_order_of_pairs_and_rows_does_not_matter_for_the_digest(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": 1, "label": "c", "scores": pairs(("c", 0.5), ("a", 0.3), ("b", 0.2))},
        {"id": 2, "label": "a", "scores": pairs(("b", 0.6), ("a", 0.3), ("c", 0.1))},
    ]
    path, turned = lines(tmp_path, *rows), lines(tmp_path, *rows[::-1], name="turned.jsonl")
    assert opened(path).classes == opened(turned).classes == ("a", "b", "c")
    assert evaluate_file(path).result.digest == evaluate_file(turned).result.digest


def test_pairs_of_label_and_score_are_matched_by_label_in_any_order(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        {"label": "b", "predictions": pairs(("b", 0.75), ("a", 0.25))},
        {"label": "a", "predictions": pairs(("a", 0.5), ("b", 0.5))},
        {"label": "b", "predictions": pairs(("b", 1), ("a", 0))},
    )
    rows = read(path, classes=("a", "b"))
    assert rows.probs.tolist() == [[0.25, 0.75], [0.5, 0.5], [0, 1]]


def test_what_pairs_do_not_hold_is_missing_and_twice_is_refused(tmp_path: Path) -> None:
    first = {"label": "a", "scores": pairs(("a", 0.5), ("b", 0.5))}
    assert refusal(lines(tmp_path, first, {"label": "a", "scores": pairs(("a", 1))})) == (
        f"p.jsonl, row 2, column 'scores.b': the probability is missing.{DROP[:-1]}, "
        "or --top-k if rows hold only their most likely classes."
    )
    twice = {"label": "a", "scores": pairs(("a", 0.5), ("a", 0.5))}
    assert refusal(lines(tmp_path, first, twice)) == (
        "p.jsonl, row 2, column 'scores': 'a' stands here twice.\n  Give each class once."
    )


def test_a_class_that_the_first_rows_do_not_have_is_not_passed_over(tmp_path: Path) -> None:
    fact = (
        "stands here, and in none of the first rows.\n"
        "  Give every row all the classes, or pass --top-k if rows hold only the most likely."
    )
    late = {"label": "cat", "probs": {"cat": 0.9, "emu": 0.1}}
    assert refusal(lines(tmp_path, *[RECORD] * 60_000, late)) == (
        f"p.jsonl, row 60001, column 'probs': 'emu' {fact}"
    )
    first = {"label": "a", "scores": pairs(("a", 0.5), ("b", 0.5))}
    late = {"label": "a", "scores": pairs(("a", 0.5), ("c", 0.5))}
    assert refusal(lines(tmp_path, *[first] * 2000, late)) == (
        f"p.jsonl, row 2001, column 'scores': 'c' {fact}"
    )


def test_lists_of_different_lengths_are_refused(tmp_path: Path) -> None:
    path = lines(tmp_path, {"label": 0, "probs": [1, 0]}, {"label": 1, "probs": [0, 1, 0]})
    assert refusal(path) == (
        "p.jsonl, row 2, column 'probs': the list holds 3 numbers, and the first one holds 2.\n"
        "  Give every row the probabilities of all classes."
    )


@pytest.mark.parametrize("probs", [None, [0.5, None]])
def test_a_null_in_or_for_a_list_is_a_missing_probability(tmp_path: Path, probs: Any) -> None:
    path = lines(tmp_path, {"label": 0, "probs": [1, 0]}, {"label": 1, "probs": probs})
    assert "row 2, column 'probs[" in refusal(path)
    assert "the probability is missing" in refusal(path)
    assert len(read(path, on_invalid="drop").observed) == 1


def test_two_sets_of_probabilities_are_not_chosen_between(tmp_path: Path) -> None:
    path = lines(tmp_path, {"label": 0, "probs": [1, 0], "scores": [0, 1]})
    assert refusal(path) == (
        "p.jsonl: the probabilities could be in 'probs' or in 'scores'.\n"
        "  Pass --probs probs or --probs scores."
    )
    assert read(path, probs=("scores",)).probs.tolist() == [[0, 1]]


def test_nested_keys_are_named_with_a_point(tmp_path: Path) -> None:
    records = [{**RECORD, "meta": {"lang": lang, "tags": ["x"]}} for lang in ("fr", "de")]
    assert read(lines(tmp_path, *records), slices=("meta.lang",)).slice_values() == ["fr", "de"]


def test_text_that_looks_like_a_time_stays_text(tmp_path: Path) -> None:
    record = {"label": "2020-01-01", "p_2020-01-01": 0.75, "p_2020-01-02T03:04": 0.25}
    records = [{**record, "meta": {"day": "2020-01-01"}}, record]
    rows = read(lines(tmp_path, *records), slices=("meta.day",))
    assert rows.observed == ["2020-01-01", "2020-01-01"]
    assert rows.slice_values() == ["2020-01-01", "(missing)"]


def test_large_whole_numbers_are_not_rounded(tmp_path: Path) -> None:
    ids = ["12345678901234567890", "12345678901234567891", "9007199254740993"]
    path = lines(tmp_path, *(f'{{"id": {each}, "label": 1, "prob": 0.5}}' for each in ids))
    assert list(read(path).joined("ids")) == ids


def test_columns_of_mixed_types_are_read_as_they_stand(tmp_path: Path) -> None:
    path = lines(tmp_path, '{"label": 1, "prob": 0.5}', '{"label": "0", "prob": "0.25"}')
    rows = read(path)
    assert (rows.observed, rows.probs[:, 1].tolist()) == (["1", "0"], [0.5, 0.25])


def test_a_number_that_is_none_is_told_with_its_row(tmp_path: Path) -> None:
    text = lines(tmp_path, RECORD, {"label": "cat", "probs": {"cat": "abc", "dog": 0}})
    assert refusal(text) == (
        f"p.jsonl, row 2, column 'probs.cat': probability 'abc' is no number.{MEND}"
    )
    nan = lines(tmp_path, RECORD, '{"label": "cat", "probs": {"cat": NaN, "dog": 0}}')
    assert refusal(nan) == f"p.jsonl, row 2, column 'probs.cat': the probability is NaN.{DROP}"


BAD_LINES = [
    ('{"label":"cat",', "the record is no JSON: expecting property name enclosed in double quotes "
     f"at character 16.{CUT}"),
    ('{"label":"cat","label":"dog"}',
     f"the record is no JSON: the key 'label' stands in it twice.{CUT}"),
    ('{"label":"cat"} {"label":"dog"}', "the record is no JSON: extra data at character 17.\n"
     "  Write each record on a line of its own."),
    ("null", f"there is null, and an object is needed.{EXAMPLE}"),
    ("[1]", f"there is a list, and an object is needed.{EXAMPLE}"),
    ('{"label":"\\ud800"}', "a text holds \\ud800, which is half a character.\n"
     "  Write characters beyond U+FFFF as a pair, or as UTF-8."),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message"), BAD_LINES)
def test_a_bad_line_is_told_with_its_row(tmp_path: Path, line: str, message: str) -> None:
    assert refusal(lines(tmp_path, RECORD, line, RECORD)) == f"p.jsonl, row 2: {message}"


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    assert read(lines(tmp_path, "", RECORD, "  ", RECORD, "")).numbers == [1, 2]


def test_a_byte_order_mark_and_crlf_do_not_matter(tmp_path: Path) -> None:
    text = lines(tmp_path, RECORD, RECORD).read_bytes().replace(b"\n", b"\r\n")
    assert len(read(write(tmp_path, b"\xef\xbb\xbf" + text, "p.jsonl")).observed) == 2


def test_text_in_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, b'{"label":"a"}\n{"label":"caf\xe9"}\n', "p.jsonl")
    assert refusal(path).startswith("p.jsonl: line 2 is not UTF-8 text: it holds the byte 0xe9.")
    path = write(tmp_path, b'[{"label":"a"},\n{"label":"caf\xe9"}]', "p.json")
    assert refusal(path).startswith("p.json: line 2 is not UTF-8 text: it holds the byte 0xe9.")


def test_any_block_size_gives_the_same_rows(tmp_path: Path) -> None:
    records = [{"label": n % 2, "probs": [n / 100, 1 - n / 100], "id": n} for n in range(100)]
    file = InputFile(str(lines(tmp_path, *records)), "p.jsonl")
    whole = [row for batch in JsonLinesPart(file).batches() for row in batch.to_pylist()]
    for size in (1, 7, 64, 1000):
        part = JsonLinesPart(file, block_size=size)
        assert [row for batch in part.batches() for row in batch.to_pylist()] == whole


def test_a_document_is_read_like_lines(tmp_path: Path) -> None:
    records = [{**RECORD, "id": str(number)} for number in range(20_000)]
    rows = read(write(tmp_path, json.dumps(records, indent=2), "p.json"))
    assert rows.numbers == list(range(1, 20_001))


DOCUMENTS = [
    ('{"label":1}\n{"label":0}', "p.json: the document is no list of records: it starts with '{'.\n"
     "  If each line is a record of its own, pass --format jsonl; else write the list of "
     "records alone, as pandas does with orient='records'."),
    ("3", "p.json: the document is no list of records: it starts with '3'.\n"
     "  A document looks like [{…}, {…}], as pandas writes with orient='records'."),
    ('[{"label":"a"},\n{"label":"a","p_a"',
     f"p.json, row 2: the record is no JSON: expecting ':' delimiter at character 19.{CUT}"),
    ('[{"label":"a"}', "p.json, row 1: the document breaks off after this record.\n"
     "  Write the file again; it may be cut short."),
    ('[{"label":"a"} {"label":"a"}]', "p.json, row 1: '{' follows the record, and a comma or the "
     "end of the list is needed.\n  Write the file again; it may be cut short."),
    ('[{"label":"a"}] x', "p.json: the list of records has ended, and 'x' follows.\n"
     "  A document holds one list of records and nothing else."),
    ("[1, 2]", f"p.json, row 1: there is a number, and an object is needed.{EXAMPLE}"),
    ("[]", "p.json: there are no rows." + WRITER),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), DOCUMENTS)
def test_a_bad_document_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert refusal(write(tmp_path, text, "p.json")) == message


def test_a_document_under_the_name_of_lines_is_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "[{}]", "p.jsonl")) == (
        "p.jsonl: this is one JSON document, not one record a line: it starts with '['.\n"
        "  Pass --format json."
    )


ROWS_IN_ORDERS = [
    {"id": 1, "label": "dog", "probs": {"emu": 0.1, "dog": 0.8, "cat": 0.1}},
    {"id": 2, "label": "cat", "probs": {"cat": 0.7, "emu": 0.1, "dog": 0.2}},
    {"id": 3, "label": "emu", "probs": {"dog": 0.2, "emu": 0.6, "cat": 0.2}},
]
FLAT = [
    {"id": row["id"], "label": row["label"], **{f"p_{k}": v for k, v in row["probs"].items()}}
    for row in ROWS_IN_ORDERS
]


@pytest.mark.parametrize("rows", [ROWS_IN_ORDERS, FLAT], ids=["nested", "flat"])
@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_rows_that_name_classes_in_other_orders_may_come_in_any_order(
    tmp_path: Path, rows: list[dict], form: str
) -> None:
    digests = set()
    for order in permutations(rows):
        text = json.dumps(order) if form == "json" else "".join(f"{json.dumps(r)}\n" for r in order)
        predictions = opened(write(tmp_path, text, f"p.{form}"))
        assert predictions.classes == ("cat", "dog", "emu")
        note = "Classes are sorted, because files or rows name them in different orders."
        assert note in predictions.readings
        digests.add(evaluate_file(tmp_path / f"p.{form}").digest)
    assert len(digests) == 1


def test_one_order_of_all_rows_is_that_of_the_classes(tmp_path: Path) -> None:
    rows = [{"label": "b", "probs": {"b": 0.5, "a": 0.5}}] * 2
    path = write(tmp_path, "".join(f"{json.dumps(row)}\n" for row in rows), "p.jsonl")
    assert opened(path).classes == ("b", "a")
    assert opened(path, classes=("a", "b")).classes == ("a", "b")


def test_files_with_columns_in_other_orders_may_come_in_any_order(tmp_path: Path) -> None:
    first = write(tmp_path, "id,label,p_b,p_a\n1,a,0.3,0.7\n", "x.csv")
    second = write(tmp_path, "id,label,p_a,p_b\n2,b,0.4,0.6\n", "y.csv")
    here, there = (evaluate_file(each) for each in ([first, second], [second, first]))
    assert here.result.input.classes == there.result.input.classes == ("a", "b")
    assert here.digest == there.digest
