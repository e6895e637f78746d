"""The words of a report on tokens: no bands, for what a good loss is depends on the text."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.findings.spelling import voice_of
from evalreport.formats import (
    DASH,
    count_text,
    percent_text,
    score_text,
)
from evalreport.report.model import (
    Fact,
    Text,
    Tone,
    Verdict,
)
from evalreport.report.task_parts import TaskWords, verdict_without_bands, weight_sentence
from evalreport.report.view import View, say, strong
from evalreport.results import EvaluationResult
from evalreport.task_results import Ends, MeanResult, TokensResult


def token_size(result: EvaluationResult) -> str:
    """Return how much was scored: "13,499 tokens, 60 documents"."""
    tokens = tokens_of(result)
    n_documents = tokens.n_documents
    documents = [] if n_documents is None else [count_text(n_documents, "document")]
    return ", ".join([count_text(tokens.n_tokens, "token"), *documents])


def tokens_of(result: EvaluationResult) -> TokensResult:
    """Return the part of a result that tells of tokens."""
    assert result.tokens is not None
    return result.tokens


# --- verdict ----------------------------------------------------------------------------------


def token_verdict(view: View) -> Verdict:
    """Return the verdict: perplexity and loss per token, without a band."""
    counted = "tokens" if tokens_of(view.result).documents_from == "none" else "documents"
    return verdict_without_bands(
        view,
        TaskWords("Loss per token", "token", counted),
        _headline(view),
        lambda nats: nats_text(view, nats),
        sentences=_sentences(view),
        facts=_facts(view),
        baseline_text=_one_line(view),
    )


def nats_text(view: View, nats: float | None) -> str:
    """Return a loss per token in the unit shown; there are no edges of bands to mind."""
    return DASH if nats is None else score_text(view.losses.value(nats))


def _ends_text(ends: Ends, view: View) -> str:
    return f"{nats_text(view, ends[0])} to {nats_text(view, ends[1])}"


def _headline(view: View) -> tuple[str, Tone]:
    overall, tokens = view.result.overall, tokens_of(view.result)
    if not overall.n:
        return "No tokens could be scored", "bad"
    if overall.log_loss is None:
        return "The loss per token is infinite", "bad"
    if view.found("leakage"):
        return "Almost every token was foreseen: check for leakage", "watch"
    return f"Perplexity {perplexity_text(tokens.perplexity)}", "none"


def perplexity_text(perplexity: float | None) -> str:
    """Return a perplexity with three digits or more: they come in any size.

    Examples
    --------
    >>> [perplexity_text(each) for each in (1.0312, 7.5639, 42.123, 1234.5, None)]
    ['1.031', '7.56', '42.1', '1,234', '–']
    """
    if perplexity is None:
        return DASH
    decimals = 3 if perplexity < 2 else 2 if perplexity < 10 else 1 if perplexity < 100 else 0
    return f"{perplexity:,.{decimals}f}" if perplexity < 1e9 else f"{perplexity:.3g}"


def _sentences(view: View) -> Iterator[Text]:
    overall, tokens = view.result.overall, tokens_of(view.result)
    if not overall.n:
        return
    if overall.log_loss is None:
        rest = nats_text(view, tokens.loss_of_finite_tokens)
        n = count_text(tokens.infinite_tokens, "token")
        yield say(f"{n} got probability 0. All other tokens have a loss of ", strong(rest), ".")
        return
    likely = percent_text(overall.mean_probability, 1)
    yield say("On average the model gave ", strong(likely), " to the token that came next.")
    if tokens.perplexity_interval is not None:
        low, high = (perplexity_text(each) for each in tokens.perplexity_interval)
        yield say(f"Perplexity 95% CI {low} to {high}.")
    yield from weight_sentence(view, "token")
    if tokens.documents_from == "none":
        yield say(
            "The interval takes tokens as independent of each other, which they are not: ",
            strong("it is too narrow"),
            ".",
        )


def _one_line(view: View) -> str:
    tokens = tokens_of(view.result)
    if tokens.perplexity is None:
        return ""
    parts = [f"Perplexity {perplexity_text(tokens.perplexity)}"]
    if tokens.perplexity_interval is not None:
        low, high = (perplexity_text(each) for each in tokens.perplexity_interval)
        parts[0] += f" (95% CI {low} to {high})"
    parts.append(f"{score_text(tokens.bits_per_token)} bits per token")
    if tokens.bits_per_byte is not None:
        parts.append(f"{score_text(tokens.bits_per_byte.value)} bits per byte")
    return ", ".join(parts)


def _facts(view: View) -> Iterator[Fact]:
    tokens = tokens_of(view.result)
    if tokens.n_tokens:
        yield _text_fact(view)
        yield _document_fact(view)
        yield _tail_fact(tokens)


def _text_fact(view: View) -> Fact:
    tokens, term = tokens_of(view.result), "By the length of the text"
    for mean, unit in (
        (tokens.bits_per_byte, "bits per byte"),
        (tokens.bits_per_character, "bits per character"),
    ):
        if mean is not None:
            other = tokens.bits_per_character if unit == "bits per byte" else None
            more = [] if other is None else [f"{score_text(other.value)} bits per character"]
            detail = ". ".join([*_interval_words(mean), *more])
            return Fact(term, f"{score_text(mean.value)} {unit}", detail or "No interval")
    bits = f"{score_text(tokens.bits_per_token)} bits per token"
    option = voice_of(view.result).option
    ways = f"{option('text')} or {option('n_bytes')}"
    return Fact(term, "Not known", f"{bits}. Pass {ways} for bits per byte")


def _interval_words(mean: MeanResult) -> list[str]:
    if mean.interval is None:
        return []
    low, high = (score_text(each) for each in mean.interval)
    return [f"95% CI {low} to {high}"]


def _document_fact(view: View) -> Fact:
    term, mean = "Mean over documents", tokens_of(view.result).document_mean
    if mean.value is None:
        return Fact(term, "Not known", "Every document would count alike")
    ends = "" if mean.interval is None else f". 95% CI {_ends_text(mean.interval, view)}"
    how = "by its mean weight" if view.is_weighted else "alike"
    return Fact(term, nats_text(view, mean.value), f"Every document counts {how}{ends}")


def _tail_fact(tokens: TokensResult) -> Fact:
    term = "Where the loss is"
    worst = next((each for each in tokens.tails if each.share_of_tokens == 0.05), None)
    if worst is None or worst.share_of_loss is None:
        return Fact(term, "Not known", "The loss is infinite, or 0 throughout")
    share = percent_text(worst.share_of_loss)
    return Fact(term, f"5% of tokens, {share} of the loss", "The tokens of the highest loss")
