"""How one fake is to be: every option with its valid values, checked before anything starts; knows no server."""

import dataclasses
import difflib
import math
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_tiltsession import conflicts, errors, times
from pytest_tiltsession import faults as faults_room
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps

if TYPE_CHECKING:
    from pytest_tiltsession.scenario import builder

PROFILES = ("tilt", "kubernetes")
PROGRESS = ("manual", "reads", "auto", "wall")
EXIT_CONDITIONS = ("ci", "manual")
_TIMEOUT, _READINESS_TIMEOUT, _PATIENCE = map(conflicts.Default, ("30m", "5m", "30s"))
_SPANS = ("timeout", "readiness_timeout", "k8s_grace_period", "limit", "patience", "offset")
STARTS = ("now", "later", "dead", "empty")
ALLOWANCES = ("unplayed-steps", "server-errors", "stalled-watches", "unmet-faults", "unmet-plans", "recorded-verdicts")

DEFAULT_START = "2026-01-01T00:00:00Z"
TILTFILE_PATH = "/app/Tiltfile"


@dataclasses.dataclass(frozen=True)
class Settings:
    """The options of a fake, as the marker, the command line and ``FakeTilt(...)`` take them.

    Durations are Go's, as texts, or timedeltas: ``timeout``, ``readiness_timeout`` and ``k8s_grace_period`` (None:
    absent from ``spec.ci``), ``limit``, ``patience`` and ``offset``. ``start`` is an RFC 3339 time; ``port`` 0 takes a
    free one. ``scenario`` is a file, a named one (``"ci/never-ready"``) or a Scenario; ``parameters`` fill its
    ``${…}``. ``progress`` says how time moves: ``speed`` is how many times as fast as the machine's clock it is under
    ``wall``, 1 without it; ``limit``, a Go duration, is how far from its start the clock goes by itself under
    ``auto``, and how far a wait moves it; ``patience``, a Go duration of the machine's clock, is after how long a
    watch, or a poll loop under ``reads``, is told that the clock stands (None: never, as under ``manual`` without it).
    ``offset``, a Go duration, is how long the session has been going on when the fake begins to serve: what its
    scenario tells up to then has happened. ``freeze`` makes the test's own ``datetime.now()`` and ``time.time()``
    follow the session's clock, ``sleeps`` turns the test process's own sleeps into moves of it. ``starts`` says what
    is there at first: a Tilt that serves (``now``), a config file that names none until ``start()`` (``later``), or
    one that names a port where nobody answers (``dead``), or a Tilt whose Session is not there until ``appear()``
    (``empty``). ``faults`` are armed from the start, before those of the scenario: one of
    ``pytest_tiltsession.faults``, or several. ``allow`` names what does not fail the test at its end.
    Raises InvalidValue for anything else, naming what would do.
    """

    scenario: "builder.Scenario | steps.Scenario | pathlib.Path | str | None" = None
    parameters: Mapping[str, str] | None = None
    exit_condition: str = conflicts.Default("ci")
    timeout: times.Span | None = _TIMEOUT
    readiness_timeout: times.Span | None = _READINESS_TIMEOUT
    k8s_grace_period: times.Span | None = None
    tiltfile_path: str = conflicts.Default(TILTFILE_PATH)
    start: str = conflicts.Default(DEFAULT_START)
    profile: str = "tilt"
    progress: str = "manual"
    speed: "float | str | None" = None
    limit: times.Span = "24h"
    patience: times.Span | None = _PATIENCE
    verbatim: bool = False
    offset: times.Span = "0s"
    tls: bool = True
    port: int = 0
    context: str | None = None
    current_context: bool = True
    exit_when_done: bool = False
    starts: str = "now"
    freeze: bool = False
    sleeps: bool = False
    faults: "Sequence[faults_room.Fault] | faults_room.Fault" = ()
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _one_of("profile", self.profile, PROFILES)
        _one_of("progress", self.progress, PROGRESS)
        _one_of("exit_condition", self.exit_condition, EXIT_CONDITIONS)
        _one_of("starts", self.starts, STARTS)
        if self.starts == "empty" and self.scenario is not None:
            raise errors.InvalidValue('starts="empty": a scenario tells by itself when its Session is there first')
        object.__setattr__(self, "faults", faults_room.checked(self.faults))
        if isinstance(self.allow, str):
            object.__setattr__(self, "allow", (self.allow,))
        for word in self.allow:
            _one_of("allow", word, ALLOWANCES)
        if self.limit is None:
            raise errors.InvalidValue('limit=None: give a Go duration as text, such as "24h"')
        for name in ("verbatim", "tls", "current_context", "exit_when_done", "freeze", "sleeps"):
            _of_type(name, getattr(self, name), bool, "True or False")
        _of_type("tiltfile_path", self.tiltfile_path, str, "a path as text")
        if isinstance(self.port, bool) or not isinstance(self.port, int) or not 0 <= self.port <= 65535:
            number = isinstance(self.port, str) and self.port.isdecimal()
            instead = f", as a number: port={self.port}" if number else ""
            raise errors.InvalidValue(f"port={self.port!r}: give a port from 1 to 65535, or 0 for a free one{instead}")
        if self.context is not None and (not isinstance(self.context, str) or not self.context):
            raise errors.InvalidValue(f"context={self.context!r}: give a context name, such as 'tilt-default'")
        self._check_scenario()
        if self.parameters is not None and not isinstance(self.scenario, pathlib.Path | str):
            raise errors.InvalidValue("parameters: they fill the ${…} of a scenario file; name one with scenario=")
        if self.freeze and self.progress == "wall":
            raise errors.InvalidValue(
                'freeze=True with progress="wall": frozen time follows a clock that stands between its moves, and '
                "under wall it runs; leave one of them out"
            )
        for name in _SPANS:
            if getattr(self, name) is not None and not isinstance(getattr(self, name), str):
                object.__setattr__(self, name, times.format_duration(self._duration(name) or 0))
        # Read, so that a bad one is refused now.
        self.spec  # noqa: B018
        self.start_micros  # noqa: B018
        self.speed_factor  # noqa: B018
        self.patience_seconds  # noqa: B018
        self.offset_micros  # noqa: B018
        if (self._duration("limit") or 0) <= 0:
            raise errors.InvalidValue(f'limit={self.limit!r}: give a Go duration of more than 0s, such as "1h"')
        conflicts.refuse(vars(self), [name for name, default in _DEFAULTS if getattr(self, name) is not default])

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

    @property
    def speed_factor(self) -> float:
        """How many times as fast as the machine's clock the session's is, under ``wall``."""
        try:
            found = math.nan if isinstance(self.speed, bool) else 1.0 if self.speed is None else float(self.speed)
        except (TypeError, ValueError):
            found = math.nan
        if not 0 < found < math.inf:
            raise errors.InvalidValue(f"speed={self.speed!r}: give a number of more than 0, such as 10 or 0.5")
        return found

    @property
    def offset_micros(self) -> int:
        """How long the session has been going on when the fake begins to serve, in microseconds."""
        found = self._duration("offset") or 0
        if self.offset is None or found < 0:
            raise errors.InvalidValue(f'offset={self.offset!r}: give a Go duration of 0s or more, such as "90s"')
        if found and self.starts in ("later", "dead"):
            raise errors.InvalidValue(f"offset={self.offset!r} goes with starts='now', found starts={self.starts!r}")
        return found // times.MICROSECOND

    @property
    def patience_seconds(self) -> float | None:
        """How many seconds of the machine's clock a watch waits before it is told that the session's clock stands.

        Under ``manual`` nobody is told unless that was asked for: a test may take its time.
        """
        if self.progress == "manual" and self.patience is _PATIENCE:
            return None
        found = self._duration("patience")
        if found is not None and found < 0:
            raise errors.InvalidValue(f'patience={self.patience!r}: give a Go duration such as "30s", or None for ever')
        return None if found is None else found / times.SECOND

    def read_scenario(self) -> steps.Scenario | None:
        """Give the scenario, read from its file where it is one; None without. Raises InvalidScenario."""
        if self.scenario is None or isinstance(self.scenario, steps.Scenario):
            return self.scenario
        from pytest_tiltsession.scenario import builder, files  # start-up cost: most tests have no scenario

        if isinstance(self.scenario, builder.Scenario):
            return self.scenario.build()
        return files.read(self.scenario, self.parameters)

    def _check_scenario(self) -> None:
        if self.scenario is None or isinstance(self.scenario, steps.Scenario | pathlib.Path | str):
            return
        from pytest_tiltsession.scenario import builder  # start-up cost

        if not isinstance(self.scenario, builder.Scenario):
            raise errors.InvalidValue(
                f"scenario={self.scenario!r}: give the path of a *.tilt.yaml file, "
                "the name of one that `tiltsession scenarios` lists, or a Scenario"
            )

    def _duration(self, name: str) -> int | None:
        value = getattr(self, name)
        return None if value is None else times.nanos_of(name, value)


NAMES = tuple(field.name for field in dataclasses.fields(Settings))
_DEFAULTS = tuple((field.name, field.default) for field in dataclasses.fields(Settings))


def made(settings: Settings | None, options: Mapping[str, Any]) -> Settings:
    """Give settings with some options changed; raises InvalidValue for unknown ones and for what are no settings."""
    for name in options:
        if name not in NAMES:
            raise errors.InvalidValue(unknown_name(name))
    if settings is not None and not isinstance(settings, Settings):
        raise errors.InvalidValue(f"{settings!r} are no Settings: name what it is, such as scenario={settings!r}")
    if settings is None:
        return Settings(**options)
    return dataclasses.replace(settings, **options) if options else settings


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
