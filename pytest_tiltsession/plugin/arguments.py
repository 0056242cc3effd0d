"""What the markers say of a test, and the settings that come of it: where a value is from, and what is wrong with it.

Precedence: marker, then command line, then ini. A bad value is a UsageError before the first test. Imported where a
fake is wanted or a marker stands.
"""

import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from pytest_tiltsession import errors, settings
from pytest_tiltsession.plugin import options


def check_run(config: pytest.Config) -> None:
    """Refuse bad values of a whole run, from its command line and ini file."""
    given = options.configured(config)
    if given:
        make(given, where=lambda problem: _said_by(config, given, problem))
    mode = options.mode(config)
    if mode not in options.MODES:
        raise pytest.UsageError(f"tilt_session_mode={mode!r}: valid values are {', '.join(options.MODES)}")


def _said_by(config: pytest.Config, given: dict[str, Any], problem: str) -> str:
    """Name the option or ini value that a problem is about: it begins with the argument's name."""
    about = [name for name in given if problem.startswith((f"{name}=", f"{name}:", f"{name} "))] or list(given)
    return " and ".join(
        f"--{option.replace('_', '-')}" if config.getoption(option) else f"ini value {option}"
        for option in (f"tilt_session_{name}" for name in about)
    )


def check_item(item: pytest.Item) -> str | None:
    """Say what is wrong with an item's marker, naming the test; None where nothing is."""
    if item.get_closest_marker(options.MARKER) is None:
        return None
    try:
        for_item(item)
    except pytest.UsageError as problem:
        return str(problem)
    return None


def marked(item: pytest.Item) -> dict[str, Any]:
    """Give what the markers of one test say, the nearest one's arguments over farther ones'."""
    given: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers(options.MARKER))):
        if marker.args:
            raise pytest.UsageError(
                f"{item.nodeid}: @pytest.mark.tilt_session takes keyword arguments only, found {marker.args!r}; "
                'write what each is, such as scenario="ci-fails-late.tilt.yaml"'
            )
        given.update(marker.kwargs)
    return given


def for_item(item: pytest.Item, **decided: Any) -> settings.Settings:
    """Give the settings of one test: the markers' arguments over command line and ini; ``decided`` over them all."""
    base = item.path.parent
    own = marked(item) | decided
    common = options.configured(item.config)
    if own.get("progress", "wall") != "wall":
        common.pop("speed", None)  # it goes with the run's own progress
    given = common | own
    for name in options.MODE_ARGUMENTS:
        given.pop(name, None)
    # A file is looked up beside the test; what does not look like one is the name of a scenario of the library.
    file = given.get("scenario")
    if isinstance(file, pathlib.Path) or (isinstance(file, str) and file.endswith((".yaml", ".yml"))):
        given["scenario"] = base / file
    marker = "" if item.get_closest_marker(options.MARKER) is None else ": @pytest.mark.tilt_session"
    return make(given, where=lambda _: f"{item.nodeid}{marker}", beside=options.MODE_ARGUMENTS)


def make(given: dict[str, Any], *, where: Callable[[str], str], beside: tuple[str, ...] = ()) -> settings.Settings:
    """Make settings of arguments; raises UsageError that names where they stand, as ``where`` says of a problem.

    ``beside`` are other names there.
    """
    for name in given:
        if name not in settings.NAMES:
            problem = settings.unknown_name(name, (*settings.NAMES, *beside))
            raise pytest.UsageError(f"{where(problem)}: {problem}")
    try:
        made = settings.Settings(**given)
        made.read_scenario()
    except errors.TiltSessionError as refused:
        raise pytest.UsageError(f"{where(str(refused))}: {refused}") from None
    return made
