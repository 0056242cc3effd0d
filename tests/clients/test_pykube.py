"""pykube-ng: a class for the kind, queries, merge patches of whole objects."""

import pykube
import pytest
from pykube import objects

from . import story


class Session(objects.APIObject):
    """Tilt's kind, as a program declares it."""

    version = story.API_VERSION
    endpoint = story.PLURAL
    kind = story.KIND


@pytest.fixture
def api(tilt_session):
    """Connect as programs do: by the kubeconfig."""
    config = pykube.KubeConfig.from_file(str(tilt_session.kubeconfig), current_context=tilt_session.context)
    api = pykube.HTTPClient(config)
    yield api
    api.session.close()


def test_cycle(tilt_session, api):
    """Objects find, read, create, patch and delete themselves; an update is a merge patch of the whole object."""
    resources = api.resource_list(story.API_VERSION)["resources"]
    assert {"sessions", "sessions/status"} <= {resource["name"] for resource in resources}
    (found,) = Session.objects(api)
    assert found.obj == Session.objects(api).get_by_name("Tiltfile").obj

    nightly = Session(api, story.NIGHTLY)
    nightly.create()
    assert story.NIGHTLY["spec"] == nightly.obj["spec"]
    nightly.reload()
    stale = Session(api, nightly.obj)
    nightly.obj["spec"]["ci"] = {"timeout": "90s"}
    nightly.update()
    assert {"timeout": "1m30s"} == nightly.obj["spec"]["ci"]
    stale.annotations["note"] = "too late"
    with pytest.raises(pykube.exceptions.HTTPError, match="the object has been modified"):
        stale.update()
    nightly.patch(story.MERGE)
    nightly.patch(story.STATUS, subresource="status")
    assert 100 == nightly.obj["status"]["pid"]
    (nightly,) = Session.objects(api).filter(selector={"team__in": {"web", "api"}, "merge": "yes"})
    assert {"team", "merge"} == set(nightly.labels)
    table = Session.objects(api).filter(field_selector={"metadata.name": "nightly"}).as_table()
    assert ["Name", "Created At"] == [column["name"] for column in table.columns]
    assert ["nightly"] == [row["cells"][0] for row in table.rows]

    nightly.delete()
    assert not nightly.exists()
    with pytest.raises(pykube.ObjectDoesNotExist):
        Session.objects(api).get_by_name("nightly")
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "get", "create", "get", "patch", "patch status", "list", "delete", "get"
    )


def test_watch(tilt_session, api):
    """The watch of a query shows the Session as it is, then every change of it."""
    migration = story.Migration(tilt_session)
    watch = Session.objects(api).watch(params={"timeoutSeconds": story.SECONDS})
    for event in watch:
        if not migration.goes_on(event.type, event.object.obj):
            break
    watch.response.close()
    assert migration.STORY == migration.seen
    assert (True, "exit status 1") == (event.object.obj["status"]["done"], event.object.obj["status"]["error"])
