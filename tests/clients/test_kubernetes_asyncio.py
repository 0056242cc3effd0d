"""The asyncio twin of Python's official client: custom objects, the dynamic client, the watch helper."""

import asyncio
import contextlib

import pytest
from kubernetes_asyncio import client, config, dynamic, watch

from . import story

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.tilt_session(current_context=False),  # as Tilt writes the file: a context is to be named
]

SESSIONS = (story.GROUP, story.VERSION, story.PLURAL)


@contextlib.asynccontextmanager
async def connected(tilt_session):
    """Connect as programs do: by the kubeconfig."""
    made = await config.new_client_from_config(str(tilt_session.kubeconfig), context=tilt_session.context)
    async with made as api:
        yield api


async def test_custom_objects(tilt_session):
    """CustomObjectsApi goes through the whole cycle, with every patch type by its content type."""
    async with connected(tilt_session) as api:
        assert story.GROUP in [group.name for group in (await client.ApisApi(api).get_api_versions()).groups]
        sessions = client.CustomObjectsApi(api)
        (found,) = (await sessions.list_cluster_custom_object(*SESSIONS))["items"]
        assert found == await sessions.get_cluster_custom_object(*SESSIONS, "Tiltfile")

        created = await sessions.create_cluster_custom_object(*SESSIONS, story.NIGHTLY)
        assert story.NIGHTLY["spec"] == created["spec"]
        nightly = await sessions.get_cluster_custom_object(*SESSIONS, "nightly")
        nightly["spec"]["ci"] = {"timeout": "90s"}
        updated = await sessions.replace_cluster_custom_object(*SESSIONS, "nightly", nightly)
        assert {"timeout": "1m30s"} == updated["spec"]["ci"]
        updated["status"]["pid"] = 99
        updated = await sessions.replace_cluster_custom_object_status(*SESSIONS, "nightly", updated)
        assert 99 == updated["status"]["pid"]

        for content_type, patch in story.PATCHES.items():
            await sessions.patch_cluster_custom_object(*SESSIONS, "nightly", patch, _content_type=content_type)
        owned = {"field_manager": "tests", "force": True, "_content_type": story.APPLY}
        applied = await sessions.patch_cluster_custom_object(*SESSIONS, "nightly", story.APPLIED, **owned)
        assert story.LABELS == set(applied["metadata"]["labels"])

        await sessions.delete_cluster_custom_object(*SESSIONS, "nightly")
        with pytest.raises(client.ApiException, match="NotFound") as missing:
            await sessions.get_cluster_custom_object(*SESSIONS, "nightly")
        assert 404 == missing.value.status
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "get", "create", "update", "update status", "patch", "delete", "get"
    )


async def test_watch(tilt_session):
    """The watch helper shows the Session as it is, then every change of it."""
    migration = story.Migration(tilt_session)
    async with connected(tilt_session) as api, watch.Watch() as events:
        sessions = client.CustomObjectsApi(api)
        async for event in events.stream(sessions.list_cluster_custom_object, *SESSIONS, timeout_seconds=story.SECONDS):
            if not migration.goes_on(event["type"], event["object"]):
                break
    assert migration.STORY == migration.seen
    assert (True, "exit status 1") == (event["object"]["status"]["done"], event["object"]["status"]["error"])


async def test_a_watch_in_the_background(tilt_session):
    """A program that watches in one task sees what the test does in another, to the session's end."""
    migrate, began, seen = tilt_session.job("migrate"), asyncio.Event(), []

    async def follow():
        async with connected(tilt_session) as api, watch.Watch() as events:
            listing = client.CustomObjectsApi(api).list_cluster_custom_object
            async for event in events.stream(listing, *SESSIONS, timeout_seconds=story.SECONDS):
                seen.append(event["object"]["status"]["done"])
                began.set()
                if seen[-1]:
                    return

    following = asyncio.create_task(follow())
    await began.wait()
    migrate.start()
    tilt_session.clock.advance("2.5s")
    migrate.fail("exit status 1")
    await following
    assert [False, False, True] == seen


async def test_dynamic_client(tilt_session, tmp_path):
    """DynamicClient discovers the kind, then goes through the whole cycle, server-side apply included."""
    async with connected(tilt_session) as api:
        cluster = await dynamic.DynamicClient(api, cache_file=str(tmp_path / "discovered"))
        sessions = await cluster.resources.get(api_version=story.API_VERSION, kind=story.KIND)
        assert (story.PLURAL, False) == (sessions.name, sessions.namespaced)

        (found,) = (await sessions.get()).items
        assert "Tiltfile" == found.metadata.name
        await sessions.create(body=story.NIGHTLY)
        nightly = await sessions.get(name="nightly")
        nightly.spec.ci = {"timeout": "90s"}
        updated = await sessions.replace(body=nightly)
        assert "1m30s" == updated.spec.ci.timeout
        updated.status.pid = 99
        assert 99 == (await sessions.status.replace(body=updated)).status.pid
        for content_type, patch in story.PATCHES.items():
            await sessions.patch(name="nightly", body=patch, content_type=content_type)
        applied = await sessions.server_side_apply(
            name="nightly", body=story.APPLIED, field_manager="tests", force_conflicts=True
        )
        assert story.LABELS == set(applied.metadata.labels.to_dict())

        await sessions.delete(name="nightly")
        gone = await sessions.get(name="nightly")  # this client hands on the Status that the other one raises
        assert ("Status", "NotFound") == (gone.kind, gone.reason)
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "create", "get", "update", "update status", "patch", "delete", "get"
    )
