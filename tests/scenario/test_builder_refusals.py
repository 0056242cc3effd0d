"""What no script may tell is refused when it is built, with what to write instead."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.scenario.builder import (
    Scenario,
    active,
    after,
    container,
    disabled,
    failed,
    inactive,
    pod,
    ready,
    removed,
    succeeded,
    waiting,
)


def refused(scenario):
    """Give what is said of a scenario that cannot be played, or of telling it."""
    with pytest.raises(errors.InvalidScenario) as caught:
        (scenario() if callable(scenario) else scenario).build()
    return str(caught.value)


S = Scenario()
LOCAL = S.local("web", update="1s", serve=True)


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (S.job("a", ready()), "a:update is a job, and a running job is never ready"),
        (S.server("a", succeeded()), "a:serve is a server, and a server that ends is always an error"),
        (S.job("a", failed()), "a job that fails always has an error text"),
        (S.job("a", failed("x", exit_code=1)), "shows no exit code"),
        (S.job("a", pod()), "a bare target has no pod"),
        (S.job("a"), "a:update shows nothing"),
        (S.job("a", active(), succeeded()), "succeeded follows active, which has no end"),
        (S.job("a", active(for_="1s")), "nothing follows active"),
        (S.job("a", active(), after("a")), "ends with a wait"),
        (S.local("web"), "neither update nor serve"),
        (S.local("web", update=ready()), "a build is never ready"),
        (S.local("web", update=[active(for_="1s"), failed()]), "a build that fails always has an error text"),
        (S.local("web", update=disabled()), "a build is never disabled"),
        (S.local("web", update=[active(for_="1s"), waiting(for_="1s"), succeeded()]), "it waits after it has started"),
        (S.local("web", update=[succeeded(for_="1s"), active()]), "a build that has ended stays so"),
        (S.local("web", update=waiting()), "a build that only waits"),
        (S.local("web", serve=succeeded()), "a server that ends is always an error"),
        (S.local("web", serve=failed("boom")), "Tilt says nothing of an ended process but its number"),
        (S.local("web", serve=waiting("x")), "why a server waits follows from its build"),
        (S.local("web", serve=inactive()), "a process is never inactive"),
        (S.local("web", serve=active(started="1s")), "follow from what happens to it"),
        (S.kubernetes("web", pods=disabled()), "a pod is never disabled"),
        (S.kubernetes("web", pods=ready(), pod_readiness="succeeded"), "never ready; write active, and then succeeded"),
        (S.kubernetes("web", pods=failed(exit_code=1)), "give an exit code to a container"),
        (S.compose("db", container=active(ready=False)), "counts as ready as soon as it runs"),
        (S.compose("db", container=pod()), "a Compose container is never pod"),
        (S.compose("db", container=failed("x", exit_code=1)), "an error text or an exit code, not both"),
    ],
)
def test_states_that_tilt_never_shows(scenario, said):
    """A state that a target, build, process, pod or container never has is refused by what it is."""
    assert said in refused(scenario)


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (S.job("a", after("b"), active()), "after b: there is no such target or resource"),
        (S.job("apple", active()).job("b", after("aple"), active()), "did you mean apple?"),
        (S.local("a", update=True, after="b"), "a depends on b, which is no resource of this scenario"),
        (
            S.local("db", update="1s").local("a", update="1s", after="bd"),
            "a depends on bd, which is no resource of this scenario; did you mean db?",
        ),
        (
            S.local("db", update="1s").local("api", update="1s", after="xyz"),
            "api depends on xyz, which is no resource of this scenario; there is db",
        ),
        (S.job("b", active()).local("a", update=True, after="b"), "a depends on b, which is a bare target"),
        (LOCAL.disable("wep", at="1s"), "disable wep: there is no such resource in this scenario; did you mean web?"),
        (S.job("a", active()).trigger("a:update", at="1s"), "it is a bare target, which is told state by state"),
        (LOCAL.reload(at="1s", remove="x"), "remove x: there is no such resource"),
        (S.step("1s", {"x:update": active()}), "target x:update is not declared"),
        (
            S.job("a", active()).reload(at="5s", add=LOCAL).disable("web", at="1s"),
            "at 1s: there is no resource web: it comes with a later load",
        ),
        (
            LOCAL.job("x", active()).reload(at="5s", remove="web").disable("web", at="9s"),
            "there is no resource web: it comes with a later load of the Tiltfile, or has gone with an earlier",
        ),
    ],
)
def test_names_that_are_not_there(scenario, said):
    """A target or resource is named before it is declared, or when it is not there: the nearest one is offered."""
    assert said in refused(scenario)


@pytest.mark.parametrize(
    ("tell", "said"),
    [
        (lambda: S.job("a", active(for_="-1s"), succeeded()), "'-1s' is negative"),
        (lambda: S.job("a", active(for_=0), succeeded()), "a state that lasts no time is never seen"),
        (lambda: S.job("a", after("b", done="-1s"), succeeded()), "negative"),
        (lambda: LOCAL.disable("web", at="-1s"), "negative"),
        (lambda: Scenario(pace="-1ms"), "pace: '-1ms' is negative"),
        (lambda: S.local("a", update="-3s"), "a: update: '-3s' is negative"),
        (lambda: S.job("a", active(for_="1ns"), succeeded()), "finer than a microsecond"),
        (lambda: S.job("a", active(for_="soon"), succeeded()), "'soon' is not a duration"),
        (lambda: S.job("a", active()).step("2s", note="x").step("1s", note="y"), "stands after a step at 2s"),
        (lambda: Scenario(start="yesterday"), "start: 'yesterday' is not an RFC 3339 time"),
        (lambda: S.target("a", "job").step("1s", {"a": active(for_="1s")}), "a state in a step lasts until the next"),
    ],
)
def test_time_that_is_no_time(tell, said):
    """Negative, empty and unreadable durations, and steps that run back in time."""
    assert said in refused(tell)


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (S.job("a", active()).job("a", succeeded()), "a:update is declared twice"),
        (LOCAL.server("web", ready()), "web:serve is declared twice"),
        (S.target("web:serve", "server").local("web", serve=True), "web:serve is declared twice"),
        (
            S.job("x:y", active()).reload(at="1s", remove="x:y", add=S.server("x:y", ready())),
            "x:y is a server here and was none before",
        ),
        (LOCAL.job("z", active()).reload(at="1s", add=S.local("web", update=True)), "web:update is there already"),
        (
            S.target("a", "job").step("1s", {"a": active()}).step("1s", {"a": succeeded()}),
            "given twice in this instant",
        ),
        (LOCAL.disable("web", at="1s").enable("web", at="1s"), "disable and enable web at 1s"),
        (LOCAL.disable("web", at="1s").disable("web", at="1s"), "disable and disable web at 1s"),
        (LOCAL.reload(at="1s", error="x").reload(at="1s", error="y"), "loaded twice at 1s"),
        (LOCAL.reload(at="1s", error="x", remove="web"), "leaves everything as it was"),
        (LOCAL.tiltfile_error("x"), "the Tiltfile fails to load, so web never comes"),
        (Scenario(start_up="full").job("a", active()).step("0s", session="present"), "the start-up is told twice"),
        (S.job("tiltfile:update", active()).reload(at="1s", error="x"), "which this scenario shows by itself"),
        (S.cluster_fails(at="1s", cluster="prod"), "cluster 'prod': Tilt connects to default and docker"),
        (LOCAL.enable("web", at="10us"), "enable web: it is not disabled"),
        (S.local("a", update="1m").local("b", update="1s", disabled=True).trigger("b", at="9s"), "it is disabled"),
        (Scenario(max_parallel_updates=0).job("a", active()), "max_parallel_updates is 0"),
    ],
)
def test_things_that_contradict_each_other(scenario, said):
    """Two things of which only one would ever be seen."""
    assert said in refused(scenario)


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (
            S.local("a", update=True, after="b").local("b", update=True, after="a"),
            "cycle detected in resource dependency graph: a -> b -> a",
        ),
        (
            S.local("x", update=True, after="y").local("y", update=True, after="z").local("z", update=True, after="y"),
            "cycle detected in resource dependency graph: y -> z -> y",
        ),
        (S.job("a", after("b"), active()).job("b", after("a"), active()), "after b: b:update never succeeds"),
        (S.job("a", after("a"), active()), "after a: a:update never succeeds"),
        (S.server("b", active(ready=False)).job("a", after("b"), active()), "after b: b:serve never becomes ready"),
        (S.job("b", active()).job("a", after("b", done=True), active()), "after b: b:update never ends"),
        (S.job("b", waiting()).job("a", after("b", started=True), active()), "after b: b:update never starts"),
        (S.job("b", active()).job("a", after("b", failed=True), active()), "after b: b:update never fails"),
        (S.job("b", active()).job("a", after("b", ready=True), active()), "b:update is a job, which is never ready"),
        (S.server("b", ready()).job("a", after("b", succeeded=True), active()), "is a server, which never succeeds"),
        (S.job("b", active()).local("a", update=True).disable("a", at=after("b", done=True)), "b:update never ends"),
        (
            S.job("a", active(for_="1s"), succeeded()).note("x", at="9s"),
            "the session succeeds at 1s, and tilt ci exits",
        ),
        (S.job("a", failed("x")).step("9s", note="y"), "the session fails (x) at 0s, and tilt ci exits"),
    ],
)
def test_things_that_never_come_about(scenario, said):
    """Dependencies that go round, waits for what never happens, and events when tilt ci has exited."""
    assert said in refused(scenario)


def test_a_dependency_that_is_never_ready_is_no_mistake():
    """Tilt waits for it as well, until its timeout."""
    built = Scenario().local("web", serve=active(ready=False)).local("dep", update=True, after="web").build()

    assert built.steps[-1].set


@pytest.mark.parametrize(
    ("tell", "said"),
    [
        (lambda: S.job("a", active), "write active(), such as"),
        (lambda: S.job("a", "active"), "'active' is no state"),
        (lambda: S.job("", active()), "a target is named by its resource"),
        (lambda: S.local("(Tiltfile)", update=True), "is the Tiltfile's own resource"),
        (lambda: S.local("a", update=True, trigger_mode="handy"), "trigger_mode='handy'"),
        (lambda: S.kubernetes("a", pod_readiness="succeded"), "did you mean succeeded?"),
        (lambda: Scenario(exit_condition="maual"), "did you mean manual?"),
        (lambda: Scenario(start_up="fully"), "did you mean full?"),
        (lambda: Scenario(timeout="soon"), "timeout: 'soon' is not a duration"),
        (lambda: Scenario(tiltfile_path=""), "a Tiltfile has a path"),
        (lambda: waiting(""), "give a text"),
        (lambda: failed("x", grace="Maybe"), "a grace status is Tolerated or Exceeded"),
        (lambda: failed(exit_code=0), "exits with another code than 0"),
        (lambda: pod("Runing"), "did you mean Running?"),
        (lambda: container(waiting="x", exit_code=1), "it is waiting or terminated"),
        (lambda: container(exit_code=1, ready=True), "only a running container is ready"),
        (lambda: container(reason="x"), "a reason belongs to an exit_code"),
        (lambda: after("a", done=True, ready="1s"), "wait for ready or done, not for both"),
        (lambda: S.expect("won"), "outcome='won'"),
        (lambda: S.expect("succeeded", error="x"), "only outcome: failed has one"),
        (lambda: S.target("a", "jobb"), "did you mean job?"),
        (lambda: S.target("a", "job").step("1s", {"a": removed()}), "removed is no state of a target"),
        (lambda: S.step("1s", session="gone"), "session='gone'"),
        (lambda: LOCAL.reload(at="1s", add=S.note("x", at="1s")), "tell what happens to them outside of it"),
        (lambda: S.tiltfile_error(""), "an error of the Tiltfile has a text"),
    ],
)
def test_values_that_are_none(tell, said):
    """A value that is none of its kind is refused where it is given, with the nearest one."""
    assert said in refused(tell)


def test_every_mistake_is_told_at_once():
    """All that is wrong with a script is one error, a line for each."""
    text = refused(S.job("a", ready(for_="1s")).local("b", update=disabled()).disable("c", at="1s"))

    assert 3 == len(text.splitlines())


@pytest.mark.parametrize("what", ["labels", "annotations"])
def test_what_no_session_is_labelled_with(what):
    """Kubernetes' rules hold for the header as they do for steps."""
    assert f'metadata.{what}: Invalid value: "a b": ' in refused(Scenario(**{what: {"a b": "c"}}))
    assert "metadata" not in refused(Scenario(**{what: {"a.b/c-d": "e"}}).job("x"))
