"""A pull request as the README shows it, from its first push to its last."""

from __future__ import annotations

import shutil

import pytest

from tests.github.pull_request_flow import run_flow


@pytest.mark.skipif(shutil.which("git") is None, reason="no git on PATH")
def test_one_comment_follows_a_pull_request_and_the_exit_code_is_that_of_the_limits(tmp_path):
    worse, mended = run_flow(tmp_path)
    assert (worse.exit_code, mended.exit_code) == (1, 0)
    assert len(worse.comments) == len(mended.comments) == 1
    assert "2 of 2 limits failed" in worse.comments[0]
    assert "Worse than the previous run by 1.865" in worse.comments[0]
    assert "All 2 limits met" in mended.comments[0]
