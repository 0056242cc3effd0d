"""The exit decision agrees with every recorded decision of the real code."""

import collections
import json
import re

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import exit_conditions

SECOND = times.SECOND


def nanos(text):
    """Read a time with nine digits into nanoseconds since the epoch."""
    whole, fraction = re.fullmatch(r"(.*)\.(\d{9})Z", text).groups()
    return times.parse_time(whole + "Z") * 1000 + int(fraction)


def micros(text):
    """Read a MicroTime or null."""
    return None if text is None else times.parse_micro_time(text)


def state_of(wire):
    """Read a recorded state, with two states at once too."""
    waiting, active, ended = wire.get("waiting"), wire.get("active"), wire.get("terminated")
    return session.TargetState(
        waiting=waiting and session.TargetStateWaiting(waiting["waitReason"]),
        active=active
        and session.TargetStateActive(micros(active["startTime"]), active["ready"], micros(active["lastReadyTime"])),
        terminated=ended
        and session.TargetStateTerminated(
            micros(ended["startTime"]),
            micros(ended["finishTime"]),
            ended.get("error", ""),
            ended.get("graceStatus", ""),
        ),
        disabled=session.TargetStateDisabled() if "disabled" in wire else None,
    )


def spec_of(wire):
    """Read a recorded spec."""
    ci = wire.get("ci")
    if ci is not None:
        names = ("k8sGracePeriod", "timeout", "readinessTimeout")
        ci = session.SessionCISpec(*(times.parse_duration(ci[name]) if name in ci else None for name in names))
    return session.SessionSpec(wire["tiltfilePath"], wire["exitCondition"], ci)


def targets_of(wire):
    """Read recorded targets."""
    return tuple(
        session.Target(target["name"], target["type"], tuple(target["resources"]), state_of(target["state"]))
        for target in wire or ()
    )


@pytest.fixture(scope="module")
def decisions(pytestconfig):
    """Give the recorded decisions by group."""
    groups = collections.defaultdict(list)
    with (pytestconfig.rootpath / "tests/recorded/exit-decisions.jsonl").open() as lines:
        for line in lines:
            decision = json.loads(line)
            groups[decision["group"]].append(decision)
    return groups


GROUPS = (
    "A-shape", "A-tiltfile", "B-pairs", "C-precedence", "D-cluster", "E-global", "F-readiness", "G-ci", "G-multi",
    "G-names", "G-requeue-in", "H-random",
)  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_every_recorded_decision_of_a_group_agrees(decisions, group):
    """Done, error and the wish to look again are those of the real code, to the nanosecond."""
    differing = {}
    for decision in decisions[group]:
        verdict = exit_conditions.judge(
            spec_of(decision["spec"]),
            targets_of(decision["targets"]),
            micros(decision["startTime"]),
            nanos(decision["now"]),
            decision["cluster_error"],
            decision.get("requeue_in_ns", 0),
        )
        expected = decision["expected"]
        wanted = (expected["done"], expected["error"], expected["requeue_after_ns"])
        found = (verdict.done, verdict.error, verdict.requeue_after)
        if found != wanted:
            differing[decision["id"]] = (wanted, found)
    assert differing == {}


def test_all_recorded_decisions_are_looked_at(decisions):
    """The groups together hold all 889 decisions."""
    assert (set(GROUPS), 889) == (set(decisions), sum(map(len, decisions.values())))


CI = session.SessionSpec("/app/Tiltfile", "ci", session.SessionCISpec(None, 30 * times.MINUTE, 10 * SECOND))


def server(start, *, ready=False):
    """Make a server that has been active since some second."""
    active = session.TargetStateActive(start * 1_000_000, ready, start * 1_000_000 if ready else None)
    return session.Target("web:serve", "server", ("web",), session.TargetState(active=active))


def test_a_deadline_is_kept_at_its_very_instant():
    """Exactly at the readiness limit Tilt wishes for the global one only; ``recheck_at`` still names the nearer one."""
    verdict = exit_conditions.judge(CI, (server(0),), 0, 10 * SECOND)
    assert (False, 1790 * SECOND, 10 * SECOND) == (verdict.done, verdict.requeue_after, verdict.recheck_at)


def test_the_earliest_deadline_is_the_one_to_look_at():
    """Of the readiness timeout and the global one, the earlier is when to look again."""
    verdict = exit_conditions.judge(CI, (server(3),), 0, 5 * SECOND)
    assert 13 * SECOND == verdict.recheck_at


def test_no_deadline_without_a_limit():
    """With neither timeout there is nothing to look at again."""
    bare = session.SessionSpec("/app/Tiltfile", "ci")
    assert exit_conditions.judge(bare, (server(3),), 0, 5 * SECOND).recheck_at is None


@pytest.mark.parametrize(("error", "code"), [("", 0), ("boom", 1)])
def test_the_exit_code_follows_from_the_error(error, code):
    """A session that is done exits with 0, or with 1 where it has an error; a running one with nothing yet."""
    assert (code, None) == (
        exit_conditions.Verdict(True, error).exit_code,
        exit_conditions.Verdict(False, "").exit_code,
    )
