"""LiveTilt: the face of a fake on a real Tilt, which is watched and read and never driven; usable without pytest."""

import pathlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from typing import Any

from pytest_tiltsession import errors, locks
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.engine import driving
from pytest_tiltsession.expectations import checks, lettering
from pytest_tiltsession.live import finding, observation, pointing, recording
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.pictures import drawn
from pytest_tiltsession.progress import blocked, real_time
from pytest_tiltsession.store import journal, requests

PATIENCE = 5.0  # seconds for which a Tilt is looked for
LIMIT = "30m"  # how long a wait lasts, in real time: the timeout that tilt ci has by itself
_WATCH = 2.0  # seconds for which a watch is waited for


class LiveTilt(real_time.RealTime, pointing.Pointed, drawn.Drawn):
    """A real Tilt as a test sees it: where it is, its session, and expectations of what is observed.

    ``where`` says which Tilt. Of ``settings`` two count: the ``limit`` of waits, here of real time, and
    ``current_context``. Use it in a ``with`` block or call ``start()`` and ``stop()``. Drivers refuse with
    :class:`errors.NotAFake`, moving the clock with :class:`errors.ClockError`. The kubeconfig is one of its own, with
    this Tilt alone, in ``directory`` or a temporary folder; Tilt's own is only read.
    """

    live = True  # on a fake: False

    def __init__(
        self,
        where: finding.Whereabouts | None = None,
        settings: settings_module.Settings | None = None,
        *,
        directory: pathlib.Path | str | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.settings = settings or settings_module.Settings(limit=LIMIT)
        self.recording = recording.Recording(where or finding.whereabouts(self.settings.context))
        self.scenario = None
        self.label = "never found"
        self._patience = patience
        self._directory = None if directory is None else pathlib.Path(directory)
        self._own_directory: pathlib.Path | None = None
        self._pointer: pointing.Pointer | None = None
        self._world: observation.Observation | None = None
        self._running = False
        self._listeners: list[Callable[[], None]] = []
        self._telling = locks.turn()
        self._told = False  # whether the listeners have been told of the end
        self._ending = threading.Thread(target=self._await_end, name="tilt-session-end", daemon=True)

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> "LiveTilt":
        """Find the Tilt and begin to watch it; harmless when that was done.

        Raises :class:`errors.TiltSessionError`, within ``patience`` seconds, where none answers or has a session.
        """
        if self._world is not None:
            return self
        self._running = True
        self.recording.start()
        try:
            self._find()
        except BaseException:
            self.stop()
            raise
        self._ending.start()
        return self

    def stop(self) -> None:
        """Watch no more; what was seen and where it was stays known. Harmless when repeated."""
        if not self._running:
            return
        self.recording.stop()
        self._running = False
        self.recording.seen.wake()
        if self._world is not None:
            if self._ending.is_alive() and self._ending is not threading.current_thread():
                self._ending.join()
            self._world.stop()
        if self._pointer is not None:
            self._pointer.withdraw()
        if self._own_directory is not None:
            shutil.rmtree(self._own_directory, ignore_errors=True)
            self._own_directory = None

    def __enter__(self) -> "LiveTilt":
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<LiveTilt {self.label}>"

    def _find(self) -> None:
        recorded = self.recording
        if not recorded.seen.wait_for(lambda seen: seen.latest is not None, self._patience):
            if recorded.found:
                raise errors.TiltSessionError(
                    f"the Tilt at {recorded.context} has had no Session {recorded.seen.name!r} for "
                    f"{self._patience:g}s: wait until it has loaded its Tiltfile"
                )
            raise errors.TiltSessionError(
                f"no Tilt answers: for {self._patience:g}s this was looked for: {recorded.where.explain()}. Start one "
                "(tilt up, tilt ci), or say where it is, by its context, TILT_PORT or TILT_CONFIG"
            )
        # A Tilt that gives no watch is polled all the same.
        recorded.seen.wait_for(lambda _: recorded.watching, _WATCH)
        entry = recorded.entry
        assert entry is not None
        folder = self._directory
        if folder is None:
            folder = self._own_directory = pathlib.Path(tempfile.mkdtemp(prefix="tilt-"))
        self._pointer = pointing.Pointer(entry, folder, current_context=self.settings.current_context)
        self._world = observation.Observation(recorded)
        checks.Expectations.__init__(self, self._world, None)
        self._observed_subject = observation.Subject(self._world, None, lambda: self.exit_code)
        self.label = entry.context

    def _await_end(self) -> None:
        """Do what is to be done when Tilt ends by itself; on a thread of its own."""
        self.recording.seen.wait_for(lambda seen: seen.ended or not self._running)
        if self.recording.seen.ended and self._pointer is not None:
            self._pointer.withdraw()
            with self._telling:
                listeners, self._told = tuple(self._listeners), True
            for listener in listeners:
                listener()

    # -- what it is doing ---------------------------------------------------------------------------------------

    @property
    def clock(self) -> observation.LiveClock:
        """The Tilt's own clock, to be read."""
        return self._seen.clock

    @property
    def session(self) -> sessions.Session:
        """The ``Tiltfile`` Session as it was seen last; raises TiltSessionError where there is none."""
        found = self._seen.session
        if found is None:
            raise errors.TiltSessionError(f"there is no Session {sessions.TILTFILE_SESSION!r} at {self.clock}")
        return found

    @property
    def commits(self) -> Sequence[journal.Committed]:
        """Every version that was seen so far, in order."""
        return self._seen.commits

    @property
    def exit_code(self) -> int | None:
        """What this Tilt exits with by what its session shows: 0 or 1; None while that goes on."""
        found = self._seen.session
        return None if found is None or not found.status.done else int(bool(found.status.error))

    @property
    def exited(self) -> bool:
        """Whether this Tilt has ended, or another one took its place."""
        return bool(self.recording.seen.ended)

    def on_exit(self, listener: Callable[[], None]) -> None:
        """Call ``listener``, on a thread of its own, when Tilt has ended; at once where it has already."""
        with self._telling:
            self._listeners.append(listener)
            late = self._told
        if late:
            listener()

    def problems(self) -> list[str]:
        """Give nothing: what goes wrong in a real Tilt is what it shows."""
        return []

    def blocked(self) -> blocked.Blocked:
        """Say who waits for what now: targets and why, and the session's deadline."""
        return blocked.look(self.look(), self.clock, requests.RequestLog(), None, self.style)

    def of(self, name: str) -> checks.Expectations:
        """Give the expectations of the ``Tiltfile`` Session; raises NotAFake for others, which are not observed."""
        if name != sessions.TILTFILE_SESSION:
            raise errors.NotAFake(
                f"of({name!r}): of a real Tilt the Session {sessions.TILTFILE_SESSION!r} alone is observed; read "
                "others with a client"
            )
        return self

    def render_requests(self, style: lettering.Style | None = None) -> str:  # noqa: ARG002  it is one line in any style
        """Say that they are not seen."""
        return "  what clients ask a real Tilt is not seen"

    # -- within -------------------------------------------------------------------------------------------------

    @property
    def _seen(self) -> observation.Observation:
        if self._world is None:
            raise errors.TiltSessionError("this Tilt was not found yet: use it in a with block, or call start() first")
        return self._world

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise errors.NotAFake(f"there is no {name!r} of a real Tilt: ask tilt_session.live first")


_LIFE = ("exit", "crash", "restart", "appear", "aexit", "acrash", "arestart", "play_step")
for _name in (*dir(driving.Driving), *_LIFE):
    if not _name.startswith("_"):
        setattr(LiveTilt, _name, real_time.refuse_to_drive(_name))
