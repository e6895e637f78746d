"""NumPy's formats: several arrays in one archive (NPZ), or each in a file of its own (NPY)."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evalreport.errors import InputError
from evalreport.readers import remote
from evalreport.readers.interface import Chunk, Group, ReadSettings, Source
from evalreport.readers.labels import canonical
from evalreport.readers.memory import cells_of
from evalreport.readers.parquet import damaged
from evalreport.readers.storage import InputFile
from evalreport.readers.wording import listed
from evalreport.voice import CALLER

_CLASS_NAMES = ("classes", "class_names", "classes_")
_SUFFIX = ".npy"
_DAMAGE = (
    *(ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error),
    # NumPy takes headers for Python, and zipfile bits it does not know for features to come.
    *(SyntaxError, tokenize.TokenError, NotImplementedError, RuntimeError),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the header of an array says."""

    lengths: tuple[int, ...]
    kind: str

    @property
    def is_distribution(self) -> bool:
        """Whether it holds a row of numbers for each prediction."""
        return len(self.lengths) == 2 and self.kind in "fiub"

    @property
    def is_label(self) -> bool:
        """Whether it holds one name or whole number for each prediction."""
        return self.is_column and self.kind in "USiubO"

    @property
    def is_column(self) -> bool:
        """Whether it holds one value for each prediction, be it in a row of its own."""
        return len(self.lengths) == 1 or (len(self.lengths) == 2 and self.lengths[1] == 1)


@dataclass(frozen=True, slots=True)
class Npz:
    """NumPy's archive of named arrays, as ``numpy.savez`` writes it."""

    name: str = "npz"
    suffixes: tuple[str, ...] = (".npz",)
    marks: tuple[bytes, ...] = (b"PK\x03\x04", b"PK\x05\x06")

    def open(self, files: Sequence[InputFile], settings: ReadSettings) -> tuple[Source, ...]:
        """Read the headers of the arrays in each archive.

        Raises
        ------
        InputError
            If an archive is damaged, or holds no arrays.
        """
        return tuple(_open_archive(each) for each in files)


@dataclass(frozen=True, slots=True)
class Npy:
    """NumPy's single arrays, as ``numpy.save`` writes them; the files belong side by side."""

    name: str = "npy"
    suffixes: tuple[str, ...] = (_SUFFIX,)
    marks: tuple[bytes, ...] = (b"\x93NUMPY",)

    def open(self, files: Sequence[InputFile], settings: ReadSettings) -> tuple[Source, ...]:
        """Read the headers of all files, and make them the columns of one source.

        Raises
        ------
        InputError
            If a file is damaged, or there is only one.
        """
        if len(files) < 2:
            raise InputError(
                "a single array holds labels or probabilities, not both.",
                path=files[0].shown,
                hint="Name two files: evalreport report y_true.npy y_prob.npy",
            )
        return (_open_together(files),)


@dataclass(frozen=True, slots=True)
class ArrayFilesPart:
    """Arrays of one length that stand side by side, each in a place of its own.

    `places` maps the name of an array to its file and, in an archive, its member. Arrays in an
    archive are loaded whole, one at a time where one is enough; files on this machine are mapped.
    """

    places: Mapping[str, tuple[InputFile, str | None]]
    shapes: Mapping[str, Shape]
    columns: Mapping[str, tuple[str, int | None]]
    shown: str
    n_bytes: int

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order."""
        taken = [self.columns[name] for name in columns]
        n_rows = self._common_length(taken)
        arrays = {name: self._load(name) for name in dict.fromkeys(name for name, _ in taken)}
        for start in range(0, n_rows, max_rows):
            stop = min(start + max_rows, n_rows)
            cells = [cells_of(_column(arrays[name], place), start, stop) for name, place in taken]
            yield Chunk(start + 1, pa.RecordBatch.from_arrays(cells, list(columns)))

    def _common_length(self, taken: Sequence[tuple[str, int | None]]) -> int:
        first = taken[0][0]
        for name, place in taken:
            shape = self.shapes[name]
            self._refuse_shape(name, place, shape)
            if shape.lengths[0] != self.shapes[first].lengths[0]:
                raise InputError(
                    f"'{name}' has {shape.lengths[0]} rows, and '{first}' has "
                    f"{self.shapes[first].lengths[0]}.",
                    path=self.shown,
                    hint="All arrays need one value, or one row, for each prediction.",
                )
        return self.shapes[first].lengths[0]

    def _refuse_shape(self, name: str, place: int | None, shape: Shape) -> None:
        if shape.kind == "O":
            raise InputError(
                f"'{name}' is an array of Python objects, and loading one can run any code.",
                path=self.shown,
                hint=f"Save it as text or numbers: {name}.astype(str).",
            )
        if shape.kind == "c":
            raise InputError(
                f"'{name}' holds complex numbers, which are neither labels nor forecasts.",
                path=self.shown,
            )
        if len(shape.lengths) > 2:
            raise InputError(
                f"'{name}' has the shape {' × '.join(map(str, shape.lengths))}, and one or two "
                "dimensions are needed.",
                path=self.shown,
                hint="Give labels one value for each prediction, and probabilities one row: "
                f"{name}.reshape(-1{_last_length(shape)}).",
            )
        if place is None and len(shape.lengths) == 2 and shape.lengths[1] > 1:
            raise InputError(
                f"'{name}' has {shape.lengths[1]} columns, and one is needed.",
                path=self.shown,
                hint="Labels, ids, weights and slices have one value for each prediction. If each "
                "row is one-hot, or another distribution, pass "
                f"{CALLER.option('target_probs', name)}.",
            )
        if not (shape.is_column if place is None else len(shape.lengths) == 2):
            dimensions = "dimension" if len(shape.lengths) == 1 else "dimensions"
            raise InputError(
                f"'{name}' has {len(shape.lengths)} {dimensions}, and one is needed.",
                path=self.shown,
                hint="Labels, ids, weights and slices have one value for each prediction.",
            )

    def _load(self, name: str) -> NDArray[Any]:
        file, member = self.places[name]
        return load(file, member)


def _column(array: NDArray[Any], place: int | None) -> NDArray[Any]:
    if place is None and array.ndim == 1:
        return array
    column: NDArray[Any] = array[:, place or 0]
    return column


def _last_length(shape: Shape) -> str:
    """Return how long the rows of an array are, if its last dimension can be classes."""
    last = shape.lengths[-1]
    return f", {last}" if shape.kind == "f" and last > 1 else ""


def load(file: InputFile, member: str | None) -> NDArray[Any]:
    """Return an array, mapped if it is a file of its own on this machine."""
    try:
        if member is None and not remote.is_remote(file.file):
            mapped: NDArray[Any] = np.load(file.file, mmap_mode="r", allow_pickle=False)
            return mapped
        with file.open_stored() as stream:
            return _read_member(stream, member)
    except _DAMAGE as error:
        raise damaged("NumPy file", file.shown, error) from error


def _read_member(stream: BinaryIO, member: str | None) -> NDArray[Any]:
    if member is None:
        return np.lib.format.read_array(stream, allow_pickle=False)
    with zipfile.ZipFile(stream) as archive, archive.open(member + _SUFFIX) as inner:
        return np.lib.format.read_array(inner, allow_pickle=False)


def _open_archive(file: InputFile) -> Source:
    shapes: dict[str, Shape] = {}
    try:
        with file.open_stored() as stream, zipfile.ZipFile(stream) as archive:
            for member in archive.namelist():
                if member.endswith(_SUFFIX):
                    with archive.open(member) as inner:
                        shapes[member.removesuffix(_SUFFIX)] = _shape(cast(BinaryIO, inner))
    except _DAMAGE as error:
        raise damaged("NumPy file", file.shown, error) from error
    if not shapes:
        raise InputError(
            "there are no NumPy arrays in this archive.",
            path=file.shown,
            hint="Write it with numpy.savez(file, y_true=…, y_prob=…).",
        )
    names = _class_names(file, shapes)
    places: dict[str, tuple[InputFile, str | None]] = {name: (file, name) for name in shapes}
    return _source(file.shown, places, shapes, names, file.n_bytes() or 0)


def _open_together(files: Sequence[InputFile]) -> Source:
    places: dict[str, tuple[InputFile, str | None]] = {}
    shapes: dict[str, Shape] = {}
    for file in files:
        name = PurePosixPath(file.shown).stem
        while name in places:
            name += "'"
        try:
            with file.open_stored() as stream:
                shapes[name] = _shape(stream)
        except _DAMAGE as error:
            raise damaged("NumPy file", file.shown, error) from error
        places[name] = (file, None)
    shown = ", ".join(each.shown for each in files)
    source = _source(shown, places, shapes, None, sum(each.n_bytes() or 0 for each in files))
    return _with_roles(source, shapes)


def _with_roles(source: Source, shapes: Mapping[str, Shape]) -> Source:
    """Say which array is what if only their shapes can tell."""
    labels = [name for name, shape in shapes.items() if shape.is_label]
    columns = [name for name, shape in shapes.items() if shape.is_column]
    # Labels that are floats can be told only where the probabilities are no single column.
    labels = labels if labels or len(columns) != 1 else columns
    probs = [name for name, shape in shapes.items() if name not in labels]
    if len(labels) != 1 or len(probs) != 1:
        return source
    note = (
        f"The file '{labels[0]}' is read as the labels and '{probs[0]}' as the probabilities, by "
        "their shapes."
    )
    return replace(source, label=labels[0], probs=probs[0], readings=(*source.readings, note))


def _shape(stream: BinaryIO) -> Shape:
    version = np.lib.format.read_magic(stream)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read is None:
        raise ValueError(f"version {version[0]}.{version[1]} of the format is not known")
    lengths, _, kind = read(stream)
    return Shape(tuple(lengths), kind.kind)


def _class_names(file: InputFile, shapes: Mapping[str, Shape]) -> tuple[str, ...] | None:
    """Return the names of the classes if the archive holds them beside the probabilities."""
    for name in _CLASS_NAMES:
        shape = shapes.get(name)
        if shape is not None and shape.is_label and shape.kind != "O":
            names = cells_of(load(file, name), 0, shape.lengths[0])
            return tuple(canonical(each) for each in names.to_pylist())
    return None


def _source(
    shown: str,
    places: Mapping[str, tuple[InputFile, str | None]],
    shapes: Mapping[str, Shape],
    class_names: tuple[str, ...] | None,
    n_bytes: int,
) -> Source:
    columns: dict[str, tuple[str, int | None]] = {name: (name, None) for name in shapes}
    groups: dict[str, Group] = {}
    notes: list[str] = []
    for name, shape in shapes.items():
        if not shape.is_distribution:
            continue
        width = shape.lengths[1]
        members = {f"{name}[{place}]": (name, place) for place in range(width)}
        columns |= members
        by_name = class_names is not None and len(class_names) == width
        names = class_names if by_name and class_names else tuple(map(str, range(width)))
        groups[name] = Group(tuple(members), names, not by_name)
        if by_name and class_names:
            notes.append(f"The columns of '{name}' are named by the archive: {listed(names)}.")
    has_rows = any(shape.lengths and shape.lengths[0] for shape in shapes.values())
    rows = [shape.lengths for name, shape in shapes.items() if name not in _CLASS_NAMES]
    lengths = {each[0] for each in rows if each}
    n_rows = lengths.pop() if len(lengths) == 1 else None
    part = ArrayFilesPart(places, shapes, columns, shown, n_bytes)
    return Source(shown, tuple(shapes), has_rows, (part,), tuple(notes), groups, n_rows=n_rows)
