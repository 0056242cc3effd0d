"""Strategies for whole scripts that can be played: targets, resources and events of every kind."""

from hypothesis import strategies as st

from pytest_tiltsession.models import resources
from pytest_tiltsession.scenario.builder import (
    Scenario,
    active,
    after,
    disabled,
    failed,
    inactive,
    ready,
    removed,
    succeeded,
    waiting,
)

# Some come together, some do not; some are finer than Tilt's own pace.
DURATIONS = st.sampled_from(["1us", "500us", "1ms", "0.5s", "1s", "1.5s", "2s", "1m"])
REASONS = st.sampled_from(["unknown", "waiting-for-dep", "a reason: with # signs", "ja", "null"])
ERRORS = st.sampled_from(["boom", 'Command "exit 3" failed: exit status 3', "two\nlines\n", " led by a blank", "é日本"])


@st.composite
def lasting(draw, phases, last):
    """Give phases of which each lasts a while, and one that lasts for good."""
    told = [make(draw(DURATIONS)) for make in draw(st.lists(st.sampled_from(phases), max_size=4))]
    return [*told, draw(last)]


def job_states():
    phases = [
        lambda lasts: waiting(for_=lasts),
        lambda lasts: active(for_=lasts),
        lambda lasts: failed("x", for_=lasts),
        lambda lasts: succeeded(for_=lasts),
        lambda lasts: disabled(for_=lasts),
        lambda lasts: removed(for_=lasts),
    ]
    last = st.one_of(
        st.builds(waiting, REASONS), st.builds(failed, ERRORS), st.sampled_from([active(), succeeded(), inactive()])
    )
    return lasting(phases, last)


def server_states():
    phases = [
        lambda lasts: active(ready=False, for_=lasts),
        lambda lasts: ready(for_=lasts),
        lambda lasts: failed("x", grace="Tolerated", for_=lasts),
        lambda lasts: failed(started="0s", finished=None, for_=lasts),
        lambda lasts: inactive(for_=lasts),
    ]
    return lasting(phases, st.sampled_from([ready(), active(), active(ready=False), failed("x", grace="Exceeded")]))


def builds():
    phases = [[active(for_="1s"), succeeded()], [active(for_="2s"), failed("boom")], [succeeded()], [active()]]
    held = [waiting("reconciling", for_="1s"), active(for_="1s"), succeeded()]
    return st.one_of(st.just("1s"), st.just("0s"), st.sampled_from([*phases, phases[1] + phases[0], held]))


def processes():
    return lasting(
        [
            lambda lasts: active(ready=False, for_=lasts),
            lambda lasts: ready(for_=lasts),
            lambda lasts: failed(for_=lasts),
        ],
        st.sampled_from([ready(), active(ready=False), failed()]),
    )


def pods():
    phases = [
        lambda lasts: waiting("ContainerCreating", for_=lasts),
        lambda lasts: waiting("ErrImagePull", for_=lasts),
        lambda lasts: active(ready=False, for_=lasts),
        lambda lasts: failed("boom", pod="mine", for_=lasts),
        lambda lasts: removed(for_=lasts),
    ]
    return lasting(phases, st.sampled_from([active(), succeeded(), failed(), waiting("Init:Error"), removed()]))


def containers():
    phases = [
        lambda lasts: waiting(for_=lasts),
        lambda lasts: ready(for_=lasts),
        lambda lasts: failed(exit_code=2, for_=lasts),
    ]
    return lasting(phases, st.sampled_from([ready(), succeeded(), failed("no image"), inactive()]))


@st.composite
def common(draw, names):
    """Give what every resource may have; it depends on those before it."""
    return {
        "after": draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else (),
        "auto_init": draw(st.sampled_from([True, True, True, False])),
        "trigger_mode": draw(st.sampled_from(["auto", "auto", "manual"])),
        "disabled": draw(st.sampled_from([False, False, False, True])),
    }


@st.composite
def with_resources(draw, told, prefix, count):
    """Give a telling with some whole resources, and their names."""
    names = []
    for number in range(count):
        name = f"{prefix}{number}"
        given = draw(common(names))
        kind = draw(st.sampled_from(["local", "local", "kubernetes", "compose"]))
        if kind == "local":
            serve = draw(st.one_of(st.none(), processes()))
            update = draw(builds()) if serve is None else draw(st.one_of(st.none(), builds()))
            told = told.local(name, update=update, serve=serve, allow_parallel=draw(st.booleans()), **given)
        elif kind == "kubernetes":
            mode = draw(st.sampled_from([resources.WAIT, resources.IGNORE, resources.SUCCEEDED]))
            images = draw(st.sampled_from([(), ("base",)]))
            told = told.kubernetes(
                name, build=draw(builds()), pods=draw(pods()), pod_readiness=mode, images=images, **given
            )
        else:
            told = told.compose(name, build=draw(builds()), container=draw(containers()), **given)
        names.append(name)
    return told, names


@st.composite
def tellings(draw):
    """Give a scenario that can be built, of every kind of thing."""
    told = Scenario(
        draw(st.sampled_from(["", "x", "a: title"])),
        exit_condition=draw(st.sampled_from(["ci", "manual"])),
        timeout=draw(st.sampled_from([None, "10m", "3s"])),
        readiness_timeout=draw(st.sampled_from([None, "2s"])),
        k8s_grace_period=draw(st.sampled_from([None, "1s", "1m"])),
        start_up=draw(st.sampled_from(["loaded", "full"])),
        pace=draw(st.sampled_from(["1ms", "0s", "7ms"])),
        max_parallel_updates=draw(st.sampled_from([1, 3])),
        goes_on=True,
    )
    for number in range(draw(st.integers(0, 2))):
        told = told.job(f"job{number}", *draw(job_states()))
    for number in range(draw(st.integers(0, 2))):
        told = told.server(f"server{number}", *draw(server_states()))
    told, names = draw(with_resources(told, "r", draw(st.integers(0, 4))))
    told = told.job("last", after("job0", done=draw(DURATIONS)), succeeded()) if draw(_ends("job0", told)) else told
    for name in names:
        if draw(st.booleans()):
            told = told.disable(name, at=f"{4 + names.index(name)}s")
            told = told.enable(name, at=f"{14 + names.index(name)}s") if draw(st.booleans()) else told
    if draw(st.booleans()):
        added, _ = draw(with_resources(Scenario(), "new", draw(st.integers(0, 2))))
        error = draw(st.sampled_from(["", "boom"]))
        gone = draw(st.sampled_from(["", *names]))
        told = told.reload(
            at="3m",
            add=None if error else added,
            remove=() if error or not gone else gone,
            error=error,
            takes=draw(st.sampled_from(["20ms", "0s", "2s"])),
            **({} if error else {"k8s_grace_period": draw(st.sampled_from([None, "5m"]))}),
        )
    return told


def _ends(name, told):
    """Tell, at random, whether to wait for the end of a target, where it comes to one."""
    track = next((it for it in told.script.entries if it.name == f"{name}:update"), None)
    ended = track is not None and any(phase.word in ("succeeded", "failed") for phase in track.phases)
    return st.booleans() if ended else st.just(False)
