"""Writes a recording as a whole file or not at all; knows nothing of what is in it.

What is being written has no name until it is whole, where the system can do that (Linux). Elsewhere, and for the moment
in which it takes the place of another file, it has one that nothing collects, and its writer holds a lock on it: what a
writer left that was killed is found by that, and removed by the next.
"""

import contextlib
import errno
import fcntl
import os
import pathlib
import stat
import uuid
from collections.abc import Iterator

from pytest_tiltsession import errors

_UNNAMED = getattr(os, "O_TMPFILE", 0)
_MODE = 0o666


def refuse_unwritable(path: pathlib.Path) -> None:
    """Find out before a recording begins whether its file can be written. Raises :class:`errors.TiltSessionError`.

    What killed recordings have left beside it is removed.
    """
    target = pathlib.Path(os.path.realpath(path))
    if target.is_dir():
        raise errors.TiltSessionError(f"{path}: this is a folder; name a file, such as {path / 'session.tilt.yaml'}")
    try:
        if _is_special(path):
            if not os.access(path, os.W_OK):  # opened and closed, a pipe would have ended
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return
        remove_leftovers(target)
        with _part(target):
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
    content = text.encode()
    if _is_special(path):
        _send(path, content)
        return
    try:
        remove_leftovers(target)
        with _part(target) as part:
            _write(part.descriptor, content)
            os.fsync(part.descriptor)
            with contextlib.suppress(FileNotFoundError):
                os.fchmod(part.descriptor, stat.S_IMODE(target.stat().st_mode))
            part.become(target)
    except OSError as problem:
        left = "what was there before is as it was" if target.exists() else "there is no file"
        raise errors.TiltSessionError(f"{path}: nothing was written ({problem.strerror}); {left}") from None


def remove_leftovers(target: pathlib.Path) -> None:
    """Remove what writers of this file left that were killed; what one is about to write is left to it."""
    for left in target.parent.glob(f".{_stem(target)}-*.part"):
        with contextlib.suppress(OSError):
            descriptor = os.open(left, os.O_WRONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
            finally:
                os.close(descriptor)


class _Part:
    """A file in the folder of the target that is to take its place. ``name`` None: it has none yet."""

    def __init__(self, descriptor: int, name: str | None, spare: str) -> None:
        self.descriptor = descriptor
        self.name = name
        self._spare = spare

    def become(self, target: pathlib.Path) -> None:
        """Take the place of the target, whether there is one or not."""
        if self.name is None:
            try:
                self._call(target)
            except FileExistsError:
                self._call(self._spare)
                self.name = self._spare
            else:
                return
        os.replace(self.name, target)  # noqa: PTH105  texts, as os.link takes them
        self.name = None

    def _call(self, name: pathlib.Path | str) -> None:
        # A folder's descriptor, which an absolute path makes no use of, has Python follow the link (linkat).
        os.link(f"/proc/self/fd/{self.descriptor}", name, src_dir_fd=self.descriptor, follow_symlinks=True)


@contextlib.contextmanager
def _part(target: pathlib.Path) -> Iterator[_Part]:
    """Make a file that can take the place of the target; it is gone afterwards, unless it did."""
    spare = str(target.parent / f".{_stem(target)}-{uuid.uuid4().hex}.part")
    part = _unnamed(target, spare) or _named(spare)
    try:
        yield part
    finally:
        os.close(part.descriptor)
        if part.name is not None:
            with contextlib.suppress(OSError):
                os.unlink(part.name)  # noqa: PTH108  a text


def _unnamed(target: pathlib.Path, spare: str) -> _Part | None:
    """Make a file without a name, where the file system has such and /proc can give it one later."""
    if not _UNNAMED or not os.path.exists("/proc/self/fd"):  # noqa: PTH110  a text
        return None
    try:
        descriptor = os.open(target.parent, os.O_WRONLY | _UNNAMED, _MODE)
    except OSError:
        return None  # the other way finds out what is wrong, if anything is
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return _Part(descriptor, None, spare)


def _named(name: str) -> _Part:
    while True:
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return _Part(descriptor, name, name)
        os.close(descriptor)  # another writer took it for a leftover, before it was locked


def _stem(target: pathlib.Path) -> str:
    return target.name[:80].translate({ord(character): "_" for character in "[]*?"})


def _write(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _is_special(path: pathlib.Path) -> bool:
    """Tell a device or a pipe, such as /dev/stdout, in whose place no file may come."""
    return path.exists() and not path.is_file()


def _send(path: pathlib.Path, content: bytes) -> None:
    try:
        with open(path, "wb", buffering=0) as file:  # noqa: PTH123  a raw file
            _write(file.fileno(), content)
    except OSError as problem:
        raise errors.TiltSessionError(
            f"{path}: this is no file, and not all of the recording could be written to it ({problem.strerror})"
        ) from None
