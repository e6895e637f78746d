"""Writing outputs: all of them or none, each replaced whole."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from evalreport.errors import OutputError


class StagedFiles:
    """Output files that appear together at the end, or not at all.

    Each is written to a temporary file beside its place, and `commit` renames them. Leaving the
    context without `commit` removes what was staged; what stood there before is unchanged. A link
    is followed, so that the file it points to is replaced and the link stays; a device or a pipe
    cannot be replaced and is written to at the end.
    """

    def __init__(self) -> None:
        self._staged: list[tuple[Path, Path]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for temporary, _ in self._staged:
            temporary.unlink(missing_ok=True)
        self._staged.clear()

    def open(self, path: Path) -> IO[str]:
        """Open a file to be put at `path` at the end."""
        target = path.resolve()
        if target.is_dir():
            raise OutputError(f"{path} is a directory, so no file can be written there.")
        folder = target.parent if _is_replaceable(target) else None
        try:
            handle = tempfile.NamedTemporaryFile(  # noqa: SIM115  # closed by the caller
                "w",
                encoding="utf-8",
                newline="",
                dir=folder,
                prefix=".evalreport-",
                suffix=".tmp",
                delete=False,
            )
        except OSError as error:
            raise _unwritable(path, error) from error
        self._staged.append((Path(handle.name), target))
        return handle

    def write(self, path: Path, text: str) -> None:
        """Stage a whole file."""
        try:
            with self.open(path) as handle:
                handle.write(text)
        except OSError as error:
            raise _unwritable(path, error) from error

    def commit(self) -> None:
        """Put every staged file in its place."""
        while self._staged:
            temporary, target = self._staged[0]
            try:
                _put(temporary, target)
            except OSError as error:
                raise _unwritable(target, error) from error
            del self._staged[0]


def _is_replaceable(target: Path) -> bool:
    return target.is_file() or not target.exists()


def _put(temporary: Path, target: Path) -> None:
    if not _is_replaceable(target):
        with temporary.open("rb") as source, target.open("wb") as device:
            shutil.copyfileobj(source, device)
        temporary.unlink()
        return
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else _usual_mode()
    os.chmod(temporary, mode)
    os.replace(temporary, target)


def _usual_mode() -> int:
    """Return the mode of a new file under the umask; temporary files are private otherwise."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _unwritable(path: Path, error: OSError) -> OutputError:
    reason = error.strerror or type(error).__name__
    if isinstance(error, FileNotFoundError):
        reason = f"the directory {path.parent} does not exist"
    return OutputError(f"{path} cannot be written: {reason}.")
