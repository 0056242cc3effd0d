"""FakeTilt: clock, gate, API, server, drivers and expectations wired into one fake; usable without pytest."""

import pathlib
import shutil
import tempfile
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from pytest_tiltsession import errors, serving, times
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.api import application, messages
from pytest_tiltsession.engine import changes, driving, gate, tilt, world
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.progress import own_time, timekeeping
from pytest_tiltsession.scenario import player
from pytest_tiltsession.server import tls
from pytest_tiltsession.store import journal, requests

PID = 4242


class FakeTilt(driving.Driving, timekeeping.Timekeeping):
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
        directory: pathlib.Path | str | None = None,
        config: pathlib.Path | str | None = None,
        **options: Any,
    ) -> None:
        self.settings = settings_module.made(settings, options)
        self.scenario = self.settings.read_scenario()
        start = self.scenario.start if self.scenario is not None else self.settings.start_micros
        self.clock = timekeeping.clock_for(self.settings, start)
        self._world = world.World(self.clock, self._tilt(start), verbatim=self.settings.verbatim)
        self._process = serving.Process(self._end_serving, ends=self.settings.exit_when_done)
        driving.Driving.__init__(self, gate.Gate(self._world, on_done=self._process.session_done))
        self._server_errors: list[str] = []
        self._player: player.Player | None = None
        self._server: serving.Serving | None = None
        self._directory = None if directory is None else pathlib.Path(directory)
        self._config = None if config is None else pathlib.Path(config)
        self._own_directory: pathlib.Path | None = None
        self._blocks = 0
        self.label = "never served"
        self.requests = requests.RequestLog()
        self._app = application.Application(
            self._world,
            self._gate,
            profile=self.settings.profile,
            token=tls.new_token(),
            requests=self.requests,
            on_read=self._after_read if self.settings.progress == "reads" else None,
        )
        timekeeping.Timekeeping.__init__(
            self,
            self.settings,
            self._world,
            self.requests,
            exit_code=lambda: self.exit_code,
            on_error=lambda problem: self._server_failed(problem, None),
        )
        self._own_time = own_time.OwnTime(
            self.settings, self.clock, settles=lambda: self._settling, explain=lambda: str(self.blocked())
        )
        self.clock.on_settled(self._process.settle)
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
        """Serve, and let time move as the settings say; harmless when it serves already.

        Raises ServerError for an occupied port, KubeconfigError where the kubeconfig cannot be written, and ClockError
        where another fake leads the time of this process.
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
            self.label = self.context
            self._begin_time()
            self._own_time.begin()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop serving: watches end, the port is free, the kubeconfig's entry is gone. Harmless when repeated.

        Where it was stays known, so that a test can see how its program takes a Tilt that is gone. The test's own time
        stays as it is until the end of the ``with`` block, where there is one.
        """
        self._end_serving()
        if not self._blocks:
            self._own_time.end()
        self._remove_own_directory()

    def _end_serving(self) -> None:
        self._end_time()
        if self._server is not None:
            self._server.stop()

    def _remove_own_directory(self) -> None:
        if self._own_directory is not None:
            shutil.rmtree(self._own_directory, ignore_errors=True)
            self._own_directory = None

    def __enter__(self) -> "FakeTilt":
        self.start()
        self._blocks += 1
        return self

    def __exit__(self, *exc: object) -> None:
        self._blocks -= 1
        self.stop()

    def follow(self, freezer: Any = None) -> None:
        """Let a freezer that the test holds lead: whenever it moves, this session's clock moves by as much.

        Takes what freezegun's ``freeze_time`` or pytest-freezer's ``freezer`` gives, or time-machine's traveller or
        fixture; without one, the freezer in force. When the clock is moved, the freezer goes along. Ends with the
        ``with`` block. Where dates are to agree as well, give the session the same ``start``.
        """
        self._own_time.follow(freezer)

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
        if self._process.code is not None:
            return self._process.code
        with self._world.lock:
            found = self._world.objects.get(sessions.TILTFILE_SESSION)
        if found is None or not found.status.done:
            return None
        return int(bool(found.status.error))

    @property
    def exited(self) -> bool:
        """Whether the process has ended, as it does under ``exit_when_done``."""
        return self._process.exited

    def problems(self) -> list[str]:
        """Say what must fail a test at its end, unless allowed: errors inside the fake, steps never played."""
        found = []
        if "server-errors" not in self.settings.allow:
            found += [f"an error inside the fake: {text}" for text in self._server_errors]
        if "stalled-watches" not in self.settings.allow:
            found += list(self._stalls)
        left = self._player.remaining if self._player is not None and not self.exited else ()
        if left and "unplayed-steps" not in self.settings.allow:
            listed = ", ".join(times.format_duration(step.at * times.MICROSECOND) for step in left[:5])
            found.append(
                f"{len(left)} steps of the scenario were never played (at {listed}{', …' if len(left) > 5 else ''}): "
                'advance the clock past them, or allow it with @pytest.mark.tilt_session(allow=("unplayed-steps",))'
            )
        return found

    def on_exit(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when the process ends by itself, under ``exit_when_done``."""
        self._process.on_exit(listener)

    # -- within -------------------------------------------------------------------------------------------------

    def _answer(self, request: messages.Request) -> messages.Answer:
        return self._process.answered(self._note_watch(self._app(request)))

    def _settle(self) -> None:
        self._process.settle()

    def _server_failed(self, problem: BaseException, request: messages.Request | None) -> None:
        what = f" while answering {request.method} {request.path}" if request is not None else ""
        self._server_errors.append(f"{type(problem).__name__}: {problem}{what}")
