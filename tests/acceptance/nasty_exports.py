"""More nasty files: predictions as pandas, R, Excel, Spark, Hugging Face and others write them.

Importing this module adds them to `nasty_files.CASES`.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.acceptance.nasty_files import (
    WRITER,
    arrow_file,
    arrow_stream,
    gz,
    lines,
    logs,
    npy,
    npz,
    parquet,
    refused,
    scored,
    softmax_losses,
)

HEADER = "label,prob_cat,prob_dog"
DROP = "\n  Pass --on-invalid drop to leave such rows out."


def records(*each: object) -> str:
    """Return JSON Lines."""
    return lines(*map(json.dumps, each))


# pandas ---------------------------------------------------------------------------------------

scored(
    "pandas_index_of_two_levels.csv",
    lines(f",,{HEADER}", "1,1,cat,0.8,0.2", "1,2,dog,0.3,0.7"),
    logs(0.8, 0.7),
)
scored(
    "pandas_numbered_columns.csv",
    lines(",0,1,2,y_true", "0,0.8,0.1,0.1,0", "1,0.2,0.71,0.09,1", "2,0,0.1,0.9,2"),
    logs(0.8, 0.71, 0.9),
)
scored(
    "pandas_numbered_columns_as_floats.csv",
    lines("0.0,1.0,2.0,y_true", "0.8,0.1,0.1,0", "0.2,0.72,0.08,1.0"),
    logs(0.8, 0.72),
    *("--classes", "0,1,2"),
)
refused(
    "pandas_two_header_rows.csv",
    lines("y,prob,prob", "label,cat,dog", "cat,0.8,0.2"),
    "pandas_two_header_rows.csv, column 'prob': 2 columns have this name.\n"
    "  Rename or remove all but one.",
)
refused(
    "pandas_split.json",
    json.dumps({"columns": ["label", "prob"], "index": [0], "data": [[1, 0.8]]}),
    "pandas_split.json: the document is no list of records: it starts with '{'.\n"
    "  If each line is a record of its own, pass --format jsonl; else write the list of records "
    "alone, as pandas does with orient='records'.",
)
refused(
    "pandas_values.json",
    "[[1, 0.8], [0, 0.3]]",
    "pandas_values.json, row 1: there is a list, and an object is needed.\n"
    '  A record looks like {"label": "cat", "probs": {"cat": 0.9, "dog": 0.1}}.',
)
scored(
    "pandas_categories_and_index.parquet",
    parquet(
        {
            "label": pa.array(["cat", "dog"]).dictionary_encode(),
            "prob_cat": [0.8, 0.27],
            "prob_dog": [0.2, 0.73],
            "__index_level_0__": [7, 9],
        }
    ),
    logs(0.8, 0.73),
)
scored(
    "pandas_nullable_labels.parquet",
    parquet({"label": pa.array([1, 0, None], pa.int64()), "prob": [0.8, 0.26, 0.5]}),
    logs(0.8, 0.74),
    *("--on-invalid", "drop"),
    n_rejected=1,
)
refused(
    "pandas.pkl",
    b"\x80\x05\x95",
    "pandas.pkl: the name of the file does not tell its format.\n"
    "  Loading one can run any code: save the arrays with numpy.savez, or the table as Parquet.",
)


def zipped() -> bytes:
    """Return an archive as pandas writes it for a name that ends in .zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("p.csv"), lines(HEADER, "cat,0.8,0.2"))
    return buffer.getvalue()


refused(
    "pandas.csv.zip",
    zipped,
    "pandas.csv.zip: the name of the file does not tell its format.\n  Unpack the archive first.",
)

# R --------------------------------------------------------------------------------------------

scored(
    "r_write_csv.csv",
    lines('"","label","p_cat","p_dog"', '"1","cat",0.8,0.2', '"2","dog",0.25,0.75'),
    logs(0.8, 0.75),
)
scored(
    "r_write_csv2.csv",
    lines('"";"label";"p_cat";"p_dog"', '"1";"cat";0,8;0,2', '"2";"dog";2,4e-01;0,76'),
    logs(0.8, 0.76),
)
scored(
    "r_truth_values.csv",
    lines('"label","prob"', "TRUE,0.8", "FALSE,2.3e-01"),
    logs(0.8, 0.77),
)
refused(
    "r_missing.csv",
    lines('"label","prob"', "TRUE,0.8", "FALSE,NA"),
    f"r_missing.csv, row 2, column 'prob': the probability is missing.{DROP}",
)
refused(
    "r_write_table.csv",
    lines('"label" "p_cat" "p_dog"', '"1" "cat" 0.8 0.2'),
    "r_write_table.csv: no column is named like a label.\n"
    "  If blanks separate the columns, pass --delimiter space.",
)
refused(
    "r_write_table_by_blanks.csv",
    lines('"label" "p_cat" "p_dog"', '"1" "cat" 0.8 0.22'),
    "r_write_table_by_blanks.csv, row 1: the row has 4 cells, and the header has 3.\n"
    "  If rows start with a number of their own, as from R's write.table, use write.csv.",
    *("--delimiter", "space"),
)
scored(
    "r_write_table_without_names.csv",
    lines('"label" "p_cat" "p_dog"', '"cat" 0.8 0.2', '"dog" 0.22 0.78'),
    logs(0.8, 0.78),
    *("--delimiter", "space"),
)
refused(
    "r_made_up_names.csv",
    lines("label,X0,X1,X2", "0,0.8,0.1,0.1"),
    "r_made_up_names.csv: no columns are named like probabilities.\n"
    "  Pass --probs COL, --probs A,B,C or --probs 'PATTERN*'; the other columns are: X0, X1, X2.",
)
scored(
    "r_made_up_names_asked.csv",
    lines("label,X0,X1,X2", "0,0.8,0.1,0.1", "2,0.1,0.11,0.79"),
    logs(0.8, 0.79),
    *("--probs", "X*"),
)
refused(
    "tidymodels.csv",
    lines("label,.pred_cat,.pred_dog,.pred_class", "cat,0.8,0.2,cat", "dog,0.3,0.7,dog"),
    "tidymodels.csv, row 1, column '.pred_class': probability 'cat' is no number.\n"
    "  No cell of this column is a number; if it is no probability, pass --probs "
    ".pred_cat,.pred_dog.",
    *("--probs", ".pred_*"),
)
scored(
    "tidymodels_listed.csv",
    lines("label,.pred_cat,.pred_dog,.pred_class", "cat,0.8,0.2,cat", "dog,0.21,0.79,dog"),
    logs(0.8, 0.79),
    *("--probs", ".pred_cat,.pred_dog"),
)
scored(
    "caret.csv",
    lines("pred,obs,cat,dog,rowIndex", "cat,cat,0.8,0.2,1", "cat,dog,0.6,0.4,2"),
    logs(0.8, 0.4),
    *("--label", "obs"),
)

# Spreadsheets ---------------------------------------------------------------------------------

scored(
    "excel_german.csv",
    b"\xef\xbb\xbf"
    + "Nr;label;prob_Hündin;prob_Rüde\r\n1;Hündin;8,00E-01;0,2\r\n2;Rüde;0,3;0,7\r\n".encode(),
    logs(0.8, 0.7),
)
refused(
    "excel_percent.csv",
    lines("label;prob", "1;80 %", "0;30,5 %"),
    "excel_percent.csv, row 1, column 'prob': probability '80 %' is no number.\n"
    "  Remove the percent signs, and pass --input-kind percentages for what remains.",
)
refused(
    "excel_not_available.csv",
    lines("label,prob", "1,0.8", "0,#N/A"),
    "excel_not_available.csv, row 2, column 'prob': probability '#N/A' is no number.\n"
    "  This is how Excel writes a missing value: fill it in, or pass --on-invalid drop to "
    "leave such rows out.",
)
scored(
    "excel_empty_columns.csv",
    lines("label,prob_cat,prob_dog,,,", "cat,0.8,0.2,,,", "dog,0.31,0.69,,,"),
    logs(0.8, 0.69),
)
refused(
    "excel_empty_rows.csv",
    lines(HEADER, "cat,0.8,0.2", ",,", ",,"),
    "excel_empty_rows.csv, row 2, column 'label': the label is missing.\n"
    "  The row is empty: remove it, or pass --on-invalid drop to leave such rows out.",
)
refused(
    "workbook.xlsx",
    npz(sheet=[2]),
    "workbook.xlsx: the name of the file does not tell its format.\n"
    "  Save the sheet as CSV, from the program or with pandas.read_excel.",
)
refused(
    "excel_unicode.txt",
    "label\tprob\r\n1\t0.8\r\n".encode("utf-16"),
    "excel_unicode.txt: the file is UTF-16 text.\n  Save the file as UTF-8 and try again.",
    *("--format", "tsv"),
)
refused(
    "saved_as_text.txt",
    lines("label,prob", "1,0.8"),
    "saved_as_text.txt: the name of the file does not tell its format.\n"
    "  Pass --format csv, which finds any delimiter but blanks, or --format jsonl.",
)

# SAS, Weka, databases -------------------------------------------------------------------------

refused(
    "sas_missing.csv",
    lines("label,prob", "1,0.8", "0,."),
    "sas_missing.csv, row 2, column 'prob': probability '.' is no number.\n"
    "  This is how SAS and Stata write a missing value: fill it in, or pass --on-invalid drop "
    "to leave such rows out.",
)
scored(
    "sas_score.csv",
    lines("BAD,F_BAD,I_BAD,P_BAD1,P_BAD0", "1,1,1,0.8,0.2", "0,0,1,0.6,0.4"),
    logs(0.8, 0.4),
    *("--label", "BAD", "--probs", "P_BAD1,P_BAD0"),
)
refused(
    "sas.sas7bdat",
    b"\0\0\0",
    "sas.sas7bdat: the name of the file does not tell its format.\n"
    "  In SAS, write the table with PROC EXPORT and DBMS=CSV.",
)
refused(
    "weka_missing.csv",
    lines("label,prob", "1,0.8", "0,?"),
    "weka_missing.csv, row 2, column 'prob': probability '?' is no number.\n"
    "  This is how Weka writes a missing value: fill it in, or pass --on-invalid drop to "
    "leave such rows out.",
)
scored(
    "mysql_missing.tsv",
    lines("label\tprob", "1\t0.8", "0\t\\N", "\\N\t0.1", "0\t0.28"),
    logs(0.8, 0.72),
    *("--on-invalid", "drop", "--classes", "0,1"),
    n_rejected=2,
)
refused(
    "sql_server_remark.csv",
    lines(HEADER, "cat,0.8,0.2", "", "(1 rows affected)"),
    "sql_server_remark.csv, row 2: the row has 1 cell, and the header has 3.\n"
    "  If it is the last row, the file was cut short or ends in a remark; else fill in the cells "
    "that lack.",
)
scored(
    "duckdb_decimals.parquet",
    parquet(
        {
            "label": pa.array(["cat", "dog"]).dictionary_encode(),
            "probs": pa.array(
                [[("cat", 0.8), ("dog", 0.2)], [("cat", 0.29), ("dog", 0.71)]],
                pa.map_(pa.string(), pa.float64()),
            ),
        }
    ),
    logs(0.8, 0.71),
    *("--classes", "cat,dog"),
)
scored(
    "postgres_truth.csv",
    lines("label,prob", "t,0.8", "f,0.33"),
    logs(0.8, 0.67),
    *("--positive", "t"),
)

# Spark and BigQuery ---------------------------------------------------------------------------

scored(
    "spark directory with markers",
    {
        "out.csv/_SUCCESS": "",
        "out.csv/.part-00000.csv.crc": b"crc\0\0",
        "out.csv/part-00000.csv": lines(HEADER, "cat,0.8,0.2"),
        "out.csv/part-00001.csv": lines(HEADER),
        "out.csv/part-00002.csv": "",
        "out.csv/part-00003.csv": lines(HEADER, "dog,0.32,0.68"),
    },
    logs(0.8, 0.68),
    inputs=["out.csv"],
)
refused(
    "an empty file that was named",
    {"a.csv": lines(HEADER, "cat,0.8,0.21"), "b.csv": ""},
    "b.csv: the file is empty." + WRITER,
)
refused(
    "a directory of empty files",
    {"out/part-00000.csv": "", "out/part-00001.csv": b""},
    "out/part-00000.csv: the file is empty." + WRITER,
    inputs=["out"],
)
VECTOR = pa.struct(
    [
        ("type", pa.int8()),
        ("size", pa.int32()),
        ("indices", pa.list_(pa.int32())),
        ("values", pa.list_(pa.float64())),
    ]
)


def vectors(*rows: Sequence[float]) -> pa.Array:
    """Return dense vectors as Spark stores them."""
    full = [{"type": 1, "size": None, "indices": None, "values": list(row)} for row in rows]
    return pa.array(full, VECTOR)


scored(
    "spark_vectors.parquet",
    parquet(
        {
            "label": [0.0, 1.0],
            "rawPrediction": vectors([1.0, -1.0], [0.5, 0.5]),
            "probability": vectors([0.8, 0.2], [0.34, 0.66]),
            "prediction": [0.0, 1.0],
        }
    ),
    logs(0.8, 0.66),
)
scored(
    "spark_vectors_asked_inside.parquet",
    parquet({"label": [0.0, 1.0], "probability": vectors([0.8, 0.2], [0.36, 0.64])}),
    logs(0.8, 0.64),
    *("--probs", "probability.values"),
)
scored(
    "spark_vectors.jsonl",
    records(
        {"label": 0.0, "probability": {"type": 1, "values": [0.8, 0.2]}, "prediction": 0.0},
        {"label": 1.0, "probability": {"type": 1, "values": [0.35, 0.65]}, "prediction": 1.0},
    ),
    logs(0.8, 0.65),
)
refused(
    "spark_lines.json",
    records({"label": 1, "prob": 0.8}, {"label": 0, "prob": 0.3}),
    "spark_lines.json: the document is no list of records: it starts with '{'.\n"
    "  If each line is a record of its own, pass --format jsonl; else write the list of records "
    "alone, as pandas does with orient='records'.",
)
scored(
    "bigquery parts",
    {
        "p-000000000000.csv.gz": gz(lines("label,prob", "1,0.8")),
        "p-000000000001.csv.gz": gz(lines("label,prob", "0,0.37")),
    },
    logs(0.8, 0.63),
    inputs=["p-*.csv.gz"],
)
BQML = [
    {"label": "1", "predicted_label_probs": [{"label": "1", "prob": p}, {"label": "0", "prob": q}]}
    for p, q in ((0.8, 0.2), (0.62, 0.38))
]
refused(
    "bigquery_ml.jsonl",
    records(*BQML),
    "bigquery_ml.jsonl: no columns are named like probabilities.\n"
    "  Pass --probs predicted_label_probs if it holds them; the lists and records are: "
    "predicted_label_probs.",
)
scored(
    "bigquery_ml_asked.jsonl",
    records(*BQML, BQML[0]),
    logs(0.8, 0.62, 0.8),
    *("--probs", "predicted_label_probs"),
)

# Hugging Face, PyTorch, scikit-learn, NumPy ----------------------------------------------------

LISTS = {"label": [0, 1], "probs": [[0.8, 0.2], [0.39, 0.61]]}
scored(
    "a dataset saved to disk",
    {
        "set/data-00000-of-00001.arrow": arrow_stream(LISTS),
        "set/dataset_info.json": "{}",
        "set/state.json": "{}",
    },
    logs(0.8, 0.61),
    *("--format", "arrow"),
    inputs=["set"],
)
refused(
    "a dataset saved to disk, no format",
    {"set/data-00000-of-00001.arrow": arrow_file(LISTS), "set/state.json": "{}"},
    "set: the directory holds files of different formats: arrow, json.\n"
    "  Pass --format with one of arrow, json.",
    inputs=["set"],
)
refused(
    "logits_unasked.jsonl",
    records({"label": 1, "logits": [0.1, 0.8, -0.1]}),
    "logits_unasked.jsonl: no columns are named like probabilities.\n"
    "  If 'logits' holds logits, pass --input-kind logits.",
)
scored(
    "logits_asked.jsonl",
    records({"label": 1, "logits": [0.1, 0.8, -0.1]}, {"label": 2, "logits": [3, -2.5, 0]}),
    softmax_losses((1, [0.1, 0.8, -0.1]), (2, [3, -2.5, 0])),
    *("--input-kind", "logits"),
)
refused(
    "one_hot_labels.jsonl",
    records({"label": [0, 1], "probs": [0.2, 0.8]}, {"label": [1, 0], "probs": [0.6, 0.4]}),
    "one_hot_labels.jsonl, column 'label': cells of type list<item: int64> cannot be read here.\n"
    "  Lists are read as probabilities with --probs, or as what happened with --target-probs; all "
    "else is one value a row.",
)
refused(
    "tensors.csv",
    lines("label,prob", "1,tensor(0.8)", "0,tensor(0.3)"),
    "tensors.csv, row 1, column 'prob': probability 'tensor(0.8)' is no number.\n"
    "  Convert values to plain numbers before they are written, as float(value) does.",
)
refused(
    "numpy_scalars.csv",
    lines("label,prob_a,prob_b", "a,np.float64(0.8),np.float64(0.2)"),
    "numpy_scalars.csv, row 1, column 'prob_a': probability 'np.float64(0.8)' is no number.\n"
    "  Convert values to plain numbers before they are written, as float(value) does.",
)
scored(
    "keras columns",
    {"y.npy": npy([[0], [1], [1]]), "p.npy": npy([[0.2], [0.7], [0.8]])},
    logs(0.8, 0.7, 0.8),
)
scored(
    "float labels beside a matrix",
    {"y.npy": npy([0.0, 1.0]), "p.npy": npy([[0.8, 0.2], [0.41, 0.59]])},
    logs(0.8, 0.59),
)
refused(
    "float labels beside a column",
    {"truth.npy": npy([0.0, 1.0]), "forecast.npy": npy([0.2, 0.59])},
    "truth.npy, forecast.npy: no column is named like a label.\n"
    "  Pass --label COL; the columns are: truth, forecast.",
)
scored(
    "one_hot_labels_asked.npz",
    npz(y_true=np.eye(2)[[0, 1]], y_prob=[[0.8, 0.2], [0.43, 0.57]]),
    logs(0.8, 0.57),
    *("--target-probs", "y_true"),
)
refused(
    "savez_without_names.npz",
    npz(arr_0=[0, 1], arr_1=[[0.8, 0.2], [0.3, 0.7]]),
    "savez_without_names.npz: no column is named like a label.\n"
    "  Pass --label COL; the columns are: arr_0, arr_1.",
)
refused(
    "savetxt.csv",
    lines("0.000000000000000000e+00 8.000000000000000444e-01 2.000000000000000111e-01") * 2,
    "savetxt.csv: no column is named like a label.\n"
    "  If blanks separate the columns, pass --delimiter space.",
)
refused(
    "savetxt_with_commas.csv",
    lines("0.000000000000000000e+00,8.000000000000000444e-01,2.000000000000000111e-01") * 2,
    "savetxt_with_commas.csv: no column is named like a label.\n"
    "  If the first line is a row already, pass --no-header.",
)
scored(
    "savetxt_asked.csv",
    lines(
        "0.000000000000000000e+00 8.000000000000000444e-01 2.000000000000000111e-01",
        "1.000000000000000000e+00 4.400000000000000022e-01 5.600000000000000533e-01",
    ),
    logs(0.8, 0.56),
    *("--no-header", "--delimiter", "space", "--label", "1", "--probs", "2,3", "--classes", "0,1"),
)
refused(
    "savetxt_of_one_row.csv",
    lines("1.000000000000000000e+00,8.000000000000000444e-01,2.000000000000000111e-01"),
    "savetxt_of_one_row.csv: there are no rows, only a header.\n"
    "  If the first line is a row already, pass --no-header.",
)
refused(
    "savetxt_with_remark.csv",
    lines("# label,p_0,p_1", "0,0.8,0.2"),
    "savetxt_with_remark.csv: no column is named like a label.\n"
    "  The first line is a remark, by its '#': remove it, or only the sign.",
)

# Kaggle and model servers ---------------------------------------------------------------------

refused(
    "submission.csv",
    lines("id,target", "1,0.123", "2,0.77", "3,0.31", "4,0.99"),
    "submission.csv: no columns are named like probabilities.\n"
    "  The labels lie between 0 and 1, as probabilities do: the outcome has to stand beside them "
    "in a column of its own.",
)
scored(
    "submission_of_classes.csv",
    lines("id,Class_1,Class_2,target", "1,0.8,0.2,Class_1", "2,0.45,0.55,Class_2"),
    logs(0.8, 0.55),
)
refused(
    "solution and submission",
    {"solution.csv": lines("id,label", "1,0"), "submission.csv": lines("id,prob", "1,0.2")},
    "submission.csv: column 'label', in use in solution.csv, is not there.\n"
    "  The columns are: id, prob.",
)
scored(
    "h2o.csv",
    lines("predict,p0,p1,label", "1,0.2,0.8,1", "1,0.46,0.54,0"),
    logs(0.8, 0.46),
    *("--probs", "p0,p1"),
)
scored("vowpal_wabbit.csv", lines("label,prob", "1,0.8", "-1,0.47"), logs(0.8, 0.53))

# JSON from JavaScript and by hand -------------------------------------------------------------

refused(
    "javascript_nan.jsonl",
    lines('{"label": "cat", "prob_cat": NaN, "prob_dog": 0.2}'),
    f"javascript_nan.jsonl, row 1, column 'prob_cat': the probability is NaN.{DROP}",
)
refused(
    "javascript_null.jsonl",
    lines(
        '{"label": "cat", "prob_cat": 0.8, "prob_dog": 0.2}',
        '{"label": "cat", "prob_cat": null, "prob_dog": 0.2}',
    ),
    f"javascript_null.jsonl, row 2, column 'prob_cat': the probability is missing.{DROP}",
)
scored(
    "numbers_in_quotes.jsonl",
    lines('{"label": "cat", "prob_cat": "0.8", "prob_dog": "2e-1"}'),
    logs(0.8),
)
refused(
    "comma_behind_the_last.json",
    '[{"label": 1, "prob": 0.8},]',
    "comma_behind_the_last.json, row 2: the record is no JSON: expecting value at character 1.\n"
    "  Remove the comma behind the last record.",
)
refused(
    "python_records.jsonl",
    lines("{'label': 1, 'prob': 0.8}"),
    "python_records.jsonl, row 1: the record is no JSON: expecting property name enclosed in "
    "double quotes at character 2.\n"
    "  Quotes in JSON are double: from Python, write records with json.dumps.",
)
refused(
    "glued_records.jsonl",
    lines('{"label": 1, "prob": 0.8}{"label": 0, "prob": 0.3}'),
    "glued_records.jsonl, row 1: the record is no JSON: extra data at character 26.\n"
    "  Write each record on a line of its own.",
)
refused(
    "indented_records.jsonl",
    json.dumps({"label": 1, "prob": 0.8}, indent=1) + "\n",
    "indented_records.jsonl, row 1: the record is no JSON: expecting property name enclosed in "
    "double quotes at character 2.\n"
    "  Write each record on one line; for one list of records, pass --format json.",
)

# Downloads, and files put together by hand ----------------------------------------------------

refused(
    "login_page.csv",
    '<!DOCTYPE html>\n<html lang="en"><body>Sign in</body></html>\n',
    "login_page.csv: this is a web page.\n  Download the file again; the address may need a login.",
)
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
refused(
    "pointer.parquet",
    LFS,
    "pointer.parquet: this is a pointer of Git LFS, which stands for the file.\n"
    "  Fetch the file itself: git lfs pull",
)
refused(
    "pointer.csv",
    f"{LFS}\n",
    "pointer.csv: this is a pointer of Git LFS, which stands for the file.\n"
    "  Fetch the file itself: git lfs pull",
)
refused(
    "access_denied.csv",
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>\n',
    "access_denied.csv: this is XML.\n"
    "  If it is an answer of a storage service, it says what went wrong with the download.",
)
refused(
    "joined_with_headers.csv",
    lines(HEADER, "cat,0.8,0.2", HEADER, "dog,0.3,0.7"),
    "joined_with_headers.csv, row 2, column 'label': label 'label' is none of the classes cat, "
    "dog.\n"
    "  This is the header again: files were joined with their headers; remove it.",
)
refused(
    "parts without headers",
    {"a.csv": lines(HEADER, "cat,0.8,0.22"), "b.csv": lines("dog,0.3,0.7")},
    "b.csv: columns 'label', 'prob_cat' and 'prob_dog', in use in a.csv, are not there.\n"
    "  The columns are: dog, 0.3, 0.7.",
)
refused(
    "curly_quotes.csv",
    lines("“label”,“prob”", "“1”,“0.8”"),
    "curly_quotes.csv: no column is named like a label.\n"
    '  Write names and cells without quotes, or in double ones: "label".',
)
scored(
    "rows_by_class.csv",
    lines("id,class,prob,label", "a,x,0.8,x", "b,x,0.48,y", "b,y,0.52,y", "a,y,0.2,x"),
    logs(0.8, 0.52),
    *("--class-column", "class"),
)
scored(
    "polars_strings.parquet",
    lambda: polars_like(),
    logs(0.8, 0.51),
)


def polars_like() -> bytes:
    """Return a table with the types of text and lists that polars writes."""
    buffer = io.BytesIO()
    table = pa.table(
        {
            "label": pa.array(["cat", "dog"], pa.large_string()),
            "probs": pa.array(
                [{"cat": 0.8, "dog": 0.2}, {"cat": 0.49, "dog": 0.51}],
                pa.struct([("cat", pa.float64()), ("dog", pa.float64())]),
            ),
            "tags": pa.array([["a"], []], pa.large_list(pa.large_string())),
        }
    )
    pq.write_table(table, buffer)
    return buffer.getvalue()
