"""How wide, in which encoding and how much the run's terminal shows; imported when the first fake is made.

A worker of xdist has no terminal: its controller tells it of its own.
"""

import dataclasses
import sys
from typing import Any

import pytest

from pytest_tiltsession.expectations import lettering

WORKER_KEY = "tilt_session_terminal"
# What pytest writes before the lines of an error's message: "E" and the source's own indentation. Below a width that
# reads well, a terminal may rather break them: pytest itself heeds no width there.
_MARGIN = 8
_LEAST = 80
_EVERYTHING = sys.maxsize


def describe(config: pytest.Config) -> dict[str, Any]:
    """Give what is known of the terminal, as values that can be sent to a worker: width, encoding, colour."""
    told: dict[str, Any] | None = getattr(config, "workerinput", {}).get(WORKER_KEY)
    if told is not None:
        return told
    if config.pluginmanager.get_plugin("terminalreporter") is None:
        return {}
    writer = config.get_terminal_writer()
    encoding = getattr(getattr(writer, "_file", None), "encoding", None)
    return {"width": writer.fullwidth, "encoding": encoding or "utf-8", "colour": writer.hasmarkup}


def style(config: pytest.Config) -> lettering.Style:
    """Give the style of a report section: as wide and as coloured as the terminal, as long as ``-v`` asks for."""
    verbosity = config.get_verbosity()
    limits: dict[str, Any] = {}
    if verbosity == 1:
        limits = {"lanes": 100, "requests": 100}
    elif verbosity > 1:
        limits = dict.fromkeys(("lanes", "requests", "steps"), _EVERYTHING)
    return lettering.Style(**describe(config), **limits)


def message_style(config: pytest.Config) -> lettering.Style:
    """Give the style of an error's message: somewhat narrower, and plain, since pytest colours it."""
    whole = style(config)
    return dataclasses.replace(whole, width=max(whole.width - _MARGIN, _LEAST), colour=False)
