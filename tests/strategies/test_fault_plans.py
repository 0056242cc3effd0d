"""Drawn faults are legal ones, of every kind and with every limit."""

import hypothesis
import pytest

from pytest_tiltsession import InvalidValue, Scenario, strategies
from pytest_tiltsession.faults import naming

from .trying import few

ALL = list(naming.BY_NAME)


def test_plans_hold_every_kind_and_every_limit():
    """Every fault that there is, limited in every way; each plan can stand in a file."""
    seen, limits = set(), set()

    @few(150)
    @hypothesis.given(strategies.fault_plans(kinds=ALL, client="kubectl"))
    def look(plan):
        told = Scenario("x").fault(*plan)
        assert told == Scenario.parse(told.to_yaml())
        assert len(plan) <= 3
        for fault in plan:
            seen.add(fault.NAME)
            limits.update(fault.arguments)

    look()

    assert seen == set(ALL)
    assert limits >= {"operation", "client", "times", "after", "until", "for_", "events", "by", "code", "retry_after"}


@few(40)
@hypothesis.given(strategies.fault_plans(most=2))
def test_nothing_lets_a_client_hang_unasked(plan):
    """Without kinds there is no fault after which a client waits on the machine's clock for what never comes."""
    assert len(plan) <= 2
    assert not {fault.NAME for fault in plan} & {"stall-watch", "delay", "full-accept-queue", "watch-freeze"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"most": -1}, "give a whole number of 0 or more"),
        ({"kinds": []}, "give names of faults"),
        ({"kinds": ["cut-watches"]}, "did you mean cut-watch?"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(options, message):
    """A kind that there is not is told of before anything is drawn."""
    with pytest.raises(InvalidValue, match=message.replace("?", r"\?")):
        strategies.fault_plans(**options)
