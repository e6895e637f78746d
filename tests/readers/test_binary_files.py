"""Arrow, Parquet with nested columns, and NumPy's files: what is read, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pytest

from tests.readers.support import opened, read, refusal, rows_of, write, write_parquet

LABELS = np.array([0, 1])
PROBS = np.array([[0.75, 0.25], [0.5, 0.5]])
COPY_AGAIN = "\n  Write the file again, or copy it again if the copy was cut short."
SAME_LENGTH = "\n  All arrays need one value, or one row, for each prediction."
ONE_VALUE = "\n  Labels, ids, weights and slices have one value for each prediction."


def write_feather(folder: Path, table: pa.Table, name: str = "p.feather") -> Path:
    pyarrow.feather.write_feather(table, folder / name, compression="uncompressed")
    return folder / name


def write_stream(folder: Path, table: pa.Table) -> Path:
    path = folder / "p.arrow"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=1000)
    return path


def npz(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "p.npz", **arrays)
    return folder / "p.npz"


def npy(folder: Path, **arrays: Any) -> list[Path]:
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    return [folder / f"{name}.npy" for name in arrays]


@pytest.mark.parametrize("write_table", [write_feather, write_stream])
def test_arrow_files_and_streams_are_read_with_rows_numbered_through(
    tmp_path: Path, write_table: Any
) -> None:
    table = pa.table({"label": [0, 1] * 5000, "p": np.linspace(0, 1, 10_000)})
    rows = read(write_table(tmp_path, table))
    assert rows.numbers == list(range(1, 10_001))


@pytest.mark.parametrize("write_table", [write_feather, write_stream])
def test_arrow_data_that_is_cut_short_is_refused(tmp_path: Path, write_table: Any) -> None:
    table = pa.table({"label": [0, 1] * 5000, "p": np.linspace(0, 1, 10_000)})
    data = write_table(tmp_path, table).read_bytes()
    message = refusal(write(tmp_path, data[: len(data) // 2], "p.arrow"))
    assert message.startswith("p.arrow: the Arrow file is damaged or cut short (")
    assert message.endswith(COPY_AGAIN)


def test_a_flipped_offset_in_arrow_data_reads_no_foreign_memory(tmp_path: Path) -> None:
    labels = ["cat", "dog"] * 500
    table = pa.table({"label": labels, "p_cat": [0.5] * 1000, "p_dog": [0.5] * 1000})
    data = bytearray(write_feather(tmp_path, table).read_bytes())
    offsets = np.arange(0, 3003, 3, dtype=np.int32).tobytes()
    at = bytes(data).index(offsets)
    data[at + 40 : at + 44] = b"\xff\xff\xff\x7f"
    message = refusal(write(tmp_path, bytes(data), "p.feather"))
    assert message.startswith("p.feather: the Arrow file is damaged or cut short (")


def test_text_in_parquet_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    labels = pa.array([b"cat", b"caf\xe9"]).view(pa.string())
    path = write_parquet(tmp_path, {"label": labels, "p_cat": [1.0, 0.0], "p_dog": [0.0, 1.0]})
    message = refusal(path)
    assert message.startswith("p.parquet: the Parquet file is damaged or cut short (Invalid UTF8")


def test_a_header_of_an_array_that_is_no_header_is_refused(tmp_path: Path) -> None:
    labels, probs = npy(tmp_path, y_true=LABELS, y_prob=PROBS)
    data = probs.read_bytes()
    for broken in (data.replace(b"}", b"{"), data.replace(b"'shape'", b"'sh\npe'")):
        cut = write(tmp_path, broken, "y_prob.npy")
        assert "the NumPy file is damaged or cut short (" in refusal([labels, cut])


def test_text_under_the_name_of_arrow_is_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "label,p\n1,1\n", "p.arrow")) == (
        "p.arrow: this is no arrow file: it starts with b'labe'.\n"
        "  Pass --format csv if it is text with commas."
    )


def test_feather_in_its_first_version_is_refused_by_name(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, b"FEA1 and so on", "p.feather")) == (
        "p.feather: this is Feather in its first version, which is no longer written.\n"
        "  Write it again with pyarrow or pandas, as Feather version 2 or Parquet."
    )


NESTED = [
    (pa.list_(pa.float32()), {}),
    (pa.large_list(pa.float64()), {}),
    (pa.list_(pa.float64(), 2), {}),
    (pa.list_(pa.decimal128(6, 2)), {}),
    (pa.struct({"0": pa.float64(), "1": pa.float64()}), {}),
    (pa.map_(pa.string(), pa.float64()), {"classes": ("0", "1")}),
]


@pytest.mark.parametrize(("kind", "options"), NESTED, ids=lambda each: str(each)[:24])
@pytest.mark.parametrize("store", ["parquet", "arrow"])
def test_every_nested_type_holds_distributions(
    tmp_path: Path, kind: pa.DataType, options: dict[str, Any], store: str
) -> None:
    rows: list[Any] = PROBS.tolist()
    if not pa.types.is_list(kind) and not pa.types.is_large_list(kind):
        rows = [{"0": a, "1": b} for a, b in rows]
        if pa.types.is_map(kind):
            rows = [list(row.items())[::-1] for row in rows]
    if pa.types.is_fixed_size_list(kind):
        rows = PROBS.tolist()
    if pa.types.is_decimal(getattr(kind, "value_type", pa.null())):
        column = pa.array(rows, pa.list_(pa.float64())).cast(kind)
    else:
        column = pa.array(rows, kind)
    table = pa.table({"label": LABELS, "probs": column})
    path = (
        write_feather(tmp_path, table)
        if store == "arrow"
        else write_parquet(tmp_path, dict(zip(table.column_names, table.columns, strict=True)))
    )
    assert read(path, **options).probs.tolist() == PROBS.tolist()


def test_rejected_rows_keep_a_list_as_it_stands(tmp_path: Path) -> None:
    path = write_parquet(tmp_path, {"label": [0, 1], "probs": [[0.75, 0.25], [2.0, 0.0]]})
    (rejection,) = read(path, on_invalid="drop", keep_rejected_rows=True).rejections
    assert rejection.cells == (("label", "1"), ("probs", "[2.0, 0.0]"))
    assert (rejection.row, rejection.column) == (2, "probs[0]")


def test_files_whose_lists_differ_in_length_are_refused(tmp_path: Path) -> None:
    first = write_parquet(tmp_path, {"label": [0], "probs": [[0.5, 0.5]]}, "a.parquet")
    other = write_parquet(tmp_path, {"label": [0], "probs": [[0.5, 0.5, 0]]}, "b.parquet")
    assert refusal([first, other]) == (
        "b.parquet: 'probs' holds 'probs[2]' here, and not in a.parquet.\n"
        "  Give every file all the classes."
    )
    assert refusal([other, first]).startswith(
        "a.parquet: column 'probs[2]', in use in b.parquet, is not there."
    )


@pytest.mark.parametrize("label", ["label", "labels", "y", "targets", "y_true"])
@pytest.mark.parametrize("probs", ["probs", "probabilities", "y_score", "y_prob"])
def test_usual_names_of_arrays_are_known(tmp_path: Path, label: str, probs: str) -> None:
    assert read(npz(tmp_path, **{label: LABELS, probs: PROBS})).probs.tolist() == PROBS.tolist()


def test_an_archive_holds_ids_weights_slices_and_names_of_classes(tmp_path: Path) -> None:
    path = npz(
        tmp_path,
        y_true=np.array(["b", "a"]),
        y_prob=PROBS,
        classes=np.array(["a", "b"]),
        id=np.array([7, 8]),
        w=np.array([1.0, 2.0]),
        group=np.array(["x", "y"]),
    )
    predictions = opened(path, weight="w", slices=("group",))
    rows = rows_of(predictions)
    assert (rows.observed, list(rows.joined("ids"))) == (["b", "a"], ["7", "8"])
    assert (rows.joined("weights").tolist(), rows.slice_values()) == ([1, 2], ["x", "y"])
    assert "The columns of 'y_prob' are named by the archive: a, b." in predictions.readings


def test_one_dimension_of_probabilities_speaks_of_the_positive_class(tmp_path: Path) -> None:
    assert read(npz(tmp_path, y_true=LABELS, y_prob=PROBS[:, 1])).probs.tolist() == PROBS.tolist()


ARCHIVES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"y_true": np.array(["a", 1], dtype=object), "y_prob": PROBS}, {},
     "'y_true' is an array of Python objects, and loading one can run any code.\n"
     "  Save it as text or numbers: y_true.astype(str)."),
    ({"y_true": np.array([0, 1, 1]), "y_prob": PROBS}, {},
     f"'y_prob' has 2 rows, and 'y_true' has 3.{SAME_LENGTH}"),
    ({"y_true": PROBS, "y_prob": PROBS}, {},
     f"'y_true' has 2 columns, and one is needed.{ONE_VALUE} If each row is one-hot, or another "
     "distribution, pass --target-probs y_true."),
    ({"y_true": LABELS, "y_prob": np.zeros((2, 2, 2))}, {},
     "'y_prob' has the shape 2 × 2 × 2, and one or two dimensions are needed.\n"
     "  Give labels one value for each prediction, and probabilities one row: "
     "y_prob.reshape(-1, 2)."),
    ({"y_true": np.array(["a", "b"]), "y_prob": PROBS}, {},
     "'y_prob' holds 2 numbers by position, and the labels (a, b) do not say which position is "
     "which class.\n  Pass --classes A,B,C with the class of each position, in their order."),
    ({"a": LABELS, "b": PROBS}, {"label": "c"},
     "there is no column 'c', which --label asks for.\n  The columns are: a, b."),
]  # fmt: skip


@pytest.mark.parametrize(("arrays", "options", "message"), ARCHIVES)
def test_arrays_that_do_not_fit_are_refused(
    tmp_path: Path, arrays: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    assert refusal(npz(tmp_path, **arrays), **options) == f"p.npz: {message}"


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    data = npz(tmp_path, y_true=LABELS, y_prob=PROBS).read_bytes()
    assert refusal(write(tmp_path, data[: len(data) // 2], "p.npz")) == (
        f"p.npz: the NumPy file is damaged or cut short (File is not a zip file).{COPY_AGAIN}"
    )
    garbled = data[:200] + b"\xff" * 9 + data[209:]
    assert "is damaged or cut short (Bad CRC-32" in refusal(write(tmp_path, garbled, "p.npz"))


def test_an_archive_of_other_things_is_refused(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "p.npz", "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert refusal(tmp_path / "p.npz") == (
        "p.npz: there are no NumPy arrays in this archive.\n"
        "  Write it with numpy.savez(file, y_true=…, y_prob=…)."
    )


def test_two_arrays_in_files_are_told_apart_by_their_shapes_in_any_order(tmp_path: Path) -> None:
    labels, probs = npy(tmp_path, a=LABELS, b=PROBS)
    for paths in ([labels, probs], [probs, labels]):
        predictions = opened(paths)
        assert rows_of(predictions).probs.tolist() == PROBS.tolist()
        assert predictions.readings[-1] == (
            "The file 'a' is read as the labels and 'b' as the probabilities, by their shapes."
        )


def test_more_arrays_in_files_are_found_by_their_names(tmp_path: Path) -> None:
    paths = npy(tmp_path, y_true=LABELS, y_prob=PROBS, id=np.array(["x", "y"]))
    assert list(read(paths).joined("ids")) == ["x", "y"]


def test_arrays_in_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    labels, probs, long = npy(tmp_path, y_true=LABELS, y_prob=PROBS, long=np.array([0, 1, 1]))
    assert refusal(probs) == (
        "y_prob.npy: a single array holds labels or probabilities, not both.\n"
        "  Name two files: evalreport report y_true.npy y_prob.npy"
    )
    assert refusal([long, probs]) == (
        f"long.npy, y_prob.npy: 'y_prob' has 2 rows, and 'long' has 3.{SAME_LENGTH}"
    )
    cut = write(tmp_path, probs.read_bytes()[:-8], "y_prob.npy")
    assert refusal([labels, cut]).startswith("y_prob.npy: the NumPy file is damaged or cut short (")
