"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Speed differs from machine to machine, so no deadline; the same examples on every run, so that a
# failure seen once is seen again.
settings.register_profile("evalreport", deadline=None, derandomize=True)
settings.load_profile("evalreport")

# Where these tests run must not show in what they test: reports speak to GitHub's runner by itself.
os.environ.pop("GITHUB_ACTIONS", None)


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parent.parent
