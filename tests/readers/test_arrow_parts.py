"""Arrow files are read by runs of record batches, and large uncompressed batches piece by piece."""

from __future__ import annotations

import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pytest

import evalreport
from evalreport.readers import arrow_ipc
from tests.readers.forms import real_rows
from tests.readers.support import opened, rows_of


@pytest.fixture
def small_parts(monkeypatch):
    """Let parts hold 1,000 rows."""
    monkeypatch.setattr(arrow_ipc, "ROWS_PER_PART", 1_000)


def n_parts(path: Path) -> int:
    return len(opened(path).shards)


@pytest.mark.parametrize(
    ("rows_per_batch", "compression", "expected"),
    [
        (400, "uncompressed", 9),  # three batches a part
        (400, "lz4", 9),
        (1_000, "lz4", 10),
        (10_000, "uncompressed", 10),  # cut, since rows can be had by themselves
        (10_000, "zstd", 1),  # one piece, since they cannot
        (2_500, "uncompressed", 12),
    ],
)
def test_parts_hold_enough_rows_and_give_the_same_digest(
    tmp_path, small_parts, rows_per_batch, compression, expected
):
    path = tmp_path / "p.arrow"
    table = real_rows()
    feather.write_feather(table, path, compression=compression, chunksize=rows_per_batch)
    assert n_parts(path) == expected
    rows = rows_of(pickle.loads(pickle.dumps(opened(path))))
    assert rows.numbers == list(range(1, 10_001))
    assert list(rows.joined("ids")) == table.column("id").to_pylist()
    sizes = [shard.n_bytes for shard in opened(path).shards]
    assert abs(sum(sizes) - path.stat().st_size) < len(sizes)
    other = tmp_path / "p.parquet"
    pa.parquet.write_table(table, other)
    assert evalreport.evaluate_file(path).digest == evalreport.evaluate_file(other).digest


def test_empty_batches_and_files_without_batches_or_columns_do_no_harm(tmp_path, small_parts):
    table = real_rows(10)
    path = tmp_path / "p.arrow"
    empty, full = table.slice(0, 0).to_batches(), table.to_batches()
    nothing = pa.RecordBatch.from_pylist([], schema=table.schema)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        for batch in (nothing, *empty, *full, nothing, *full):
            writer.write_batch(batch)
    assert rows_of(opened(path)).numbers == list(range(1, 21))
    for name, schema in (("a.arrow", table.schema), ("b.arrow", pa.schema([]))):
        bare = tmp_path / name
        with pa.OSFile(str(bare), "wb") as sink, pa.ipc.new_file(sink, schema):
            pass
        with pytest.raises(evalreport.InputError, match="there are no rows"):
            opened(bare)


def test_a_stream_is_one_part(tmp_path, small_parts):
    table = real_rows(5_000)
    path = tmp_path / "p.arrows"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=700)
    assert n_parts(path) == 1
    assert rows_of(opened(path)).numbers == list(range(1, 5_001))
