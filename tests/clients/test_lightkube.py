"""lightkube, sync and async: a generic resource, and one error for whatever is refused."""

import lightkube
import pytest
from lightkube import generic_resource, types

from . import story

pytestmark = pytest.mark.tilt_session(current_context=False)  # as Tilt writes the file: a context is to be named

Session = generic_resource.create_global_resource(story.GROUP, story.VERSION, story.KIND, story.PLURAL)


@pytest.fixture
def config(tilt_session):
    """What clients are made of: one context of the kubeconfig."""
    return lightkube.KubeConfig.from_file(tilt_session.kubeconfig).get(tilt_session.context)


def test_cycle(tilt_session, config):
    """Client goes through the whole cycle, with all patch types and apply."""
    with lightkube.Client(config, field_manager="tests") as client:
        (found,) = client.list(Session)
        assert found.to_dict() == client.get(Session, "Tiltfile").to_dict()

        created = client.create(Session.from_dict(story.NIGHTLY))
        assert story.NIGHTLY["spec"] == created["spec"]
        nightly = client.get(Session, "nightly")
        nightly["spec"]["ci"] = {"timeout": "90s"}
        updated = client.replace(nightly)
        assert {"timeout": "1m30s"} == updated["spec"]["ci"]
        with pytest.raises(lightkube.ApiError, match="the object has been modified"):
            client.replace(nightly)
        updated["status"]["pid"] = 99
        assert 99 == client.replace(Session.Status.from_dict(updated))["status"]["pid"]

        client.patch(Session, "nightly", story.MERGE, patch_type=types.PatchType.MERGE)
        client.patch(Session, "nightly", story.JSON, patch_type=types.PatchType.JSON)
        client.patch(Session, "nightly", story.STRATEGIC, patch_type=types.PatchType.STRATEGIC)
        client.apply(Session.from_dict(story.APPLIED), force=True)
        client.patch(Session.Status, "nightly", story.STATUS, patch_type=types.PatchType.MERGE)
        (nightly,) = client.list(Session, labels={"team": ["web", "api"], "applied": None})
        assert story.LABELS == set(nightly.metadata.labels)
        assert 100 == client.get(Session.Status, "nightly")["status"]["pid"]

        client.delete(Session, "nightly")
        with pytest.raises(lightkube.ApiError, match="not found") as missing:
            client.get(Session, "nightly")
        assert "NotFound" == missing.value.status.reason
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "get", "create", "update", "update status", "patch", "patch status", "get status", "delete"
    )


def test_watch(tilt_session, config):
    """The watch shows the Session as it is, then every change of it."""
    migration = story.Migration(tilt_session)
    with lightkube.Client(config) as client:
        for event, session in client.watch(Session, server_timeout=story.SECONDS):
            if not migration.goes_on(event, session):
                break
    assert migration.STORY == migration.seen
    assert (True, "exit status 1") == (session["status"]["done"], session["status"]["error"])


@pytest.mark.asyncio
async def test_async_cycle(tilt_session, config):
    """AsyncClient goes through the whole cycle, watch included."""
    async with lightkube.AsyncClient(config, field_manager="tests") as client:
        assert ["Tiltfile"] == [found.metadata.name async for found in client.list(Session)]
        await client.create(Session.from_dict(story.NIGHTLY))
        nightly = await client.get(Session, "nightly")
        nightly["spec"]["ci"] = {"timeout": "90s"}
        updated = await client.replace(nightly)
        updated["status"]["pid"] = 99
        assert 99 == (await client.replace(Session.Status.from_dict(updated)))["status"]["pid"]
        await client.patch(Session, "nightly", story.MERGE, patch_type=types.PatchType.MERGE)
        await client.patch(Session, "nightly", story.JSON, patch_type=types.PatchType.JSON)
        await client.patch(Session, "nightly", story.STRATEGIC, patch_type=types.PatchType.STRATEGIC)
        applied = await client.apply(Session.from_dict(story.APPLIED), force=True)
        assert story.LABELS == set(applied.metadata.labels)

        migration, named = story.Migration(tilt_session), {"metadata.name": "Tiltfile"}
        async for event, session in client.watch(Session, fields=named, server_timeout=story.SECONDS):
            if not migration.goes_on(event, session):
                break
        assert migration.STORY == migration.seen

        await client.delete(Session, "nightly")
        with pytest.raises(lightkube.ApiError, match="not found"):
            await client.get(Session, "nightly")
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "create", "get", "update", "update status", "patch", "watch", "delete", "get"
    )
