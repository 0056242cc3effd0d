"""Spans of time: whole seconds first, then those at which rounding and limits show; microseconds and nanoseconds."""

import functools
from typing import Final

from hypothesis import strategies as st

from pytest_tiltsession import times
from pytest_tiltsession.models import session

SECOND: Final = 1_000_000
_FINE: Final = (1, 999, 1_000, 500_000, 1_500_000, 999_999)
_LONG: Final = (60 * SECOND, 300 * SECOND, 300 * SECOND + 1, 1_800 * SECOND)
# What Tilt gives a session whose Tiltfile says nothing else.
USUAL: Final = session.SessionCISpec(timeout=30 * times.MINUTE, readiness_timeout=5 * times.MINUTE)


@functools.cache
def gaps() -> st.SearchStrategy[int]:
    """Give how long after one thing the next one comes, in microseconds, more than none."""
    return st.integers(1, 10).map(lambda seconds: seconds * SECOND) | st.sampled_from(_FINE + _LONG)


@functools.cache
def limits() -> st.SearchStrategy[int | None]:
    """Give a timeout in nanoseconds; zero and none are no limit."""
    whole = st.integers(1, 60).map(lambda seconds: seconds * times.SECOND)
    return st.none() | whole | st.sampled_from((0, 1, times.MILLISECOND, 90 * times.MINUTE))


@functools.cache
def settings_of_ci() -> st.SearchStrategy[session.SessionCISpec | None]:
    """Give ``spec.ci``: Tilt's own first, then any, or none."""
    given = st.builds(session.SessionCISpec, limits(), limits(), limits())
    return st.just(USUAL) | given | st.none()
