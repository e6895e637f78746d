"""Tokens and Gaussian forecasts on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evalreport.api import evaluate_file
from evalreport.errors import SettingsError
from evalreport.settings import ReportSettings
from evalreport.task_results import TaskColumns


def evalreport(*words: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "evalreport", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, env=os.environ, check=False)


def test_a_token_file_is_reported_in_all_forms(tmp_path):
    rows = "".join(f"{name},-{i % 5}.5\n" for name in "abcdefghijkl" for i in range(20))
    (tmp_path / "t.csv").write_text(f"doc,logprob\n{rows}")
    words = ["report", "t.csv", "--input-kind", "tokens", "--cluster", "doc"]
    done = evalreport(*words, "--json", "t.json", "--markdown", "t.md", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    out = done.stdout.decode()
    assert "240 tokens, 12 documents" in out
    assert "Perplexity 12.2" in out
    assert json.loads((tmp_path / "t.json").read_text())["tokens"]["n_documents"] == 12
    assert (
        "<title>2.500, perplexity 12.2: t token loss report"
        in (tmp_path / "t.report.html").read_text()
    )
    assert "perplexity 12.2" in (tmp_path / "t.md").read_text()


def test_gaussian_forecasts_take_their_columns_by_option(tmp_path):
    rows = "".join(f"{i % 7},{i % 5},{1 + i % 3}\n" for i in range(40))
    (tmp_path / "g.csv").write_text(f"sales,m,s\n{rows}")
    words = ["report", "g.csv", "--input-kind", "gaussian", "--label", "sales"]
    done = evalreport(*words, "--mean", "m", "--std", "s", "--json", "-", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["task"] == "gaussian"
    assert document["input"]["columns"]["probabilities"] == ["m", "s"]


def test_rejected_rows_of_a_token_file_are_kept_with_their_reason(tmp_path):
    pq.write_table(pa.table({"logprobs": [[-1.0], [2.0]]}), tmp_path / "t.parquet")
    words = ["report", "t.parquet", "--input-kind", "tokens", "--on-invalid", "drop"]
    done = evalreport(*words, "--rejects", "r.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "r.csv").read_text().splitlines()[1] == (
        "[2.0],t.parquet,2,logprobs,log-probability is above 0"
    )


def test_a_refused_token_exits_with_3_and_writes_nothing(tmp_path):
    (tmp_path / "t.csv").write_text("logprob\n0.5\n")
    done = evalreport("report", "t.csv", "--input-kind", "tokens", cwd=tmp_path)
    assert done.returncode == 3
    assert os.listdir(tmp_path) == ["t.csv"]


def test_an_option_without_a_meaning_is_wrong_usage(tmp_path):
    (tmp_path / "t.csv").write_text("logprob\n-0.5\n")
    words = ["report", "t.csv", "--input-kind", "tokens", "--label", "logprob"]
    done = evalreport(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert b"--label has no meaning with --input-kind tokens." in done.stderr


def test_columns_of_a_task_without_that_task_are_wrong_usage(tmp_path):
    (tmp_path / "p.csv").write_text("label,prob\n1,0.5\n0,0.5\n")
    done = evalreport("report", "p.csv", "--text", "label", cwd=tmp_path)
    assert done.returncode == 2
    assert b"--text needs --input-kind tokens." in done.stderr


def test_the_command_in_the_report_names_the_columns():
    settings = ReportSettings(
        inputs=("t.csv",),
        input_kind="tokens",
        task_columns=TaskColumns(cluster="doc", n_bytes="size"),
    )
    command = settings.command()
    assert command == "evalreport report t.csv --input-kind tokens --cluster doc --n-bytes size"


def test_json_lines_hold_the_tokens_of_a_response(tmp_path):
    rows = [[None, -1.0, -2.0], [None, -0.5], [None, -3.0, -1.5, -2.5]]
    lists = [{"id": f"d{i}", "logprobs": row} for i, row in enumerate(rows)]
    tokens = [[{"token": "x", "logprob": each} for each in row] for row in rows]
    answers = [{"id": f"d{i}", "logprobs": {"content": row}} for i, row in enumerate(tokens)]
    for name, records in (("lists.jsonl", lists), ("answers.jsonl", answers)):
        (tmp_path / name).write_text("".join(f"{json.dumps(each)}\n" for each in records))
        result = evaluate_file(tmp_path / name, input_kind="tokens").result
        assert (result.overall.n, result.overall.log_loss) == (6, 1.75)
        assert result.tokens.n_documents == 3


def test_gaussian_forecasts_may_have_a_decimal_comma(tmp_path):
    rows = [(1.5, 1.0, 0.5), (2.0, 2.25, 1.5), (-1.5, -0.5, 0.75)]
    text = "".join(f"{y:g};{m:g};{s:g}\n" for y, m, s in rows)
    (tmp_path / "point.csv").write_text("y;mean;std\n" + text)
    (tmp_path / "comma.csv").write_text("y;mean;std\n" + text.replace(".", ","))
    (tmp_path / "told.csv").write_text("y;mean;std\n" + text.replace(".", ","))
    point, comma = (
        evaluate_file(tmp_path / f"{name}.csv", label="y", input_kind="gaussian").result
        for name in ("point", "comma")
    )
    asked = {"label": "y", "input_kind": "gaussian", "decimal": ","}
    told = evaluate_file(tmp_path / "told.csv", **asked).result
    assert point.digest == comma.digest == told.digest
    note = "Numbers in text have a decimal comma: none of the first numbers has a point."
    assert note in comma.input.readings


@pytest.mark.parametrize("kind", ["tokens", "gaussian"])
@pytest.mark.parametrize(
    ("option", "given"),
    [
        ("target_probs", {"target_probs": "logprob"}),
        ("normalize_targets", {"normalize_targets": True}),
        ("class_column", {"class_column": "logprob"}),
        ("label_smoothing", {"label_smoothing": 0.1}),
    ],
)
def test_what_speaks_of_classes_has_no_meaning_for_other_tasks(tmp_path, kind, option, given):
    (tmp_path / "t.csv").write_text("logprob,label,mean,std\n-0.5,1,1,1\n")
    with pytest.raises(SettingsError) as caught:
        evaluate_file(tmp_path / "t.csv", input_kind=kind, **given)
    assert str(caught.value) == f"{option}= has no meaning with input_kind='{kind}'."


def test_the_summaries_name_what_the_number_is(tmp_path):
    (tmp_path / "t.csv").write_text("logprob\n-0.5\n-1.5\n")
    tokens = evaluate_file(tmp_path / "t.csv", input_kind="tokens").to_markdown()
    assert "### - Loss per token 1.000: perplexity 2.72" in tokens
    assert "| Tokens scored | **2** |" in tokens
    (tmp_path / "g.csv").write_text("y,mean,std\n1,1,1\n2,1,1\n")
    gaussian = evaluate_file(tmp_path / "g.csv", input_kind="gaussian").to_markdown()
    assert "Loss of the density 1.169" in gaussian
    assert "| Rows scored | **2** |" in gaussian
    assert "zero probability" not in tokens + gaussian


def test_documents_without_names_are_two_sets_of_rows_and_the_limit_on_the_change_says_so(tmp_path):
    (tmp_path / "t.csv").write_text("logprob\n-1\n-2\n")
    (tmp_path / "before.csv").write_text("logprob\n-1\n-1\n")
    words = ["report", "t.csv", "--input-kind", "tokens", "--previous", "before.csv"]
    done = evalreport(*words, "--max-regression", "0.1", "-o", "none", cwd=tmp_path)
    said = done.stdout.decode()
    assert "Previous 1.000: no clear change (+0.500) (not the same rows)" in said
    assert "Limit not judged: fewer than 10 rows were compared" in said
