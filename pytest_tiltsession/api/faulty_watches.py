"""Watches with a fault: cut, stalled, with events that come twice, never or in another order. Knows no sockets.

Works on whole events, whatever their form, since a watch that is asked for one byte gives one event.
"""

from collections.abc import Callable

from pytest_tiltsession import faults
from pytest_tiltsession.api import messages, watching

_BLANK = b"\n"
_AFTER_EVENTS = faults.CutWatch | faults.StallWatch | faults.ErrorEvent | faults.BlankLine


class FaultyWatch(messages.Stallable):
    """A watch that one fault hits; ``meet`` is called when it does, ``give_back`` when the watch is closed.

    ``error`` gives the ERROR event that is to be sent, in the form of the watch.
    """

    def __init__(
        self,
        inner: watching.Watch,
        fault: faults.Fault,
        *,
        meet: Callable[[], None],
        give_back: Callable[[], None],
        error: Callable[[], bytes],
    ) -> None:
        self.status = inner.status
        self.headers = inner.headers
        self.timeout = inner.timeout
        self._inner = inner
        self._fault = fault
        self._meet = meet
        self._give_back = give_back
        self._error = error
        self._callback: Callable[[], None] | None = None
        self._came = 0
        self._sent = 0
        self._held = b""  # an event that the next one overtakes
        self._happened = False
        self._stalls = False
        self._over = False

    @property
    def stalls(self) -> bool:
        """Whether the fault has stopped it for good."""
        return self._stalls

    @property
    def ended(self) -> bool:
        """Whether the last word has been said."""
        return self._over or (self._inner.ended and not self._held and not self._stalls)

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call back whenever there may be something to pull."""
        self._callback = callback
        self._inner.subscribe(callback)

    def close(self) -> None:
        """Let go of the watch, and of the fault where it has not happened."""
        self._give_back()
        self._inner.close()

    def pull(self, limit: int = 65_536) -> bytes:
        """Give the events that may be sent now, as the fault has them. Raises BreakOff where it cuts."""
        try:
            return self._pull(limit)
        finally:
            if self._inner.record is not None:
                self._inner.record.events = self._sent

    def _pull(self, limit: int) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while size < limit and not (self._over or self._stalls):
            due = self._is_due()
            if due and pieces:
                break  # what comes before a cut is sent before it
            piece = self._in_between() if due and not self._wants_half() else self._next(half=due)
            if piece is None:
                break
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    def _is_due(self) -> bool:
        """Tell whether so many events have come that the fault happens now, or within the next event."""
        return not self._happened and isinstance(self._fault, _AFTER_EVENTS) and self._came >= self._fault.events

    def _wants_half(self) -> bool:
        return isinstance(self._fault, faults.CutWatch) and self._fault.half_line

    def _in_between(self) -> bytes | None:
        """Let it happen between two events; None where that sends nothing."""
        self._happen()
        if isinstance(self._fault, faults.CutWatch):
            self._cut(self._fault, b"")
            return None
        if isinstance(self._fault, faults.StallWatch):
            self._stalls = True
            return None
        if isinstance(self._fault, faults.ErrorEvent):
            self._over = True
            self._sent += 1
            return self._error()
        return _BLANK

    def _next(self, *, half: bool) -> bytes | None:
        """Give the next event as the fault has it; None where there is none yet."""
        event = self._inner.pull(1)
        if not event:
            if not (self._held and self._inner.ended):
                return None
            event, self._held = self._held, b""
            self._sent += 1
            return event
        self._came += 1
        if half and isinstance(self._fault, faults.CutWatch):
            self._happen()
            event = event[: max(1, len(event) // 2)]
            self._cut(self._fault, event)
            return event
        return self._reordered(event) if self._came == getattr(self._fault, "event", 0) else self._passed(event)

    def _passed(self, event: bytes) -> bytes:
        """Give an event, and behind it the one that it overtakes."""
        self._sent += 2 if self._held else 1
        both, self._held = event + self._held, b""
        return both

    def _reordered(self, event: bytes) -> bytes:
        """Give what is sent in place of the event that the fault concerns."""
        self._happen()
        if isinstance(self._fault, faults.DuplicateEvent):
            self._sent += 2
            return event + event
        if isinstance(self._fault, faults.ReorderEvents):
            self._held = event
        return b""

    def _cut(self, fault: faults.CutWatch, last: bytes) -> None:
        """End, cleanly or with a BreakOff that carries the last bytes."""
        if fault.by != "end":
            raise messages.BreakOff(last, reset=fault.by == "rst", goodbye=fault.by == "close")
        self._over = True
        if self._callback is not None:
            self._callback()

    def _happen(self) -> None:
        self._happened = True
        self._meet()
