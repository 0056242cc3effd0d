"""Telling what happens: start-up, reloads, people who disable and trigger, clusters and Sessions that go."""

import pytest

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario.builder import Scenario, active, after, ready, succeeded, waiting

from .tellings import at, opened, states, step_at, told

DEFAULT_CI = session.SessionCISpec(None, 1_800_000_000_000, 300_000_000_000)


def manual(**options):
    """A session that never ends by itself."""
    return Scenario(exit_condition="manual", **options)


def test_the_start_up_is_the_one_that_the_traces_show():
    """The Session without targets, initial-build, the load, then all resources, which wait for tiltfile-reload."""
    built = Scenario(start_up="full").local("job", update="1s").build()

    assert opened(built)
    assert {} == built.steps[0].set
    assert [
        ("1ms", "waiting:initial-build"),
        ("2ms", "active"),
        ("22ms", "succeeded", "waiting:tiltfile-reload"),
        ("23ms", "waiting:unknown"),
        ("24ms", "active"),
        ("1.024s", "succeeded"),
    ] == told(built, "tiltfile:update", "job:update")


def test_tilt_up_says_its_ci_settings_when_the_tiltfile_is_loaded():
    """A manual session has no ci block before, as in up-basic."""
    built = manual(start_up="full", load="1s").local("job", update="1s").build()

    assert built.spec.ci is None
    assert DEFAULT_CI == step_at(built, "1.001s").spec.ci
    assert "1.002s" == told(built, "job:update")[0][0]


def test_tilt_ci_has_the_default_settings_before_those_of_the_tiltfile():
    """What ci_settings say replaces the defaults while the Tiltfile is loaded, as in ci-flapping-ready."""
    built = Scenario(start_up="full", timeout="10m", readiness_timeout=None).local("job", update="1s").build()

    assert DEFAULT_CI == built.spec.ci
    assert session.SessionCISpec(None, 600_000_000_000, None) == step_at(built, "21ms").spec.ci


def test_single_targets_appear_with_the_load():
    """In a full start-up a bare target begins when the Tiltfile has brought it."""
    built = Scenario(start_up="full").job("a", active(for_="1s"), succeeded()).build()

    assert [("22ms", "active"), ("1.022s", "succeeded")] == told(built, "a:update")


@pytest.mark.parametrize("start_up", ["loaded", "full"])
def test_a_tiltfile_that_fails_brings_nothing(start_up):
    """Its error ends a CI session."""
    built = Scenario(start_up=start_up).tiltfile_error("boom").build()

    assert {} == built.targets
    assert "failed:boom" == states(built, "tiltfile:update")[-1]


def test_an_empty_tiltfile_is_an_error():
    """Tilt's own words for it."""
    built = Scenario().empty_tiltfile().build()

    text = "No resources found. Check out https://docs.tilt.dev/tutorial.html to get started!"
    assert [("0s", f"failed:{text}")] == told(built, "tiltfile:update")


def test_a_reload_adds_removes_and_says():
    """While the Tiltfile is loaded nothing changes; then targets come and go, and the spec is another one."""
    built = (
        manual()
        .local("a", update="1s")
        .server("b", ready())
        .reload(at="5s", takes="1s", add=Scenario().local("c", update="1s"), remove="b", timeout="1m")
        .build()
    )

    assert [("5s", "active"), ("6s", "succeeded")] == told(built, "tiltfile:update")[1:]
    assert [("6s", "removed")] == told(built, "b:serve")[1:]
    assert [("6s", "waiting:tiltfile-reload"), ("6.001s", "waiting:unknown"), ("6.002s", "active")] == told(
        built, "c:update"
    )[:3]
    assert 60_000_000_000 == step_at(built, "5.999s").spec.ci.timeout
    assert step_at(built, "6s").reload


def test_what_comes_later_is_not_there_from_the_start():
    """A target that a reload brings is not shown before; the others begin as always."""
    built = manual().job("a", active()).reload(at="5s", add=Scenario().job("c", active())).build()

    assert opened(built)
    assert {"a:update", "tiltfile:update"} == built.steps[0].set.keys()
    assert {"a:update", "c:update"} == built.targets.keys()


def test_a_reload_that_fails_changes_nothing():
    """The Tiltfile's target has the error, and the resources stay as they are."""
    built = manual().server("b", ready()).reload(at="5s", error="boom").build()

    assert [("5s", "active"), ("5.02s", "failed:boom")] == told(built, "tiltfile:update")
    assert [("0s", "active")] == told(built, "b:serve")
    assert not any(step.reload for step in built.steps)


def test_a_changed_definition_builds_again():
    """A reload that changes a resource makes its target wait and build."""
    built = manual().local("a", update="1s").reload(at="5s", changed="a").build()

    assert [("5.02s", "waiting:unknown"), ("6.021s", "succeeded")] == told(built, "a:update")[3:]


def test_a_resource_that_goes_takes_its_plans_with_it():
    """Nothing more happens to it; one of that name that comes later begins anew."""
    built = (
        manual(k8s_grace_period="1m")
        .kubernetes("web", pods=waiting("ErrImagePull"))
        .reload(at="5s", remove="web")
        .reload(at="20s", add=Scenario().kubernetes("web", build="50s", pods=ready()))
        .build()
    )

    found = told(built, "web:runtime")
    assert [("5.02s", "removed"), ("20.02s", "waiting:waiting-for-pod"), ("1m10.023s", "active")] == found[2:]


def test_disabling_stops_and_enabling_begins_anew():
    """A disabled resource's build is given up; enabled again it is built, and its old server is shown until then."""
    built = manual().local("web", update="1s", serve=True).disable("web", at="5s").enable("web", at="9s").build()

    assert [("5s", "disabled", "disabled"), ("9s", "waiting:unknown", "active"), ("9.001s", "active")] == told(
        built, "web:update", "web:serve"
    )[4:7]
    assert ["active", "active", "unready", "active"] == states(built, "web:serve")[-4:]


def test_pods_and_containers_are_gone_when_a_resource_is_enabled_again():
    """Tilt deletes what it deployed when a resource is disabled."""
    built = manual().kubernetes("web").compose("db").disable("web", "db", at="9s").enable("web", "db", at="19s").build()

    assert ["disabled", "waiting:waiting-for-pod", "active"] == states(built, "web:runtime")[-3:]
    assert ["disabled", "waiting:unknown", "active"] == states(built, "db:runtime")[-3:]


def test_a_disabled_build_makes_room_for_the_next():
    """What waited for a serial command starts when that is disabled, as in ci-exit-mid-disable."""
    built = Scenario().local("slow", update="1m").local("a", update="1s").disable("slow", at="2.5s").build()

    assert [("2.5s", "waiting:unknown"), ("2.501s", "active"), ("3.501s", "succeeded")] == told(built, "a:update")[2:]
    assert "3.501s" == at(built.steps[-1])


def test_events_come_after_other_things():
    """An event waits for a target as states do, and counts its own delay from there."""
    built = (
        manual().local("a", update="2s").server("b", ready()).disable("a", at=after("a", done="3s")).note("x", at="1s")
    ).build()

    assert [("5.002s", "disabled")] == told(built, "a:update")[3:]
    assert "x" == step_at(built, "1s").note


def test_a_cluster_that_fails_holds_and_ends():
    """Kubernetes resources wait for it and a CI session ends; a later connection lets them go on."""
    built = (
        manual().kubernetes("web", build="1s").compose("db", build="1s")
        .cluster_fails(at="0s").cluster_fails(at="0s", cluster="docker")
        .cluster_connects(at="5s").cluster_connects(at="7s", cluster="docker")
    ).build()  # fmt: skip

    assert [("1ms", "waiting:waiting-for-cluster"), ("5s", "waiting:unknown"), ("5.001s", "active")] == told(
        built, "web:update"
    )[:3]
    assert ("7s", "waiting:unknown") == told(built, "db:update")[1]
    assert [True, False] == [step.cluster_error for step in built.steps if step.cluster_error is not None]


def test_a_cluster_error_counts_only_for_enabled_kubernetes_resources():
    """Without one of them there is no error of the session's."""
    built = manual().local("a", update="1s").cluster_fails(at="0s").build()

    assert not any(step.cluster_error for step in built.steps)


def test_a_session_is_created_anew():
    """The step that does it is part of what is told."""
    built = manual().job("a", active()).session_recreated(at="5s").build()

    assert "recreated" == step_at(built, "5s").session


def test_grace_follows_what_a_reload_says():
    """A Tiltfile that takes the grace period away ends it, as in the recorded stories."""
    built = (
        manual(k8s_grace_period="10m")
        .kubernetes("web", pods=waiting("ErrImagePull"))
        .reload(at="30s", k8s_grace_period=None)
        .build()
    )

    error = "failed:Pod web-1 in error state due to container web: ErrImagePull"
    assert [("1.003s", f"{error} (Tolerated)"), ("30.019s", error)] == told(built, "web:runtime")[1:]


def test_a_trigger_while_it_builds_is_taken_up_afterwards():
    """It keeps its place in the queue, and its target waits until it has been built again."""
    built = manual().local("a", update="4s").trigger("a", at="2s").build()

    assert [
        ("2s", "waiting:unknown"),
        ("4.003s", "active"),
        ("8.003s", "succeeded"),
    ] == told(built, "a:update")[2:]


def test_a_wait_that_is_given_up_is_no_mistake():
    """A build that waited for what never comes may be disabled before."""
    update = [active(), after("b", done=True), succeeded()]
    built = manual().local("a", update=update).job("b", active()).disable("a", at="5s").build()

    assert [("5s", "disabled")] == told(built, "a:update")[2:]


def test_an_event_waits_for_what_is_over_in_a_while():
    """A delay counts from when the thing happened first, be that long ago."""
    told_so = (waiting(for_="3s"), after("a", done="10s"), ready())
    built = manual().job("a", active(for_="1s"), succeeded()).server("b", *told_so).build()

    assert [("0s", "waiting:unknown"), ("11s", "active")] == told(built, "b:serve")
