"""kr8s, sync and asyncio: a class for the kind, objects that change themselves."""

import asyncio

import kr8s
import kr8s.asyncio
import pytest
from kr8s import _async_utils, objects
from kr8s.asyncio import objects as async_objects

from . import story

# Tilt calls its version v0.0.0, and kr8s warns everybody that it was not made for that.
pytestmark = pytest.mark.filterwarnings("ignore:Kubernetes version .* is not supported:UserWarning")

Session = objects.new_class(story.KIND, story.API_VERSION, namespaced=False)
AsyncSession = async_objects.new_class(story.KIND, story.API_VERSION, namespaced=False)


@pytest.fixture
def api(tilt_session):
    """Connect as programs do. kr8s has no way to disconnect, so what it keeps open is closed here."""
    api = kr8s.api(kubeconfig=str(tilt_session.kubeconfig), context=tilt_session.context)
    yield api
    _async_utils.as_sync_func(api._session.aclose)()


def test_cycle(tilt_session, api):
    """Objects list, read, create, patch and delete themselves; kr8s has no PUT, no strategic patch and no apply."""
    (found,) = api.get(Session)
    assert found.raw == Session.get("Tiltfile", api=api).raw

    nightly = Session(story.NIGHTLY, api=api)
    nightly.create()
    assert story.NIGHTLY["spec"] == nightly.spec.to_dict()
    nightly.patch({"spec": {"ci": {"timeout": "90s"}}})
    assert "1m30s" == nightly.spec.ci.timeout
    nightly.patch(story.STATUS, subresource="status")
    assert 100 == nightly.status.pid
    nightly.patch(story.MERGE)
    nightly.patch(story.JSON, type="json")
    nightly.label(labelled="yes")
    nightly.annotate(note="yes")
    nightly.label("team-")
    (nightly,) = api.get(Session, label_selector={"labelled": "yes"})
    assert {"merge", "json", "labelled"} == set(nightly.labels)
    assert {"note": "yes"} == nightly.annotations.to_dict()

    assert nightly.exists()
    nightly.delete()
    assert not nightly.exists()
    with pytest.raises(kr8s.NotFoundError):
        nightly.refresh()
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "list", "create", "patch", "patch status", "patch", "list", "get", "delete", "get"
    )


def test_watch(tilt_session, api):
    """The watch of the kind shows the Session as it is, then every change of it."""
    migration = story.Migration(tilt_session)
    for event, session in api.watch(Session):
        if not migration.goes_on(event, session.raw):
            break
    assert migration.STORY == migration.seen
    assert (True, "exit status 1") == (session.status.done, session.status.error)


@pytest.mark.asyncio
async def test_asyncio(tilt_session):
    """The asyncio face goes through the same cycle, watch included."""
    api = await kr8s.asyncio.api(kubeconfig=str(tilt_session.kubeconfig), context=tilt_session.context)
    try:
        assert ["Tiltfile"] == [found.name async for found in api.get(AsyncSession)]
        nightly = await AsyncSession(story.NIGHTLY, api=api)
        await nightly.create()
        await nightly.patch(story.MERGE)
        await nightly.patch(story.JSON, type="json")
        await nightly.patch(story.STATUS, subresource="status")
        await nightly.refresh()
        assert ({"team", "merge", "json"}, 100) == (set(nightly.labels), nightly.status.pid)

        migration, named = story.Migration(tilt_session), {"metadata.name": "Tiltfile"}
        async with asyncio.timeout(story.SECONDS):
            async for event, session in api.watch(AsyncSession, field_selector=named):
                if not migration.goes_on(event, session.raw):
                    break
        assert migration.STORY == migration.seen

        await nightly.delete()
        with pytest.raises(kr8s.NotFoundError):
            await nightly.refresh()
    finally:
        await api._session.aclose()
