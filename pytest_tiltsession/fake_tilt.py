"""FakeTilt: clock, gate, API, server, drivers and expectations wired into one fake; usable without pytest."""

import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, Unpack

from pytest_tiltsession import arming, errors, faults, times
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.api import application, messages
from pytest_tiltsession.clock import simulated
from pytest_tiltsession.engine import driving, gate, world
from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.life import announced, arguments, living, misnamed, openings, process
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.pictures import drawn
from pytest_tiltsession.progress import own_time, timekeeping
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.server import tls
from pytest_tiltsession.store import journal, requests


class FakeTilt(living.Living, drawn.Drawn, misnamed.Misnamed):
    """One fake Tilt: a Session API server with its own clock, targets that a test moves, and what it claims of them.

    Give it ``Settings`` or the same as keyword arguments, then use it in a ``with`` block or call ``start()`` and
    ``stop()``. All methods may be called from any thread. ``directory`` is where the kubeconfig goes; without one a
    temporary folder is made and removed again. ``config`` is a kubeconfig to extend instead. ``faults`` holds what goes
    wrong on purpose, in this order: ``tilt_session.faults.arm(CutWatch(2, times=1))``.
    """

    #: Whether this is a real Tilt: False here.
    live = False

    def __init__(
        self,
        settings: settings_module.Settings | None = None,
        /,
        *,
        directory: pathlib.Path | str | None = None,
        config: pathlib.Path | str | None = None,
        **options: Unpack[arguments.Options],
    ) -> None:
        #: What the fake was told to be: a ``Settings``.
        self.settings: settings_module.Settings = settings_module.made(settings, options)
        #: What is played, in absolute steps; None where nothing is.
        self.scenario: steps.Scenario | None = self.settings.read_scenario()
        start = self.scenario.start if self.scenario is not None else self.settings.start_micros
        #: The session's clock, which ``advance``, ``advance_to`` and ``step`` move: a ``SimulatedClock``.
        self.clock: simulated.SimulatedClock = timekeeping.clock_for(self.settings, start)
        opening = openings.tilt_of(self.settings, self.scenario, start=start)
        self._world = world.World(self.clock, opening, verbatim=self.settings.verbatim)
        self._process = process.Process(ends=self.settings.exit_when_done, on_end=self._process_ends)
        living.Living.__init__(self, directory, config)
        driving.Driving.__init__(self, gate.Gate(self._world, on_done=self._process.session_done))
        self._process.bind(self._gate, self._close, waits=self.settings.starts in ("later", "dead"))
        self._server_errors: list[str] = []
        #: What clients asked, in order: of each its number, instant, method, path, query, status, user agent, and more.
        self.requests: requests.RequestLog = requests.RequestLog()
        self._arming = arming.Arming(self._world, self.requests, lambda: self._placed.certificates)
        #: What goes wrong: ``arm(CutWatch(2))``, ``disarm()``, and ``armed``, of which each says how often it was met.
        self.faults: faults.Faults = self._arming.faults
        self._app = application.Application(
            self._world,
            self._gate,
            profile=self.settings.profile,
            token=tls.new_token(),
            requests=self.requests,
            before_read=self._before_read if self.settings.progress == "reads" else None,
            on_read=self._after_read if self.settings.progress == "reads" else None,
            faults=self.faults,
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
        if self._process.state == process.RUNS:
            with self._process.holding():
                self._open((), session=self.settings.starts != "empty")
                self._script.begin(self.scenario, self.clock)
            self._begin_at(self.settings.offset_micros)
        scripted = self.scenario.faults if self.scenario is not None else ()
        self.faults.arm(*faults.checked(self.settings.faults), *scripted)

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
    def marks(self) -> Sequence[journal.Mark]:
        """What happened to Tilt's process, in order: ``exited``, ``killed``, ``started``, each with its instant."""
        return self._world.journal.marks

    @property
    def exit_code(self) -> int | None:
        """What Tilt's process exits with, or exited with: 0, 1, or -9 where it was killed; None while it goes on."""
        if self._process.code is not None:
            return self._process.code
        with self._world.lock:
            found = self._world.objects.get(sessions.TILTFILE_SESSION)
        if found is None or not found.status.done:
            return None
        return int(bool(found.status.error))

    @property
    def exited(self) -> bool:
        """Whether the process has ended and was not started again."""
        return self._process.exited

    def problems(self, *, allow: Sequence[str] = ()) -> list[str]:
        """Say what must fail a test at its end: errors, and steps, faults and plans that never came.

        What the setting ``allow`` names is left out, and what is named here.
        """
        return [text for name, text in self._found() if name not in (*self.settings.allow, *allow)]

    def _found(self) -> Iterator[tuple[str, str]]:
        """Give what went wrong, each with the word by which it is allowed."""
        for text in self._server_errors:
            yield "server-errors", f"an error inside the fake: {text}"
        for text in self._stalls:
            yield "stalled-watches", text
        for text in self._arming.problems() if self._server is not None else ():
            yield arming.ALLOWANCE, text
        for text in self._script.problems():
            yield "unplayed-steps", text
        for text in self._announced.problems(self._process.state, self.clock):
            yield announced.ALLOWANCE, text
        if self._player is None:
            return
        if lines := self._player.agreement(self.commits).lines():
            allowed = '@pytest.mark.tilt_session(allow=("recorded-verdicts",))'
            lines.append(f"  replay it with verbatim=True to see what was recorded, or allow it with {allowed}")
            yield "recorded-verdicts", "\n".join(["the recording disagrees with the rules of this package:", *lines])
        if left := () if self.exited else self._player.remaining:
            listed = ", ".join(times.format_duration(step.at * times.MICROSECOND) for step in left[:5])
            listed += ", …" if len(left) > 5 else ""
            yield (
                "unplayed-steps",
                f"{lettering.counted(len(left), 'step')} of the scenario never played (at {listed}): "
                'advance the clock past them, or allow it with @pytest.mark.tilt_session(allow=("unplayed-steps",))',
            )

    def play_step(self, step: Mapping[str, Any]) -> None:
        """Play one step of the scenario file format at once: ``{"set": {"api:serve": "active"}}``, and all it may hold.

        ``targets`` beside it declares new ones. Raises InvalidScenario for what a file could not say either.
        """
        from pytest_tiltsession.scenario import immediate  # start-up cost: it reads as files are read

        immediate.play(self._gate, step)
        self._settle()

    def on_exit(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever the process has ended, by itself (``exit_when_done``) or since the test ended it.

        Where it has ended already, and was not started again, it is called at once. It may be called on any thread.
        """
        self._process.on_exit(listener)

    # -- within -------------------------------------------------------------------------------------------------

    def _answer(self, request: messages.Request) -> messages.Answer | messages.Held:
        answer = self._app(request)
        if isinstance(answer, messages.Held):
            answer.answer = self._process.answered(self._note_watch(answer.answer))
            return answer
        return self._process.answered(self._note_watch(answer))

    def _server_failed(self, problem: BaseException, request: messages.Request | None) -> None:
        what = f" while answering {request.method} {request.path}" if request is not None else ""
        self._server_errors.append(f"{type(problem).__name__}: {problem}{what}")


class TiltSessionFactory(Protocol):
    """What the fixture ``tilt_session_factory`` gives: a function that makes fakes, each with options of its own."""

    def __call__(self, **options: Unpack[arguments.Options]) -> FakeTilt:
        """Make a fake and let it begin as its options say."""
