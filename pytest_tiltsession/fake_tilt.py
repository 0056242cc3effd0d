"""FakeTilt: clock, gate, API, server, drivers and expectations wired into one fake; usable without pytest."""

import contextlib
import dataclasses
import pathlib
import shutil
import tempfile
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from pytest_tiltsession import errors, serving, times
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.api import application, messages
from pytest_tiltsession.clock import freezing, simulated
from pytest_tiltsession.engine import changes, driving, gate, tilt, world
from pytest_tiltsession.expectations import checks
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.scenario import player
from pytest_tiltsession.server import tls
from pytest_tiltsession.store import journal, requests

PID = 4242


class FakeTilt(driving.Driving, checks.Expectations, serving.Served):
    """One fake Tilt: a Session API server with its own clock, targets that a test moves, and what it claims of them.

    Give it ``Settings`` or the same as keyword arguments, then use it in a ``with`` block or call ``start()`` and
    ``stop()``. All methods may be called from any thread. ``directory`` is where the kubeconfig goes; without one a
    temporary folder is made and removed again. ``config`` is a kubeconfig to extend instead.
    """

    def __init__(
        self,
        settings: settings_module.Settings | None = None,
        /,
        *,
        directory: pathlib.Path | None = None,
        config: pathlib.Path | None = None,
        **options: Any,
    ) -> None:
        self.settings = dataclasses.replace(settings or settings_module.Settings(), **options)
        self.scenario = self.settings.read_scenario()
        start = self.scenario.start if self.scenario is not None else self.settings.start_micros
        self.clock = simulated.SimulatedClock(start)
        self._world = world.World(self.clock, self._tilt(start), verbatim=self.settings.verbatim)
        driving.Driving.__init__(self, gate.Gate(self._world, on_done=self._session_done))
        self._server_errors: list[str] = []
        self._player: player.Player | None = None
        self._server: serving.Serving | None = None
        self._directory = directory
        self._config = config
        self._own_directory: pathlib.Path | None = None
        self._frozen = contextlib.ExitStack()
        self._exit: tuple[int, str] | None = None
        self.label = "never served"
        self._exited = False
        self._exit_listeners: list[Callable[[], None]] = []
        self.requests = requests.RequestLog()
        self._app = application.Application(
            self._world,
            self._gate,
            profile=self.settings.profile,
            token=tls.new_token(),
            requests=self.requests,
            on_read=self._after_read if self.settings.progress == "reads" else None,
        )
        checks.Expectations.__init__(self, self._world, self.requests, exit_code=lambda: self.exit_code)
        self.clock.on_settled(self._settle)
        self._begin()

    def _tilt(self, start: int) -> tilt.Tilt:
        scenario = self.scenario
        return tilt.Tilt(
            scenario.spec if scenario is not None else self.settings.spec,
            start_time=start,
            pid=scenario.pid if scenario is not None else PID,
            seed=uuid.uuid4(),
            labels=scenario.labels if scenario is not None else None,
            annotations=scenario.annotations if scenario is not None else None,
        )

    def _begin(self) -> None:
        if self.scenario is not None:
            self._player = player.Player(
                self.scenario, self._gate, mode="verbatim" if self.settings.verbatim else "judged"
            )
            self._player.begin()
            return
        now = self.clock.now
        loaded = sessions.Target(
            sessions.TILTFILE_TARGET,
            sessions.JOB,
            (sessions.TILTFILE_RESOURCE,),
            sessions.TargetState(terminated=sessions.TargetStateTerminated(now, now)),
        )
        self._gate.submit(changes.TiltChange(session="present", targets=(loaded,), note="the Tiltfile is loaded"))

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> "FakeTilt":
        """Serve; harmless when it serves already.

        Raises ServerError for an occupied port and KubeconfigError where the kubeconfig cannot be written.
        """
        if self._server is not None and self._server.running:
            return self
        folder = self._directory
        if folder is None:
            folder = self._own_directory = pathlib.Path(tempfile.mkdtemp(prefix="tilt-"))
        try:
            self._server = serving.Serving(
                self._answer,
                self.settings,
                token=self._app.token,
                folder=folder,
                config=self._config,
                now_seconds=lambda: self.clock.now // 1_000_000,
                too_large=self._app.too_large,
                on_error=self._server_failed,
            )
        except BaseException:
            self._remove_own_directory()
            raise
        self.label = self.context
        return self

    def stop(self) -> None:
        """Stop serving: watches end, the port is free, the kubeconfig's entry is gone. Harmless when repeated.

        Where it was stays known, so that a test can see how its program takes a Tilt that is gone.
        """
        if self._server is not None:
            self._server.stop()
        self._remove_own_directory()

    def _remove_own_directory(self) -> None:
        if self._own_directory is not None:
            shutil.rmtree(self._own_directory, ignore_errors=True)
            self._own_directory = None

    def __enter__(self) -> "FakeTilt":
        self.start()
        with contextlib.ExitStack() as frozen:
            if self.settings.freeze:
                frozen.enter_context(freezing.frozen(self.clock))
            if self.settings.sleeps:
                frozen.enter_context(freezing.sleeps_move(self.clock))
            self._frozen = frozen.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._frozen.close()
        self.stop()

    def follow(self, freezer: Any = None) -> None:
        """Let a freezer that the test holds lead: whenever it moves, this session's clock moves by as much.

        Takes what freezegun's ``freeze_time`` or pytest-freezer's ``freezer`` gives, or time-machine's traveller or
        fixture; without one, the freezer in force. Ends with the ``with`` block.
        """
        self._frozen.callback(freezing.follow(self.clock, freezer))

    def __repr__(self) -> str:
        where = self._server.url if self._server is not None and self._server.running else "not serving"
        return f"<FakeTilt {where} at {self.clock}>"

    # -- what it is doing ---------------------------------------------------------------------------------------

    @property
    def session(self) -> sessions.Session:
        """The ``Tiltfile`` Session as a client would read it now; raises TiltSessionError where there is none."""
        with self._world.lock:
            found = self._world.objects.get(sessions.TILTFILE_SESSION)
        if found is None:
            raise errors.TiltSessionError(
                f"there is no Session {sessions.TILTFILE_SESSION!r} at {self.clock}: "
                "the script has not created it yet, or it was deleted"
            )
        return found

    @property
    def commits(self) -> Sequence[journal.Committed]:
        """Everything that was committed so far, in order."""
        return self._world.journal.read(0)

    @property
    def exit_code(self) -> int | None:
        """What this Tilt's process exits with, or exited with: 0 or 1; None while the session goes on."""
        if self._exit is not None:
            return self._exit[0]
        with self._world.lock:
            found = self._world.objects.get(sessions.TILTFILE_SESSION)
        if found is None or not found.status.done:
            return None
        return int(bool(found.status.error))

    @property
    def exited(self) -> bool:
        """Whether the process has ended, as it does under ``exit_when_done``."""
        return self._exited

    def problems(self) -> list[str]:
        """Say what must fail a test at its end, unless allowed: errors inside the fake, steps never played."""
        found = []
        if "server-errors" not in self.settings.allow:
            found += [f"an error inside the fake: {text}" for text in self._server_errors]
        left = self._player.remaining if self._player is not None and not self._exited else ()
        if left and "unplayed-steps" not in self.settings.allow:
            listed = ", ".join(times.format_duration(step.at * times.MICROSECOND) for step in left[:5])
            found.append(
                f"{len(left)} steps of the scenario were never played (at {listed}{', …' if len(left) > 5 else ''}): "
                'advance the clock past them, or allow it with @pytest.mark.tilt_session(allow=("unplayed-steps",))'
            )
        return found

    # -- time ---------------------------------------------------------------------------------------------------

    def step(self) -> bool:
        """Play the next instant at which something is due, a step or a deadline; False where nothing is."""
        return self.clock.step()

    def run_until(self, predicate: Callable[[sessions.Session], bool], *, limit: str = "24h") -> sessions.Session:
        """Play instant after instant until ``predicate(session)`` holds; give that Session.

        Raises ExpectationFailed when nothing more is planned, or the next instant lies more than ``limit`` ahead.
        """
        end = self.clock.now + times.micros_of(limit)
        while True:
            with self._world.lock:
                found = self._world.objects.get(sessions.TILTFILE_SESSION)
            if found is not None and predicate(found):
                return found
            due = self.clock.next_due()
            if due is None:
                self.fail("the session to get there by itself, but nothing more is planned")
            if due.at > end:
                self.fail(f"the session to get there within {limit}, but the next thing comes later")
            self.clock.step()

    def run_until_done(self, *, limit: str = "24h") -> sessions.Session:
        """Play until the session is done, by its script or by a timeout; give it as it ended."""
        return self.run_until(lambda found: found.status.done, limit=limit)

    # -- within -------------------------------------------------------------------------------------------------

    def on_exit(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when the process ends by itself, under ``exit_when_done``."""
        self._exit_listeners.append(listener)

    def _answer(self, request: messages.Request) -> messages.Answer:
        answer = self._app(request)
        if self._exit is None or self._exited or not isinstance(answer, messages.Response):
            return answer
        # This request's own write ended the process: first its answer, then the end.
        after = answer.after

        def then_exit() -> None:
            if after is not None:
                after()
            self._settle()

        return dataclasses.replace(answer, after=then_exit)

    def _session_done(self, name: str, error: str) -> None:  # noqa: ARG002  any Session that is done ends the process
        if self.settings.exit_when_done and self._exit is None:
            self._exit = (int(bool(error)), error)

    def _settle(self) -> None:
        """End the process where it is to end: watches get their last event and EOF, then the port is closed.

        Called outside the lock, on the thread that moved the session.
        """
        if self._exit is None or self._exited:
            return
        self._exited = True
        if self._server is not None:
            self._server.stop()
        for listener in self._exit_listeners:
            listener()

    def _after_read(self) -> None:
        """Play the next instant after a client's read, where there is one."""
        with contextlib.suppress(errors.ClockError):  # a named hold keeps the clock where it is
            self.clock.step()

    def _server_failed(self, problem: BaseException, request: messages.Request | None) -> None:
        what = f" while answering {request.method} {request.path}" if request is not None else ""
        self._server_errors.append(f"{type(problem).__name__}: {problem}{what}")
