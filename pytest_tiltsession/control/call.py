"""One request that is being done: what was given, the session that it is about, and how long to wait for it."""

import contextlib
import dataclasses
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_tiltsession import errors, fake_tilt, times
from pytest_tiltsession.api import messages
from pytest_tiltsession.control import desk as desks
from pytest_tiltsession.control import records
from pytest_tiltsession.control import running as sessions
from pytest_tiltsession.progress import waiting


@dataclasses.dataclass(frozen=True)
class Call:
    """What a verb is given. ``given`` are its fields by Python's names, ``names`` those of the path.

    ``running`` is the session at the moment of the request: a reset meanwhile leaves the call with the old one.
    """

    desk: desks.Desk
    running: sessions.Running
    given: Mapping[str, Any]
    names: Mapping[str, str]
    later: messages.Later
    document: Mapping[str, Any]

    @property
    def fake(self) -> fake_tilt.FakeTilt:
        """The fake of the session."""
        return self.running.fake

    @contextlib.contextmanager
    def patient(self) -> Iterator[waiting.Paced]:
        """Give the clock to one that waits for it, until the client has gone or its patience has ended.

        Raises ClockError inside the block where that is so.
        """
        patience = self.given.get("patience")
        if patience is None:
            yield self._paced(None)
            return
        timer = threading.Timer(times.micros_of(patience) / 1_000_000, self.later.abandon)
        timer.daemon = True
        timer.start()
        try:
            yield self._paced(patience)
        finally:
            timer.cancel()

    def _paced(self, patience: Any) -> waiting.Paced:
        why = (
            "its client has gone" if patience is None else f"its patience, {patience} of the machine's clock, has ended"
        )
        paced = self.fake.pacing(lambda: self._given_up(why))
        self.later.on_abandon(paced.interrupt)
        return paced

    def _given_up(self, why: str) -> str:
        return f"the wait was given up: {why}" if self.later.abandoned else ""


def only_one(called: str, given: Mapping[str, Any], *names: str) -> None:
    """Refuse fields that exclude each other, by their names in JSON."""
    found = [name for name in names if records.argument_of(name) in given]
    if len(found) > 1:
        raise errors.InvalidValue(f"{called} takes one of {' and '.join(names)}, found {' and '.join(found)}")
