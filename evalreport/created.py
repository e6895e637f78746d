"""The time a report carries: never the clock, so that the same input gives the same bytes."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from evalreport.errors import SettingsError

_YEAR_10000 = 253_402_300_800


def creation_time(modified: float | None) -> str | None:
    """Return the time of a report in ISO 8601, in UTC, to the second.

    Parameters
    ----------
    modified : float or None
        Newest modification time of the inputs, in seconds since 1970.

    Returns
    -------
    str or None
        The time in the environment variable ``SOURCE_DATE_EPOCH`` if it is there, else `modified`.

    Raises
    ------
    SettingsError
        If ``SOURCE_DATE_EPOCH`` holds no whole number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is not None:
        if not (epoch.isascii() and epoch.isdecimal() and int(epoch) < _YEAR_10000):
            raise SettingsError(
                f"SOURCE_DATE_EPOCH takes whole seconds since 1970; it is set to '{epoch}'."
            )
        modified = float(epoch)
    if modified is None:
        return None
    return datetime.fromtimestamp(int(modified), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
