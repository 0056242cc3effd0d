"""Telling whole resources: builds, servers, pods and containers, and the holds that follow from each other."""

import dataclasses

import pytest

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import states as resolving
from pytest_tiltsession.scenario.builder import (
    Scenario,
    active,
    after,
    container,
    failed,
    inactive,
    pod,
    ready,
    removed,
    succeeded,
    waiting,
)

from .tellings import states, step_at, told

PULL_ERROR = "failed:Pod web-1 in error state due to container web: ErrImagePull"


def manual(**options):
    """A session that never ends by itself."""
    return Scenario(exit_condition="manual", **options)


def test_a_local_resource_has_an_update_and_a_server():
    """Its server starts after its command, as the traces show: two targets, each state on its own."""
    built = manual().local("app", update="500ms", serve=True).build()

    assert [
        ("1ms", "waiting:unknown", "waiting:unknown"),
        ("2ms", "active"),
        ("502ms", "succeeded"),
        ("503ms", "active"),
    ] == told(built, "app:update", "app:serve")


@pytest.mark.parametrize(
    ("serve", "expected"),
    [
        (True, ["active"]),
        ("2s", ["unready", "active"]),
        (active(ready=False), ["unready"]),
        ([ready(for_="1s"), active(ready=False, for_="1s"), ready()], ["active", "unready", "active"]),
        ([ready(for_="1s"), failed()], ["active", "failed:Process 4243 exited with non-zero status"]),
        (failed("Process 0 exited with non-zero status"), ["failed:Process 0 exited with non-zero status"]),
    ],
    ids=["no probe", "probe passes", "never ready", "flaps", "exits", "not found"],
)
def test_a_server_goes_through_what_is_told_of_it(serve, expected):
    """With a probe or without, ready or not, ended with the error that Tilt shows of its process."""
    built = manual().local("web", serve=serve).build()

    assert ["waiting:unknown", *expected] == states(built, "web:serve")


def test_a_server_that_restarts_is_not_ready_for_a_moment():
    """A process that ended starts anew: without a start time first, then with a new number."""
    built = manual().local("web", serve=[ready(for_="1s"), failed(for_="1s"), ready(for_="1s"), failed()]).build()

    assert [
        "active",
        "failed:Process 4243 exited with non-zero status",
        "unready",
        "active",
        "failed:Process 4244 exited with non-zero status",
    ] == states(built, "web:serve")[1:]
    restarting = [step.set["web:serve"] for step in built.steps if "web:serve" in step.set][3]
    assert restarting.start_time is None


def test_what_follows_a_state_that_lasts_belongs_to_the_next_build():
    """The first build fails, and the one after the change succeeds, as do those after it."""
    update = [active(for_="3s"), failed("exit status 1"), active(for_="1s"), succeeded()]
    built = manual().local("web", update=update).change("web", at="10s").change("web", at="20s").build()

    assert [
        ("2ms", "active"),
        ("3.002s", "failed:exit status 1"),
        ("10s", "waiting:unknown"),
        ("11.001s", "succeeded"),
        ("20s", "waiting:unknown"),
        ("21.001s", "succeeded"),
    ] == told(built, "web:update")[1:]


def test_a_build_that_takes_no_time_is_not_seen_running():
    """With 0s the target goes from waiting to its end, as when Tilt batches."""
    built = manual().local("web", update="0s").build()

    assert ["waiting:unknown", "succeeded"] == states(built, "web:update")


def test_dependencies_hold_the_first_build():
    """What depends on another resource waits until that was ready once, and says so."""
    built = (
        manual()
        .local("db", serve="2s")
        .local("web", update="1s", after="db", allow_parallel=True)
        .local("late", update="1s", after=["web"], allow_parallel=True)
        .build()
    )

    assert [
        ("1ms", "waiting:waiting-for-dep"),
        ("2.003s", "waiting:unknown"),
        ("2.004s", "active"),
        ("3.004s", "succeeded"),
    ] == told(built, "web:update")
    assert "waiting:waiting-for-dep" == states(built, "late:update")[0]
    assert "4.005s" == told(built, "late:update")[-1][0]


def test_local_commands_run_one_after_the_other():
    """A serial command holds everything else; what may not run beside others waits for them."""
    built = (
        manual()
        .local("a", update="1s")
        .local("b", update="1s", allow_parallel=True)
        .local("c", update="1s", allow_parallel=True)
        .local("d", update="1s")
        .build()
    )

    assert ["waiting:unknown", "waiting:waiting-for-local", "waiting:unknown", "active"] == states(built, "c:update")[
        :4
    ]
    assert [
        "waiting:unknown",
        "waiting:waiting-for-local",
        "waiting:unknown",
        "waiting:is-unparallelizable-local",
        "waiting:unknown",
        "active",
        "succeeded",
    ] == states(built, "d:update")


def test_no_more_builds_run_at_once_than_tilt_runs():
    """Three, or what the Tiltfile says: the others wait without a reason."""
    five = manual(max_parallel_updates=2)
    for name in "abcde":
        five = five.local(name, update="1s", allow_parallel=True)

    starts = [told(five.build(), f"{name}:update")[1][0] for name in "abcde"]

    assert ["2ms", "3ms", "1.003s", "1.004s", "2.004s"] == starts


def test_images_that_are_shared_are_built_in_turn():
    """A resource waits while another one builds an image of its own."""
    built = manual().kubernetes("a", build="2s", images="base").kubernetes("b", build="1s", images=["base"]).build()

    assert ["waiting:unknown", "waiting:building-component", "waiting:unknown", "active", "succeeded"] == states(
        built, "b:update"
    )


def test_a_script_gives_the_reasons_that_follow_from_nothing_else():
    """A build that waits first shows the reason that it is given, and then runs when it may."""
    update = [waiting("reconciling", for_="2s"), after("b", started=True), active(for_="1s"), succeeded()]
    built = manual().local("a", update=update).job("b", waiting(for_="4s"), active()).build()

    assert [
        ("1ms", "waiting:unknown"),
        ("2ms", "waiting:reconciling"),
        ("2.002s", "waiting:waiting-for-dep"),
        ("4s", "waiting:unknown"),
        ("4.001s", "active"),
        ("5.001s", "succeeded"),
    ] == told(built, "a:update")


def test_each_build_waits_as_it_is_told():
    """What a build waits for first it waits for again when it is repeated."""
    update = [waiting("reconciling", for_="2s"), active(for_="1s"), succeeded()]
    built = manual().local("a", update=update).trigger("a", at="10s").build()

    assert [
        ("10s", "waiting:unknown"),
        ("10.001s", "waiting:reconciling"),
        ("12.001s", "waiting:unknown"),
        ("12.002s", "active"),
        ("13.002s", "succeeded"),
    ] == told(built, "a:update")[5:]


def test_resources_that_do_not_start_by_themselves_are_inactive():
    """Without auto_init nothing happens until a trigger; a manual one is built by nothing else."""
    built = (
        manual()
        .local("m", update="1s", trigger_mode="manual", auto_init=False)
        .local("s", update="1s", serve=True, auto_init=False)
        .trigger("m", at="3s")
        .change("m", at="6s")
        .build()
    )

    assert [
        ("0s", "inactive", "inactive", "inactive"),
        ("3s", "waiting:unknown"),
        ("3.001s", "active"),
        ("4.001s", "succeeded"),
        ("6s", "waiting:unknown"),
    ] == told(built, "m:update", "s:update", "s:serve")


def test_pods_go_through_what_is_told_of_them():
    """No pod, a pod that is created, one that runs and becomes ready: in Tilt's words."""
    pods = [
        waiting("waiting-for-pod", for_="1s"),
        waiting("ContainerCreating", for_="1s"),
        active(ready=False, for_="1s"),
        ready(),
    ]
    built = manual().kubernetes("web", build="5s", pods=pods).build()

    assert [
        ("0s", "waiting:waiting-for-pod"),
        ("6.003s", "waiting:ContainerCreating"),
        ("7.003s", "unready"),
        ("8.003s", "active"),
    ] == told(built, "web:runtime")
    shown = step_at(built, "7.003s").set["web:runtime"]
    assert 5_002_000 == shown.start_time


def test_a_tolerated_error_is_exceeded_when_its_period_is_reached():
    """The grace period counts from the deploy on the simulated clock, and its end is an instant of its own."""
    built = manual(k8s_grace_period="1m").kubernetes("web", build="5s", pods=waiting("ErrImagePull")).build()

    assert [("5.003s", f"{PULL_ERROR} (Tolerated)"), ("1m5.002s", f"{PULL_ERROR} (Exceeded)")] == told(
        built, "web:runtime"
    )[1:]


def test_without_a_grace_period_an_error_is_one_at_once():
    """There is no grace where the session has none, nor where the error is over in time."""
    plain = manual().kubernetes("web", pods=waiting("ErrImagePull")).build()
    recovers = manual(k8s_grace_period="1m").kubernetes("web", pods=[waiting("ErrImagePull", for_="9s"), ready()])

    assert PULL_ERROR == states(plain, "web:runtime")[-1]
    assert [f"{PULL_ERROR} (Tolerated)", "active"] == states(recovers.build(), "web:runtime")[1:]


def test_a_new_deploy_has_a_new_grace_period():
    """The period counts from the last deploy: a rebuild in time goes on being tolerated."""
    built = (
        manual(k8s_grace_period="1m")
        .kubernetes("web", build="1s", pods=[waiting("ErrImagePull"), ready()])
        .change("web", at="30s")
        .build()
    )

    assert [f"{PULL_ERROR} (Tolerated)", "active"] == states(built, "web:runtime")[1:]
    longer = manual(k8s_grace_period="1m").kubernetes("web", build="1s", pods=waiting("ErrImagePull"))
    assert "1m31.001s" == told(longer.change("web", at="30s").build(), "web:runtime")[-1][0]


def test_a_job_counts_when_its_pod_has_ended():
    """With pod_readiness succeeded the runtime target is a job, which is never ready."""
    pods = [active(for_="2s"), succeeded()]
    built = Scenario().kubernetes("job", pod_readiness="succeeded", pods=pods).build()

    assert session.JOB == built.targets["job:runtime"].type
    assert ["active", "succeeded"] == states(built, "job:runtime")[1:]


def test_pods_that_are_ignored_are_not_shown():
    """The runtime target goes when the resource is deployed, and comes with a pod."""
    built = manual().kubernetes("ns", pod_readiness="ignore", pods=[removed(for_="1s"), ready()]).build()

    assert ["waiting:waiting-for-pod", "removed", "active"] == [found[-1] for found in told(built, "ns:runtime")]


def test_a_pod_is_told_in_detail():
    """Containers, init containers, names and the status that follows from them."""
    pods = [
        pod("Pending", container("main", waiting="PodInitializing"), init=[container("i", exit_code=1)], for_="1s"),
        pod("Running", container("main", waiting="CrashLoopBackOff"), container("side", ready=True), for_="1s"),
        pod("Failed", container("main", exit_code=2, message="panic"), name="pod-b", for_="1s"),
        pod("Pending", job_complete=True),
    ]
    built = manual().kubernetes("web", pods=pods).build()

    assert [
        "failed:Pod web-1 in error state due to container i: Init:Error",
        "unready",
        "failed:panic",
        "active",
    ] == states(built, "web:runtime")[1:]


def test_each_deploy_has_a_pod_of_its_own():
    """Errors name the pod: numbered, or as the script names it."""
    pods = [failed(for_="1s"), failed(pod="mine", for_="1s"), removed(for_="1s"), failed()]
    built = manual().kubernetes("web", build="1s", pods=pods).change("web", at="10s").build()

    named = [text.removeprefix('failed:Pod "').removesuffix('" failed') for text in states(built, "web:runtime")]
    assert ["web-1", "mine", "waiting:waiting-for-pod", "web-3"] == named[1:5]
    assert ["web-4", "mine", "waiting:waiting-for-pod", "web-6"] == named[6:]


def test_a_compose_service_is_ready_as_soon_as_it_runs():
    """Created, running, exited with 0 or another code, or not to be run at all."""
    container_ = [
        waiting(for_="1s"),
        ready(for_="1s"),
        succeeded(for_="1s"),
        failed(exit_code=2, for_="1s"),
        inactive(for_="1s"),
        failed("no such image"),
    ]
    built = manual().compose("db", build="1s", container=container_, container_id="cid").build()

    assert [
        "waiting:unknown",
        "active",
        "failed:Container cid exited with 2",
        "inactive",
        "failed:Container cid: no such image",
    ] == states(built, "db:runtime")


def test_a_compose_service_is_never_deployed_without_a_state():
    """Its container is seen with the build, or a session would be done in between."""
    built = Scenario().compose("db", container=ready()).local("a", update="1s").build()

    assert ["waiting:unknown", "waiting:waiting-for-local", "waiting:unknown", "active"] == states(built, "db:runtime")


def test_nothing_of_a_resource_that_is_disabled_from_the_start_counts():
    """It shows that it is disabled as soon as Tilt knows."""
    built = Scenario().local("a", update="1s").local("b", update="1s", serve=True, disabled=True).build()

    assert [("1ms", "disabled", "disabled")] == told(built, "b:update", "b:serve")


def test_without_pace_tilts_own_steps_are_one_commit():
    """With a pace of 0s everything that follows at once is one step, and times are whole."""
    built = Scenario(pace="0s").local("app", update="2s", serve="3s").build()

    assert [("0s", "active", "waiting:unknown"), ("2s", "succeeded", "unready"), ("5s", "active")] == told(
        built, "app:update", "app:serve"
    )


def test_every_step_of_a_resource_is_one_that_tilt_shows():
    """The states that a script comes to resolve to targets without an objection, by the same rules as any step."""
    built = manual(k8s_grace_period="5s").kubernetes("web", pods=[waiting("ErrImagePull", for_="9s"), ready()]).build()
    before = None
    for step in built.steps:
        for name, scripted in step.set.items():
            if name == "web:runtime":
                instant = built.start + step.at
                target = resolving.resolve(scripted, built.targets[name], before, instant, built.start)
                before = target.state

    assert before == dataclasses.replace(
        session.TargetState(), active=session.TargetStateActive(built.start + 1_002_000, True, built.start + 10_003_000)
    )
