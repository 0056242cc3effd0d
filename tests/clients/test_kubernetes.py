"""The official client of Python: custom objects, the dynamic client, the watch helper."""

import pytest
from kubernetes import client, config, dynamic, watch

from . import story

pytestmark = pytest.mark.tilt_session(current_context=False)  # as Tilt writes the file: a context is to be named

SESSIONS = (story.GROUP, story.VERSION, story.PLURAL)


@pytest.fixture
def api(tilt_session):
    """Connect as programs do: by the kubeconfig."""
    with config.new_client_from_config(str(tilt_session.kubeconfig), context=tilt_session.context) as api:
        yield api
        api.rest_client.pool_manager.clear()


def test_custom_objects(tilt_session, api):
    """CustomObjectsApi goes through the whole cycle, with every patch type by its content type."""
    assert story.GROUP in [group.name for group in client.ApisApi(api).get_api_versions().groups]
    sessions = client.CustomObjectsApi(api)
    resources = sessions.get_api_resources(story.GROUP, story.VERSION).resources
    assert {"sessions", "sessions/status"} <= {resource.name for resource in resources}

    (found,) = sessions.list_cluster_custom_object(*SESSIONS)["items"]
    assert found == sessions.get_cluster_custom_object(*SESSIONS, "Tiltfile")
    created = sessions.create_cluster_custom_object(*SESSIONS, story.NIGHTLY)
    assert story.NIGHTLY["spec"] == created["spec"]
    nightly = sessions.get_cluster_custom_object(*SESSIONS, "nightly")  # as the controller has filled it meanwhile
    nightly["spec"]["ci"] = {"timeout": "90s"}
    updated = sessions.replace_cluster_custom_object(*SESSIONS, "nightly", nightly)
    assert {"timeout": "1m30s"} == updated["spec"]["ci"]
    updated["status"]["pid"] = 99
    assert 99 == sessions.replace_cluster_custom_object_status(*SESSIONS, "nightly", updated)["status"]["pid"]

    for content_type, patch in story.PATCHES.items():
        sessions.patch_cluster_custom_object(*SESSIONS, "nightly", patch, _content_type=content_type)
    owned = {"field_manager": "tests", "force": True, "_content_type": story.APPLY}
    sessions.patch_cluster_custom_object(*SESSIONS, "nightly", story.APPLIED, **owned)
    sessions.patch_cluster_custom_object_status(*SESSIONS, "nightly", story.STATUS)
    (found,) = sessions.list_cluster_custom_object(*SESSIONS, label_selector="team=web,applied")["items"]
    assert story.LABELS == set(found["metadata"]["labels"])
    assert 100 == sessions.get_cluster_custom_object_status(*SESSIONS, "nightly")["status"]["pid"]

    sessions.delete_cluster_custom_object(*SESSIONS, "nightly")
    left = sessions.list_cluster_custom_object(*SESSIONS)["items"]
    assert ["Tiltfile"] == [item["metadata"]["name"] for item in left]
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "get", "create", "update", "update status", "patch", "patch status", "get status", "delete"
    )


def test_refusals_of_custom_objects(api):
    """What the API refuses is an ApiException with a Status in its body."""
    sessions = client.CustomObjectsApi(api)
    created = sessions.create_cluster_custom_object(*SESSIONS, story.NIGHTLY)
    sessions.patch_cluster_custom_object(*SESSIONS, "nightly", story.MERGE)

    with pytest.raises(client.ApiException, match="AlreadyExists") as there_already:
        sessions.create_cluster_custom_object(*SESSIONS, story.NIGHTLY)
    with pytest.raises(client.ApiException, match="the object has been modified") as stale:
        sessions.replace_cluster_custom_object(*SESSIONS, "nightly", created)
    with pytest.raises(client.ApiException, match="NotFound") as missing:
        sessions.delete_cluster_custom_object(*SESSIONS, "weekly")
    assert (409, 409, 404) == (there_already.value.status, stale.value.status, missing.value.status)


def test_watch(tilt_session, api):
    """The watch helper shows the Session as it is, then every change of it."""
    migration, sessions, events = story.Migration(tilt_session), client.CustomObjectsApi(api), watch.Watch()
    for event in events.stream(sessions.list_cluster_custom_object, *SESSIONS, timeout_seconds=story.SECONDS):
        if not migration.goes_on(event["type"], event["object"]):
            events.stop()
    assert migration.STORY == migration.seen
    assert (True, "exit status 1") == (event["object"]["status"]["done"], event["object"]["status"]["error"])


def test_dynamic_client(tilt_session, api, tmp_path):
    """DynamicClient discovers the kind, then goes through the whole cycle, server-side apply and watch included."""
    cluster = dynamic.DynamicClient(api, cache_file=str(tmp_path / "discovered"))
    sessions = cluster.resources.get(api_version=story.API_VERSION, kind=story.KIND)
    assert (story.PLURAL, False) == (sessions.name, sessions.namespaced)

    (found,) = sessions.get().items
    assert found.to_dict() == sessions.get(name="Tiltfile").to_dict()
    assert story.NIGHTLY["spec"] == sessions.create(body=story.NIGHTLY).spec.to_dict()
    nightly = sessions.get(name="nightly")
    nightly.spec.ci = {"timeout": "90s"}
    updated = sessions.replace(body=nightly)
    assert "1m30s" == updated.spec.ci.timeout
    updated.status.pid = 99
    assert 99 == sessions.status.replace(body=updated).status.pid

    for content_type, patch in story.PATCHES.items():
        sessions.patch(name="nightly", body=patch, content_type=content_type)
    sessions.server_side_apply(name="nightly", body=story.APPLIED, field_manager="tests", force_conflicts=True)
    sessions.status.patch(name="nightly", body=story.STATUS, content_type="application/merge-patch+json")
    nightly = sessions.get(name="nightly")
    assert (story.LABELS, 100) == (set(nightly.metadata.labels.to_dict()), nightly.status.pid)

    migration, watcher = story.Migration(tilt_session), watch.Watch()
    for event in sessions.watch(field_selector="metadata.name=Tiltfile", timeout=story.SECONDS, watcher=watcher):
        if not migration.goes_on(event["type"], event["raw_object"]):
            watcher.stop()
    assert migration.STORY == migration.seen

    sessions.delete(name="nightly")
    with pytest.raises(dynamic.exceptions.NotFoundError):
        sessions.get(name="nightly")
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "get", "create", "update", "update status", "patch", "patch status", "get", "watch", "delete"
    )
