"""A fake's life as a test leads it: start, exit, crash, restart; with twins to be awaited. Knows no pytest.

What is new in a Tilt that was started again follows Tilt's own source: a random port of the API and a random token for
each process, a certificate that is kept for each web port. All else is a process's memory, and gone with it.
"""

import functools
from collections.abc import Callable
from typing import Any, Self, TypeVar

from pytest_tiltsession import errors, times
from pytest_tiltsession.life import plans, process, succession
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.progress import awaiting
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.server import tls
from pytest_tiltsession.store import journal

Duration = times.Duration
_T = TypeVar("_T")


class Living(succession.Succession):
    """The life of a fake. All methods may be called from any thread, while clients are connected.

    ``at`` plans one for later: a time since the clock's start, or a MicroTime. A plan that never comes fails the test
    at its end, unless :meth:`stop` was called before, or ``allow`` names ``unmet-plans``. ``astart``, ``aexit``,
    ``acrash`` and ``arestart`` are awaited on asyncio and trio (extra ``async``), and give the loop's tasks a turn
    afterwards.

    A Tilt that restarts with a new port and token, in the middle of a named scenario::

        with FakeTilt(scenario="up/green") as tilt:
            tilt.crash(at="2s")
            tilt.restart(at="5s")  # plays the scenario from its beginning
            tilt.clock.advance("10s")
    """

    # -- what a test calls --------------------------------------------------------------------------------------

    def prepare(self) -> Self:
        """Do what the settings say: start, or leave the config file as it is before a Tilt starts (``starts=``)."""
        if self.settings.starts not in ("later", "dead"):
            return self.start()
        try:
            site = self._moved_in()
            port = site.hold()
            site.write_authority()
            if self.settings.starts == "dead":
                site.enter(f"{'https' if self.settings.tls else 'http'}://127.0.0.1:{port}", tls.new_token())
            else:
                site.make_known()
            self.label: str = self.context
        except BaseException:
            self.stop()
            raise
        return self

    def start(self, *, session: bool = True) -> Self:
        """Serve, and let time move as the settings say; harmless when it serves already.

        A Tilt that is to start ``later`` starts now; one whose process has ended is started again, as by
        :meth:`restart`. Without ``session`` the API is there before the Session, until :meth:`appear`.

        Raises ServerError for an occupied port, KubeconfigError where the kubeconfig cannot be written, and ClockError
        where another fake leads the time of this process.
        """
        if self._leftovers is not None:
            self._leftovers.check_process()
        if self._server is not None and self._server.running:
            return self
        try:
            self._moved_in()
            if self._process.state == process.WAITS or self._process.exited:
                with self._world.lock:
                    self._launches += 1
                self._launch(plans.Start(session=session))
            else:
                self._serve(self.settings.port)
            self._process.settle()
        except BaseException:
            self.stop()
            raise
        return self

    def exit(self, code: int | None = None, *, at: Duration | None = None) -> None:
        """End the process as Tilt ends: watches end, connections are refused, the context leaves the config file.

        ``code`` is what it exits with; without one that follows from the session, and is 0 while it is not done.
        """
        if code is not None and (isinstance(code, bool) or not isinstance(code, int) or not 0 <= code <= 255):
            raise errors.InvalidValue(f"exit(): code={code!r}: give a whole number from 0 to 255")
        self._end("exit()", journal.EXITED, code, at)

    def crash(self, *, reset: bool = True, at: Duration | None = None) -> None:
        """Kill the process: connections are reset, or just break off (``reset=False``); the config file stays as it is.

        The context goes on naming a port on which nobody answers. The exit code is -9.
        """
        self._end("crash()", journal.KILLED, process.KILLED, at, reset=reset)

    def restart(
        self,
        *,
        new_port: bool | None = None,
        new_web_port: bool = False,
        new_token: bool = True,
        new_ca: bool = False,
        keep_targets: bool = True,
        session: bool = True,
        scenario: Any = steps.SAME,
        at: Duration | None = None,
    ) -> None:
        """Start Tilt again, after its end or in place of it: another process with a session of its own.

        As with a real Tilt, the API's port (unless the settings fix it) and the token are new, web port, context and
        certificate stay, and nothing is left of Sessions and versions: uid and pid are new, resourceVersions start
        over, ``startTime`` is now. What was declared waits again, as it did first; ``keep_targets=False`` is another
        Tiltfile, with nothing in it. A scenario is played from its beginning; ``scenario`` gives another, None none.
        ``session=False``: see :meth:`start`. Times of timelines go on counting from the first start.
        """
        plan = plans.Start(new_port, new_web_port, new_token, new_ca, keep_targets, session, scenario)
        self._read(plan)  # raises now what is wrong with the scenario
        self._act("restart()", lambda: self._restart(plan), at)

    @property
    def comes_back(self) -> bool:
        """Whether Tilt is yet to be started again: now, after its end, or when its scenario says so."""
        return self._launches > 0 or self._script.starts

    def appear(self) -> None:
        """Let the Session appear, its Tiltfile loaded, where Tilt was started without it."""
        if self._world.objects.get(sessions.TILTFILE_SESSION) is not None:
            raise errors.ImpossibleTransition(
                "appear(): the Session is there; restart(session=False) starts without it"
            )
        self._show(())
        self._settle()

    def stop(self) -> None:
        """Stop serving: watches end, the port is free, the kubeconfig's entry is gone. Harmless when repeated.

        Where it was stays known, so that a test can see how its program takes a Tilt that is gone. The test's own time
        stays as it is until the end of the ``with`` block, where there is one. What was planned with ``at`` is off.
        """
        self._announced.forget()
        self._put_away()

    def _put_away(self) -> None:
        self._end_time()
        left, self._leftovers = self._leftovers, None
        try:
            if left is not None:
                left.clear()
        finally:
            if not self._blocks:
                self._own_time.end()

    def __enter__(self) -> Self:
        self.prepare()
        self._blocks += 1
        return self

    def __exit__(self, *exc: object) -> None:
        self._blocks -= 1
        self._put_away()

    # -- to be awaited ------------------------------------------------------------------------------------------

    async def astart(self, *, session: bool = True) -> Self:
        """Start as ``start`` does."""
        return await self._awaited(functools.partial(self.start, session=session))

    async def aexit(self, code: int | None = None, *, at: Duration | None = None) -> None:
        """Exit as ``exit`` does."""
        await self._awaited(functools.partial(self.exit, code, at=at))

    async def acrash(self, *, reset: bool = True, at: Duration | None = None) -> None:
        """Crash as ``crash`` does."""
        await self._awaited(functools.partial(self.crash, reset=reset, at=at))

    async def arestart(self, **new: Any) -> None:
        """Start again as ``restart`` does, with the same arguments."""
        await self._awaited(functools.partial(self.restart, **new))

    async def _awaited(self, call: Callable[[], _T]) -> _T:
        awaiting.checkpoint_of()  # raises, naming the extra, where anyio is missing
        from anyio import to_thread

        found = await to_thread.run_sync(call)
        await self._moving().turn()
        return found
