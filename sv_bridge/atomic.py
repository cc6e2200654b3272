"""Files appear whole or not at all: write to a temporary neighbour, then rename."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["atomic_path"]


@contextmanager
def atomic_path(path: Path | str, *, durable: bool = True) -> Iterator[Path]:
    """Path of a temporary file that becomes `path` when the block ends, and vanishes when the block fails.

    The temporary file lies in the same folder (which is made when missing) and has the same suffix, so that writers
    that look at the suffix work. The data reach the disk before the rename: a crash or a power cut leaves either the
    old file or the new one. `durable=False` spares the wait for the disk; a power cut may then leave an empty file.

    Raises
    ------
    OSError
        Writing failed; with the name of the file and how to go on when the disk is full.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield temporary
        if durable:
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            message = f"disk full while writing {path}: nothing was changed; free some space and run the command again"
            raise OSError(error.errno, message) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)
