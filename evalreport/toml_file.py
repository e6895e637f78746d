"""Reading a file of TOML, with one sentence for each way in which it cannot be read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from evalreport.errors import SettingsError


def read_toml(path: str, kind: str) -> dict[str, Any]:
    """Return what a file says.

    Parameters
    ----------
    path : str
        The file.
    kind : str
        What the file would be, as in "there is no such settings file".

    Raises
    ------
    SettingsError
        If there is no such file, it cannot be read, or it is no TOML.
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: there is no such {kind}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: this is no TOML: {error}.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
