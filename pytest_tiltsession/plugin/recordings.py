"""Where the recordings of tests are, and which names they have; opens none. Imports no more than pytest.

The file of a test is ``<recordings>/<path of the test file>/<class and test>.tilt.yaml``.
"""

import hashlib
import os
import pathlib
import re
import shlex

import pytest

from pytest_tiltsession.plugin import options

FOLDER = "tilt_sessions"
SUFFIX = ".tilt.yaml"
_CLEAN = re.compile(r"[a-z0-9_][a-z0-9_.-]*")
_LONGEST = 100  # characters of a name, before what makes it one of its own


def folder(config: pytest.Config) -> pathlib.Path:
    """Give the folder of all recordings."""
    return config.rootpath / (options.of_run(config, "recordings") or FOLDER)


def path_of(item: pytest.Item, name: str | None = None) -> pathlib.Path:
    """Give the file of a test's recording, which need not be there.

    ``name`` is what the marker says: a plain name lies where the test's own would, one with a slash in it counts from
    the folder of all recordings.
    """
    if name is None:
        return _of_file(item) / (_name(item) + SUFFIX)
    above = folder(item.config) if "/" in name else _of_file(item)
    return above / (name.removesuffix(SUFFIX) + SUFFIX)


def existing(config: pytest.Config) -> list[pathlib.Path]:
    """Give all recordings that there are, sorted."""
    return sorted(folder(config).rglob(f"*{SUFFIX}"))


def of_nodeid(config: pytest.Config, nodeid: str) -> pathlib.Path:
    """Give the folder, or what begins the names of folders, of what a node collects: a file's or a folder's."""
    return folder(config) / nodeid.partition("::")[0].removesuffix(".py")


def shown(config: pytest.Config, path: pathlib.Path | str) -> str:
    """Give a path as a person reads it: from rootdir where it lies there."""
    path = pathlib.Path(path)
    return str(path.relative_to(config.rootpath)) if path.is_relative_to(config.rootpath) else str(path)


def command(item: pytest.Item) -> str:
    """Give the command that records one test, to be typed where this run was started."""
    config = item.config
    words = ["pytest", "--tilt-session-mode=record"]
    for name in ("context", "recordings"):
        given = config.getoption(f"tilt_session_{name}")
        words += [f"--tilt-session-{name}={given}"] if given else []
    file = os.path.relpath(item.path, config.invocation_params.dir)
    words.append(file + item.nodeid[len(item.nodeid.partition("::")[0]) :])
    return shlex.join(words)


def _of_file(item: pytest.Item) -> pathlib.Path:
    """Give the folder of the recordings of a test's file."""
    path, root = item.path.with_suffix("") if item.path.suffix == ".py" else item.path, item.config.rootpath
    if path.is_relative_to(root):
        return folder(item.config) / path.relative_to(root)
    return folder(item.config) / f"{path.name}-{_digest(str(item.path))}"


def _name(item: pytest.Item) -> str:
    """Name a test by its classes, its function and its parameters' id, as any file system can hold it."""
    within = [node.name for node in item.listchain() if isinstance(node, pytest.Class)]
    plain = getattr(item, "originalname", None) or item.name.partition("[")[0]
    name = ".".join([*within, plain])
    parameters = item.name[len(plain) :]
    if parameters.startswith("[") and parameters.endswith("]"):
        parameters = parameters[1:-1]
    cleaned = _cleaned(name, item.nodeid, case=True)
    # A parameter's id may differ from another one's in case alone, which some file systems do not keep.
    return f"{cleaned}-{_cleaned(parameters, parameters)}" if parameters else cleaned


def _cleaned(text: str, whole: str, *, case: bool = False) -> str:
    """Give a text with which a file can be named; where it is not all of the text, with a digest of the ``whole``."""
    if len(text) <= _LONGEST and _CLEAN.fullmatch(text.lower() if case else text):
        return text
    return f"{re.sub(r'[^A-Za-z0-9_.]+', '-', text).strip('-.')[:_LONGEST]}-{_digest(whole)}".lstrip("-")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
