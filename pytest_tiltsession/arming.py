"""The faults of one fake in force: which of them concern time, connections and Tilt itself, and which were never met.

What a fault does to a request is ``api.faulting``'s business. Knows clock, server and the log of requests, no test.
"""

from collections.abc import Callable

from pytest_tiltsession import faults
from pytest_tiltsession.clock import wakeups
from pytest_tiltsession.engine import world as worlds
from pytest_tiltsession.expectations import selection
from pytest_tiltsession.faults import unmet
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.server import greetings, listener, tls
from pytest_tiltsession.store import requests

ALLOWANCE = "unmet-faults"
HINT = f'; allow it with @pytest.mark.tilt_session(allow=("{ALLOWANCE}",))'
_OF_TLS = (faults.FailHandshake, faults.ExpiredCertificate)


class Arming:
    """Keeps the faults of one fake; ``certificates`` gives those that it serves with, None without TLS."""

    def __init__(
        self,
        world: worlds.World,
        log: requests.RequestLog,
        certificates: Callable[[], tls.Certificates | None] = tls.shared,
    ) -> None:
        self.faults = faults.Faults(lambda: world.clock.elapsed, lambda: len(log))
        self._world = world
        self._log = log
        self._certificates = certificates
        self._listener: listener.Listener | None = None
        self._planned: list[wakeups.Wakeup] = []
        self._froze: set[faults.Armed] = set()
        self._scripted: tuple[faults.Fault, ...] = ()
        self._changed = False
        self._full: list[faults.Armed] = []
        self._full_since = 0
        self._turned_away = 0
        world.clock.on_settled(self._settle)
        self.faults.on_change(self._plan)

    def serves(self, served: listener.Listener) -> None:
        """Learn where the fake serves now."""
        self._count_overflows()
        self._full.clear()
        self._listener = served
        self._settle()

    def change(self, before: steps.Scenario | None, scenario: steps.Scenario | None) -> None:
        """Arm the faults of a scenario that begins now, in place of another one; their spans begin now as well.

        Those of the other one that have been met are over; those that never were stay, and are told of at the end.
        """
        if not self._changed and before is not None:
            self._scripted = before.faults
        over = [item for item in self.faults.armed if item.met and item.fault in self._scripted]
        if over:
            self.faults.disarm(*over)
        told = scenario.faults if scenario is not None else ()
        self._scripted, self._changed = tuple(fault.later(self._world.clock.elapsed) for fault in told), True
        self.faults.arm(*self._scripted)

    # -- connections --------------------------------------------------------------------------------------------

    def greet(self) -> greetings.Spoilt | None:
        """Give the fault of the next TLS handshake; on the server's thread."""
        claim = self.faults.take_for_connection() if self.faults.armed else None
        if claim is None:
            return None
        certificates = self._certificates()
        expired = isinstance(claim.fault, faults.ExpiredCertificate) and certificates is not None
        context = certificates.expired_context() if expired and certificates is not None else tls.keyless_context()
        claim.meet()
        return greetings.Spoilt(context, claim.fault.NAME)

    def unheard(self, why: str, status: int, fault: str) -> None:
        """Note a connection of which no request came."""
        now = self._world.clock.now
        self._log.add(
            lambda number: requests.RequestRecord(
                number, now, "", "", "", "", status, message=why, fault=fault, fault_at=now if fault else None
            )
        )

    # -- time ---------------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        """Let the clock stop where a fault begins or ends by itself, whoever asks for something then."""
        clock = self._world.clock
        with self._world.lock:
            for wakeup in self._planned:
                wakeup.cancel()
            self._planned.clear()
            for item in self.faults.armed:
                if isinstance(item.fault, faults.FullAcceptQueue | faults.WatchFreeze):
                    for offset in item.fault.span:
                        if offset is not None and clock.start + offset > clock.now:
                            what = f"the fault {item.fault.NAME}"
                            self._planned.append(clock.call_at(clock.start + offset, self._freeze, what=what))
            self._freeze()
        self._settle()

    def _freeze(self) -> None:
        """Let Tilt's watches freeze where that is due; the caller holds the lock. Each freezes one process."""
        for item, fault in self.faults.of_kind(faults.WatchFreeze):
            if not fault.on_yaml and item not in self._froze and fault.is_due(self._world.clock.elapsed):
                self._froze.add(item)
                self._world.frozen = True

    def _settle(self) -> None:
        """Fill the queue of the listener, or empty it. Outside the lock: the server's thread is waited for."""
        # Looked at again after each change, since another thread may have moved the clock meanwhile.
        while (served := self._listener) is not None and (due := self._due()) != self._full:
            self._count_overflows()
            if due and not self._full:
                self._turned_away, self._full_since = 0, self._world.clock.now
                self._full = due
                served.fill_queue(full=True)
            else:
                self._full = due
                if not due:
                    served.fill_queue(full=False)

    def _due(self) -> list[faults.Armed]:
        """Give the faults that fill the queue now."""
        offset = self._world.clock.elapsed
        return [item for item, fault in self.faults.of_kind(faults.FullAcceptQueue) if fault.is_due(offset)]

    def _count_overflows(self) -> None:
        """Count the attempts that the full queue turned away; without anybody who counts, there was one."""
        if not self._full or self._listener is None:
            return
        now = self._listener.turned_away()
        count = 1 if now is None else now - self._turned_away
        self._turned_away = now or 0
        if not count:
            return
        if not self._full[0].met:
            self._note_overflow(self._full[0].fault.NAME)
        for item in self._full:
            item.met += count

    def _note_overflow(self, name: str) -> None:
        why = "the queue was full: attempts to connect were turned away"
        at = self._full_since
        self._log.add(
            lambda number: requests.RequestRecord(number, at, "", "", "", "", 0, message=why, fault=name, fault_at=at)
        )

    # -- at the end ---------------------------------------------------------------------------------------------

    def problems(self) -> list[str]:
        """Say which faults were armed and never met, and what came nearest."""
        self._count_overflows()
        start, now = self._world.clock.start, self._world.clock.elapsed
        found = []
        for item in self.faults.armed:
            if not item.met:
                records = [record for record in self._log if record.number > item.since and record.method]
                seen = [
                    unmet.Seen(selection.operation_of(record), record.user_agent, record.at - start)
                    for record in records
                ]
                plain = isinstance(item.fault, _OF_TLS) and self._certificates() is None
                why = f"the fault {item.fault} was never met: tls=False, and plain HTTP has no TLS to go wrong"
                found.append((why if plain else unmet.explain(item, seen, now)) + HINT)
        return found
