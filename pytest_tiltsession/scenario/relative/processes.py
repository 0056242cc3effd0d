"""A local resource as it lives: the process of its ``serve_cmd``, with a probe or without."""

import re

from pytest_tiltsession.models import resources, runtimes
from pytest_tiltsession.rules import reducers, statuses
from pytest_tiltsession.scenario.relative import lives, script

ENDED = re.compile(r"Process ([0-9]+) exited with non-zero status")


class LocalLife(lives.Life):
    """A local resource. A process that starts anew is shown not ready for a moment (up-disable-enable)."""

    entry: script.Local
    _is_new_run = False

    def _build_phases(self) -> script.Phases:
        return self.entry.update or ()

    def _runtime_phases(self) -> script.Phases:
        return self.entry.serve or ()

    def _deployed(self) -> None:
        self._is_new_run = True

    def _appears_at(self) -> int:
        return self._around.next_start()

    @property
    def _process(self) -> runtimes.LocalRuntime:
        runtime = self.resource.runtime
        return runtime if isinstance(runtime, runtimes.LocalRuntime) else runtimes.LocalRuntime()

    @property
    def _runs(self) -> bool:
        return self._process.start_time is not None and self._process.status != statuses.ERROR and not self._is_new_run

    def _show_runtime(self, phase: script.Phase) -> None:
        instant = self._around.instant
        if phase.word == "failed":
            self._end(phase, instant)
        elif phase.word == "active" and self._runs:
            self.become(reducers.process_probed(self.resource, instant, ready=phase.ready is not False))
        elif phase.word == "active":
            self._start(phase)

    def _start(self, phase: script.Phase) -> None:
        """Start a process, or let the one before restart first, which takes Tilt a moment."""
        self._is_new_run = False
        ready = phase.ready is not False
        if self._process.pid == 0:
            self.become(self._started(ready))
            return
        self.become(reducers.process_restarts(self.resource))
        restarting = self.resource

        def start() -> None:
            if self.resource.runtime is restarting.runtime:
                self.become(self._started(ready))

        self._around.stage.time.call_at(self._around.now + self._around.pace, start)

    def _started(self, ready: bool) -> resources.Resource:
        pid = self._around.new_pid()
        return reducers.process_started(self.resource, self._around.instant, pid, ready=ready)

    def _end(self, phase: script.Phase, instant: int) -> None:
        """End the process; one that was never shown running has run for no time."""
        told = ENDED.fullmatch(phase.error)
        if not self._runs:
            self._is_new_run = False
            pid = int(told[1]) if told else self._around.new_pid()
            self.become(reducers.process_started(self.resource, instant, pid, ready=False))
        self.become(reducers.process_ended(self.resource, instant, int(told[1]) if told else None))
