"""The Tiltfile as it is loaded: the session's start-up, and each reload; knows which step follows which.

The order is that of the traces: the Session without targets, ``initial-build``, the load, what it says of the spec,
and then its end together with the resources, which wait for ``tiltfile-reload``.
"""

import dataclasses
from collections.abc import Callable, Iterable

from pytest_tiltsession.models import resources as models
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import reducers
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.scenario.relative import composing, engine, script, timeline


class Tiltfile:
    """The Tiltfile of one script; ``add`` and ``remove`` take its resources and bare targets in and let them go."""

    def __init__(
        self,
        told: script.Script,
        time: timeline.Timeline,
        tilt: engine.Engine,
        shown: composing.Composition,
        add: Callable[[Iterable[script.Resource | script.Track]], None],
        remove: Callable[[str], None],
    ) -> None:
        self._told = told
        self._time = time
        self._tilt = tilt
        self._shown = shown
        self._add = add
        self._remove = remove
        self._spec = told.base.spec

    def begin(self) -> None:
        """Start the session up, as the script wants it: loaded, or from the Session's creation on."""
        told, now = self._told, self._time.now
        if told.start_up == "full":
            self._spec = first_spec(told)
            self._time.call_at(now + told.pace, self._wait)
            self._time.call_at(now + 2 * told.pace, self._load_first)
            return
        instant = told.base.start + now
        error = told.load_error or None
        loaded = models.Builds(history=(models.Build(start=instant, finish=instant, error=error),))
        self._tilt.set_tiltfile(dataclasses.replace(self._tilt.tiltfile, builds=loaded))
        self._add(told.entries)

    def _wait(self) -> None:
        self._tilt.set_tiltfile(self._tilt.tiltfile)

    def _load_first(self) -> None:
        told = self._told
        # An empty Tiltfile is read to its end, so that what it says of the spec counts (up-empty-tiltfile).
        says = told.base.spec if told.load_error in ("", script.NO_RESOURCES) else None
        self._load(told.load, says, told.load_error, lambda: self._add(told.entries))

    def reload(self, reload: script.Reload) -> None:
        """Load the Tiltfile again."""

        def bring() -> None:
            for name in reload.remove:
                self._remove(name)
            for name in reload.changed:
                self._tilt.lives[name].redefine()
            self._add(reload.add)

        says = None if reload.error else reload.spec or self._spec
        self._load(reload.takes, says, reload.error, bring, again=not reload.error)

    def _load(
        self,
        takes: int,
        spec: session.SessionSpec | None,
        error: str,
        bring: Callable[[], None],
        *,
        again: bool = False,
    ) -> None:
        instant = self._told.base.start + self._time.now
        self._tilt.set_tiltfile(reducers.build_started(self._tilt.tiltfile, instant))

        def say() -> None:
            if spec is not None and spec != self._spec:
                self._spec = spec
                self._shown.tell(spec=spec)
                self._tilt.set_spec(spec)

        def end() -> None:
            now = self._told.base.start + self._time.now
            self._tilt.set_tiltfile(reducers.build_ended(self._tilt.tiltfile, now, error or None))
            if again:
                self._shown.tell(reload=True)
            if not error:
                bring()

        ended = self._time.now + takes
        self._time.call_at(max(ended - self._told.pace, self._time.now), say)
        self._time.call_at(ended, end)


def first_spec(told: script.Script) -> session.SessionSpec:
    """Give the spec that the Session is created with: ``tilt up`` has no ``ci`` yet, ``tilt ci`` has the defaults."""
    spec = told.base.spec
    if told.start_up != "full":
        return spec
    return dataclasses.replace(spec, ci=steps.DEFAULT_SPEC.ci if spec.exit_condition == "ci" else None)
