"""A few hundred mutated files of every format; thousands with ``fuzzing.py``."""

from __future__ import annotations

import pytest

from tests.acceptance.fuzzing import WRITERS, check, fuzz, predictions


@pytest.mark.parametrize("name", WRITERS)
def test_an_unchanged_file_gives_the_number_of_another_reader(name, tmp_path):
    assert check(name, WRITERS[name](predictions()), tmp_path) == "same"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_mutation_gives_a_traceback_a_hang_a_written_output_or_another_number():
    outcomes = fuzz(330, seed=2026)
    assert outcomes["refused"] > 100
    assert outcomes["same"] > 30
