"""How much is tried here, always the same, and what a drawn scenario has to stand."""

import hypothesis

from pytest_tiltsession import Scenario, runner, settings
from pytest_tiltsession.scenario import states, steps


def few(examples):
    """Give settings that try the same few examples each time."""
    return hypothesis.settings(max_examples=examples, deadline=None, derandomize=True, database=None)


# What is shrunk: from any example, to the smallest.
SEARCH = hypothesis.settings(max_examples=60, deadline=None, derandomize=True, database=None)


def stand(told):
    """Build a scenario, write and read it, and play it out in a fake, judged and verbatim; give its absolute form."""
    built = told.build()
    read = Scenario.parse(told.to_yaml())
    assert told == read
    assert built == read.build()
    for verbatim in (False, True):
        with runner.playing(settings.Settings(scenario=told, verbatim=verbatim)) as run:
            if verbatim:
                run.play_out()  # its deadlines bring nothing, and so no verdict that is expected
            else:
                run.play()
            assert run.fake.problems() == []
    return built


def naive_outcome(scenario):
    """Say how a session ends, looking at everything at each instant at which something can come about."""
    for at, spec, cluster_error, targets in _instants(scenario):
        failed = cluster_error or any(_error(it) and it.state.terminated.grace_status != "Tolerated" for it in targets)
        if failed:
            return "failed"
        if len(targets) > 1 and all(map(_is_good, targets)):
            return "succeeded"
        limits = [(scenario.start, spec.ci and spec.ci.timeout)]
        for target in targets:
            active = target.state.active
            if active and not active.ready and target.type == "server":
                limits.append((active.last_ready_time or active.start_time, spec.ci and spec.ci.readiness_timeout))
        if any(
            since is not None and limit and at - (since - scenario.start) > limit / 1_000 for since, limit in limits
        ):
            return "failed"
    return "running"


def _instants(scenario):
    """Give each instant that counts up to the last step, or beyond it where a failure or a good end is expected."""
    base, ends = scenario.start, scenario.expect is not None and scenario.expect.outcome != "running"
    spec, cluster_error, present, shown = scenario.spec, False, not scenario.tells_start_up, {}
    everything = list(scenario.steps)
    if present:
        opening = {name: steps.ScriptedState("waiting") for name in scenario.targets}
        everything.insert(0, steps.Step(0, {**opening, "tiltfile:update": steps.ScriptedState("terminated")}))
    for index, step in enumerate(everything):
        spec = step.spec or spec
        cluster_error = cluster_error if step.cluster_error is None else step.cluster_error
        present = (present or step.reload or step.session in ("present", "recreated")) and step.session != "absent"
        for name, state in step.set.items():
            before = shown[name].state if name in shown else None
            shown[name] = states.resolve(state, scenario.declaration(name), before, base + step.at, base)
        for name in step.remove:
            del shown[name]
        following = everything[index + 1].at if index + 1 < len(everything) else None
        if not present or spec.exit_condition != "ci":
            continue
        yield step.at, spec, cluster_error, tuple(shown.values())
        # The last moment before what comes next brings to light what has passed since.
        if following is not None or ends:
            later = following if following is not None else 10**12
            yield later, spec, cluster_error, tuple(shown.values())


def _error(target):
    return target.state.terminated and target.state.terminated.error


def _is_good(target):
    state = target.state
    return not (state.waiting or (state.active and not state.active.ready) or _error(target))
