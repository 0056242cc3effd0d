"""Writes a recording as a whole file or not at all; knows nothing of what is in it."""

import contextlib
import os
import pathlib
import uuid
from collections.abc import Iterator

from pytest_tiltsession import errors


def refuse_unwritable(path: pathlib.Path) -> None:
    """Find out before a recording begins whether its file can be written. Raises :class:`errors.TiltSessionError`."""
    target = pathlib.Path(os.path.realpath(path))
    if target.is_dir():
        raise errors.TiltSessionError(f"{path}: this is a folder; name a file, such as {path / 'session.tilt.yaml'}")
    try:
        with _beside(target):
            pass
    except OSError as problem:
        raise errors.TiltSessionError(
            f"{path}: cannot be written: {problem.strerror}; name a file in a folder that this user may write to"
        ) from None


def keep(path: pathlib.Path, text: str) -> None:
    """Write the file at once: whoever reads it sees what was there before or all of the text.

    Raises :class:`errors.TiltSessionError`, which says that nothing was written and what is there instead.
    """
    target = pathlib.Path(os.path.realpath(path))  # a link to the file stays a link
    try:
        with _beside(target) as (descriptor, name):
            with os.fdopen(os.dup(descriptor), "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                os.chmod(name, target.stat().st_mode & 0o7777)  # noqa: PTH101
            os.replace(name, target)  # noqa: PTH105
    except OSError as problem:
        left = "what was there before is as it was" if target.exists() else "there is no file"
        raise errors.TiltSessionError(f"{path}: nothing was written ({problem.strerror}); {left}") from None


@contextlib.contextmanager
def _beside(target: pathlib.Path) -> Iterator[tuple[int, str]]:
    """Make a file in the same folder, under a name that nothing collects; it is gone afterwards, unless renamed."""
    name = str(target.parent / f".{target.name[:80]}-{uuid.uuid4().hex}.part")
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        yield descriptor, name
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108
