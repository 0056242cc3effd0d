"""Recording: watches a real Tilt until it is told to stop, and tells what it saw as a scenario; writes no file."""

import dataclasses
from typing import Self

from pytest_tiltsession import errors, kubeconfig
from pytest_tiltsession.live import connection, finding, polling, server_time, sightings, telling, watching
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import file_format, redaction, steps

_JOIN = 6.0  # seconds: longer than a request takes that is answered
_LAST_WORDS = 1.0  # seconds for which a watch is still read when the recording ends


class Recording:
    """One recording, from ``start`` (or the ``with`` block's begin) to ``stop``. Usable from any thread.

    ``where`` says which Tilt; it may start later. ``seen`` counts what was seen so far, and can be waited on.
    """

    def __init__(self, where: finding.Whereabouts, *, name: str = session.TILTFILE_SESSION) -> None:
        self.where = where
        self.seen = sightings.Sightings(name)
        self._connected = connection.Connection(where)
        self._watcher = watching.Watcher(self._connected, self.seen)
        self._poller = polling.Poller(self._connected, self.seen, self._watcher)
        self._running = False

    def start(self) -> Self:
        """Begin to look for the Tilt and to watch it."""
        self._running = True
        self._watcher.start()
        self._poller.start()
        return self

    def stop(self) -> None:
        """Look a last time and end; what the watch still has to say is heard. Harmless when repeated."""
        if not self._running:
            return
        self._running = False
        self._poller.stop()
        self._poller.join(_JOIN)
        # Where Tilt still answers, the last poll shows the present state, and the watch has its time to show it too;
        # where it has gone, what it said last may still lie in the socket.
        if not self._poller.is_alive():
            self._poller.poll()
        if self._watcher.open_since is not None:
            alive = self.answers
            self.seen.wait_for(
                lambda seen: self._watcher.open_since is None or (alive and seen.overdue(1 << 62) is None), _LAST_WORDS
            )
        self._watcher.stop()
        self._watcher.join(_JOIN)
        self._connected.close()
        self._poller.settle(server_time.now())
        self.seen.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def found(self) -> bool:
        """Whether a Tilt has answered."""
        return self._connected.answered

    @property
    def watching(self) -> bool:
        """Whether a watch is open at present."""
        return self._watcher.open_since is not None

    @property
    def blind(self) -> bool:
        """Whether a Tilt that was found shows nothing at present: no watch is open, and the last poll failed."""
        return self.found and not self.watching and not self.answers

    @property
    def answers(self) -> bool:
        """Whether the Tilt has answered what it was last asked."""
        return self._connected.answered and not self._connected.silent

    @property
    def entry(self) -> kubeconfig.Entry | None:
        """Where the Tilt is that was found; None before."""
        return self._connected.entry

    def time_at(self, arrived: int) -> int:
        """Give the Tilt's own time, in microseconds since the epoch, when something arrived at this machine's."""
        return self._connected.time.at(arrived)[0]

    @property
    def context(self) -> str | None:
        """The context of the Tilt that was found; None before."""
        return self._connected.context

    def scenario(
        self,
        title: str,
        *,
        exit_code: int | None = None,
        own: bool = False,
        source: str = "",
        redact: redaction.Own | None = None,
    ) -> steps.Scenario:
        """Tell what was recorded, and in its description what could not be seen. Stop first.

        ``exit_code`` is that of the command that was recorded; with ``own`` the command was ``tilt ci`` itself, and its
        code is expected whatever our rules make of it. ``redact`` is the user's own redaction (``redaction``). Raises
        :class:`errors.TiltSessionError` where no Session was seen, and for what looks like a secret.
        """
        made = self.seen.recorder
        base = made.start
        if base is None:
            what = f"no Session {self.seen.name!r}" if self.seen.events == 0 else "no Session with a startTime"
            looked = "" if self.found else f"; {self._connected.explain()}"
            raise errors.TiltSessionError(f"there is nothing to record: {what} was seen{looked}")

        def when(arrived: int) -> tuple[int, int | None]:
            at, early = self._connected.time.at(arrived)
            return at - base, None if early is None else early - base

        made.retime(when)
        end = telling.End(exit_code, own=own, gone=self._poller.gone or bool(self.seen.ended))
        told = telling.blind_spots(self.seen, lambda at: when(at)[0], end)
        scenario = made.scenario(title, exit_code=exit_code, description=told, source=source, redact=redact)
        scenario = dataclasses.replace(scenario, expect=telling.expectation(scenario, end))
        text = file_format.write_scenario(scenario)
        if any(secret in text for secret in self._connected.secrets):
            raise errors.TiltSessionError("the recording holds the bearer token of Tilt's API; it is not written")
        return scenario
