"""The sections of a report on tokens, below the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.formats import (
    INFINITE,
    clean,
    count_text,
    expected_text,
    percent_text,
)
from evalreport.report.comparison import changes_section
from evalreport.report.explain import INTERVAL_METHOD
from evalreport.report.model import (
    Cell,
    Column,
    Figure,
    Section,
    Table,
    Text,
)
from evalreport.report.task_parts import (
    help_section,
    task_quality_section,
    task_run_section,
)
from evalreport.report.token_slices import token_slices_section
from evalreport.report.tokens import nats_text, tokens_of
from evalreport.report.view import View, say, strong
from evalreport.task_results import TokensResult


def token_sections(view: View, command: str) -> tuple[Section, ...]:
    """Return every section that has something to show."""
    tokens = tokens_of(view.result)
    columns = view.result.input.columns
    method = tokens.interval_method
    named = [
        ("log-probabilities", columns.probabilities[0]),
        ("document", columns.cluster),
    ]
    candidates = (
        changes_section(view),
        token_slices_section(view),
        _documents_section(view),
        _tails_section(view),
        task_quality_section(view, _checks(view)),
        _help_section(view),
        task_run_section(view, command, named, f"interval: {_METHODS.get(method, method)}"),
    )
    return tuple(each for each in candidates if each is not None)


_METHODS = {"naive": f"{INTERVAL_METHOD} over tokens, as if they were independent"}


def _checks(view: View) -> list[tuple[str, int, str]]:
    tokens, quality = tokens_of(view.result), view.result.data_quality
    checks = [("Tokens given zero probability", tokens.infinite_tokens, "Scored as infinite")]
    if tokens.skipped_first_tokens:
        skipped = tokens.skipped_first_tokens
        checks.append(("First tokens without a log-probability", skipped, "Not scored"))
    if quality.rows_lowered_to_one:
        lowered = quality.rows_lowered_to_one
        checks.append(("Tokens a hair above 0", lowered, "Lowered to 0 (at most 1e-6)"))
    return checks


def _documents_section(view: View) -> Section | None:
    tokens = tokens_of(view.result)
    if not tokens.n_tokens:
        return None
    table = _documents_table(view)
    return Section(
        id="documents",
        title="Documents",
        nav_title="Documents",
        lede=_documents_lede(view),
        tables=() if table is None else (table,),
    )


def _documents_lede(view: View) -> Text:
    tokens = tokens_of(view.result)
    if tokens.documents_from == "none":
        return say(
            "Nothing tells which tokens belong together, so the interval takes them as "
            "independent, which is ",
            strong("too good to be true"),
            ".",
        )
    if tokens.n_documents is None:
        return say(
            "There are too many documents to tell them apart one by one, and the rows of some do "
            "not stand together: the worst of them are not known."
        )
    naive, error = tokens.naive.standard_error, view.result.overall.standard_error
    start = f"{count_text(tokens.n_tokens, 'token')} in "
    documents = strong(count_text(tokens.n_documents, "document"))
    if tokens.effective_documents is None or not naive or error is None:
        return say(start, documents, ".")
    return say(
        start,
        documents,
        f", as good as {expected_text(tokens.effective_documents)} of equal length. The error of "
        f"the loss is {error / naive:.1f} times what it would be if tokens were independent.",
    )


def _documents_table(view: View) -> Table | None:
    tokens = tokens_of(view.result)
    if not tokens.worst_documents:
        return None
    shown = len(tokens.worst_documents)
    more = (tokens.n_documents or shown) - shown
    return Table(
        id="documents",
        caption="Documents of the highest loss per token",
        columns=(
            Column("name", "Document"),
            Column("tokens", "Tokens", numeric=True),
            Column("log_loss", f"Loss per token, {view.losses.unit}", numeric=True),
            Column("share_of_loss", "Share of loss", numeric=True),
        ),
        rows=tuple(
            (
                Cell(clean(each.id), code=True),
                Cell(f"{each.n_tokens:,}", each.n_tokens),
                Cell(
                    INFINITE if each.mean_loss is None else nats_text(view, each.mean_loss),
                    each.mean_loss,
                    strong=True,
                ),
                Cell(view.share_text(each.share_of_loss, 1), each.share_of_loss),
            )
            for each in tokens.worst_documents
        ),
        more=f"and {count_text(more, 'more document', 'more documents')}" if more > 0 else "",
        sortable=True,
        filter_label="Filter documents",
    )


def _tails_section(view: View) -> Section | None:
    tokens = tokens_of(view.result)
    if not tokens.tails and not tokens.positions:
        return None
    tables = (*_tail_tables(view), *_position_tables(view))
    worst = next((each for each in tokens.tails if each.share_of_tokens == 0.01), None)
    share = None if worst is None else worst.share_of_loss
    return Section(
        id="tails",
        title="Where the loss is",
        nav_title="Where the loss is",
        lede=say("The worst 1% of tokens hold ", strong(percent_text(share)), " of the loss.")
        if share is not None
        else say("A token that was given little probability costs most."),
        tables=tables,
        figures=_position_figures(view),
    )


def _tail_tables(view: View) -> Iterator[Table]:
    tails = tokens_of(view.result).tails
    if not tails:
        return
    yield Table(
        id="tails",
        caption="What the tokens of the highest loss hold of it",
        columns=(
            Column("share", "Worst tokens"),
            Column("tokens", "Tokens", numeric=True),
            Column("share_of_loss", "Share of loss", numeric=True),
            Column("least", f"Loss from, {view.losses.unit}", numeric=True),
        ),
        rows=tuple(
            (
                Cell(percent_text(each.share_of_tokens)),
                Cell(f"{each.n:,}", each.n),
                Cell(view.share_text(each.share_of_loss, 1), each.share_of_loss, strong=True),
                Cell(nats_text(view, each.least_loss), each.least_loss),
            )
            for each in tails
        ),
    )


def _position_tables(view: View) -> Iterator[Table]:
    if tokens_of(view.result).positions and not _position_figures(view):
        yield _position_table(view)


def _position_table(view: View) -> Table:
    return Table(
        id="positions",
        caption="Loss by position in the list",
        columns=(
            Column("position", "Tokens"),
            Column("tokens", "How many", numeric=True),
            Column("log_loss", f"Loss per token, {view.losses.unit}", numeric=True),
        ),
        rows=tuple(
            (
                Cell(_positions(each.first, each.last), each.first),
                Cell(f"{each.n:,}", each.n),
                Cell(
                    INFINITE if each.mean_loss is None else nats_text(view, each.mean_loss),
                    each.mean_loss,
                ),
            )
            for each in tokens_of(view.result).positions
        ),
    )


def _positions(first: int, last: int) -> str:
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"


def _position_figures(view: View) -> tuple[Figure, ...]:
    known = [each for each in tokens_of(view.result).positions if each.mean_loss is not None]
    if len(known) < 2:
        return ()
    first, last = known[0], known[-1]
    start, end = (nats_text(view, each.mean_loss) for each in (first, last))
    finding = (
        f"Tokens {_positions(first.first, first.last)}: {start}; "
        f"tokens {_positions(last.first, last.last)}: {end}."
    )
    return (
        Figure(
            name="loss_by_position",
            caption=f"From {start} at the start to {end} at the end",
            note="Mean loss by position in the list, in bins of doubling width.",
            title="Loss per token by position in the list",
            description=finding,
            table=_position_table(view),
        ),
    )


def _help_section(view: View) -> Section:
    tokens = tokens_of(view.result)
    texts = {
        "Loss per token": "Mean of minus the logarithm of the probability that the model gave to "
        "each token that came. Every token counts alike, so long documents weigh more.",
        "Perplexity": "e to the loss per token in nats: the model was as unsure as if it had to "
        "guess among so many equally likely tokens.",
        "Bits per byte": "The loss of the whole text in bits, over its length in UTF-8 bytes. "
        "Unlike perplexity it does not depend on how text is cut into tokens, so only this "
        "compares models with different tokens. The text of tokens that were not scored counts.",
        "Mean over documents": "Every document counts alike, however long it is; with weights by "
        "the mean weight of its tokens.",
        "95% CI": _interval_help(tokens),
        "No bands": "A good loss per token depends on the text and on the tokens. Compare with "
        "another model on the same text.",
    }
    return help_section(
        "The loss per token says how much of the text the model foresaw. Lower is better.", texts
    )


def _interval_help(tokens: TokensResult) -> str:
    what = "How far the number could move by chance with other documents like these"
    if tokens.documents_from == "none":
        what = "How far the number could move by chance if tokens were independent of each other"
    return (
        f"{what}. It knows nothing of other kinds of text, nor of how tokens at the start of a "
        "text or of a chunk were treated."
    )
