"""How a fake's processes run: what one starts with, what serves for it, what is left of it at its end."""

import dataclasses
import functools
import pathlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from pytest_tiltsession import arming, errors, placing, serving, times
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.api import application, messages
from pytest_tiltsession.engine import changes, driving, tilt
from pytest_tiltsession.engine import world as worlds
from pytest_tiltsession.life import announced, leftovers, openings, plans, process, scripted
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.progress import own_time, timekeeping
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.server import tls
from pytest_tiltsession.store import journal

if TYPE_CHECKING:
    from pytest_tiltsession.scenario import player

Duration = times.Duration


class Running(driving.Driving, timekeeping.Timekeeping):
    """One fake, as one process of Tilt after the other runs in it. What is within; ``Living`` is what a test calls."""

    settings: settings_module.Settings
    scenario: steps.Scenario | None
    _world: worlds.World
    _app: application.Application
    _own_time: own_time.OwnTime
    _process: process.Process
    _arming: arming.Arming

    def __init__(self, directory: pathlib.Path | str | None, config: pathlib.Path | str | None) -> None:
        self._directory = None if directory is None else pathlib.Path(directory)
        self._config = None if config is None else pathlib.Path(config)
        self._player: player.Player | None = None
        self._server: serving.Serving | None = None
        self._site: placing.Site | None = None
        self._leftovers: leftovers.Leftovers | None = None
        self._script = scripted.Script(self._happens)
        self._announced = announced.Announced()
        self._launches = 0  # how many starts have been decided, and are not over yet
        self._blocks = 0
        self.label: str = "never served"

    # -- to decide, now or later --------------------------------------------------------------------------------

    def _act(self, called: str, action: Callable[[], None], at: Duration | None) -> None:
        """Decide something under the lock and do it outside, now or when the clock comes to an instant."""
        if self._leftovers is None:
            raise errors.ServerError(
                f"{called}: this fake is not serving: use it in a with block, or call start() first"
            )
        self._leftovers.check_process()
        if at is not None:
            self._announced.plan(called, at, action, self._world.clock, ends=called != "restart()")
            return
        with self._world.lock:
            action()
        self._process.settle(wait=self._server is None or not self._server.listener.on_its_thread)

    def _end(self, called: str, how: str, code: int | None, at: Duration | None, *, reset: bool = False) -> None:
        """End the process where it runs; what was planned for one that has ended meanwhile is nothing to do."""
        if at is None and self._process.state != process.RUNS:
            raise errors.ImpossibleTransition(f"{called}: {self._gate.closed}")

        def end() -> None:
            if self._process.state == process.RUNS:
                self._process.end(how, self._natural_code() if code is None else code, reset=reset)

        self._act(called, end, at)

    def _restart(self, plan: plans.Start) -> None:
        """End what runs, and then start again; the caller holds the lock."""
        if self._process.state == process.RUNS:
            self._process.end(journal.EXITED, self._natural_code())
        self._launches += 1
        self._process.then(functools.partial(self._launch, plan))

    def _happens(self, happening: steps.Happening) -> None:
        """Let something happen that a scenario tells of the process; under the lock."""
        if isinstance(happening, steps.Restart):
            self._restart(scripted.plan_of(happening))
        else:
            scripted.end(self._process, happening, self._natural_code)

    def _natural_code(self) -> int:
        """Give what Tilt exits with when it is asked to end: 0, unless its session has failed."""
        found = self._world.objects.get(sessions.TILTFILE_SESSION)
        return 0 if found is None or not found.status.done else int(bool(found.status.error))

    # -- what one process is ------------------------------------------------------------------------------------

    def _read(self, plan: plans.Start) -> steps.Scenario | None:
        """Give the scenario that a process is to play. Raises what is wrong with it."""
        if isinstance(plan.scenario, steps.Same):
            return self.scenario
        parameters = self.settings.parameters if isinstance(plan.scenario, pathlib.Path | str) else None
        return dataclasses.replace(self.settings, scenario=plan.scenario, parameters=parameters).read_scenario()

    def _launch(self, plan: plans.Start) -> None:
        """Start a process, as was counted; what the plan keeps is left of the one before. Outside the lock."""
        try:
            first = self._process.state == process.WAITS
            before, before_it, port = self._world.tilt, self.scenario, self._port(plan)
            plan = dataclasses.replace(plan, new_port=port == 0)
            self.scenario = self._read(plan)
            with self._process.holding():
                with self._world.lock:
                    self._gate.begin_again(self._fresh(before.spec, number=self._process.starts + (not first)))
                    self._process.begin("Tilt started" if first else plan.text)
                if plan.new_token:
                    self._app.token = tls.new_token()
                if plan.new_web_port and self._leftovers is not None:
                    self._placed.web_port = 0
                if plan.new_ca and self.settings.tls and self._leftovers is not None:
                    self._placed.certificates = tls.Certificates()
                self._open(self._declared_again(before, keep=plan.keep_targets), session=plan.session)
                if not isinstance(plan.scenario, steps.Same):
                    self._arming.change(before_it, self.scenario)
                if first or not isinstance(plan.scenario, steps.Same):
                    self._script.begin(self.scenario, self._world.clock)
                if self._leftovers is not None:  # a scenario that is only played is not served
                    self._serve(port)
        except BaseException:
            with self._world.lock:
                self._process.end(journal.EXITED, 1)
            raise
        finally:
            with self._world.lock:
                self._launches -= 1
            self._moves.happened()  # to those who wait for what it brings
            self._process.settle()

    def _fresh(self, spec: sessions.SessionSpec, *, number: int) -> tilt.Tilt:
        """Give the state of a process that starts now; see ``openings.tilt_of``."""
        now = self._world.clock.now
        return openings.tilt_of(self.settings, self.scenario, start=now, number=number, spec=spec)

    def _port(self, plan: plans.Start) -> int:
        """Give the port of the API for a process, 0 for a random one."""
        if plan.new_port is None:
            return self.settings.port
        return 0 if plan.new_port or self._server is None else self._server.listener.port

    def _open(self, declared: tuple[sessions.Target, ...], *, session: bool) -> None:
        """Begin what happens in a process: its scenario, or the Session with the Tiltfile loaded."""
        objects = self._world.objects
        self._player = None
        if self.scenario is not None:
            from pytest_tiltsession.scenario import player  # start-up cost: most tests have no scenario

            mode: player.Mode = "verbatim" if self.settings.verbatim else "judged"
            self._player = player.Player(self.scenario, self._gate, mode=mode)
            self._player.begin()
            if declared:
                self._gate.submit(changes.TiltChange(targets=declared, note="the Tiltfile is loaded"))
        elif session:
            self._show(declared)
        elif declared:
            self._gate.submit(changes.TiltChange(targets=declared))
        if not objects.revision:
            objects.skip_revisions(openings.WRITTEN_BEFORE)

    def _begin_at(self, offset: int) -> None:
        """Let everything happen up to an offset, in microseconds. Raises InvalidValue where Tilt has exited by then."""
        if not offset:
            return
        clock = self._world.clock
        clock.move_on_to(clock.start + offset)
        if self._process.state != process.RUNS:
            raise errors.InvalidValue(
                f"offset={self.settings.offset!r}: by then Tilt has exited, with code {self._process.code}; "
                f"take another one{', or leave exit_when_done out' if self.settings.exit_when_done else ''}"
            )

    def _show(self, declared: tuple[sessions.Target, ...]) -> None:
        targets = (openings.loaded(self._world.clock.now), *declared)
        self._gate.submit(changes.TiltChange(session="present", targets=targets, note="the Tiltfile is loaded"))

    # -- what serves for it -------------------------------------------------------------------------------------

    def _moved_in(self) -> placing.Site:
        """Give the place where this fake is to be found; made when it is first needed."""
        if self._leftovers is None or self._site is None:
            self._leftovers = leftovers.Leftovers(self, self._gate, self._directory)
            self._site = self._leftovers.site_for(self.settings, self._config)
        self._own_time.begin()
        return self._site

    def _serve(self, port: int) -> None:
        """Serve, and let time move as the settings say."""
        site = self._moved_in()
        self._server = serving.Serving(self._answering(), site, token=self._app.token, port=port)
        if self._leftovers is not None:
            self._leftovers.server = self._server
        self._serves()

    def _answering(self) -> serving.Answering:
        return serving.Answering(
            self._answer,
            lambda: self._world.clock.now // 1_000_000,
            self._app.too_large,
            self._server_failed,
            greet=self._arming.greet,
            on_unheard=self._arming.unheard,
        )

    def _serves(self) -> None:
        """Learn that there is a server, which is this fake's from now on."""
        self.label = self.context
        assert self._server is not None
        self._arming.serves(self._server.listener)
        self._end_time()
        self._begin_time()

    def _process_ends(self) -> None:
        """Learn, under the lock, that the process ends: nothing that was planned in it comes any more."""
        self._stop_resources()
        if self._player is not None:
            self._player.stop()

    def _close(self, how: str, reset: bool) -> None:
        """Serve no more. The ports are kept, so that nobody else answers there."""
        if self._server is not None and self._server.running:
            if how == journal.KILLED:
                self._server.break_off(reset=reset)
            else:
                self._server.end(keep=True)
        self._process_ended()

    def _is_down(self) -> bool:
        return self._process.state == process.ENDED

    def _is_starting(self) -> bool:
        return self._launches > 0 and not self._process.acts_here

    def _settle(self) -> None:
        self._process.settle()

    def _answer(self, request: messages.Request) -> messages.Answer | messages.Held:
        raise NotImplementedError

    def _server_failed(self, problem: BaseException, request: messages.Request | None) -> None:
        raise NotImplementedError
