"""Findings about log-probabilities of tokens."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.findings.checks import LEFT_OUT, Check, has_loss, nothing_scored
from evalreport.findings.groups import slice_name, stands_out
from evalreport.findings.judgement import Judgement, Piece, judgement
from evalreport.findings.spelling import voice_of
from evalreport.formats import LossFormat, count_text, percent_text, score_text, times_text
from evalreport.results import EvaluationResult
from evalreport.task_results import DocumentResult

FEW_DOCUMENTS = 50
"""With fewer documents, counted as if of equal length, the interval is a rough guide."""
_LEAST_FOR_LEAKAGE = 0.01
_WORST_SHARE = 0.01
_MUCH_OF_THE_LOSS = 0.2
_LARGE_DOCUMENT = 0.2


def infinite(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge tokens that were given probability zero."""
    tokens = result.tokens
    if tokens is None or not tokens.infinite_tokens:
        return
    n = count_text(tokens.infinite_tokens, "token")
    rest = losses.text(tokens.loss_of_finite_tokens)
    yield judgement(
        "zero-prob",
        "error",
        f"Zero probability given to {n}",
        why=f"Their log-probability is minus infinity, so the loss per token is infinite. All "
        f"other tokens have a loss of {rest} per token.",
        check="Check for tokens that were masked out, or for a list of the most likely tokens "
        "that the observed one is not in.",
        section="documents",
    )


def documents(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the documents allow an interval that can be relied on."""
    tokens = result.tokens
    if tokens is None or result.overall.log_loss is None:
        return
    if tokens.documents_from == "none":
        yield judgement(
            "naive-interval",
            "warning",
            "Nothing tells which tokens belong together",
            why="Tokens of one document are alike, so the interval, which takes them as "
            "independent, is too narrow: often several times.",
            check=f"Pass {voice_of(result).option('cluster', 'COL')} with what names the document "
            "of each token.",
            section="documents",
        )
    elif tokens.n_documents is None:
        yield judgement(
            "many-documents",
            "note",
            "Too many documents, and some come back: not told apart",
            why="Documents that are so many are told apart as long as the rows of each stand "
            "together. The interval is made from 1,024 groups of documents, which is as good; the "
            "mean over documents and the worst of them are not known.",
            check="Sort the rows by document.",
            section="documents",
        )
    elif tokens.effective_documents is None or tokens.effective_documents < FEW_DOCUMENTS:
        yield _few_documents(tokens.n_documents, tokens.effective_documents)


def _few_documents(n: int, effective: float | None) -> Judgement:
    many = count_text(n, "document")
    as_good_as = "" if effective is None else f", as good as {effective:,.0f} of equal length"
    counts_as = "" if effective is None or n < FEW_DOCUMENTS else f" count as {effective:,.0f}"
    return judgement(
        "few-documents",
        "warning",
        f"Few documents: {many}{counts_as}",
        why=f"Not the tokens but the documents are independent: {many}{as_good_as}. Under "
        f"{FEW_DOCUMENTS} the interval is a rough guide.",
        check="Bring more documents rather than longer ones.",
        section="documents",
    )


def large_document(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether one of the worst documents holds much of the loss."""
    tokens = result.tokens
    if tokens is None or (tokens.n_documents or 0) < 10 or not tokens.worst_documents:
        return
    largest = max(tokens.worst_documents, key=lambda each: each.share_of_loss or 0.0)
    if (largest.share_of_loss or 0.0) > _LARGE_DOCUMENT:
        yield _large(largest, losses)


def _large(document: DocumentResult, losses: LossFormat) -> Judgement:
    share = percent_text(document.share_of_loss)
    text = f" holds {share} of the loss"
    return judgement(
        "large-document",
        "warning",
        f"One document holds {share} of the loss",
        why=f"It has {count_text(document.n_tokens, 'token')} with a loss of "
        f"{losses.text(document.mean_loss)} per token.",
        check="Check whether it is text of the kind that the model is meant for.",
        section="documents",
        share_of_loss=document.share_of_loss or 0.0,
        short=(Piece(document.id, is_data=True), Piece(text)),
    )


def leakage(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the loss is too good to be true."""
    loss = result.overall.log_loss
    if loss is not None and loss < _LEAST_FOR_LEAKAGE:
        yield judgement(
            "leakage",
            "warning",
            "Almost every token was foreseen: check for leakage",
            why=f"A loss of {score_text(loss)} nats per token is next to none. Text that the model "
            "was trained on, or tokens that were forced, look like this.",
            check="Check where the text comes from, and whether these are the model's own choices.",
            section="documents",
        )


def tails(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether a few tokens hold much of the loss."""
    tokens = result.tokens
    worst = [] if tokens is None else [e for e in tokens.tails if e.share_of_tokens == _WORST_SHARE]
    for each in worst:
        share = each.share_of_loss or 0.0
        if share > _MUCH_OF_THE_LOSS:
            yield judgement(
                "heavy-tail",
                "note",
                f"The worst 1% of tokens hold {percent_text(share)} of the loss",
                why=f"That is {times_text(share / _WORST_SHARE)} their number.",
                check="Look for rare strings, another language, or broken text.",
                section="tails",
                share_of_loss=share,
            )


def slices(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge which slices are worse than all other tokens, by their documents."""
    for each in result.slices:
        if not each.worse_than_rest or not stands_out(each, result):
            continue
        name = slice_name(each)
        ratio = times_text((each.log_loss or 0.0) / (each.rest_log_loss or 1.0))
        shares = (
            f"{percent_text(each.frequency)} of tokens, {percent_text(each.share_of_loss)} of the "
            "loss"
        )
        yield judgement(
            "slice",
            "warning",
            f"{name} has {ratio} the loss of all other tokens",
            why=f"{losses.text(each.log_loss)} per token on {count_text(each.n, 'token')}, against "
            f"{losses.text(each.rest_log_loss)}: {shares}.",
            check="Look at its texts: another language or kind of text, or broken ones.",
            section="slices",
            share_of_loss=each.share_of_loss or 0.0,
            short=(Piece(name, is_data=True), Piece(f": {losses.text(each.log_loss)}, {shares}")),
        )


def _is_tested(result: EvaluationResult) -> bool:
    return has_loss(result) and any(each.p_value is not None for each in result.slices)


CHECKS = (
    nothing_scored("tokens", "probs"),
    Check(infinite, ((("zero-prob",), "No token was given zero probability"),)),
    Check(
        documents,
        (
            (("naive-interval",), "Documents are told apart"),
            (("few-documents", "naive-interval"), "At least 50 documents' worth of tokens"),
        ),
        has_loss,
    ),
    Check(
        large_document,
        ((("large-document",), "No document holds much of the loss"),),
        lambda result: result.tokens is not None and bool(result.tokens.worst_documents),
    ),
    Check(slices, ((("slice",), "No slice is clearly worse than all other tokens"),), _is_tested),
    Check(leakage, ((("leakage",), "Not suspiciously good: no sign of leakage"),), has_loss),
    Check(tails, ((("heavy-tail",), "No few tokens hold much of the loss"),), has_loss),
    LEFT_OUT,
)
"""What is looked at in a token file."""
