"""What a recording has seen so far, as a journal with a clock that expectations can look at; judges nothing.

A version is dated by its arrival, in the Tilt's own time. A real Tilt shows its versions within some milliseconds.
"""

import dataclasses
from collections.abc import Callable
from typing import NoReturn

from pytest_tiltsession import errors, times
from pytest_tiltsession.clock import holding, simulated, wakeups
from pytest_tiltsession.engine import changes
from pytest_tiltsession.expectations import observed as looking
from pytest_tiltsession.live import recording, server_time
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import exit_conditions
from pytest_tiltsession.scenario import observed
from pytest_tiltsession.store import journal as journals


class LiveClock(simulated.SimulatedClock):
    """The clock of a real Tilt, in microseconds since the epoch: it is read, and never moved or held.

    ``present`` gives the time, ``due`` what the Tilt itself is to do next, where that is known.
    """

    def __init__(self, present: Callable[[], int], due: Callable[[], wakeups.Wakeup | None]) -> None:
        super().__init__(present())
        self._present = present
        self._due = due

    @property
    def now(self) -> int:
        """The present instant; never earlier than one that was given before."""
        with self.lock:
            self._now = max(self._now, self._present())
            return self._now

    def next_due(self) -> wakeups.Wakeup | None:
        """Give the deadline of the session, where it has one."""
        return self._due()

    def planned(self, most: int = 5) -> list[wakeups.Wakeup]:
        """Give the deadline of the session, where it has one."""
        due = self._due()
        return [due][:most] if due is not None else []

    def call_at(self, at: int, callback: Callable[[], None], *, rank: int = 0, what: str = "") -> wakeups.Wakeup:  # noqa: ARG002  refused
        """Refused: nothing is planned on a real Tilt's clock."""
        _refuse()

    def _move_to(self, target: int, *, only_one: bool = False) -> None:  # noqa: ARG002  refused
        _refuse()

    def _step(self) -> bool:
        _refuse()

    def _hold(self, hold: holding.Hold) -> None:  # noqa: ARG002  refused
        _refuse()


def _refuse() -> NoReturn:
    raise errors.ClockError(
        "a real Tilt is behind this session, whose clock goes by itself and is neither moved nor held: wait with "
        "eventually(), run_until() or run_until_done(), or keep this test to the fake with "
        '@pytest.mark.tilt_session(mode="fake")'
    )


@dataclasses.dataclass(frozen=True)
class _Seen(looking.Observed):
    """What was to be seen at one moment, with the journal of that moment: what arrives late makes a new one."""

    kept: journals.Journal = dataclasses.field(default_factory=journals.Journal)

    @property
    def journal(self) -> journals.Journal:
        """The journal as it was looked at."""
        return self.kept


class Observation:
    """What a recording has seen of one Session, up to the last :meth:`refresh`. Usable from any thread.

    Make it when a Tilt has answered: only then its time is known.
    """

    def __init__(self, recorded: recording.Recording) -> None:
        self._recorded = recorded
        self._stopped_at: int | None = None
        self._last: observed.Version | None = None
        self._count = 0
        self._at = 0
        self.journal = journals.Journal()
        self.clock = LiveClock(self._present, self._deadline)
        self.lock = self.clock.lock

    def refresh(self) -> None:
        """Take in what has arrived."""
        with self.lock:
            if self._stopped_at is not None:
                return
            news = self._recorded.seen.recorder.observations(self._count)
            self._count += len(news)
            ended = self._recorded.seen.ended
            for version in news:
                if self._last is not None and _rank(version) < _rank(self._last):
                    self._rebuild()
                    break
                self._append(version)
            if ended and not self.journal.marks:
                self.journal.mark(journals.EXITED, self._present(), ended)

    def stop(self) -> None:
        """Take in what has arrived, and let the time stand; from then on the recording may be told."""
        self.refresh()
        with self.lock:
            self._stopped_at = self.clock.now

    @property
    def commits(self) -> list[journals.Committed]:
        """Every version that was seen so far, in order."""
        with self.lock:
            self.refresh()
            return self.journal.read(0)

    @property
    def session(self) -> session.Session | None:
        """The Session as it was seen last; None where it is not there."""
        with self.lock:
            self.refresh()
            return None if self._last is None or self._last.deleted else self._last.session

    def _rebuild(self) -> None:
        """Put everything in order: a watch has shown what came before a version that a poll had seen."""
        self.journal, self._last, self._at = journals.Journal(), None, 0
        for version in observed.earliest(self._recorded.seen.recorder.observations()[: self._count]):
            self._append(version)

    def _append(self, version: observed.Version) -> None:
        last = self._last
        self._at = max(self._recorded.time_at(version.seen), self._at + 1)
        there = last is not None and not last.deleted
        if last is not None and there and last.uid != version.uid:
            self._commit(journals.DELETED, last)
            there = False
        kind = journals.DELETED if version.deleted else journals.MODIFIED if there else journals.ADDED
        if there or not version.deleted:
            self._commit(kind, version)
        self._last = version

    def _commit(self, kind: str, version: observed.Version) -> None:
        self.journal.append(kind, version.session, version.revision, self._at, changes.CONTROLLER)

    def _present(self) -> int:
        if self._stopped_at is not None:
            return self._stopped_at
        return max(self._recorded.time_at(server_time.now()), self._at)

    def _deadline(self) -> wakeups.Wakeup | None:
        """Give when the session times out as it stands, by our rules."""
        value = self.session
        if value is None or value.status.done:
            return None
        now = self.clock.now * times.MICROSECOND
        verdict = exit_conditions.judge(value.spec, value.status.targets or (), value.status.start_time, now)
        if verdict.recheck_at is None:
            return None
        at = -(-verdict.recheck_at // times.MICROSECOND)
        return wakeups.Wakeup(at, wakeups.DEADLINE, None, f"deadline of {value.name}")


class Subject(looking.Subject):
    """The real Tilt that a test makes claims about: each look is at a journal that stays as it is."""

    def look(self, name: str = session.TILTFILE_SESSION) -> looking.Observed:
        """Give what is to be seen now; of all Sessions only the recorded one is."""
        world = self.world
        assert isinstance(world, Observation)
        with world.lock:
            world.refresh()
            seen = super().look(name)
            fields = {field.name: getattr(seen, field.name) for field in dataclasses.fields(looking.Observed)}
            return _Seen(**fields, kept=world.journal)


def _rank(version: observed.Version) -> tuple[int, bool]:
    return version.revision, version.deleted
