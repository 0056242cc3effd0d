"""Whole resources, moved by a test: their targets, the holds that follow, and the end of a grace period."""

import dataclasses

import pytest

from pytest_tiltsession import errors, times
from pytest_tiltsession.engine import changes, drivers, resource_declaring
from pytest_tiltsession.models import runtimes


@pytest.fixture
def declare(the_gate, the_drivers):
    """The declarations of whole resources on that gate."""
    return resource_declaring.ResourceDrivers(the_gate, the_drivers)


@pytest.fixture
def graced(the_world, spec):
    """A spec that tolerates Kubernetes errors for a minute."""
    ci = dataclasses.replace(spec.ci, k8s_grace_period=times.MINUTE)
    the_world.tilt.spec = dataclasses.replace(spec, ci=ci)


@pytest.fixture
def shown(tiltfile):
    """A function that gives what the Session shows of a target, in a word."""

    def show(name):
        state = next(target.state for target in tiltfile().status.targets if target.name == name)
        if state.waiting is not None:
            return f"waiting:{state.waiting.wait_reason}"
        if state.active is not None:
            return "ready" if state.active.ready else "active"
        if state.terminated is not None:
            grace = f" ({state.terminated.grace_status})" if state.terminated.grace_status else ""
            return f"failed:{state.terminated.error}{grace}" if state.terminated.error else "succeeded"
        return state.word

    return show


def test_a_local_resource_goes_from_its_build_to_its_server(declare, shown, the_world):
    """Each call is a commit; the server waits for the build, and is ready without a probe."""
    app = declare.local("app", serve=True)
    seen = [(shown("app:update"), shown("app:serve"))]
    for call in (app.build_started, app.build_succeeded, app.serve_started):
        call()
        seen.append((shown("app:update"), shown("app:serve")))

    assert [
        ("waiting:unknown", "waiting:unknown"),
        ("active", "waiting:unknown"),
        ("succeeded", "waiting:unknown"),
        ("succeeded", "ready"),
    ] == seen
    assert 5 == len(the_world.journal.read(0))


def test_a_server_with_a_probe_becomes_ready_loses_it_and_ends(declare, shown, tiltfile):
    """With a probe the server is not ready at first, keeps when it last was, and its end is an error."""
    web = declare.local("web", update=False, serve=True, probed=True).build_started().build_succeeded()

    seen = [shown("web:serve")]
    for call in (web.serve_started, web.serve_ready, web.serve_unready, web.serve_restarting, web.serve_ended):
        call()
        seen.append(shown("web:serve"))

    ended = "failed:Process 4243 exited with non-zero status"
    assert ["waiting:unknown", "active", "ready", "active", "active", ended] == seen
    assert "failed:Process 4244 exited with non-zero status" == (web.serve_ready().serve_ended() and shown("web:serve"))


def test_holds_follow_from_the_other_resources(declare, shown):
    """What depends on another resource, and what may not run beside it, says so without being told."""
    db = declare.local("db")
    web = declare.local("web", after="db", allow_parallel=True)
    pods = declare.kubernetes("pods")
    assert "waiting:waiting-for-dep" == shown("web:update")

    db.build_started()
    assert ("waiting:waiting-for-local",) * 2 == (shown("web:update"), shown("pods:update"))

    db.build_succeeded()
    assert ("waiting:unknown",) * 2 == (shown("web:update"), shown("pods:update"))
    pods.build_started()
    web.hold("reconciling")
    assert "waiting:reconciling" == shown("web:update")
    web.release()
    assert "waiting:unknown" == shown("web:update")


def test_one_call_is_one_commit_for_all_that_follows(declare, the_world, shown):
    """The build of one resource and the waits of the others are shown together."""
    first, _, _ = declare.local("a"), declare.local("b"), declare.local("c")
    before = len(the_world.journal.read(0))

    first.build_started()

    assert before + 1 == len(the_world.journal.read(0))
    assert "waiting:waiting-for-local" == shown("c:update")


def test_pods_are_shown_as_tilt_shows_them(declare, shown, tiltfile):
    """Pending, running, ready, failed, removed: in the words and with the errors of Tilt."""
    web = declare.kubernetes("web").build_started().build_succeeded()
    seen = [shown("web:runtime")]
    for call in (
        web.pod_pending,
        lambda: web.pod_running(ready=False),
        web.pod_running,
        lambda: web.pod_failed("panic"),
        lambda: web.new_pod("mine").pod_failed(),
        web.pod_removed,
        web.job_complete,
        web.pod_succeeded,
        lambda: web.pods(runtimes.Pod(name="own", phase="Pending", status="odd")),
    ):
        call()
        seen.append(shown("web:runtime"))

    assert [
        "waiting:waiting-for-pod",
        "waiting:ContainerCreating",
        "active",
        "ready",
        "failed:panic",
        'failed:Pod "mine" failed',
        "waiting:waiting-for-pod",
        "ready",
        "succeeded",
        "waiting:odd",
    ] == seen


def test_an_error_is_tolerated_until_its_period_is_reached(graced, declare, shown, the_world, done):
    """The end of the grace period is an instant of the clock: one microsecond before, the error is tolerated."""
    web = declare.kubernetes("web").build_started().build_succeeded()
    the_world.clock.advance("10s")
    web.pod_pending("ImagePullBackOff")
    error = "Pod web-1 in error state due to container web: ImagePullBackOff"

    the_world.clock.advance_to(59.999999)
    assert f"failed:{error} (Tolerated)" == shown("web:runtime")
    the_world.clock.advance_to(60)

    assert f"failed:{error} (Exceeded)" == shown("web:runtime")
    assert [("Tiltfile", f"exceeded grace period: {error}")] == done
    assert changes.DEADLINE == the_world.journal.read(0)[-1].cause


def test_a_pod_that_recovers_ends_its_grace(graced, declare, shown, the_world):
    """An error that is over in time, or a resource that is gone, has no end of grace any more."""
    web, off = declare.kubernetes("web").build_succeeded(), declare.kubernetes("off").build_succeeded()
    web.pod_pending("ErrImagePull")
    off.pod_pending("ErrImagePull")
    the_world.clock.advance("30s")
    web.pod_running()
    off.remove()

    the_world.clock.advance("2m")

    assert "ready" == shown("web:runtime")


def test_a_new_deploy_is_tolerated_anew(graced, declare, shown, the_world):
    """The grace period counts from the last deploy, and the pod after it is a new one."""
    web = declare.kubernetes("web").build_succeeded().pod_pending("ErrImagePull")
    the_world.clock.advance("50s")
    web.build_started().build_succeeded()
    web.pod_pending("ErrImagePull")

    the_world.clock.advance("50s")

    assert "failed:Pod web-2 in error state due to container web: ErrImagePull (Tolerated)" == shown("web:runtime")


def test_a_compose_service_shows_its_container(declare, shown):
    """Created it waits, running it is ready, exited it is ready or has failed."""
    db = declare.compose("db").build_succeeded()
    seen = []
    for call in (
        db.container_created,
        db.container_running,
        db.container_exited,
        lambda: db.container_exited(3),
        lambda: db.container_failed("no such image"),
    ):
        call()
        seen.append(shown("db:runtime"))

    assert ["waiting:unknown", "ready", "ready"] == seen[:3]
    assert seen[3].endswith(" exited with 3")
    assert seen[4].endswith(": no such image")


def test_disabling_and_enabling_follow_tilt(declare, shown):
    """A disabled resource does not count; enabled again its build is due, and its old server is still shown."""
    web = declare.local("web", serve=True).build_succeeded().serve_started()

    web.disable()
    assert ("disabled", "disabled") == (shown("web:update"), shown("web:serve"))
    web.enable()
    assert ("waiting:unknown", "ready") == (shown("web:update"), shown("web:serve"))


def test_triggers_and_changes_ask_for_builds(declare, shown):
    """A trigger is taken up when the build starts, a change when it ends (up-trigger, up-file-change-rebuild)."""
    manual = declare.local("m", auto_init=False, trigger_mode="manual")
    assert "inactive" == shown("m:update")

    manual.triggered()
    assert "waiting:unknown" == shown("m:update")
    assert "active" == (manual.build_started() and shown("m:update"))
    assert "succeeded" == (manual.build_succeeded() and shown("m:update"))
    assert "waiting:unknown" == (manual.changed("main.go") and shown("m:update"))


def test_a_trigger_keeps_its_place_until_the_next_build_starts(declare, shown):
    """What was triggered while it was built is held back by another build until it has its turn."""
    first, other = declare.local("a").build_started(), declare.local("b", auto_init=False)
    first.triggered().build_succeeded()
    assert "waiting:unknown" == shown("a:update")

    other.build_started()
    assert "waiting:waiting-for-local" == shown("a:update")
    first.build_started()
    assert "active" == shown("a:update")


def test_a_failed_build_has_its_error(declare, shown, done):
    """It ends a CI session."""
    declare.local("bad").build_started().build_failed("exit status 3")

    assert "failed:exit status 3" == shown("bad:update")
    assert [("Tiltfile", "exit status 3")] == done


def test_resources_are_part_of_a_batch(declare, the_drivers, the_world, shown):
    """Calls inside ``together`` are one commit, with those of single targets."""
    web, job = declare.local("web"), the_drivers.declare("x:update", "job", ("x",), drivers.session.INACTIVE)
    before = len(the_world.journal.read(0))

    with the_drivers.together():
        web.build_started()
        web.build_succeeded()
        job.start()

    assert before + 1 == len(the_world.journal.read(0))
    assert ("succeeded", "active") == (shown("web:update"), shown("x:update"))


def test_a_removed_resource_takes_its_targets_with_it(declare, tiltfile, the_world):
    """Its targets are gone in one commit, its driver is of no use, and its name is free again."""
    web = declare.kubernetes("web").build_succeeded()
    before = len(the_world.journal.read(0))
    web.remove()

    assert before + 1 == len(the_world.journal.read(0))
    assert ["tiltfile:update"] == [target.name for target in tiltfile().status.targets]
    with pytest.raises(errors.UnknownTarget, match="resource web was removed"):
        web.build_started()
    assert "web:update waiting" in repr(declare.kubernetes("web"))


def test_ignored_pods_have_no_target_once_deployed(declare, tiltfile):
    """With pod_readiness ignore the runtime target goes with the first deploy."""
    declare.kubernetes("ns", pod_readiness="ignore").build_started().build_succeeded()

    assert ["ns:update", "tiltfile:update"] == [target.name for target in tiltfile().status.targets]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda d: d.local("a").build_failed(""), "a failed build always has an error text"),
        (lambda d: d.local("a").build_started().build_started(), "a build is running; end it with build_succeeded"),
        (lambda d: d.local("a").enable(), "enable() follows disable()"),
        (lambda d: d.local("a").disable().build_started(), "it is disabled, and Tilt builds nothing of it"),
        (lambda d: d.local("a").serve_started(), "it has no server; declare it with local('a', serve=True)"),
        (lambda d: d.local("a", serve=True).serve_unready(), "its server does not run"),
        (lambda d: (d.local("a"), d.local("a")), "resource a is declared already"),
        (lambda d: d.local(""), "a resource has a name"),
        (lambda d: d.local("tiltfile"), "target tiltfile:update is declared already"),
    ],
)
def test_what_tilt_never_does_is_refused(declare, call, said):
    """Each refusal says why, and what to call instead."""
    with pytest.raises(errors.ImpossibleTransition) as caught:
        call(declare)

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda d: d.local("a", update=False), "it has neither update nor serve"),
        (lambda d: d.local("a", trigger_mode="hand"), "valid values are auto, manual"),
        (lambda d: d.local("a", after=[1]), "give one name as text, or several"),
        (lambda d: d.kubernetes("a", pod_readiness="maybe"), "valid values are wait, ignore, succeeded"),
        (lambda d: d.local("a", after=3), "after=3: give one name as text, or several"),
    ],
)
def test_values_that_are_none_are_refused(declare, call, said):
    """A setting that Tilt does not have is refused with those that it has."""
    with pytest.raises(errors.InvalidValue) as caught:
        call(declare)

    assert said in str(caught.value)
