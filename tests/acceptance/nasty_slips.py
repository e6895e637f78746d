"""More nasty files: slips that are hard to see, and cells and names that are far too long.

Importing this module adds them to `nasty_files.CASES`.
"""

from __future__ import annotations

import gzip
import unicodedata

import numpy as np

from tests.acceptance.nasty_files import lines, logs, npz, refused, scored

LONG = 140_000
"""More letters than the standard library takes for a cell of CSV."""


def clipped(letter: str, n: int) -> str:
    """Return what a message shows of a text of one letter."""
    return f"{letter * 80}… ({n:,} characters)"


# Long cells and names -------------------------------------------------------------------------

scored(
    "long_name_in_the_header.csv",
    lines(f"label,prob_cat,prob_dog,{'x' * LONG}", "cat,0.8,0.2,1", "dog,0.3,0.7,2"),
    logs(0.8, 0.7),
)
scored(
    "long_cell_in_the_first_row.csv",
    lines("label,prob_cat,prob_dog,text", f"cat,0.81,0.19,{'x' * LONG}", "dog,0.3,0.7,a"),
    logs(0.81, 0.7),
)
scored(
    "cell_of_five_megabytes.csv",
    lines("label,prob_cat,prob_dog,text", "cat,0.82,0.18,a", f"dog,0.3,0.7,{'x' * 5_000_000}"),
    logs(0.82, 0.7),
)
scored(
    "quoted_cell_of_three_megabytes_far_down.csv",
    lambda: (
        lines("label,prob_cat,prob_dog,text")
        + lines("cat,0.5,0.5,a") * 100_000
        + lines(f'dog,0.3,0.7,"{"x," * 1_500_000}"', "cat,0.83,0.17,b")
    ).encode(),
    [*logs(0.5) * 100_000, *logs(0.7, 0.83)],
)
refused(
    "bad_row_behind_a_long_one.csv",
    lines("label,prob_cat,prob_dog,text", f"dog,0.3,0.7,{'x' * 3_000_000}", "cat,0.8,0.3,b"),
    "bad_row_behind_a_long_one.csv, row 2: the probabilities sum to 1.1, not to 1.\n"
    "  Pass --normalize rescale to divide such rows by their sum, or --normalize as-is to score "
    "them as they are.",
)
refused(
    "probability_of_twenty_thousand_letters.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2", f"dog,0.3,{'z' * 20_000}"),
    "probability_of_twenty_thousand_letters.csv, row 2, column 'prob_dog': probability "
    f"'{clipped('z', 20_000)}' is no number.\n"
    "  Write a number there, or pass --on-invalid drop to leave such rows out.",
)
refused(
    "label_of_twenty_thousand_letters.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2", f"{'z' * 20_000},0.3,0.7"),
    "label_of_twenty_thousand_letters.csv, row 2, column 'label': label "
    f"'{clipped('z', 20_000)}' is none of the classes cat, dog.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "unusable_column_with_a_long_name.csv",
    lines(f"observed_class,{'n' * 300}", "cat,0.8"),
    "unusable_column_with_a_long_name.csv: no column is named like a label.\n"
    f"  Pass --label COL; the columns are: observed_class, {clipped('n', 300)}.",
)

# Quotes and cells -----------------------------------------------------------------------------

refused(
    "quote_that_is_never_closed_in_a_label.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2", '"dog,0.3,0.7', "cat,0.6,0.4"),
    "quote_that_is_never_closed_in_a_label.csv: a quote that opens in line 3 is never closed.\n"
    '  A quote inside a quoted cell is written twice: "".',
)
refused(
    "quote_that_is_never_closed_in_a_number.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2", 'dog,0.3,"0.7', "cat,0.6,0.4"),
    "quote_that_is_never_closed_in_a_number.csv, row 2, column 'prob_dog': probability "
    "'0.7\\ncat,0.6,0.4\\n' is no number.\n"
    "  The cell goes on over several lines: look for a quote that is closed too late.",
)
refused(
    "quote_that_is_closed_two_lines_later.csv",
    lines("label,prob_cat,prob_dog", 'cat,0.8,0.2,"', 'dog,0.3,"0.7', "cat,0.6,0.4"),
    "quote_that_is_closed_two_lines_later.csv, row 1: the row has 4 cells, and the header has 3.\n"
    "  It goes on over several lines: look for a quote that is closed too late.",
)
refused(
    "last_row_cut_short.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2", "dog,0.3"),
    "last_row_cut_short.csv, row 2: the row has 2 cells, and the header has 3.\n"
    "  If it is the last row, the file was cut short or ends in a remark; else fill in the "
    "cells that lack.",
)
refused(
    "semicolon_in_one_row.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2", "dog,0.3;0.7"),
    "semicolon_in_one_row.csv, row 2: the row has 2 cells, and the header has 3.\n"
    "  There is a semicolon in it where other rows have other delimiters.",
)

# Labels ---------------------------------------------------------------------------------------

scored(
    "minus_zero_among_labels.csv",
    lines("label,prob", "0,0.2", "-0,0.3", "1,0.84", "-0.0,0.4"),
    logs(0.8, 0.7, 0.84, 0.6),
)
refused(
    "label_column_twice.csv",
    lines("label,label,prob", "1,1,0.7", "0,0,0.2"),
    "label_column_twice.csv, column 'label': 2 columns have this name.\n"
    "  Rename or remove all but one.",
)
refused(
    "accents_apart.csv",
    lines("label,prob_café,prob_thé", f"{unicodedata.normalize('NFD', 'café')},0.8,0.2"),
    "accents_apart.csv, row 1, column 'label': label 'cafe\u0301' is none of the classes café, "
    "thé.\n"
    "  It looks like class 'café', but the two are spelled with different code points: write "
    "labels and columns in one form, for instance with unicodedata.normalize('NFC', text).",
)
refused(
    "accents_apart_in_bare_names.csv",
    lines("label,cafe\u0301,thé,mate", "café,0.8,0.1,0.1", "thé,0.2,0.7,0.1", "mate,0.1,0.1,0.8"),
    "accents_apart_in_bare_names.csv: columns are named like the labels thé, mate, but none like "
    "café.\n"
    "  It looks like class 'cafe\u0301', but the two are spelled with different code points: "
    "write labels and columns in one form, for instance with unicodedata.normalize('NFC', text).",
)
refused(
    "only_label_is_spam.csv",
    lines("label,prob", "spam,0.8", "spam,0.7"),
    "only_label_is_spam.csv, column 'label': the only label is 'spam', and nothing says whether "
    "column 'prob' is its probability.\n"
    "  Pass --positive spam if it is, else --positive NAME with the other class.",
)
scored(
    "only_label_is_spam_asked.csv",
    lines("label,prob", "spam,0.8", "spam,0.75"),
    logs(0.8, 0.75),
    *("--positive", "spam"),
)
refused(
    "labels_with_blanks_to_choose_from.csv",
    lines("label,prob", "is spam,0.8", "it's ham,0.7"),
    "labels_with_blanks_to_choose_from.csv, column 'label': the labels are 'is spam' and 'it's "
    "ham', and nothing says which of them column 'prob' is the probability of.\n"
    "  Pass --positive 'is spam' or --positive 'it'\"'\"'s ham'.",
)
refused(
    "no_label_in_any_row.csv",
    lines("label,prob_cat,prob_dog", ",0.8,0.2", ",0.3,0.7", "NA,0.4,0.6"),
    "no_label_in_any_row.csv, row 1, column 'label': the label is missing.\n"
    "  None of the first 3 rows has a label. Name the column of what happened with --label COL.",
)
refused(
    "no_label_beside_one_probability.csv",
    lines("label,prob", ",0.8", ",0.3"),
    "no_label_beside_one_probability.csv, column 'label': the column holds no label at all.\n"
    "  Name the column of what happened with --label COL.",
)
refused(
    "strange_labels_in_the_long_form.csv",
    lines("id,class,prob,label", "1,a,0.7,x", "1,b,0.3,x", "2,a,0.6,y", "2,b,0.4,y"),
    "strange_labels_in_the_long_form.csv, row 1, column 'label': label 'x' is none of the classes "
    "a, b.\n"
    "  No label here is among the classes in column 'class'. Name the column of what happened "
    "with --label COL.",
    *("--class-column", "class"),
)

# Probabilities that are none ------------------------------------------------------------------

WRITE_NUMBERS = '\n  Write a number for each class, in one list: "probs": [0.8, 0.2].'
STORE_LISTS = (
    "\n  Store it as such, in Parquet or in JSON without quotes around it; in CSV, give each class "
    "a column of its own."
)
refused(
    "list_in_quotes.jsonl",
    lines('{"label": "cat", "probs": "[0.8, 0.2]"}'),
    "list_in_quotes.jsonl, row 1, column 'probs': '[0.8, 0.2]' is a list or record that was "
    f"stored as text.{STORE_LISTS}",
)
refused(
    "list_in_a_cell.csv",
    lines("label,probs", 'cat,"[0.8, 0.2]"', 'dog,"[0.3, 0.7]"'),
    "list_in_a_cell.csv, row 1, column 'probs': '[0.8, 0.2]' is a list or record that was stored "
    f"as text.{STORE_LISTS}",
)
refused(
    "numpy_list_in_a_cell.csv",
    lines("y_true,y_prob", "0,[0.8 0.2]", "1,[0.3 0.7]"),
    "numpy_list_in_a_cell.csv, row 1, column 'y_prob': '[0.8 0.2]' is a list or record that was "
    f"stored as text.{STORE_LISTS}",
)
refused(
    "record_in_a_cell.csv",
    lines("label,probs", "cat,\"{'cat': 0.8, 'dog': 0.2}\""),
    "record_in_a_cell.csv, row 1, column 'probs': '{'cat': 0.8, 'dog': 0.2}' is a list or record "
    f"that was stored as text.{STORE_LISTS}",
    *("--probs", "probs"),
)
refused(
    "empty_lists.jsonl",
    lines('{"label": 0, "probs": []}', '{"label": 1, "probs": [0.3, 0.7]}'),
    f"empty_lists.jsonl, row 1, column 'probs': the list is empty.{WRITE_NUMBERS}",
)
refused(
    "lists_in_lists.jsonl",
    lines('{"label": 0, "probs": [[0.8, 0.2]]}'),
    "lists_in_lists.jsonl, row 1, column 'probs': the list [[0.8, 0.2]] holds lists, not "
    f"numbers.{WRITE_NUMBERS}",
)
refused(
    "lists_of_texts.jsonl",
    lines('{"label": 0, "probs": ["high", "low"]}'),
    "lists_of_texts.jsonl, row 1, column 'probs': the list ['high', 'low'] holds texts, not "
    f"numbers.{WRITE_NUMBERS}",
)
refused(
    "predicted_classes.csv",
    lines("y_true,y_pred", "cat,cat", "dog,cat"),
    "predicted_classes.csv, row 1, column 'y_pred': 'cat' is a class, not a probability.\n"
    "  These look like predicted classes; name the probabilities with --probs COL. Log loss cannot "
    "be told from classes alone.",
)
refused(
    "three_dimensions.npz",
    npz(y_true=[0, 1], y_prob=np.full((2, 1, 3), 1 / 3)),
    "three_dimensions.npz: 'y_prob' has the shape 2 × 1 × 3, and one or two dimensions are "
    "needed.\n"
    "  Give labels one value for each prediction, and probabilities one row: "
    "y_prob.reshape(-1, 3).",
)
refused(
    "nothing_but_minus_infinity.csv",
    lines("label,prob_a,prob_b", "a,2,1", "b,-inf,-inf"),
    "nothing_but_minus_infinity.csv, row 2, column 'prob_a': every logit of the row is minus "
    "infinity, which leaves no class.\n"
    "  Pass --on-invalid drop to leave such rows out.",
    *("--input-kind", "logits"),
)

# Names and forms ------------------------------------------------------------------------------

refused(
    "pattern_that_nearly_fits.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2"),
    "pattern_that_nearly_fits.csv: no column fits 'proba_*', which --probs asks for.\n"
    "  Did you mean 'prob_*'?",
    *("--probs", "proba_*"),
)
refused(
    "pattern_with_another_end.csv",
    lines("label,cat_prob,dog_prob", "cat,0.8,0.2"),
    "pattern_with_another_end.csv: no column fits '*_proba', which --probs asks for.\n"
    "  Did you mean '*_prob'?",
    *("--probs", "*_proba"),
)
refused(
    "gzip_by_another_name.csv.bz2",
    gzip.compress(b"label,prob\n1,0.7\n0,0.2\n", mtime=0),
    "gzip_by_another_name.csv.bz2: the name says bzip2, and this is gzip.\n"
    "  Let its name end in .gz instead of .bz2.",
)
refused(
    "record_that_breaks_off.json",
    '[{"label": "cat}]',
    "record_that_breaks_off.json, row 1: the record is no JSON: unterminated string starting at "
    "character 11.\n"
    "  Write the records with a JSON library; a file that was cut short ends inside of one.",
)
