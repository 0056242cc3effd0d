"""``fault_plans``: what goes wrong on purpose, as lists of faults with every kind of limit; knows no HTTP."""

from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st

from pytest_tiltsession import errors, faults
from pytest_tiltsession.faults import naming, scope

_SECONDS = st.integers(0, 60).map("{}s".format)
_EVENTS = st.integers(0, 5)
_EVENT = st.integers(1, 5)
# The arguments of each kind, its limits left out.
_ARGUMENTS: Final[dict[str, dict[str, st.SearchStrategy[Any]]]] = {
    "cut-watch": {"events": _EVENTS, "by": st.sampled_from(("fin", *scope.ENDS)), "half_line": st.booleans()},
    "stall-watch": {"events": _EVENTS},
    "duplicate-event": {"event": _EVENT},
    "drop-event": {"event": _EVENT},
    "reorder-events": {"event": _EVENT},
    "error-event": {"code": st.sampled_from((410, 500)), "events": _EVENTS},
    "blank-line": {"events": _EVENTS},
    "refuse": {"code": st.sampled_from((503, 429, 500)), "retry_after": st.none() | _SECONDS},
    "rotated-token": {},
    "conflict": {},
    "delay": {"by": st.integers(1, 60).map("{}s".format)},
    "truncate-body": {"size": st.none() | st.integers(0, 1_000)},
    "wrong-content-type": {"media_type": st.sampled_from(("text/html", "text/html; charset=utf-8", "x/y"))},
    "fail-handshake": {},
    "expired-certificate": {},
    "full-accept-queue": {},
    "watch-freeze": {"on_yaml": st.booleans()},
}
# Those that a client feels on the machine's clock, where it waits for nothing that a test moves.
_SLOW: Final = ("stall-watch", "full-accept-queue", "watch-freeze", "delay")


def fault_plans(
    *, kinds: Sequence[str] | None = None, most: int = 3, client: str | None = None
) -> st.SearchStrategy[list[faults.Fault]]:
    """Give what goes wrong in a session: lists of faults, for ``Scenario.fault``, ``faults.arm`` or ``FakeTilt``.

    ``kinds`` are names of faults as files write them, such as ``["cut-watch", "refuse"]``; without them all but those
    that let a client hang (``stall-watch``, ``delay``, ``full-accept-queue``, ``watch-freeze``), which are to be named.
    ``most`` is how many there are at most, ``client`` a part of the User-Agent of those that they may hit. They may be
    limited to operations, to a number of times and to a span of time. Raises InvalidValue.

    >>> @hypothesis.given(strategies.scenarios(), strategies.fault_plans(kinds=["cut-watch"]))
    ... def test_it_comes_back(scenario, plan):
    ...     with FakeTilt(scenario=scenario, faults=plan, allow=["unmet-faults"]) as tilt: ...
    """
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise errors.InvalidValue(f"most={most!r}: give a whole number of 0 or more")
    if isinstance(kinds, str) or (kinds is not None and not kinds):
        raise errors.InvalidValue(f"kinds={kinds!r}: give names of faults, such as ['cut-watch']")
    chosen = [name for name in naming.BY_NAME if name not in _SLOW] if kinds is None else list(kinds)
    for name in chosen:
        if name not in naming.BY_NAME:
            raise errors.InvalidValue(f"kinds: there is no fault {name!r}; {scope.nearest(name, naming.BY_NAME)}")
    return st.lists(st.one_of([_of_kind(name, client) for name in chosen]), max_size=most)


@st.composite
def _of_kind(draw: st.DrawFn, name: str, client: str | None) -> faults.Fault:
    kind = naming.BY_NAME[name]
    given = {key: draw(value) for key, value in _ARGUMENTS[name].items()}
    if kind is faults.WatchFreeze:
        # Tilt never recovers from it, for nobody.
        return kind(**given, after=draw(_SECONDS))
    if kind.HITS:  # else it hits connections, before their clients are known
        given["client"] = client
        if draw(st.booleans()):
            allowed = [word for word in kind.HITS if word != scope.ANY]
            given["operation"] = draw(st.sampled_from(allowed))
    if kind is not faults.FullAcceptQueue:
        given["times"] = draw(st.sampled_from((1, 2, 3, None)))
    after = draw(st.just(0) | st.integers(0, 30))
    lasts = draw(st.none() | st.integers(1, 30))
    given["after"] = f"{after}s"
    if lasts is not None:
        given[draw(st.sampled_from(("for_", "until")))] = f"{lasts}s"
        if "until" in given:
            given["until"] = f"{after + lasts}s"
    return kind(**given)
