"""The builder's methods that tell what happens to resources, to the Tiltfile and to the Session."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Self

from pytest_tiltsession import errors, times
from pytest_tiltsession.models import resources as models
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.scenario.relative import script, telling, telling_values, tracks, words

At = words.Duration | script.After
# Told apart from None, which takes a duration out of spec.ci.
_UNSAID: Any = object()
_SESSION_WORDS = ("present", "absent", "recreated")


class TellingEvents(telling.Telling):
    """Tells of events. ``at`` is an offset from the session's start, or comes ``after(…)`` something."""

    def disable(self, *names: str, at: At) -> Self:
        """Disable resources, as ``tilt disable`` does: their builds are given up and forgotten."""
        return self._with(script.Event(at=_moment(at), disable=telling_values.names("disable", names)))

    def enable(self, *names: str, at: At) -> Self:
        """Enable resources again; what is to run is built anew."""
        return self._with(script.Event(at=_moment(at), enable=telling_values.names("enable", names)))

    def trigger(self, *names: str, at: At) -> Self:
        """Trigger builds by hand, as ``tilt trigger`` does."""
        return self._with(script.Event(at=_moment(at), trigger=telling_values.names("trigger", names)))

    def change(self, *names: str, at: At) -> Self:
        """Change a file that these resources depend on."""
        return self._with(script.Event(at=_moment(at), change=telling_values.names("change", names)))

    def reload(
        self,
        *,
        at: At,
        add: telling.Telling | None = None,
        remove: telling_values.Names = (),
        changed: telling_values.Names = (),
        error: str = "",
        takes: words.Duration = "20ms",
        timeout: times.Span | None = _UNSAID,
        readiness_timeout: times.Span | None = _UNSAID,
        k8s_grace_period: times.Span | None = _UNSAID,
    ) -> Self:
        """Load the Tiltfile again; it ``takes`` a while, and ends with an ``error`` or brings what it says.

        ``add``: a scenario whose targets and resources come, such as ``Scenario().local("c", update="1s")``;
        ``changed``: those whose definition is another one and which are built again. The durations are what
        ``ci_settings`` now says (None: absent); what clients wrote to the Session's spec and labels is set back.
        """
        said = {"timeout": timeout, "readiness_timeout": readiness_timeout, "k8s_grace_period": k8s_grace_period}
        said = {name: value for name, value in said.items() if value is not _UNSAID}
        spec = dataclasses.replace(self._spec, ci=telling_values.ci(self._spec.ci, **said)) if said else None
        added = None if add is None else add.script
        if added is not None and (added.events or added.base.steps or added.base.targets):
            raise errors.InvalidScenario("a reload adds targets and resources; tell what happens to them outside of it")
        reload = script.Reload(
            add=() if added is None else added.entries,
            remove=telling_values.names("remove", remove),
            changed=telling_values.names("changed", changed),
            error=error,
            takes=words.duration("takes", takes),
            spec=spec,
        )
        return self._with(script.Event(at=_moment(at), reload=reload))

    def tiltfile_error(self, error: str, *, at: At | None = None) -> Self:
        """Let the Tiltfile fail to load: its first load, or a reload ``at`` an instant."""
        telling_values.text(error, "an error of the Tiltfile has a text")
        if at is not None:
            return self.reload(at=at, error=error)
        return self._with(header=dataclasses.replace(self._header, load_error=error))

    def empty_tiltfile(self) -> Self:
        """Let the Tiltfile be empty, which Tilt counts as an error."""
        return self.tiltfile_error(script.NO_RESOURCES)

    def cluster_fails(
        self, *, at: At, error: str = "connection refused", cluster: str = models.DEFAULT_CLUSTER
    ) -> Self:
        """Let the connection to Kubernetes (``default``) or Docker (``docker``) fail."""
        return self._with(script.Event(at=_moment(at), cluster=cluster, cluster_error=error))

    def cluster_connects(self, *, at: At, cluster: str = models.DEFAULT_CLUSTER) -> Self:
        """Let the connection to Kubernetes or Docker come about again."""
        return self._with(script.Event(at=_moment(at), cluster=cluster))

    def session_recreated(self, *, at: words.Duration) -> Self:
        """Let the Session be deleted and created again, with a new uid."""
        return self.step(at, session="recreated")

    def note(self, text: str, *, at: At) -> Self:
        """Say what happens here, for people; the timeline shows it."""
        return self._with(script.Event(at=_moment(at), note=telling_values.text(text, "a note has a text")))

    def step(
        self,
        at: words.Duration,
        set: Mapping[str, script.Phase] | None = None,  # noqa: A002  the word of scenario files
        *,
        remove: Sequence[str] = (),
        spec: session.SessionSpec | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        session: str | None = None,
        reload: bool = False,
        cluster_error: bool | None = None,
        note: str = "",
    ) -> Self:
        """Add an absolute step, as a scenario file has it; its targets are declared with ``target``."""
        if session is not None:
            telling_values.one_of("session", session, _SESSION_WORDS)
        shown = {name: _state(name, phase) for name, phase in (set or {}).items()}
        return self._with(
            steps.Step(
                words.duration("at", at),
                set=shown,
                remove=telling_values.names("remove", remove),
                spec=spec,
                labels=labels,
                annotations=annotations,
                session=session,  # type: ignore[arg-type]  # one of the words, as was checked
                reload=reload,
                cluster_error=cluster_error,
                note=note,
            )
        )


def _moment(at: At) -> int | script.After:
    return at if isinstance(at, script.After) else words.duration("at", at)


def _state(name: str, phase: script.Phase) -> steps.ScriptedState:
    """Give the state that a word means in an absolute step, which has no duration."""
    if phase.lasts is not None:
        raise errors.InvalidScenario(f"{name}: a state in a step lasts until the next one; leave out for_")
    if phase.word in ("removed", "pod"):
        raise errors.InvalidScenario(f"{name}: {phase.word} is no state of a target; a step takes remove=[…]")
    return tracks.scripted(phase)
