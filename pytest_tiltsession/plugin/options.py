"""Command line, ini file and marker: where an option's value comes from, and what is wrong with it.

Precedence: marker, then command line, then ini. A bad value is a UsageError before the first test.
"""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_tiltsession import settings

MARKER = "tilt_session"
MARKER_LINE = (
    "tilt_session(scenario=, exit_condition=, timeout=, readiness_timeout=, k8s_grace_period=, tiltfile_path=, start=, "
    "profile=, progress=, speed=, limit=, patience=, verbatim=, tls=, port=, context=, current_context=, "
    "exit_when_done=, freeze=, sleeps=, allow=): "
    "how the fake Tilt of this test is to be"
)

# Option → help. Each has an ini twin of the same name, and a marker argument without the prefix.
VALUED = {
    "tilt_session_profile": "How faithful the API is: tilt (bug for bug, the default) or kubernetes (as published).",
    "tilt_session_progress": (
        "How time moves: manual (the default), reads (after each GET or list), auto (while everybody waits) or wall "
        "(as the machine's clock does)."
    ),
    "tilt_session_speed": "Under wall, how many times as fast as the machine's clock: a number, 1 without it.",
    "tilt_session_limit": (
        "How far the clock goes by itself under auto, and how far a wait moves it: a Go duration, 24h without it."
    ),
}
FLAG = "tilt_session"
FLAG_HELP = "Collect *.tilt.yaml files as tests, and print the tilt session header and summary."


def add(parser: pytest.Parser) -> None:
    """Declare the options and their ini twins."""
    group = parser.getgroup("tilt-session", "fake Tilt Session API")
    group.addoption("--tilt-session", action="store_true", dest=FLAG, default=None, help=FLAG_HELP)
    parser.addini(FLAG, FLAG_HELP, type="bool", default=False)
    for name, text in VALUED.items():
        group.addoption(f"--{name.replace('_', '-')}", dest=name, default=None, metavar="VALUE", help=text)
        parser.addini(name, text, default="")


def enabled(config: pytest.Config) -> bool:
    """Tell whether scenario files are to be collected and the summary printed."""
    return bool(config.getoption(FLAG) or config.getini(FLAG))


def configured(config: pytest.Config) -> dict[str, Any]:
    """Give what command line and ini say, by marker argument."""
    found = {}
    for name in VALUED:
        value = config.getoption(name) or config.getini(name)
        if value:
            found[name.removeprefix("tilt_session_")] = value
    return found


def check_configured(config: pytest.Config) -> None:
    """Refuse bad option values. Costs nothing where none is given."""
    given = configured(config)
    if given:
        make(given, where="--tilt-session-* option or tilt_session_* ini value")


def check_item(item: pytest.Item) -> str | None:
    """Say what is wrong with an item's marker, naming the test; None where nothing is."""
    if item.get_closest_marker(MARKER) is None:
        return None
    try:
        for_item(item)
    except pytest.UsageError as problem:
        return str(problem)
    return None


def for_item(item: pytest.Item) -> "settings.Settings":
    """Give the settings of one test: the nearest marker's arguments over farther ones, over command line and ini."""
    given = configured(item.config)
    base = item.path.parent
    for marker in reversed(list(item.iter_markers(MARKER))):
        if marker.args:
            raise pytest.UsageError(
                f"{item.nodeid}: @pytest.mark.tilt_session takes keyword arguments only, found {marker.args!r}; "
                'write what each is, such as scenario="ci-fails-late.tilt.yaml"'
            )
        given.update(marker.kwargs)
    # A file is looked up beside the test; what does not look like one is the name of a scenario of the library.
    if isinstance(given.get("scenario"), str) and given["scenario"].endswith(".tilt.yaml"):
        given["scenario"] = base / given["scenario"]
    return make(given, where=f"{item.nodeid}: @pytest.mark.tilt_session")


def make(given: dict[str, Any], *, where: str) -> "settings.Settings":
    """Make settings of arguments; raises UsageError that names where they stand."""
    from pytest_tiltsession import errors, settings  # start-up cost: only where a fake is wanted

    for name in given:
        if name not in settings.NAMES:
            raise pytest.UsageError(f"{where}: {settings.unknown_name(name)}")
    try:
        made = settings.Settings(**given)
        made.read_scenario()
    except errors.TiltSessionError as problem:
        raise pytest.UsageError(f"{where}: {problem}") from None
    return made
