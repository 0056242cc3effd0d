"""What is found shrinks to a scenario that a person would have written."""

import hypothesis

from pytest_tiltsession import faults, strategies

from .trying import SEARCH

HEAD = """\
version: 1
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
start: 2026-01-01T00:00:00.000000Z
"""


def smallest(strategy, condition=lambda _: True):
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


def test_the_smallest_success_is_one_job():
    """One job that ends well after a second."""
    assert smallest(strategies.scenarios(outcome="succeeded", targets=2, max_steps=3)) == HEAD + (
        "targets:\n"
        "  a:update: {type: job, resources: [a]}\n"
        "steps:\n"
        "  - {at: 1s, set: {a:update: terminated}}\n"
        "expect: {outcome: succeeded}\n"
    )


def test_the_smallest_failure_of_a_job_says_so_in_one_step():
    """One job that fails after a second, with the shortest text."""
    found = smallest(
        strategies.scenarios(outcome="failed", targets=2, max_steps=3), shows("terminated", "a:update", error=True)
    )
    assert found == HEAD + (
        "targets:\n"
        "  a:update: {type: job, resources: [a]}\n"
        "steps:\n"
        "  - {at: 1s, set: {a:update: {terminated: {error: boom}}}}\n"
        "expect: {outcome: failed}\n"
    )


def test_a_script_shrinks_to_one_resource():
    """A failing build is one local resource with nothing else."""
    found = smallest(
        strategies.scripts(exit_condition="ci", most=2, max_events=1),
        lambda told: any("failed" in str(it) for it in told.script.entries),
    )
    assert found == HEAD + "resources:\n  a: {local: {update: [{failed: boom}]}}\n"


def test_plans_shrink_to_one_fault_that_happens_once():
    """One fault without a limit but that it happens once."""
    found = hypothesis.find(strategies.fault_plans(kinds=["refuse", "cut-watch"]), bool, settings=SEARCH)
    assert found == [faults.Refuse(times=1)]
