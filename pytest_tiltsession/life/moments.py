"""When something in the life of a Tilt is to happen, as a test says it; pure."""

from pytest_tiltsession import errors, times


def instant(called: str, at: times.Duration, start: int) -> int:
    """Give ``at``, a time since ``start`` or a MicroTime, in microseconds since the epoch; ``called`` as ``crash()``.

    Raises InvalidValue, which names the argument.
    """
    try:
        return times.parse_time(at) if isinstance(at, str) and "T" in at else start + times.micros_of(at)
    except errors.InvalidValue as problem:
        raise errors.InvalidValue(f"{called}: at: {problem}") from None
