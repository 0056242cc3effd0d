"""Reading scenario files: what each key means."""

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import file_format, steps

WHOLE = """\
# everything that a file may hold
version: 1
title: ci fails late
description: |
  Two lines
  of text
source: by hand
session:
  exitCondition: ci
  tiltfilePath: /src/Tiltfile
  ci: {timeout: 30m, readinessTimeout: 90s, k8sGracePeriod: 1m30s}
  pid: 7
  labels: {team: web}
  annotations: {why: "yes"}
start: 2026-01-01T00:00:00.000001Z
targets:
  migrate:update: {type: job, resources: [migrate]}
  api:serve:
  pods:runtime: {}
  odd: {type: server, resources: [one, two]}
steps:
  - at: 0s
    set:
      migrate:update: {waiting: waiting-for-dep}
      api:serve: inactive
  - at: 1.5s
    set: {migrate:update: active, odd: {active: {ready: false, startTime: 1s, lastReadyTime: null}}}
    remove: [pods:runtime]
    spec: {exitCondition: manual}
    labels: {}
    annotations: {why: else}
    reload: true
    clusterError: false
    recorded: {resourceVersion: 12, done: true, error: boom}
    note: much at once
  - {at: 2s, session: absent}
  - {at: 1m, session: present, spec: {ci: null}, set: {odd: {terminated: {error: gone, graceStatus: Tolerated}}}}
  - {at: 1m1s, set: {migrate:update: {terminated: {startTime: -1s, finishTime: 1m}}, odd: {disabled: {}}}}
expect: {outcome: failed, match: bo+m, at: 1m1s, exit_code: 1}
consumer:
  command: my-tool wait "two words"
  timeout: 5s
  env: {PORT: "8080"}
  expect: {exit_code: 3, stdout: /exit \\d/, stderr: plain (text}
"""


def step(text):
    """Give a file with one step after some lines."""
    return f"version: 1\ntargets:\n  a:update:\n  b:serve:\nsteps:\n- {text}\n"


def test_every_key_is_read():
    """One file with every key gives the scenario that it describes."""
    found = file_format.parse_scenario(WHOLE, "dir/x.tilt.yaml")

    assert (found.title, found.description, found.source) == ("ci fails late", "Two lines\nof text\n", "by hand")
    ci = session.SessionCISpec(90_000_000_000, 1_800_000_000_000, 90_000_000_000)
    assert found.spec == session.SessionSpec("/src/Tiltfile", "ci", ci)
    assert (found.pid, found.labels, found.annotations) == (7, {"team": "web"}, {"why": "yes"})
    assert (found.start, found.path) == (steps.DEFAULT_START + 1, "dir/x.tilt.yaml")
    assert list(found.targets.values()) == [
        steps.Declaration("migrate:update", "job", ("migrate",)),
        steps.Declaration("api:serve", "server", ("api",)),
        steps.Declaration("pods:runtime", "server", ("pods",)),
        steps.Declaration("odd", "server", ("one", "two")),
    ]
    assert [(step.at, step.line) for step in found.steps] == [
        (0, 22), (1_500_000, 26), (2_000_000, 36), (60_000_000, 37), (61_000_000, 38),
    ]  # fmt: skip
    assert found.steps[1] == steps.Step(
        at=1_500_000,
        set={
            "migrate:update": steps.ScriptedState("active"),
            "odd": steps.ScriptedState("active", ready=False, start_time=1_000_000, last_ready_time=None),
        },
        remove=("pods:runtime",),
        spec=session.SessionSpec("/src/Tiltfile", "manual", ci),
        labels={},
        annotations={"why": "else"},
        reload=True,
        cluster_error=False,
        recorded=steps.Recorded(True, "boom", 12),
        note="much at once",
    )
    assert found.steps[2].session == "absent"
    assert found.steps[3].spec == session.SessionSpec("/src/Tiltfile", "manual", None)
    assert found.steps[3].set == {"odd": steps.ScriptedState("terminated", error="gone", grace_status="Tolerated")}
    assert found.steps[4].set["migrate:update"] == steps.ScriptedState(
        "terminated", start_time=-1_000_000, finish_time=60_000_000
    )
    assert found.expect == steps.Expectation("failed", None, "bo+m", 61_000_000, 1)
    assert found.consumer == steps.Consumer(
        ("my-tool", "wait", "two words"),
        5_000_000_000,
        steps.ConsumerExpectation(3, r"/exit \d/", "plain (text"),
        {"PORT": "8080"},
    )
    assert (found.expect.line, found.consumer.line) == (39, 41)


def test_a_file_may_leave_almost_everything_out():
    """The version alone is a CI session with the limits that Tilt sets, from the start of 2026."""
    found = file_format.parse_scenario("version: 1")
    assert found == steps.Scenario("", steps.DEFAULT_SPEC, steps.DEFAULT_START, {}, ())


def test_a_ci_block_is_shown_as_it_is_written():
    """What a ci block leaves out is absent from the Session; without the block it holds Tilt's defaults."""
    assert file_format.parse_scenario("version: 1\nsession: {ci: {}}").spec.ci == session.SessionCISpec()
    assert file_format.parse_scenario("version: 1\nsession: {ci: null}").spec.ci is None
    assert file_format.parse_scenario("version: 1\nsession: {pid: 1}").spec == steps.DEFAULT_SPEC


def test_steps_of_one_instant_are_one():
    """Steps with equal at are merged when read, with all that they say."""
    found = file_format.parse_scenario(
        "version: 1\ntargets: {a:update: , b:serve: }\nsteps:\n"
        "- {at: 1s, set: {a:update: active}, note: one}\n"
        "- {at: 1000ms, set: {b:serve: active}, reload: true, note: two}\n"
    )
    active = steps.ScriptedState("active")
    assert found.steps == (
        steps.Step(1_000_000, {"a:update": active, "b:serve": active}, reload=True, note="one; two"),
    )


def test_anchors_repeat_values():
    """An alias stands for what its anchor holds."""
    found = file_format.parse_scenario(
        "version: 1\ntargets: {a:update: , b:update: }\nsteps:\n"
        "- {at: 1s, set: &both {a:update: active, b:update: active}}\n- {at: 2s, set: *both}\n"
    )
    assert found.steps[0].set == found.steps[1].set


def test_a_command_can_be_a_list():
    """A command given as a list is taken word for word."""
    found = file_format.parse_scenario('version: 1\nconsumer: {command: [a, "", b c]}')
    assert found.consumer == steps.Consumer(("a", "", "b c"), 60_000_000_000)


def test_the_tiltfiles_own_target_needs_no_declaration():
    """Steps may set tiltfile:update, and declaring it gives it the Tiltfile's resource."""
    assert file_format.parse_scenario(step("{at: 1s, set: {tiltfile:update: active}}")).steps
    declared = file_format.parse_scenario("version: 1\ntargets: {tiltfile:update: }").targets
    assert declared == {"tiltfile:update": steps.TILTFILE}
