"""Where inputs are: patterns, folders named key=value, addresses, and a real S3 server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import evalreport
from evalreport.errors import InputError
from evalreport.readers import ReadSettings, open_predictions
from evalreport.readers.partitions import partitions_in
from tests.readers.support import opened, read, refusal, rows_of, write

TEXT = "label,p_a,p_b\na,0.75,0.25\nb,0.5,0.5\n"


def partitioned(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / "data" / name).mkdir(parents=True)
        write(folder / "data" / name, TEXT, "part-0.csv")
    return folder / "data"


def test_a_pattern_is_all_files_it_matches_by_name(tmp_path: Path) -> None:
    for name in ("part-2.csv", "part-1.csv", "other.csv"):
        write(tmp_path, TEXT, name)
    predictions = opened(tmp_path / "part-*.csv")
    assert [Path(each).name for each in predictions.paths] == ["part-1.csv", "part-2.csv"]


def test_a_pattern_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "part-*.csv") == (
        "part-*.csv: no file matches this pattern.\n"
        "  A star stands for any letters of one name, ** for any folders."
    )


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    assert read(write(tmp_path, TEXT, "p[1].csv")).observed == ["a", "b"]


def test_folders_named_key_value_are_columns(tmp_path: Path) -> None:
    path = partitioned(tmp_path, "lang=fr/day=1", "lang=de/day=2")
    rows = read(path, slices=("lang", "day"))
    assert rows.slice_values(0) == ["de", "de", "fr", "fr"]
    assert rows.slice_values(1) == ["2", "2", "1", "1"]
    by_pattern = read(path / "*" / "*" / "*.csv", slices=("lang",))
    assert by_pattern.slice_values() == rows.slice_values(0)


def test_a_folder_may_name_the_label(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"label={name}").mkdir()
        write(tmp_path / f"label={name}", "p_a,p_b\n0.75,0.25\n")
    assert read(tmp_path).observed == ["a", "b"]


def test_a_column_of_the_file_comes_before_its_folder(tmp_path: Path) -> None:
    path = partitioned(tmp_path, "label=x")
    assert read(path).observed == ["a", "b"]


def test_a_file_outside_the_folders_lacks_their_columns(tmp_path: Path) -> None:
    path = partitioned(tmp_path, "lang=fr")
    write(path, TEXT, "z.csv")
    message = refusal(path, slices=("lang",)).replace(f"{path}/", "")
    assert "z.csv: column 'lang', in use in data/lang=fr/part-0.csv, is not there." in message


def test_values_of_folders_may_be_escaped_or_absent() -> None:
    path = "/a%20b=c%2Fd/lang=__HIVE_DEFAULT_PARTITION__/=x/part-0.csv"
    assert partitions_in(path) == (("a b", "c/d"), ("lang", None))


def test_an_address_in_memory_is_read_like_a_file(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe("/evalreport/lang=de/p.csv", TEXT.encode())
    memory.pipe("/evalreport/lang=fr/p.csv", TEXT.encode())
    for address in ("memory://evalreport", "memory://evalreport/*/p.csv"):
        predictions = open_predictions([address], ReadSettings(slices=("lang",)))
        assert rows_of(predictions).slice_values() == ["de", "de", "fr", "fr"]
    memory.rm("/evalreport", recursive=True)
    with pytest.raises(InputError) as caught:
        open_predictions(["memory://evalreport/p.csv"])
    assert str(caught.value) == "memory://evalreport/p.csv: there is no such file."


def test_an_address_of_a_kind_that_nobody_knows_is_refused() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(InputError) as caught:
        open_predictions(["s4://bucket/p.csv"])
    assert str(caught.value) == (
        "s4://bucket/p.csv: the address cannot be read: Protocol not known: s4."
    )


def test_without_the_extra_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What an import does where a library is not installed.
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(InputError) as caught:
        open_predictions(["s3://bucket/p.csv"])
    assert str(caught.value) == (
        "s3://bucket/p.csv: reading s3:// addresses needs a library that is not installed.\n"
        "  Install what it takes: pip install 'evalreport[remote]' reads s3:// and https://."
    )


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Yield the address of a bucket on an S3 server on this machine."""
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    server_module = pytest.importorskip("moto.server", reason="moto is not installed")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        yield "s3://predictions"
    server.stop()


@pytest.mark.slow
def test_predictions_on_s3_give_the_digest_of_the_same_files_here(
    bucket: str, tmp_path: Path
) -> None:
    import s3fs

    storage = s3fs.S3FileSystem()
    storage.mkdir("predictions")
    path = partitioned(tmp_path, "lang=de", "lang=fr")
    storage.put(str(path), bucket, recursive=True)
    here = evalreport.evaluate_file(path, slices=["lang"])
    for address in (f"{bucket}/data", f"{bucket}/data/*/*.csv"):
        there = evalreport.evaluate_file(address, slices=["lang"])
        assert there.digest == here.digest
        assert there.result.input.bytes == here.result.input.bytes
        assert there.result.created is not None
    with pytest.raises(InputError) as caught:
        evalreport.evaluate_file(f"{bucket}/nothing.csv")
    assert str(caught.value) == f"{bucket}/nothing.csv: there is no such file."
