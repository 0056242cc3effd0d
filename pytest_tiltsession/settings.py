"""How one fake is to be: every option with its valid values, checked before anything starts; knows no server."""

import dataclasses
import difflib
import pathlib
from collections.abc import Iterable
from typing import Any

from pytest_tiltsession import errors, times
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import file_format, steps

PROFILES = ("tilt", "kubernetes")
PROGRESS = ("manual", "reads")
EXIT_CONDITIONS = ("ci", "manual")
ALLOWANCES = ("unplayed-steps", "server-errors")

DEFAULT_START = "2026-01-01T00:00:00Z"
TILTFILE_PATH = "/app/Tiltfile"


@dataclasses.dataclass(frozen=True)
class Settings:
    """The options of a fake, as the marker, the command line and ``FakeTilt(...)`` take them.

    ``timeout``, ``readiness_timeout`` and ``k8s_grace_period`` are Go durations (None: absent from ``spec.ci``);
    ``start`` is an RFC 3339 time; ``port`` 0 takes a free one. ``freeze`` makes the test's own ``datetime.now()`` and
    ``time.time()`` follow the session's clock, ``sleeps`` turns the test process's own sleeps into moves of it. ``scenario`` is a file, or a Scenario. ``allow`` names
    what does not fail the test at its end. Raises InvalidValue for anything else, naming what would do.
    """

    scenario: "steps.Scenario | pathlib.Path | str | None" = None
    exit_condition: str = "ci"
    timeout: str | None = "30m"
    readiness_timeout: str | None = "5m"
    k8s_grace_period: str | None = None
    tiltfile_path: str = TILTFILE_PATH
    start: str = DEFAULT_START
    profile: str = "tilt"
    progress: str = "manual"
    verbatim: bool = False
    tls: bool = True
    port: int = 0
    context: str | None = None
    current_context: bool = True
    exit_when_done: bool = False
    freeze: bool = False
    sleeps: bool = False
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _one_of("profile", self.profile, PROFILES)
        _one_of("progress", self.progress, PROGRESS)
        _one_of("exit_condition", self.exit_condition, EXIT_CONDITIONS)
        if isinstance(self.allow, str):
            object.__setattr__(self, "allow", (self.allow,))
        for word in self.allow:
            _one_of("allow", word, ALLOWANCES)
        for name in ("verbatim", "tls", "current_context", "exit_when_done", "freeze", "sleeps"):
            _of_type(name, getattr(self, name), bool, "True or False")
        _of_type("tiltfile_path", self.tiltfile_path, str, "a path as text")
        if isinstance(self.port, bool) or not isinstance(self.port, int) or not 0 <= self.port <= 65535:
            raise errors.InvalidValue(f"port={self.port!r}: give a port from 1 to 65535, or 0 for a free one")
        if self.context is not None and (not isinstance(self.context, str) or not self.context):
            raise errors.InvalidValue(f"context={self.context!r}: give a context name, such as 'tilt-default'")
        if self.scenario is not None and not isinstance(self.scenario, steps.Scenario | pathlib.Path | str):
            raise errors.InvalidValue(f"scenario={self.scenario!r}: give the path of a *.tilt.yaml file or a Scenario")
        self.spec  # noqa: B018  the durations are read, so that a bad one is refused now
        self.start_micros  # noqa: B018

    @property
    def spec(self) -> session.SessionSpec:
        """The spec of a session without a scenario."""
        ci = session.SessionCISpec(
            self._duration("k8s_grace_period"), self._duration("timeout"), self._duration("readiness_timeout")
        )
        return session.SessionSpec(self.tiltfile_path, self.exit_condition, ci)

    @property
    def start_micros(self) -> int:
        """The start in microseconds since the epoch."""
        if not isinstance(self.start, str):
            raise errors.InvalidValue(f"start={self.start!r}: give an RFC 3339 time as text, such as {DEFAULT_START!r}")
        try:
            return times.parse_time(self.start)
        except errors.InvalidValue as problem:
            raise errors.InvalidValue(f"start: {problem}") from None

    def read_scenario(self) -> steps.Scenario | None:
        """Give the scenario, read from its file where it is one; None without. Raises InvalidScenario."""
        if self.scenario is None or isinstance(self.scenario, steps.Scenario):
            return self.scenario
        return file_format.read_scenario(pathlib.Path(self.scenario))

    def _duration(self, name: str) -> int | None:
        value = getattr(self, name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise errors.InvalidValue(f'{name}={value!r}: give a Go duration as text, such as "30m" or "2.5s"')
        try:
            return times.parse_duration(value)
        except errors.InvalidValue as problem:
            raise errors.InvalidValue(f"{name}: {problem}") from None


NAMES = tuple(field.name for field in dataclasses.fields(Settings))


def unknown_name(name: str, known: Iterable[str] = NAMES) -> str:
    """Say that there is no such option, with the nearest ones or all of them."""
    known = tuple(known)
    near = difflib.get_close_matches(name, known, 2, 0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(known)}"
    return f"unknown argument {name!r}; {hint}"


def _one_of(name: str, value: Any, valid: tuple[str, ...]) -> None:
    if value not in valid:
        raise errors.InvalidValue(f"{name}={value!r}: valid values are {', '.join(valid)}")


def _of_type(name: str, value: Any, kind: type, wanted: str) -> None:
    if not isinstance(value, kind):
        raise errors.InvalidValue(f"{name}={value!r}: give {wanted}")
