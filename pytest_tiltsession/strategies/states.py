"""States that a scenario may give a target, by what they mean for the exit decision; knows no steps.

``rules.transitions`` says what a target of a type may show.
"""

import functools
from typing import Literal

from hypothesis import strategies as st

from pytest_tiltsession.models import session
from pytest_tiltsession.rules import exit_conditions
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.strategies import spans, texts

# own: a local resource's update or serve.
Kind = Literal["tiltfile", "runtime", "own"]
# blocking: neither done nor failed; good: does not keep the session from succeeding; fatal: ends it.
Meaning = Literal["blocking", "good", "fatal"]
States = st.SearchStrategy[steps.ScriptedState]


def meaning(declared: steps.Declaration, *meanings: Meaning, errors: st.SearchStrategy[str] | None = None) -> States:
    """Give the states of a target with one of some meanings; ``errors`` are a job's own words when it fails."""
    # What a target shows does not depend on its name, but for the end of it.
    kind: Kind = "tiltfile" if declared == steps.TILTFILE else "runtime" if _is_runtime(declared) else "own"
    return _meaning(kind, declared.type, meanings, texts.job_errors() if errors is None else errors)


@functools.lru_cache(maxsize=256)
def _meaning(kind: Kind, type_: str, meanings: tuple[Meaning, ...], errors: st.SearchStrategy[str]) -> States:
    found = {"blocking": _blocking, "good": _good, "fatal": _fatal}
    return st.one_of(*(found[word](kind, type_, errors) for word in meanings))


def any_state(declared: steps.Declaration, errors: st.SearchStrategy[str] | None = None) -> States:
    """Give every state that a target may have."""
    return meaning(declared, "blocking", "good", "fatal", errors=errors)


def _is_runtime(declared: steps.Declaration) -> bool:
    return declared.name.endswith(":runtime")


def _blocking(kind: Kind, type_: str, errors: st.SearchStrategy[str]) -> States:
    if kind == "tiltfile":
        return st.just(steps.ScriptedState("active"))
    reasons = texts.REASONS + (texts.POD_REASONS if kind == "runtime" else ())
    running = [steps.ScriptedState("active", ready=None if type_ == session.JOB else False)]
    if type_ == session.SERVER:
        # A server that is being restarted has no start time yet.
        running.append(steps.ScriptedState("active", ready=False, start_time=None))
    # As many of both: there are more reasons to wait than ways to run.
    found = [steps.ScriptedState("waiting", reasons[0]), *(running * (len(reasons) // len(running)))]
    shown = st.sampled_from([*found, *(steps.ScriptedState("waiting", reason) for reason in reasons[1:])])
    return shown | _failures(kind, type_, errors, exit_conditions.TOLERATED) if kind == "runtime" else shown


def _good(kind: Kind, type_: str, _: st.SearchStrategy[str]) -> States:
    ended = steps.ScriptedState("terminated")
    if kind == "tiltfile":
        return st.just(ended)
    found = [ended] if type_ == session.JOB else [steps.ScriptedState("active")]
    if kind == "runtime":
        found = [steps.ScriptedState("active", ready=True), ended]
    return st.sampled_from([*found, steps.ScriptedState("disabled"), steps.ScriptedState("inactive")])


def _fatal(kind: Kind, type_: str, errors: st.SearchStrategy[str]) -> States:
    found = _failures(kind, type_, errors, "")
    return found | _failures(kind, type_, errors, exit_conditions.EXCEEDED) if kind == "runtime" else found


def _failures(kind: Kind, type_: str, errors: st.SearchStrategy[str], grace: str) -> States:
    said = texts.process_errors() if type_ == session.SERVER and kind != "runtime" else errors
    # Offsets that the steps bring down to their own instant: what ends has started before.
    started = st.just(steps.NATURAL) | st.none() | st.integers(0, 10).map(lambda seconds: seconds * spans.SECOND)
    return st.builds(
        lambda error, start: steps.ScriptedState("terminated", error=error, grace_status=grace, start_time=start),
        said,
        started,
    )
