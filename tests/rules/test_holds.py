"""The scheduler's holds and its next build, pinned to what Tilt's own scheduler decided in the stories."""

import pytest

from pytest_tiltsession.models import resources, runtimes
from pytest_tiltsession.rules import holds

CONNECTED = {"default": resources.Cluster(arch="amd64"), "docker": resources.Cluster(arch="amd64")}
RUNNING = resources.Builds(current=(resources.Build(start=1),))
ENDED = resources.Builds(history=(resources.Build(start=1, finish=2),))

NOTHING_BUILT = resources.Builds()


def k8s(name, builds=NOTHING_BUILT, images=()):
    """Give a Kubernetes resource."""
    return resources.Resource(
        name=name, kind=resources.K8S, runtime=runtimes.K8sRuntime(), builds=builds, images=images
    )


def scheduled(*found, queue=(), now=10_000_000_000):
    """Schedule resources whose clusters are connected."""
    state = resources.EngineState(resources=found, clusters=CONNECTED, trigger_queue=queue)
    return holds.schedule(state, machine_now=now)


def test_every_step_of_the_stories_has_the_recorded_holds_and_next_build(stories, machine_now):
    """From the engine's state alone follow all holds and the resource to build next."""
    wrong = []
    for step in (step for story in stories for step in story):
        found = holds.schedule(step.state, machine_now=machine_now)
        expected = holds.Schedule(step.raw["holds"], step.raw["next_to_build"])
        if found != expected:
            wrong.append(f"{step.label}\n  expected {expected}\n  found    {found}")

    assert not wrong, "\n".join(wrong)


def test_uncategorized_yaml_is_built_before_other_kubernetes_resources_and_holds_them():
    """Uncategorized YAML may hold namespaces, so that it goes first and alone among Kubernetes resources."""
    web = resources.Resource(name="web", kind=resources.COMPOSE)

    before = scheduled(k8s("fe"), k8s("uncategorized"), web)
    during = scheduled(k8s("fe"), k8s("uncategorized", RUNNING), web)

    assert before == holds.Schedule({}, "uncategorized")
    assert during == holds.Schedule({"fe": "waiting-for-uncategorized"}, "web")


@pytest.mark.parametrize(
    ("built", "reason"),
    [pytest.param(False, {"fe": "building-component"}, id="fresh"), pytest.param(True, {}, id="reused")],
)
def test_an_image_that_is_being_built_for_another_resource_holds(built, reason):
    """A resource waits while an image that it needs is being built, unless there is a result to use again."""
    image = (resources.Image(name="base", built=built),)

    found = scheduled(k8s("fe", images=image), k8s("db", RUNNING, images=image))

    assert found.holds == reason


def test_kubernetes_resources_without_images_are_deployed_first():
    """First builds are ordered: local, uncategorized, Kubernetes without images, then the order of the Tiltfile."""
    image = (resources.Image(name="base"),)

    assert scheduled(k8s("fe", images=image), k8s("db")).next_to_build == "db"
    assert scheduled(k8s("fe", images=image), k8s("be", images=image)).next_to_build == "fe"


def test_what_was_triggered_is_built_before_what_changed_and_then_the_earliest_change():
    """After the first builds the trigger queue counts, then the time of the change, then the Tiltfile's order."""
    late = k8s("late", resources.Builds(history=ENDED.history, manifest_change=4))
    early = k8s("early", resources.Builds(history=ENDED.history, manifest_change=3))
    asked = k8s("asked", resources.Builds(history=ENDED.history, trigger_reason=resources.BuildReason.TRIGGER_WEB))

    assert scheduled(late, early, asked, queue=("gone", "asked")).next_to_build == "asked"
    assert scheduled(late, early).next_to_build == "early"


def test_a_triggered_resource_is_held_like_any_other():
    """A place in the trigger queue does not let a resource pass what holds it."""
    asked = k8s("asked", resources.Builds(history=ENDED.history, trigger_reason=resources.BuildReason.TRIGGER_CLI))
    state = resources.EngineState(resources=(asked,), trigger_queue=("asked",))

    assert holds.schedule(state, machine_now=0) == holds.Schedule({"asked": "waiting-for-cluster"}, "")


def test_a_manual_resource_is_not_built_for_a_change_but_when_it_is_asked_for():
    """A change of a manual resource neither holds nor builds it; a trigger does."""
    changed = resources.Builds(history=ENDED.history, manifest_change=3)
    manual = resources.Resource(name="m", kind=resources.K8S, builds=changed, trigger_mode=resources.TriggerMode.MANUAL)
    unconnected = resources.EngineState(resources=(manual,))

    assert scheduled(manual) == holds.Schedule({}, "")
    assert holds.schedule(unconnected, machine_now=9_000) == holds.Schedule({}, "")
    assert scheduled(manual, queue=("m",)) == holds.Schedule({}, "m")


def test_a_resource_is_not_held_while_its_build_runs():
    """Neither a Tiltfile that waits to be loaded nor a serial local build holds what is being built already."""
    again = resources.Builds(current=RUNNING.current, manifest_change=3)
    tiltfile = resources.Resource(name="(Tiltfile)", kind=resources.TILTFILE, builds=again)
    serial = resources.Resource(name="l", kind=resources.LOCAL, builds=again)

    state = resources.EngineState(tiltfile=tiltfile, resources=(k8s("fe", again), k8s("db")))
    assert holds.schedule(state, machine_now=9_000) == holds.Schedule({"db": "tiltfile-reload"}, "")
    assert scheduled(serial, k8s("fe", again), k8s("db")) == holds.Schedule({"db": "waiting-for-local"}, "")
