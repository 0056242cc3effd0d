"""A test's own question about the session, as a claim that waits may pursue; moves no clock."""

from collections.abc import Callable
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import failures, observed, standing
from pytest_tiltsession.models import session as sessions

Predicate = Callable[[sessions.Session], Any]


class Met:
    """A question about the session as a claim; keeps the Session of which it was answered with yes."""

    def __init__(self, predicate: Predicate, wanted: str = "") -> None:
        self._predicate = predicate
        self._wanted = wanted or f"{name_of(predicate)} to be true of the session"
        self._found: sessions.Session | None = None

    def claim(self, seen: observed.Observed) -> failures.Failure | None:
        """Ask."""
        if seen.session is not None and self._predicate(seen.session):
            self._found = seen.session
            return None
        return failures.Failure(f"expected {self._wanted}, but {standing.in_words(seen)}", hint=standing.hint(seen))

    def found(self) -> sessions.Session:
        """Give the Session."""
        assert self._found is not None
        return self._found


def done() -> Met:
    """Make the question whether the session is done."""
    return Met(lambda found: found.status.done, "the session to be done")


def name_of(predicate: Predicate) -> str:
    """Name a question: a function by its name, a lambda by where it stands.

    Raises :class:`errors.InvalidValue` for what cannot be asked.
    """
    if not callable(predicate):
        raise errors.InvalidValue(
            f"run_until() asks a question about the session, and {predicate!r} is none: give a function of a Session, "
            "such as run_until(lambda session: session.status.done), or call run_until_done()"
        )
    name = getattr(predicate, "__name__", type(predicate).__name__)
    code = getattr(predicate, "__code__", None)
    if name != "<lambda>" or code is None:
        return f"{name}()"
    return f"the lambda of {code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}"
