"""The fluent face of claims about one target: ``expect_target("api").was("active", "ready").within("5s")``."""

from typing import Self

from pytest_tiltsession import errors, times
from pytest_tiltsession.expectations import failures, histories, names, observed, states

Duration = times.Duration


class TargetExpectation:
    """Claims about one target, one after the other; each raises :class:`errors.ExpectationFailed` or goes on.

    States are described as in ``was("waiting", "active", "failed: exit status 1")``: a word of
    :mod:`pytest_tiltsession.expectations.states`, and a wait reason or an error where it matters. Durations are Go
    durations (``"2.5s"``) or seconds. ``within``, ``at`` and ``lasted`` are about the state that was named last.

    Each method raises :class:`errors.UnknownTarget` for a target that the session never showed, and
    :class:`errors.InvalidValue` for what describes no state or no duration.
    """

    def __init__(self, name: str, hold: failures.Hold) -> None:
        self._name = name
        self._hold = hold
        self._path: tuple[states.State, ...] = ()
        hold(self._is_known)

    def _is_known(self, seen: observed.Observed) -> None:
        names.row(seen, self._name)

    def was(self, *described: states.StateLike) -> Self:
        """Claim that the target went through these states in this order; others may lie between.

        ``"active", "ready"`` is true of a server that was ready as soon as it was active.
        """
        self._path = _path("was", described)
        self._hold(histories.went_through(self._name, self._path))
        return self

    def was_only(self, *described: states.StateLike) -> Self:
        """Claim that the target went through these states and no other, from the first that it showed to the present.

        Several states in a row may be one of them: ``"waiting"`` is true of waiting for one reason after another.
        """
        self._path = _path("was_only", described)
        self._hold(histories.went_only_through(self._name, self._path))
        return self

    def never_was(self, *described: states.StateLike) -> Self:
        """Claim that the target was in none of these states so far."""
        self._hold(histories.was_never(self._name, _path("never_was", described)))
        return self

    def is_(self, described: states.StateLike) -> Self:
        """Claim that the target is in this state now."""
        self._path = _path("is_", (described,))
        self._hold(histories.is_now(self._name, self._path[0]))
        return self

    def within(self, limit: Duration, *, since: str | None = None) -> Self:
        """Claim that the state named last began at most ``limit`` after the session's start.

        With ``since``, the word of one of the states named before, the time counts from the beginning of that state:
        ``was("active", "ready").within("5s", since="active")``.
        """
        path = self._named("within")
        step = None if since is None else _step(path, since)
        self._hold(histories.began_within(self._name, path, times.micros_of(limit), step))
        return self

    def at(self, when: Duration, *, within: Duration = 0) -> Self:
        """Claim that the state named last began at this time since the session's start, give or take ``within``."""
        path = self._named("at")
        self._hold(histories.began_at(self._name, path, times.micros_of(when), times.micros_of(within)))
        return self

    def lasted(self, *, at_least: Duration = 0, at_most: Duration | None = None) -> Self:
        """Claim how long the state named last lasted; one that goes on has lasted until now."""
        path = self._named("lasted")
        most = None if at_most is None else times.micros_of(at_most)
        self._hold(histories.lasted(self._name, path, times.micros_of(at_least), most))
        return self

    def _named(self, asked: str) -> tuple[states.State, ...]:
        if not self._path:
            raise errors.InvalidValue(f'{asked}() is about a state: name it before, as in was("ready").{asked}(…)')
        return self._path


def _path(asked: str, described: tuple[states.StateLike, ...]) -> tuple[states.State, ...]:
    if not described:
        raise errors.InvalidValue(f'{asked}() needs a state, as in {asked}("active")')
    return tuple(map(states.State.parse, described))


def _step(path: tuple[states.State, ...], since: str) -> int:
    """Give the number of the state that a time counts from; the first of that word."""
    word = states.State.parse(since).word
    known = [state.word for state in path[:-1]]
    if word not in known:
        named = " or ".join(repr(item) for item in known) or f"none: write was({since!r}, {path[-1].word!r})"
        raise errors.InvalidValue(
            f"since={since!r} is none of the states named before {path[-1].word!r}, which are {named}"
        )
    return known.index(word)
