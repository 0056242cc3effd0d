"""Large scenarios cost what is in them, and not its square; counted, since a clock would measure the machine."""

import tracemalloc

import pytest

from pytest_tiltsession.rules import exit_conditions, holds, targets
from pytest_tiltsession.scenario.builder import Scenario, active, succeeded, waiting
from pytest_tiltsession.scenario.relative import reading, relating


def tracks(count, states):
    """Give a session with so many targets, each with so many states."""
    told = Scenario(exit_condition="manual")
    for number in range(count):
        lasts = 1 + number / 997
        phases = (active(for_=lasts), waiting(for_=0.5)) * (states // 2)
        told = told.job(f"t{number}", *phases, succeeded())
    return told


def local(count):
    """Give a session with so many resources, which may be built beside each other."""
    told = Scenario()
    for number in range(count):
        told = told.local(f"r{number}", update="1s", allow_parallel=True)
    return told


def counted(monkeypatch, module, name, weight):
    """Count what a rule is asked, by weight."""
    asked = []
    rule = getattr(module, name)

    def counting(*args, **kwargs):
        asked.append(weight(*args))
        return rule(*args, **kwargs)

    monkeypatch.setattr(module, name, counting)
    return asked


def test_a_thousand_targets_are_told_built_written_read_and_related():
    """A scenario of many targets and steps comes through every form."""
    told = tracks(1_000, 10)

    built = told.build()

    assert 11_000 == sum(len(step.set) for step in built.steps)
    assert told.script == reading.parse_script(told.to_yaml())
    assert 1_000 == len(relating.relate(built).entries)


def test_the_memory_of_a_build_grows_with_its_steps():
    """Four times the states take no more than five times the memory."""
    peaks = []
    for states in (20, 80):
        told = tracks(50, states)
        tracemalloc.start()
        told.build()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 5 * peaks[0]


@pytest.mark.parametrize(
    ("module", "name", "weight"),
    [
        (holds, "schedule", lambda state: len(state.resources)),
        (targets, "targets_of", lambda _resource: 1),
        (exit_conditions, "judge", lambda _spec, found, *_rest: len(found)),
    ],
)
def test_the_rules_are_asked_in_proportion(monkeypatch, module, name, weight):
    """Twice the resources ask each rule about no more than twice as much: scheduler, conversion, verdict."""
    sums = []
    for count in (60, 120):
        with monkeypatch.context() as patch:
            asked = counted(patch, module, name, weight)
            local(count).build()
            sums.append(sum(asked))

    assert sums[1] <= 2.2 * sums[0]


def test_a_long_telling_is_gathered_once():
    """Adding to a scenario does not copy what was told before."""
    told = Scenario(exit_condition="manual").target("a", "job")
    for number in range(3_000):
        told = told.step(number, {"a": active() if number % 2 else waiting()})

    assert 3_000 == len(told.build().steps)
