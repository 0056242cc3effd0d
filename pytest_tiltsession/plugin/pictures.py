"""``--tilt-session-html DIR``: a page for each failed test that uses a fake, with what its session went through.

Imported where pages are wanted; what draws, when a test with a fake has failed.
"""

import hashlib
import pathlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_tiltsession.fake_tilt import FakeTilt

OPTION = "tilt_session_html"

WORKER_KEY = OPTION
_folder = pytest.StashKey[str]()
_LONGEST = 120  # characters of a file's name, without the ending; file systems take 255 bytes
_HASHED = 10


def configure(config: pytest.Config) -> None:
    """Settle where the folder is, once for a run: a worker of xdist may stand elsewhere, and is told.

    On the command line it counts from where pytest was called, in the ini file from that file. Raises UsageError where
    there is something else by that name.
    """
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    if workerinput is not None:
        config.stash[_folder] = workerinput.get(WORKER_KEY, "")
        return
    given, base = config.getoption(OPTION), config.invocation_params.dir
    if not given:
        given, base = config.getini(OPTION), config.rootpath if config.inipath is None else config.inipath.parent
    if not given:
        return
    folder = base / pathlib.Path(given).expanduser()
    if folder.exists() and not folder.is_dir():
        raise pytest.UsageError(f"--tilt-session-html {given}: that is a file; name a folder, which is made if need be")
    config.stash[_folder] = str(folder)


def folder_of(config: pytest.Config) -> str:
    """Give the absolute path of the folder; empty where no pages are wanted."""
    return config.stash.get(_folder, "")


def write(item: pytest.Item, test_report: Any, fakes: "Sequence[FakeTilt]") -> list[str]:
    """Write a page for each fake of a failed test and give the paths; nothing without the option.

    A page that cannot be written is told of instead, since the test's own failure is what matters.
    """
    where = folder_of(item.config)
    if not where or not fakes:
        return []
    folder = pathlib.Path(where)
    found = []
    for number, fake in enumerate(fakes, 1):
        path = folder / file_name(item.nodeid, number)
        try:
            page = fake.render_html(item.nodeid, failure=_message(test_report))
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(page, encoding="utf-8", newline="\n")
        except Exception as problem:
            found.append(f"{path} could not be written: {type(problem).__name__}: {problem}")
        else:
            found.append(str(path))
    return found


def file_name(node_id: str, number: int = 1) -> str:
    """Name the page of a test: its id with ``-`` for ``/`` and ``--`` for ``::``.

    Where that would not tell two tests apart (other signs are replaced, the id is too long, or has capitals, which some
    file systems take for small letters), a hash of the id follows. ``number`` is that of the fake in the test.
    """
    plain = node_id.replace("::", "--").replace("/", "-")
    clean = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip(".-") or "test"
    name = clean[:_LONGEST].rstrip(".-")
    if name != plain or "-" in node_id or name != name.lower():
        digest = hashlib.sha256(node_id.encode("utf-8", "surrogatepass")).hexdigest()
        name += f"-{digest[:_HASHED]}"
    return f"{name}{'' if number == 1 else f'.{number}'}.html"


def _message(test_report: Any) -> str:
    """Give what the test failed with."""
    crash = getattr(test_report.longrepr, "reprcrash", None)
    message = getattr(crash, "message", None)
    return str(test_report.longrepr or "") if message is None else str(message)
