"""The entries by which tests describe a timeline, and what they mean for one session; pure."""

import dataclasses
from collections.abc import Mapping, Sequence
from types import EllipsisType
from typing import Any

from pytest_tiltsession import errors, times
from pytest_tiltsession.expectations import happenings, lettering, names, observed, states, timeline

SESSION_WORDS = (
    timeline.APPEARED, timeline.VANISHED, timeline.RECREATED, timeline.RESPECIFIED, timeline.DONE, timeline.UNDONE,
    timeline.EXITED, timeline.KILLED, timeline.STARTED, states.SUCCEEDED, states.FAILED,
)  # fmt: skip

Duration = times.Duration
# When: exactly then, from one time to another, or whenever (None and ...).
When = Duration | tuple[Duration, Duration] | EllipsisType | None


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an expected timeline: the target (or ``"session"``), its state, and when, where that matters.

    ``at`` is a time since the session's start, a pair of them for a span, or None for whenever.
    """

    name: str
    state: states.StateLike
    at: When = None

    @classmethod
    def parse(cls, value: Any) -> "Entry":
        """Read ``("migrate", "active")``, ``("4s", "migrate", "failed: …")`` or a mapping with these names.

        Raises :class:`errors.InvalidValue` for anything else.
        """
        if isinstance(value, Entry):
            return value
        if isinstance(value, tuple | list) and len(value) == 2:
            return cls(value[0], value[1])
        if isinstance(value, tuple | list) and len(value) == 3:
            return cls(value[1], value[2], value[0])
        if isinstance(value, Mapping) and value.keys() <= {"name", "state", "at"} and {"name", "state"} <= value.keys():
            return cls(value["name"], value["state"], value.get("at"))
        raise errors.InvalidValue(
            f'{value!r} is no entry of a timeline: write ("migrate", "active"), ("4s", "migrate", "failed"), '
            '("session", "done") or {"name": …, "state": …, "at": …}, and a set of them where the order is free'
        )


EntryLike = Entry | tuple[Any, ...] | list[Any] | Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """An entry resolved against what there is: the full name, and the span of microseconds in which it is to be."""

    name: str
    state: states.State | None  # None: something that happens to the session
    word: str
    detail: str | None
    earliest: int | None
    latest: int | None

    def is_in_time(self, item: happenings.Happening) -> bool:
        """Tell whether something happened in the span of time that is wanted."""
        after = self.earliest is None or self.earliest <= item.at
        return after and (self.latest is None or item.at <= self.latest)

    def is_met_by(self, item: happenings.Happening) -> bool:
        """Tell whether something that happened is what is wanted, whenever it was."""
        if item.name != self.name or self.word not in item.words:
            return False
        return self.state.says(item.words, item.detail) if self.state else self.detail in (None, item.detail)

    def refines(self, other: "Wanted") -> bool:
        """Tell whether both may be one event, this being the closer word."""
        if other.name == happenings.SESSION and other.word == timeline.DONE:
            return self.word in (states.SUCCEEDED, states.FAILED)
        return self.state is not None and other.state is not None and self.state.refines(other.state)

    @property
    def said(self) -> str:
        """The state or the session's word, as people write it."""
        return str(self.state or (self.word if self.detail is None else f"{self.word}: {self.detail}"))

    @property
    def when(self) -> str:
        """The time that is wanted."""
        if self.earliest is None or self.latest is None:
            return "at any time"
        if self.earliest == self.latest:
            return lettering.clock(self.earliest)
        return f"{lettering.clock(self.earliest)} to {lettering.clock(self.latest)}"


def resolve(entry: Entry, seen: observed.Observed) -> Wanted:
    """Find the target that an entry names and read its state and time.

    Raises :class:`errors.UnknownTarget` and :class:`errors.InvalidValue`.
    """
    first, last = _span(entry.at)
    if entry.name != happenings.SESSION:
        state = states.State.parse(entry.state)
        return Wanted(names.row(seen, entry.name).name, state, state.word, state.detail, first, last)
    if isinstance(entry.state, states.State):
        return Wanted(happenings.SESSION, entry.state, entry.state.word, entry.state.detail, first, last)
    word, colon, detail = str(entry.state).partition(":")
    if word.strip() not in SESSION_WORDS:
        raise errors.InvalidValue(f"{word!r} never happens to a session; what happens is {', '.join(SESSION_WORDS)}")
    return Wanted(happenings.SESSION, None, word.strip(), detail.strip() if colon else None, first, last)


def _span(when: When) -> tuple[int | None, int | None]:
    if when is None or when is ...:
        return None, None
    if isinstance(when, tuple | list):
        if len(when) != 2:
            raise errors.InvalidValue(f'{when!r} is no span of time: write a pair, ("3s", "5s")')
        return times.micros_of(when[0]), times.micros_of(when[1])
    at = times.micros_of(when)
    return at, at


def sorted_by_span(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Order entries whose order is free so that each can take the first that fits: the one that must be over first."""
    general = (states.ACTIVE, states.TERMINATED, timeline.DONE)

    def key(item: Wanted) -> tuple[bool, int, bool, bool, str, str]:
        late = item.latest is None, item.latest or 0
        return *late, item.detail is None, item.word not in general, item.name, item.said

    return sorted(wanted, key=key)
