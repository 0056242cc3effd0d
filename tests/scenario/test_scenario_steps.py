"""Steps that cannot be played are refused when the file is read, each with its line."""

import pytest

from pytest_tiltsession import Scenario, errors
from pytest_tiltsession.scenario import file_format, showing


def refused(text):
    """Give what is said of a bad file."""
    with pytest.raises(errors.InvalidScenario) as caught:
        file_format.parse_scenario(text, "x.tilt.yaml")
    return str(caught.value)


def step(text):
    """Give a file with one step after some lines."""
    return f"version: 1\ntargets:\n  a:update:\n  b:serve:\nsteps:\n- {text}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{set: {a:update: active}}", "x.tilt.yaml:6: a step needs at: write when, such as at: 2s"),
        ("{at: 90}", "at is '90', which YAML reads as a number; a duration has a unit: write 90s for seconds"),
        ("{at: 1:00:05}", "which YAML reads as a number; write 1h0m5s"),
        ("{at: -1s}", "at is '-1s'; offsets count from the session's start; write 0s or more"),
        ("{at: 1.5us, note: x}", "at is '1.5us'; no time is finer than a microsecond"),
        ("{at: 99999999999h}", "at is '99999999999h'; write a duration as Go does"),
        ("{at: 80000000h}", "write a duration as Go does"),
        ("{at: 1s, sett: {}}", "'sett' is no key of a step; did you mean set?"),
        ("{at: 1s, set: }", "set is nothing; write a mapping from each target to what it is"),
        ("{at: 1s, set: {c:update: active}}", "target c:update is not declared; did you mean a:update?"),
        (
            "{at: 1s, set: {zzz: active}}",
            "target zzz is not declared; declare it under targets, such as zzz: {type: job}",
        ),
        ("{at: 1s, remove: [zzz]}", "target zzz is not declared"),
        ("{at: 1s, remove: [a:update, a:update]}", "a:update is given twice in this instant"),
        ("{at: 1s, set: {a:update: active}, remove: [a:update]}", "a:update is given twice in this instant"),
        (
            "{at: 1s, set: {a:update: activ}}",
            "set.a:update is 'activ', which is no state of Tilt's; did you mean active?",
        ),
        ("{at: 1s, set: {b:serve: redy}}", "write active, or {active: {ready: true}}"),
        ("{at: 1s, set: {a:update: suceeded}}", "write terminated: without an error, a job has succeeded"),
        ("{at: 1s, set: {a:update: sucessful}}", "write terminated: without an error, a job has succeeded"),
        ("{at: 1s, set: {a:update: zzz}}", "no state of Tilt's; there is waiting, active, terminated, disabled, in"),
        ("{at: 1s, set: {b:serve: ready}}", "write active, or {active: {ready: true}}"),
        ("{at: 1s, set: {a:update: {failed: boom}}}", "write {terminated: {error: exit status 1}}"),
        ("{at: 1s, set: {a:update: succeeded}}", "write terminated: without an error, a job has succeeded"),
        ("{at: 1s, set: {a:update: }}", "set.a:update is nothing; write a state: waiting, active"),
        ("{at: 1s, set: {a:update: {}}}", "has no state at once; a target has one state"),
        ("{at: 1s, set: {a:update: {active: , waiting: x}}}", "has active and waiting at once"),
        ("{at: 1s, set: {a:update: {waiting: {waitReason: x}}}}", "write a reason, such as {waiting: waiting-for-dep}"),
        ("{at: 1s, set: {b:serve: {active: {ready: yes}}}}", "ready is 'yes', which YAML reads as true or false"),
        ("{at: 1s, set: {a:update: {active: {started: 1s}}}}", "'started' is no key of an active state; did you mean"),
        ("{at: 1s, set: {a:update: {terminated: {finishTime: 1}}}}", "write 1s for seconds, or null where Tilt shows"),
        ("{at: 1s, set: {a:update: {active: {startTime: }}}}", "startTime is nothing; write a duration"),
        ("{at: 1s, set: {a:update: {active: {ready: true}}}}", "a:update is a job, and a running job is never ready"),
        ("{at: 1s, set: {b:serve: terminated}}", "write {terminated: {error: Process 42 exited with non-zero status}}"),
        ("{at: 1s, set: {b:serve: {active: {startTime: null}}}}", "b:serve: active without a start time"),
        ("{at: 5s, set: {a:update: {terminated: {startTime: 4s, finishTime: 3s}}}}", "before its start at"),
        ("{at: 5s, set: {a:update: {terminated: {graceStatus: Exceeded}}}}", "only beside an error"),
        (
            "{at: 5s, set: {a:update: {terminated: {graceStatus: Forgiven}}}}",
            "graceStatus is 'Forgiven'; write Tolerated",
        ),
        ("{at: 5s, set: {a:update: {disabled: {by: me}}}}", "'by' is no key of this state; there is none"),
        (
            "{at: 1s, set: {a:update: {active: {startTime: 5s}}}}",
            "its startTime is 5s, and Tilt never shows a time",
        ),
        (
            "{at: 1s, set: {a:update: {terminated: {finishTime: 1001ms}}}}",
            "finishTime is 1.001s, and Tilt never shows a time that is still to come; give an offset of at most 1s",
        ),
        ("{at: 1s, set: {b:serve: {active: {lastReadyTime: 2s}}}}", "its lastReadyTime is 2s"),
        ("{at: 1s, set: {b:serve: {active: {lastReadyTime: 2s}}}, recorded: {}}", None),
        ("{at: 1s, set: {a:update: {waiting: waiting-for-deps}}}", "Tilt has no wait reason 'waiting-for-deps'; did"),
        ("{at: 1s, set: {a:update: {waiting: waiting_for_local}}}", "did you mean waiting-for-local?"),
        ("{at: 1s, set: {a:update: {waiting: ContainerCreating}}}", None),
        ("{at: 1s, set: {a:update: {waiting: waiting-for-deps}}, recorded: {}}", None),
        ("{at: 1s, labels: {-a: b}}", 'metadata.labels: Invalid value: "-a": name part must consist of'),
        ("{at: 1s, labels: {a: b c}}", 'metadata.labels: Invalid value: "b c": a valid label must be'),
        ("{at: 1s, annotations: {a b: c}}", 'metadata.annotations: Invalid value: "a b"'),
        ("{at: 2562047h}", None),
        ("{at: 5s, set: {a:update: {active: {startTime: -2562047h}}}}", None),
        ("{at: 5s, session: gone}", "session is 'gone'; write present or absent or recreated"),
        ("{at: 5s, reload: on}", "reload is 'on', which YAML reads as true or false; write true or false"),
        ("{at: 5s, recorded: {resourceVersion: '7'}}", "resourceVersion is '7'; write a whole number from 1"),
        ("{at: 5s, spec: {ci: {timeout: }}}", "timeout is nothing; write a duration"),
    ],
)
def test_steps_that_cannot_be_played_are_refused(text, told):
    """Each impossible step is refused when the file is read, with its line."""
    if told is None:
        assert file_format.parse_scenario(step(text)).steps
        return
    found = refused(step(text))
    assert found.startswith("x.tilt.yaml:6: ")
    assert told in found


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (
            "{at: 1s, note: x}",
            "the step at 1s: it stands after a step at 2s (line 6); steps stand in the order of time",
        ),
        ("{at: 2000ms, set: {a:update: disabled}}", "the step at 2s: a:update is given twice in this instant"),
        ("{at: 2s, remove: [a:update]}", "a:update is given twice in this instant"),
        ("{at: 2s, set: {b:serve: active}}", "b:serve is given twice in this instant"),
        ("{at: 2s, session: absent}", "session is given twice in this instant"),
        ("{at: 2s, clusterError: false}", "clusterError is given twice in this instant"),
        ("{at: 2s, spec: {}}", "spec is given twice in this instant"),
        ("{at: 3s, remove: [b:serve]}", "b:serve is to be removed and is not shown at this time; set it first"),
    ],
)
def test_steps_are_held_against_the_ones_before(second, told):
    """Time that runs backwards, and one thing said twice in one instant, are refused at the second step."""
    first = "{at: 2s, set: {a:update: active}, remove: [b:serve], session: recreated, clusterError: true, spec: {}}"
    found = refused(step(f"{first}\n- {second}"))
    assert found.startswith("x.tilt.yaml:7: ")
    assert told in found


def test_a_step_beyond_all_time_is_refused():
    """A start so late that a step's time could not be written is told at the step."""
    text = "version: 1\nstart: 9999-12-31T23:59:59Z\nsteps: [{at: 1s}]"
    assert "x.tilt.yaml:3: its time lies beyond the year 9999" in refused(text)


def test_a_recorded_state_is_a_fact():
    """What a recording saw is not refused, however strange, since a Tilt did show it."""
    text = step("{at: 1s, set: {b:serve: terminated}, recorded: {resourceVersion: 3}}")
    assert file_format.parse_scenario(text).steps


def test_all_mistakes_of_a_file_are_told_together():
    """Several mistakes are told at once, each with its line, in the order of lines."""
    found = refused("version: 1\ntitel: x\nsteps:\n- {at: 1}\n- {at: 1s, set: {zz: active}}\nexpect: {outcome: bad}\n")
    assert [line.split(" ")[0] for line in found.splitlines()] == [
        "x.tilt.yaml:2:", "x.tilt.yaml:4:", "x.tilt.yaml:5:", "x.tilt.yaml:6:",
    ]  # fmt: skip


def test_a_thousand_mistakes_are_cut_short():
    """Reading stops when nobody would read on."""
    found = refused("version: 1\nsteps:\n" + "- {at: 1}\n" * 1000)
    assert found.endswith("… and reading stopped here")
    assert len(found.splitlines()) < 30


def test_a_target_can_be_removed_that_no_step_has_shown():
    """The opening shows every declared target, so the first step that speaks of one may take it away."""
    told = Scenario.parse(
        "version: 1\n"
        "targets: {a:update: {type: job}, b:update: {type: job}}\n"
        "steps:\n"
        "  - {at: 1s, remove: [b:update]}\n"
        "  - {at: 2s, set: {a:update: terminated}}\n"
    )

    assert [("b:update",), ()] == [step.remove for step in told.build().steps]
    assert showing.show(told.build()).done
