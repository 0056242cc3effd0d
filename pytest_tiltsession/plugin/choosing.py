"""Which mode a test is in and where its recording is, by marker, command line and ini; loads nothing heavy."""

import dataclasses
import pathlib

import pytest

from pytest_tiltsession.plugin import arguments, options, recordings

FAKE, REPLAY, RECORD, ONCE, LIVE = options.MODES


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """The mode of one test, which is none of ``once``, and the file of its recording."""

    mode: str
    recording: pathlib.Path


def choose(item: pytest.Item) -> Choice:
    """Decide the mode of a test: its marker's over the command line's over the ini's.

    A marker that names a scenario says what the fake plays, so that the test stays on the fake. Raises
    :class:`pytest.UsageError` for a bad value, and for a marker that says both.
    """
    marked = arguments.marked(item)
    where = f"{item.nodeid}: @pytest.mark.tilt_session"
    mode = marked.get("mode") or options.mode(item.config)
    if mode not in options.MODES:
        raise pytest.UsageError(f"{where}: mode={mode!r}: valid values are {', '.join(options.MODES)}")
    name = marked.get("recording")
    _check_name(name, where)
    if marked.get("scenario") is not None:
        _refuse_both(marked, where)
        mode = FAKE
    path = recordings.path_of(item, name)
    if mode == ONCE:
        mode = REPLAY if path.exists() else RECORD
    return Choice(mode, path)


def _refuse_both(marked: dict[str, object], where: str) -> None:
    """Refuse a marker that says what is played twice, or what is played and that nothing is."""
    said = marked.get("mode")
    if said not in (None, FAKE):
        raise pytest.UsageError(
            f'{where}: scenario= says what the fake plays, and mode="{said}" that '
            + ("a recording of the test is played" if said == REPLAY else "a real Tilt is behind the session")
            + "; leave one of them out"
        )
    if marked.get("recording") is not None:
        raise pytest.UsageError(f"{where}: scenario= and recording= both say what is played; leave one of them out")


def _check_name(name: object, where: str) -> None:
    if name is None:
        return
    parts = pathlib.PurePosixPath(name).parts if isinstance(name, str) else ()
    if not parts or ".." in parts or parts[0] == "/" or str(name).endswith("/"):
        raise pytest.UsageError(
            f'{where}: recording={name!r}: give a name, such as "slow-start", or a path from the folder of recordings, '
            'such as "ci/slow-start"'
        )
