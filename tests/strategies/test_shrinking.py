"""What is found shrinks to a scenario that a person would have written."""

import hypothesis
import pytest
from hypothesis import strategies as st

from pytest_tiltsession import strategies

from .trying import SEARCH

HEAD = """\
version: 1
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
start: 2026-01-01T00:00:00.000000Z
"""


def smallest(strategy, condition=lambda told: True):
    """Give the file of the smallest scenario that meets a condition."""
    return hypothesis.find(strategy, condition, settings=SEARCH).to_yaml()


def shows(word, name, **details):
    """Tell whether a scenario gives some target a state."""

    def condition(told):
        states = [(at, state) for step in told.build().steps for at, state in step.set.items()]
        return any(
            found.endswith(name) and state.word == word and all(getattr(state, key) for key in details)
            for found, state in states
        )

    return condition


def test_the_smallest_session_is_an_empty_one():
    """Without a condition nothing happens."""
    assert smallest(strategies.scenarios()) == HEAD


def test_the_smallest_success_is_one_job():
    """One job that ends well after a second."""
    assert smallest(strategies.scenarios(outcome="succeeded")) == HEAD + (
        "targets:\n"
        "  a:update: {type: job, resources: [a]}\n"
        "steps:\n"
        "  - {at: 1s, set: {a:update: terminated}}\n"
        "expect: {outcome: succeeded}\n"
    )


def test_the_smallest_failure_of_a_job_says_so_in_one_step():
    """One job that fails after a second, with the shortest text."""
    found = smallest(strategies.scenarios(outcome="failed"), shows("terminated", "a:update", error=True))
    assert found == HEAD + (
        "targets:\n"
        "  a:update: {type: job, resources: [a]}\n"
        "steps:\n"
        "  - {at: 1s, set: {a:update: {terminated: {error: boom}}}}\n"
        "expect: {outcome: failed}\n"
    )


def test_two_servers_that_run_are_a_and_b():
    """What two targets have to do takes no more than two of them, and one step each at most."""

    def both(told):
        names = {name for step in told.build().steps for name, state in step.set.items() if state.word == "active"}
        return len([name for name in names if name.endswith(":serve")]) == 2

    found = smallest(strategies.scenarios(exit_condition="manual"), both)

    assert found.splitlines()[3:] == [
        "targets:",
        "  a:serve: {type: server, resources: [a]}",
        "  b:serve: {type: server, resources: [b]}",
        "steps:",
        "  - {at: 1s, set: {a:serve: {active: {ready: false}}, b:serve: {active: {ready: false}}}}",
    ]


def test_a_script_shrinks_to_one_resource():
    """A failing build is one local resource with nothing else."""
    found = smallest(
        strategies.scripts(exit_condition="ci"), lambda told: any("failed" in str(it) for it in told.script.entries)
    )
    assert found == HEAD + "resources:\n  a: {local: {update: {failed: {error: boom}}}}\n"


@pytest.mark.parametrize(
    ("plans", "plan"),
    [
        (strategies.fault_plans(), "[Refuse(operation=None, client=None, times=1, after='0s', until=None, for_=None"),
        (strategies.fault_plans(kinds=["cut-watch"]), "[CutWatch(operation=None, client=None, times=1, after='0s'"),
    ],
)
def test_plans_shrink_to_one_fault_that_happens_once(plans, plan):
    """One fault without a limit but that it happens once."""
    found = hypothesis.find(plans.filter(lambda all_: "Refuse" in str(all_) or "Cut" in str(all_)), bool, settings=SEARCH)
    assert len(found) == 1
    assert str([str(fault) for fault in found]).count("times=1") == 1
    assert found[0].span == (0, None)


def test_names_of_the_caller_shrink_to_the_callers_shortest():
    """Names that were given are used as they are."""
    found = smallest(strategies.scenarios(outcome="succeeded", names=st.sampled_from(["web", "db"])))
    assert "web:update: {type: job, resources: [web]}" in found
