"""Outputs appear together at the end, each whole, or not at all."""

from __future__ import annotations

import os
import stat

import pytest

from evalreport.errors import OutputError
from evalreport.write import StagedFiles


def test_nothing_appears_before_the_commit(tmp_path):
    target = tmp_path / "report.html"
    with StagedFiles() as files:
        files.write(target, "page")
        assert not target.exists()
        files.commit()
    assert target.read_text() == "page"
    assert os.listdir(tmp_path) == ["report.html"]


def write_and_fail(target):
    with StagedFiles() as files:
        files.write(target, "after")
        raise KeyError


def write_and_commit(target):
    with StagedFiles() as files:
        files.write(target, "page")
        files.commit()


def test_an_error_leaves_what_stood_there_and_no_temporary_files(tmp_path):
    target = tmp_path / "report.html"
    target.write_text("before")
    with pytest.raises(KeyError):
        write_and_fail(target)
    assert target.read_text() == "before"
    assert os.listdir(tmp_path) == ["report.html"]


def test_a_written_file_has_the_mode_of_any_new_file(tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("")
    with StagedFiles() as files:
        files.write(tmp_path / "ours", "")
        files.commit()
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_missing_directory_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"report\.html cannot be written: the directory .*no"):
        write_and_commit(tmp_path / "no" / "report.html")


def test_a_directory_in_the_place_of_a_file_is_named(tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(OutputError, match="out is a directory"):
        write_and_commit(tmp_path / "out")
    assert os.listdir(tmp_path) == ["out"]


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    (tmp_path / "real").write_text("before")
    (tmp_path / "link").symlink_to("real")
    write_and_commit(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "page"


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path):
    target = tmp_path / "private"
    target.write_text("before")
    target.chmod(0o600)
    write_and_commit(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_and_commit(pipe)
    assert os.read(reader, 100) == b"page"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    os.close(reader)


def test_a_name_as_long_as_a_file_system_allows_can_be_written(tmp_path):
    target = tmp_path / ("n" * 255)
    write_and_commit(target)
    assert target.read_text() == "page"
