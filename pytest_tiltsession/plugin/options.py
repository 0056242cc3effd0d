"""Command line and ini file: what is declared, and what a run says by it. Markers are the arguments module's.

Every run of pytest loads it, used or not: the standard library and pytest only, and no more than a run needs.
"""

from typing import Any

import pytest

MARKER = "tilt_session"
MARKER_LINE = (
    "tilt_session(scenario=, exit_condition=, timeout=, readiness_timeout=, k8s_grace_period=, tiltfile_path=, start=, "
    "profile=, progress=, speed=, limit=, patience=, verbatim=, offset=, tls=, port=, context=, current_context=, "
    "exit_when_done=, starts=, freeze=, sleeps=, faults=, allow=, mode=, recording=): "
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
# What is said of a whole run, with twins alike. Marker arguments: mode=, context= and recording=.
MODES = ("fake", "replay", "record", "once", "live")
RUN_VALUED = {
    "tilt_session_mode": (
        "What stands behind tilt_session: fake (the default), replay (a recording of the test), record (a real Tilt, "
        "recorded), once (record what has no recording yet, else replay) or live (a real Tilt, nothing kept)."
    ),
    "tilt_session_context": "Which real Tilt, by its context; without it, as Tilt's own tools find theirs.",
    "tilt_session_html": "Write an HTML page with the timeline of its session for each failed test into this folder.",
    "tilt_session_recordings": "The folder of the recordings, from rootdir: tilt_sessions without it.",
}
STRICT = "tilt_session_strict"
STRICT_HELP = "Let a full run fail where there are recordings that no test uses."
MODE_ARGUMENTS = ("mode", "recording")
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
    for name, text in RUN_VALUED.items():
        choices = MODES if name == "tilt_session_mode" else None
        group.addoption(
            f"--{name.replace('_', '-')}", dest=name, default=None, choices=choices, metavar="VALUE", help=text
        )
        parser.addini(name, text, default="")
    group.addoption("--tilt-session-strict", action="store_true", dest=STRICT, default=None, help=STRICT_HELP)
    parser.addini(STRICT, STRICT_HELP, type="bool", default=False)


def of_run(config: pytest.Config, name: str) -> str:
    """Give what command line or ini say of a whole run: ``mode``, ``context``, ``recordings``; empty without."""
    return str(config.getoption(f"tilt_session_{name}") or config.getini(f"tilt_session_{name}") or "")


def mode(config: pytest.Config) -> str:
    """Give the mode of the run; that of a test may be another."""
    return of_run(config, "mode") or MODES[0]


def is_fake(config: pytest.Config) -> bool:
    """Tell whether the run leaves its tests on the fake, as without any mode."""
    return mode(config) == MODES[0]


def strict(config: pytest.Config) -> bool:
    """Tell whether recordings that no test uses are to fail the run."""
    return bool(config.getoption(STRICT) or _flag(config, STRICT))


def in_modes(item: pytest.Item) -> bool:
    """Tell whether a test may have another mode than fake; where not, nothing needs to be loaded."""
    if not is_fake(item.config):
        return True
    return any(name in marker.kwargs for marker in item.iter_markers(MARKER) for name in MODE_ARGUMENTS)


def enabled(config: pytest.Config) -> bool:
    """Tell whether scenario files are to be collected and the summary printed. A bad ini value is a UsageError."""
    return bool(config.getoption(FLAG) or _flag(config, FLAG))


def _flag(config: pytest.Config, name: str) -> bool:
    try:
        return bool(config.getini(name))
    except (ValueError, pytest.UsageError) as problem:  # which one, depends on pytest's version
        raise pytest.UsageError(f"{name}: {problem} in the ini file; write {name} = true or false") from None


def configured(config: pytest.Config) -> dict[str, Any]:
    """Give what command line and ini say, by marker argument."""
    found = {}
    for name in VALUED:
        value = config.getoption(name) or config.getini(name)
        if value:
            found[name.removeprefix("tilt_session_")] = value
    return found


def is_silent(config: pytest.Config) -> bool:
    """Tell whether command line and ini give no value that could be a bad one. A bad flag is a UsageError."""
    enabled(config)
    strict(config)
    return is_fake(config) and not configured(config)
