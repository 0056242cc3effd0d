"""The words for a target's state, as tests write them and reports show them; knows no time and no journal.

A state has a general word, which is Tilt's, and often a closer one::

    waiting      active: ready, not ready      terminated: succeeded, failed, retrying      disabled      inactive

``retrying`` is an error that the grace period tolerates. A job that runs is ``active`` and ``not ready``, as Tilt
itself counts it. ``removed`` is a target that a reload took away.
"""

import dataclasses
import difflib
import re

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import given
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.rules import exit_conditions

WAITING = "waiting"
ACTIVE = "active"
READY = "ready"
NOT_READY = "not ready"
TERMINATED = "terminated"
SUCCEEDED = "succeeded"
FAILED = "failed"
RETRYING = "retrying"
DISABLED = "disabled"
INACTIVE = "inactive"
REMOVED = "removed"

WORDS = (
    WAITING, ACTIVE, READY, NOT_READY, TERMINATED, SUCCEEDED, FAILED, RETRYING, DISABLED, INACTIVE, REMOVED,
)  # fmt: skip
_CLOSER = {ACTIVE: (READY, NOT_READY), TERMINATED: (SUCCEEDED, FAILED, RETRYING)}
_MEANT = {
    "running": ACTIVE, "started": ACTIVE, "pending": WAITING, "unready": NOT_READY, "done": TERMINATED,
    "finished": TERMINATED, "completed": SUCCEEDED, "ok": SUCCEEDED, "error": FAILED, "absent": REMOVED,
    "gone": REMOVED,
}  # fmt: skip


def words_of(state: sessions.TargetState | None) -> tuple[str, ...]:
    """Give the words that are true of a state, the general one first. None is a target that is not there."""
    if state is None:
        return (REMOVED,)
    if state.word == ACTIVE and state.active is not None:
        return (ACTIVE, READY if state.active.ready else NOT_READY)
    if state.word == TERMINATED and state.terminated is not None:
        if not state.terminated.error:
            return (TERMINATED, SUCCEEDED)
        tolerated = state.terminated.grace_status == exit_conditions.TOLERATED
        return (TERMINATED, RETRYING if tolerated else FAILED)
    return (state.word,)


def detail_of(state: sessions.TargetState | None) -> str:
    """Give what goes with the state: the wait reason, or the error; empty where there is none."""
    if state is not None and state.waiting is not None:
        return state.waiting.wait_reason
    if state is not None and state.active is None and state.terminated is not None:
        return state.terminated.error
    return ""


def describe(state: sessions.TargetState | None, type_: str) -> str:
    """Say a state in the form that :meth:`State.parse` reads: ``waiting: waiting-for-dep``, ``ready``."""
    words = words_of(state)
    word = ACTIVE if words[0] == ACTIVE and type_ == sessions.JOB else words[-1]
    detail = detail_of(state)
    return f"{word}: {detail}" if detail else word


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """A state as a test describes it: a word and, where it matters, what goes with it.

    ``detail`` is the exact wait reason or error; ``match`` a pattern that is searched in it. As plain text:
    ``"active"``, ``"waiting: waiting-for-dep"``, ``"failed: exit status 1"``.
    Raises :class:`errors.InvalidValue` for a word that is none of :data:`WORDS`.
    """

    word: str
    detail: str | None = None
    match: str | None = None

    def __post_init__(self) -> None:
        for name, value, example in (("word", self.word, "failed"), ("detail", self.detail or "", "exit status 1")):
            given.text(name, value, example)
        word = self.word.replace("_", " ").replace("-", " ")
        if word not in WORDS:
            meant = _MEANT.get(word) or next(iter(difflib.get_close_matches(word, WORDS, 1)), None)
            hint = f"; did you mean {meant!r}?" if meant else ""
            raise errors.InvalidValue(
                f"{self.word!r} is no state of a target{hint} The words are {', '.join(WORDS)}, and a wait reason "
                'or an error may follow: "failed: exit status 1"'
            )
        object.__setattr__(self, "word", word)
        if self.match is not None:
            try:
                re.compile(given.pattern(self.match))
            except re.error as refused:
                raise errors.InvalidValue(f"match={self.match!r} is not a pattern: {refused}") from None

    @classmethod
    def parse(cls, value: "State | str") -> "State":
        """Read ``"word"`` or ``"word: detail"``; a State is given back as it is."""
        if isinstance(value, State):
            return value
        if not isinstance(value, str):
            raise errors.InvalidValue(
                f'{value!r} describes no state: write "active", "failed: exit status 1" or State(…)'
            )
        word, colon, detail = value.partition(":")
        return cls(word.strip(), detail.strip() if colon else None)

    def holds_of(self, state: sessions.TargetState | None) -> bool:
        """Tell whether a target in this state is what was described."""
        return self.says(words_of(state), detail_of(state))

    def says(self, words: tuple[str, ...], detail: str) -> bool:
        """Tell whether this describes a state of which these words and this detail are true."""
        if self.word not in words or (self.detail is not None and self.detail != detail.strip()):
            return False
        return self.match is None or re.search(self.match, detail) is not None

    def refines(self, other: "State") -> bool:
        """Tell whether both may be one state, this being the closer word: ready of active, failed of terminated."""
        return self.word in _CLOSER.get(other.word, ())

    def __str__(self) -> str:
        if self.match is not None:
            return f"{self.word} matching {self.match!r}"
        return self.word if self.detail is None else f"{self.word}: {self.detail}"


StateLike = State | str
