"""Files far away, through fsspec: the optional extra ``remote``."""

from __future__ import annotations

import re
import sys
from typing import Any, BinaryIO, cast

from evalreport.errors import InputError

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_INSTALL = "Install what it takes: pip install 'evalreport[remote]' reads s3:// and https://."


def is_remote(path: str) -> bool:
    """Tell whether a path is an address with a scheme, as ``s3://bucket/key``."""
    return _SCHEME.match(path) is not None


def open_address(address: str, shown: str) -> BinaryIO:
    """Open a remote file as a stream that can seek."""
    system, path = _system(address, shown)
    return cast(BinaryIO, _asked(shown, lambda: system.open(path, "rb")))


def size_of(address: str, shown: str) -> int | None:
    """Return the size in bytes, or None if the storage does not tell."""
    system, path = _system(address, shown)
    size = _asked(shown, lambda: system.size(path))
    return None if size is None else int(size)


def modified_of(address: str, shown: str) -> float | None:
    """Return when the file was last changed, in seconds since 1970, if the storage tells."""
    system, path = _system(address, shown)
    try:
        return float(_asked(shown, lambda: system.modified(path)).timestamp())
    except (NotImplementedError, AttributeError, KeyError):
        return None


def is_directory(address: str, shown: str) -> bool:
    """Tell whether the address is a folder, or a prefix with files below it."""
    system, path = _system(address, shown)
    return bool(_asked(shown, lambda: system.isdir(path)))


def files_below(address: str, shown: str) -> list[str]:
    """Return the addresses of all files below a folder, in the order of their names."""
    system, path = _system(address, shown)
    return [system.unstrip_protocol(each) for each in _asked(shown, lambda: system.find(path))]


def matching(pattern: str) -> list[str]:
    """Return the addresses that a pattern with stars matches, in the order of their names."""
    system, path = _system(pattern, pattern)
    found = _asked(pattern, lambda: system.glob(path))
    return [system.unstrip_protocol(each) for each in sorted(found)]


def _system(address: str, shown: str) -> tuple[Any, str]:
    scheme = address.partition("://")[0]
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise InputError(
            f"reading {scheme}:// addresses needs a library that is not installed.",
            path=shown,
            hint=_INSTALL,
        ) from error
    try:
        system, path = url_to_fs(address)
    except ImportError as error:
        raise InputError(
            f"reading {scheme}:// addresses needs a library that is not installed ({error}).",
            path=shown,
            hint=_INSTALL,
        ) from error
    except ValueError as error:
        raise InputError(f"the address cannot be read: {error}.", path=shown) from error
    return system, path


def _asked(shown: str, question: Any) -> Any:
    """Return the storage's answer; its errors become ours."""
    expected: tuple[type[Exception], ...] = (OSError, *storage_errors())
    try:
        return question()
    except FileNotFoundError as error:
        raise InputError("there is no such file.", path=shown) from error
    except PermissionError as error:
        raise InputError("the file may not be read: permission denied.", path=shown) from error
    except expected as error:
        raise InputError(f"the storage refuses: {_first_line(error)}.", path=shown) from error


def storage_errors() -> tuple[type[Exception], ...]:
    """Return the errors of storage libraries that are no OSError, as far as these are loaded."""
    known = (("botocore.exceptions", "BotoCoreError"), ("aiohttp", "ClientError"))
    loaded = [vars(sys.modules[name])[kind] for name, kind in known if name in sys.modules]
    return tuple(cast(type[Exception], each) for each in loaded)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
