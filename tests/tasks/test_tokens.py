"""Token files: the numbers by hand and by plain NumPy, and what is refused with which words."""

from __future__ import annotations

import json
import math
from pathlib import Path

import jsonschema
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

import evalreport
from evalreport.errors import InputError, SettingsError
from evalreport.renderers.html import HtmlRenderer
from evalreport.renderers.markdown import MarkdownRenderer
from evalreport.report import build_report
from evalreport.schema import evaluation_schema
from evalreport.statistics.clusters import bucket_of, column_ratio, ratio_error
from evalreport.statistics.documents import LOSS, MASS, ByDocument
from evalreport.task_batches import TokenBatch

HALVES = "doc,logprob\n" + "a,-0.6931471805599453\n" * 3 + "b,-1.3862943611198906\n"


def write(folder: Path, text: str, name: str = "tokens.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def evaluated(path: Path, **options: object) -> evalreport.api.Evaluation:
    return evalreport.evaluate_file(path, input_kind="tokens", **options)


def uneven_documents(rng: np.random.Generator, n_documents: int) -> list[np.ndarray]:
    """Documents of very different length, each with a loss of its own."""
    lengths = np.maximum(1, rng.lognormal(3.0, 1.0, n_documents)).astype(int)
    levels = np.exp(rng.normal(0.0, 0.4, n_documents))
    return [rng.exponential(level, n) for level, n in zip(levels, lengths, strict=True)]


def list_file(folder: Path, documents: list[list[float | None]], **columns: list) -> Path:
    path = folder / "lists.parquet"
    pq.write_table(pa.table({"logprobs": documents, **columns}), path)
    return path


# --- numbers ----------------------------------------------------------------------------------


def test_four_tokens_by_hand(tmp_path):
    result = evaluated(write(tmp_path, HALVES), cluster="doc").result
    ln2 = math.log(2.0)
    assert result.task == "tokens"
    assert result.overall.log_loss == pytest.approx(5 * ln2 / 4, rel=1e-15)
    assert result.overall.band is None
    assert result.baseline.class_frequencies is None
    tokens = result.tokens
    assert (tokens.n_tokens, tokens.n_documents) == (4, 2)
    assert tokens.bits_per_token == pytest.approx(1.25, rel=1e-15)
    assert tokens.perplexity == pytest.approx(2**1.25, rel=1e-14)
    assert tokens.document_mean.value == pytest.approx(1.5 * ln2, rel=1e-15)
    assert tokens.effective_documents == pytest.approx(16 / 10)


def test_the_standard_errors_are_those_of_the_plain_formulas():
    rng = np.random.default_rng(1)
    documents = uneven_documents(rng, 40)
    sums = np.array([each.sum() for each in documents])
    lengths = np.array([len(each) for each in documents], dtype=float)
    error = ratio_error(list(sums), list(lengths))
    n_documents, n, loss = 40, lengths.sum(), sums.sum() / lengths.sum()
    linear = n_documents / (n_documents - 1) * ((sums - loss * lengths) ** 2).sum() / n**2
    assert error.ratio == pytest.approx(loss, rel=1e-14)
    assert error.linear == pytest.approx(math.sqrt(linear), rel=1e-12)
    without = (sums.sum() - sums) / (n - lengths)
    jackknife = (n_documents - 1) / n_documents * ((without - without.mean()) ** 2).sum()
    assert error.jackknife == pytest.approx(math.sqrt(jackknife), rel=1e-9)
    assert error.effective == pytest.approx(n**2 / (lengths**2).sum())
    half = stats.t.ppf(0.975, error.effective - 1) * error.jackknife
    assert error.interval() == pytest.approx((loss - half, loss + half))


def test_the_interval_covers_the_truth_as_often_as_it_says_for_thirty_uneven_documents():
    rng = np.random.default_rng(7)
    n_runs, covered, naive_covered = 1500, 0, 0
    # Loss per token in the long run: length and level of a document are independent.
    truth = math.exp(0.4**2 / 2)
    for _ in range(n_runs):
        documents = uneven_documents(rng, 30)
        error = ratio_error([each.sum() for each in documents], [len(each) for each in documents])
        low, high = error.interval()
        covered += low <= truth <= high
        together = np.concatenate(documents)
        half = 1.96 * together.std() / math.sqrt(len(together))
        naive_covered += abs(together.mean() - truth) <= half
    assert 0.92 <= covered / n_runs <= 0.97
    assert naive_covered / n_runs < 0.75


def test_tokens_in_rows_and_in_lists_give_the_same_numbers(tmp_path):
    documents = [each.tolist() for each in uneven_documents(np.random.default_rng(3), 25)]
    lists = [[-each for each in document] for document in documents]
    names = [f"d{i}" for i in range(25)]
    rows = "".join(
        f"{name},{each!r}\n"
        for name, document in zip(names, lists, strict=True)
        for each in document
    )
    by_row = evaluated(write(tmp_path, "doc,logprob\n" + rows), cluster="doc").result
    by_list = evaluated(list_file(tmp_path, lists, id=names)).result
    text = "id\tlogprobs\n" + "".join(
        f"{name}\t{json.dumps(document)}\n" for name, document in zip(names, lists, strict=True)
    )
    as_text = evaluated(write(tmp_path, text, "lists.tsv")).result
    assert by_row.overall == by_list.overall == as_text.overall
    assert by_list.digest == as_text.digest
    assert by_row.tokens.document_mean == by_list.tokens.document_mean
    assert by_row.tokens.worst_documents == by_list.tokens.worst_documents
    assert by_row.tokens.positions == ()
    losses = [np.array(document) for document in documents]
    first = by_list.tokens.positions[0]
    assert (first.first, first.last, first.n) == (1, 1, 25)
    assert first.mean_loss == pytest.approx(np.mean([each[0] for each in losses]))
    third = by_list.tokens.positions[2]
    assert (third.first, third.last) == (3, 4)
    assert third.mean_loss == pytest.approx(np.mean(np.concatenate([e[2:4] for e in losses])))


def test_lists_of_records_and_a_first_token_without_a_number_are_understood(tmp_path):
    records = [[{"token": "a", "logprob": -1.0}, {"token": "b", "logprob": -3.0}]]
    by_record = evaluated(list_file(tmp_path, records)).result
    with_nothing = evaluated(list_file(tmp_path, [[None, -1.0, -3.0]])).result
    text = "id,logprobs\n" + 'x,"[None, -1.0, {""logprob"": -3.0}]"\n'
    from_python = evaluated(write(tmp_path, text)).result
    for result in (by_record, with_nothing, from_python):
        assert result.overall.log_loss == 2.0
        assert result.tokens.n_tokens == 2
    assert with_nothing.tokens.skipped_first_tokens == 1
    assert [each.first for each in with_nothing.tokens.positions] == [2, 3]


def test_bits_per_character_and_per_byte_count_the_text(tmp_path):
    path = list_file(tmp_path, [[-1.0, -2.0], [-3.0]], text=["héé", "ab"], size=[5, 2])
    tokens = evaluated(path, text="text").result.tokens
    assert (tokens.n_characters, tokens.n_utf8_bytes) == (5, 7)
    assert tokens.bits_per_character.value == pytest.approx(6 / math.log(2) / 5)
    assert tokens.bits_per_byte.value == pytest.approx(6 / math.log(2) / 7)
    by_column = evaluated(path, n_bytes="size").result.tokens
    assert by_column.bits_per_byte == tokens.bits_per_byte
    assert by_column.bits_per_character is None


def test_a_token_of_probability_zero_makes_the_mean_infinite_and_is_told(tmp_path):
    text = "doc,logprob\n" + "a,-1.0\n" * 5 + "b,-inf\n"
    evaluation = evaluated(write(tmp_path, text), cluster="doc")
    result = evaluation.result
    assert result.overall.log_loss is None
    assert result.overall.zero_probability_rows == 1
    assert result.tokens.perplexity is None
    assert result.tokens.loss_of_finite_tokens == 1.0
    assert result.tokens.worst_documents[0].mean_loss is None
    assert "Zero probability given to 1 token" in [each.title for each in result.findings]
    assert "The loss per token is infinite" in evaluation.to_html()


def test_without_documents_the_interval_is_naive_and_says_so(tmp_path):
    rng = np.random.default_rng(5)
    text = "logprob\n" + "".join(f"{-each!r}\n" for each in rng.exponential(1.0, 500).tolist())
    evaluation = evaluated(write(tmp_path, text))
    tokens = evaluation.result.tokens
    assert (tokens.interval_method, tokens.n_documents) == ("naive", None)
    assert evaluation.interval == tokens.naive.interval
    assert [each.code for each in evaluation.result.findings] == ["naive-interval"]
    assert "it is too narrow" in evaluation.to_html()


def test_the_worst_tokens_hold_what_sorting_says(tmp_path):
    losses = np.random.default_rng(11).gamma(0.3, 4.0, 5000)
    text = "logprob\n" + "".join(f"{-each!r}\n" for each in losses.tolist())
    tails = evaluated(write(tmp_path, text)).result.tokens.tails
    ordered = np.sort(losses)[::-1]
    for tail in tails:
        assert tail.n == math.ceil(tail.share_of_tokens * 5000)
        assert tail.share_of_loss == pytest.approx(ordered[: tail.n].sum() / losses.sum(), rel=2e-3)
        assert tail.least_loss == pytest.approx(ordered[tail.n - 1], rel=0.04)


def test_buckets_stand_in_for_documents_that_are_too_many():
    rng = np.random.default_rng(2)
    documents = uneven_documents(rng, 3000)
    starts = np.concatenate(([0], np.cumsum([len(each) for each in documents])))
    batch = TokenBatch(
        -np.concatenate(documents),
        starts.astype(np.int64),
        np.arange(3000),
        tuple(f"doc {i}" for i in range(3000)),
    )
    few, many = ByDocument(100).from_batch(batch), ByDocument().from_batch(batch)
    assert few.documents is None
    assert few.finest() is few.buckets
    assert len(many.documents.rows) == 3000
    bucketed, exact = (column_ratio(each.finest(), LOSS, MASS) for each in (few, many))
    assert bucketed.ratio == exact.ratio
    assert bucketed.jackknife == pytest.approx(exact.jackknife, rel=0.1)
    halves = [ByDocument(2000).from_batch(part) for part in (batch[:1500], batch[1500:])]
    assert all(each.documents is not None for each in halves)
    assert halves[0].merge(halves[1]).documents is None


def test_documents_spread_evenly_over_the_buckets():
    counts = np.bincount([bucket_of(f"document {i}") for i in range(102_400)], minlength=1024)
    assert stats.chisquare(counts).pvalue > 0.001


# --- outputs ----------------------------------------------------------------------------------


def test_the_file_follows_the_schema_and_reads_back(tmp_path):
    evaluation = evaluated(write(tmp_path, HALVES), cluster="doc")
    document = json.loads(evaluation.to_json(tmp_path / "e.json"))
    jsonschema.validate(document, evaluation_schema())
    again = evalreport.read_evaluation(tmp_path / "e.json")
    assert again.result == evaluation.result
    assert again.to_html() == evaluation.to_html()


@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_the_page_and_the_summary_have_no_bands(tmp_path, unit):
    result = evaluated(write(tmp_path, HALVES), cluster="doc").result
    report = build_report(result, unit=unit)
    page, summary = HtmlRenderer().render(report), MarkdownRenderer().render(report)
    assert "Perplexity 2.38" in page
    assert {"nats": "0.866", "bits": "1.250"}[unit] in page
    assert 'class="scale"' not in page
    assert "great" not in summary
    assert [each.id for each in report.sections] == ["documents", "tails", "quality", "help", "run"]


def test_hostile_document_names_stay_text(tmp_path):
    path = list_file(tmp_path, [[-1.0], [-2.0]], id=["</script><img onerror=x>", "\x1b[31m"])
    page = evaluated(path).to_html()
    assert "<img" not in page
    assert "\x1b" not in page


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "logprob\n-1\n0.5\n",
            "row 2, column 'logprob': log-probability 0.5 is above 0.\n"
            "  Pass on_invalid='drop' to leave such rows out.",
        ),
        (
            "logprob\n0.25\n0.5\n",
            "row 1, column 'logprob': log-probability 0.25 is above 0.\n  All values are between "
            "0 and 1: if they are probabilities, take their logarithms.",
        ),
        (
            "logprob\n3.5\n0.5\n",
            "row 1, column 'logprob': log-probability 3.5 is above 0.\n  All values are 0 or "
            "above: if they are losses, change their sign.",
        ),
        (
            "logprob\n-1\n-5000\n",
            "row 2, column 'logprob': log-probability -5000 is below -2048.\n  A token hardly ever "
            "is: if this is the sum over a document, it is no token file.",
        ),
        (
            "logprob,x\n-1,1\n,1\n",
            "row 2, column 'logprob': the log-probability is missing.\n"
            "  Pass on_invalid='drop' to leave such rows out.",
        ),
        (
            "logprob\nlow\n",
            "row 1, column 'logprob': log-probability 'low' is no number.\n"
            "  Write a number there, or pass on_invalid='drop' to leave such rows out.",
        ),
        (
            "logprob\nnan\n",
            "row 1, column 'logprob': the log-probability is NaN.\n"
            "  Pass on_invalid='drop' to leave such rows out.",
        ),
        (
            'logprobs\n"[-1.0, 0.5]"\n',
            "row 1, column 'logprobs': log-probability 0.5 of token 2 is above 0.\n"
            "  Pass on_invalid='drop' to leave such rows out.",
        ),
        (
            'logprobs\n"[-1.0, null]"\n',
            "row 1, column 'logprobs': the log-probability of token 2 is missing.\n"
            "  Pass on_invalid='drop' to leave such rows out.",
        ),
        (
            'logprobs\n"[-1.0, ""a""]"\n',
            "row 1, column 'logprobs': log-probability 'a' of token 2 is no number.\n"
            "  Write a number there, or pass on_invalid='drop' to leave such rows out.",
        ),
        (
            'logprobs\n"[-1.0]"\n"{-1.0}"\n',
            "row 2, column 'logprobs': '{-1.0}' is no list of log-probabilities.\n"
            "  Write lists as JSON: [-0.1, -2.3].",
        ),
        (
            'logprobs,x\n"[-1.0]",1\n,1\n',
            "row 2, column 'logprobs': the list of log-probabilities is missing.\n"
            "  Pass on_invalid='drop' to leave such rows out.",
        ),
    ],
)
def test_what_is_no_log_probability_is_refused_with_its_place(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(InputError) as raised:
        evaluated(path)
    assert str(raised.value) == f"{path}, {message}"


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("doc,logprob\na,-1\n,-1\n", {"cluster": "doc"}, "row 2, column 'doc': the document is"),
        ("n,logprob\n,-1\n", {"n_bytes": "n"}, "row 1, column 'n': the number of bytes is missing"),
        (
            "n,logprob\n1.5,-1\n",
            {"n_chars": "n"},
            "row 1, column 'n': number of characters '1.5' is no whole number of 0 or more.",
        ),
        ("text,logprob\n,-1\n", {"text": "words"}, "there is no column 'words', which text= asks"),
        ("a,b\n1,-1\n", {}, "no column is named like the log-probability of the tokens."),
        (
            "logprob,logprobs\n-1,-1\n",
            {},
            "columns 'logprob' and 'logprobs' could all be the log-probability of the tokens.",
        ),
    ],
)
def test_other_columns_are_checked_too(tmp_path, text, options, message):
    with pytest.raises(InputError) as raised:
        evaluated(write(tmp_path, text), **options)
    assert message in str(raised.value)


def test_a_text_that_is_missing_is_refused(tmp_path):
    path = list_file(tmp_path, [[-1.0], [-2.0]], text=["a", None])
    with pytest.raises(InputError, match="row 2, column 'text': the text is missing"):
        evaluated(path, text="text")


def test_lists_of_what_holds_no_log_probability_are_refused(tmp_path):
    path = list_file(tmp_path, [[{"token": "a"}]])
    with pytest.raises(InputError, match=r"column 'logprobs': cells of type .* hold no log-prob"):
        evaluated(path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label": "doc"}, "label= has no meaning with input_kind='tokens'."),
        ({"positive": "doc"}, "positive= has no meaning with input_kind='tokens'."),
        ({"mean": "doc"}, "mean= has no meaning with input_kind='tokens'."),
        ({"floor": 1e-7}, "floor= has no meaning with input_kind='tokens'."),
        (
            {"probs": ["doc", "logprob"]},
            "probs= names one column in a token file: the log-probabilities.",
        ),
        ({"text": "doc", "n_bytes": "doc"}, "text= and n_bytes= both count the text"),
        ({"id": "doc"}, "id= names a list of tokens; pass cluster= for tokens in rows."),
    ],
)
def test_options_without_a_meaning_are_refused(tmp_path, options, message):
    with pytest.raises(SettingsError) as raised:
        evaluated(write(tmp_path, HALVES), **options)
    assert str(raised.value).startswith(message)


def test_rows_left_out_are_counted_and_the_others_scored(tmp_path):
    path = list_file(tmp_path, [[-1.0, 0.5], [-2.0, -4.0], [None, -3.0], [1e-7]])
    result = evaluated(path, on_invalid="drop").result
    assert (result.input.rows_read, result.input.rows_rejected) == (4, 1)
    assert result.data_quality.invalid[0].reason == "log-probability is above 0"
    assert result.data_quality.rows_lowered_to_one == 1
    assert result.tokens.n_tokens == 4
    assert result.overall.log_loss == 9 / 4


def test_if_every_row_is_left_out_the_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="every one of the 1 rows was left out") as raised:
        evaluated(write(tmp_path, "logprob\n2\n"), on_invalid="drop")
    assert str(raised.value).endswith("Check the column that probs= names.")


def test_lists_without_any_token_say_that_nothing_was_scored(tmp_path):
    path = tmp_path / "none.parquet"
    pq.write_table(pa.table({"logprobs": pa.array([[], []], pa.list_(pa.float64()))}), path)
    evaluation = evaluated(path)
    assert evaluation.log_loss is None
    assert "No tokens could be scored" in evaluation.to_html()
