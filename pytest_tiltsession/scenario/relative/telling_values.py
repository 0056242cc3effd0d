"""What users give the builder, turned into the values of a script; each refusal says what would do.

Knows the short forms: ``"3s"`` for a build that takes as long, True for a server that is ready at once.
"""

import dataclasses
import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from pytest_tiltsession import errors, times
from pytest_tiltsession.models import resources as models
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.scenario.relative import script, words

Told = script.Phase | script.After
Build = str | bool | Told | Sequence[Told] | None
Names = str | Iterable[str]

_READINESS = (models.WAIT, models.IGNORE, models.SUCCEEDED)
_EXIT_CONDITIONS = ("ci", "manual")
# What a command takes where nothing is said of it.
_A_SECOND = 1_000_000
_SUCCEEDED = script.Phase("succeeded")
_READY = script.Phase("active", ready=True)


def track(name: str, suffix: str, type_: str, told: Sequence[Told], resources: Sequence[str] | None) -> script.Track:
    """Give a bare target; a name without a colon is a resource's, which gives the target ``name:suffix``."""
    text(name, "a target is named by its resource, such as migrate")
    resource, _, given = name.rpartition(":") if ":" in name else (name, "", "")
    if name == steps.TILTFILE.name:
        resource = steps.TILTFILE.resources[0]
    named = (resource,) if resources is None else names("resources", resources)
    return script.Track(name if given else f"{name}:{suffix}", type_, named, phases(told))


def build(told: Build, what: str) -> script.Phases | None:
    """Give the phases of builds: True takes a second, a duration as long, None and False are none."""
    if told is None or told is False:
        return None
    if told is True or isinstance(told, str):
        takes = _A_SECOND if told is True else words.duration(what, told)
        return (script.Phase("active", takes), _SUCCEEDED) if takes else (_SUCCEEDED,)
    return phases(told)


def runtime(told: Build, what: str) -> script.Phases | None:
    """Give the phases of what runs: True is ready at once, with a duration it becomes so, None and False are none."""
    if told is None or told is False:
        return None
    if told is True:
        return (_READY,)
    if isinstance(told, str):
        return (script.Phase("active", words.duration(what, told), ready=False), _READY)
    return phases(told)


def container(told: Build, what: str) -> script.Phases | None:
    """Give the phases of a Compose container, which is created before it runs."""
    if isinstance(told, str):
        return (script.Phase("waiting", words.duration(what, told)), _READY)
    return runtime(told, what)


def phases(told: Told | Sequence[Told]) -> script.Phases:
    """Give phases as a tuple."""
    found = (told,) if isinstance(told, Told) else tuple(told)
    for phase in found:
        if not isinstance(phase, Told):
            hint = f"write {phase.__name__}()" if callable(phase) and hasattr(phase, "__name__") else "write a state"
            raise errors.InvalidScenario(f'{phase!r} is no state; {hint}, such as active(for_="3s")')
    return found


def names(what: str, given: Names) -> tuple[str, ...]:
    """Give names as a tuple; one alone may be a text."""
    found = (given,) if isinstance(given, str) else tuple(given)
    for name in found:
        text(name, f"{what} takes names of resources")
    return found


def text(value: Any, wanted: str) -> str:
    """Give a text that is not empty."""
    if not isinstance(value, str) or not value:
        raise errors.InvalidScenario(f"{wanted}; found {value!r}")
    return value


def resource_name(name: str) -> str:
    """Give the name of a whole resource."""
    text(name, "a resource has a name, such as web")
    if name == session.TILTFILE_RESOURCE:
        raise errors.InvalidScenario(f"{name} is the Tiltfile's own resource; give yours another name")
    return name


def trigger_mode(mode: str, *, auto_init: bool) -> models.TriggerMode:
    """Give Tilt's trigger mode of the Tiltfile's two settings."""
    one_of("trigger_mode", mode, ("auto", "manual"))
    if mode == "auto":
        return models.TriggerMode.AUTO if auto_init else models.TriggerMode.AUTO_WITH_MANUAL_INIT
    return models.TriggerMode.MANUAL_WITH_AUTO_INIT if auto_init else models.TriggerMode.MANUAL


def pod_readiness(mode: str) -> str:
    """Give a mode of waiting for pods."""
    return one_of("pod_readiness", mode, _READINESS)


def exit_condition(condition: str) -> str:
    """Give an exit condition that Tilt creates Sessions with."""
    return one_of("exit_condition", condition, _EXIT_CONDITIONS)


def one_of(what: str, given: str, valid: Sequence[str]) -> str:
    """Give a word that is one of some."""
    if given not in valid:
        near = difflib.get_close_matches(str(given), valid, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(valid)}"
        raise errors.InvalidScenario(f"{what}={given!r}; {hint}")
    return given


def start(when: str) -> int:
    """Give an RFC 3339 time in microseconds since the epoch."""
    try:
        return times.parse_time(text(when, "start is an RFC 3339 time"))
    except errors.InvalidValue as problem:
        raise errors.InvalidScenario(f"start: {problem}") from None


def ci(before: session.SessionCISpec | None, **changed: times.Span | None) -> session.SessionCISpec | None:
    """Give ``spec.ci`` with other durations (Go's, as texts, or timedeltas); None is absent."""
    found = before or session.SessionCISpec()
    for name, value in changed.items():
        nanos = None if value is None else _nanos(name, value)
        found = dataclasses.replace(found, **{name: nanos})
    return found


def _nanos(name: str, value: times.Span) -> int:
    try:
        return times.nanos_of(name, value)
    except errors.InvalidValue as problem:
        raise errors.InvalidScenario(str(problem)) from None
