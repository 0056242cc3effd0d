"""What the server says that it serves, against the recordings of a real Tilt."""

import json
import pathlib

import pytest

from pytest_tiltsession.api import discovery, documents, messages
from pytest_tiltsession.models import encoding

RECORDED = json.loads((pathlib.Path(__file__).parents[1] / "recorded" / "discovery.json").read_text("utf-8"))
V2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
ADDRESS = "127.0.0.1:46571"


def _answer(path, **headers):
    sent = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return discovery.answer(messages.Request("GET", path, headers=sent), ADDRESS)


def _about_sessions(entries, key):
    return [entry for entry in entries if entry[key].partition("/")[0] == "sessions"]


@pytest.mark.parametrize("path", ["/apis", "/apis/tilt.dev"])
def test_groups_are_told_as_recorded(path):
    """The list of groups has no apiVersion and tells the server's address; the group has neither oddity."""
    assert _answer(path).body == RECORDED[path]["body"]


@pytest.mark.parametrize("path", ["/apis", "/apis/tilt.dev", "/apis/tilt.dev/v1alpha1", "/version"])
def test_a_trailing_slash_changes_nothing(path):
    """Each path is answered alike with and without a slash at its end, and produces the same types."""
    assert _answer(f"{path}/") == _answer(path)
    assert discovery.produces(f"{path}/") == discovery.produces(path)


def test_resources_are_told_as_recorded():
    """Sessions and their status are described as Tilt does, around them stands what Tilt says of the version."""
    body, recorded = _answer("/apis/tilt.dev/v1alpha1").body, RECORDED["/apis/tilt.dev/v1alpha1"]["body"]

    assert _about_sessions(body["resources"], "name") == _about_sessions(recorded["resources"], "name")
    assert {**body, "resources": []} == {**recorded, "resources": []}


def test_only_what_is_served_is_told():
    """Beside Sessions there are uiresources, which can be read and watched but not written."""
    resources = {entry["name"]: entry["verbs"] for entry in discovery.resources()["resources"]}

    assert list(resources) == ["sessions", "sessions/status", "uiresources"]
    assert resources["uiresources"] == ["get", "list", "watch"]


@pytest.mark.parametrize("accepted", [V2, f"{V2},application/json", f"application/json,{V2};profile=nopeer"])
def test_aggregated_discovery_is_told_as_recorded(accepted):
    """Groups, versions and resources come in one document to clients that ask for v2 of it."""
    recorded = RECORDED["/apis aggregated v2"]
    answer = _answer("/apis", accept=accepted)
    headers = {**dict(answer.headers), "Content-Type": answer.media_type + answer.parameters}
    (version,), (expected,) = (item["items"][0]["versions"] for item in (answer.body, recorded["body"]))

    assert _about_sessions(version["resources"], "resource") == _about_sessions(expected["resources"], "resource")
    assert version["freshness"] == expected["freshness"]
    assert {**answer.body, "items": []} == {**recorded["body"], "items": []}
    assert {name: headers[name] for name in ("Cache-Control", "Content-Type", "Vary")} == {
        name: recorded["headers"][name] for name in ("Cache-Control", "Content-Type", "Vary")
    }


def test_the_plain_form_answers_clients_of_the_first_aggregated_version():
    """A client that knows v2beta1 only is given the plain list, as recorded."""
    accepted = f"{V2.replace('=v2;', '=v2beta1;')},application/json"

    assert _answer("/apis", accept=accepted) == documents.Document(RECORDED["/apis aggregated v2beta1"]["body"])


def test_the_tag_of_aggregated_discovery_is_made_as_tilt_makes_it():
    """The recorded tag is that of the recorded document: SHA-512 of its JSON without kind and apiVersion."""
    recorded = RECORDED["/apis aggregated v2"]

    assert f'"{discovery.aggregated_tag(recorded["body"])}"' == recorded["headers"]["Etag"]


def test_a_client_that_has_the_aggregated_document_is_told_so():
    """The very tag in If-None-Match gives 304 with the caching headers and no body; any other gives the document."""
    tag = dict(_answer("/apis", accept=V2).headers)["Etag"]

    assert _answer("/apis", accept=V2, if_none_match=tag) == messages.Response(
        304, (("Cache-Control", "public"), ("Etag", tag), ("Vary", "Accept"))
    )
    assert _answer("/apis", accept=V2, if_none_match=f"W/{tag}").status == 200
    assert _answer("/apis", if_none_match=tag) == _answer("/apis")


def test_the_version_is_told_as_recorded():
    """The version is indented whatever the client asks, and has digits in major and minor."""
    answer = _answer("/version", accept="application/json")

    assert json.loads(answer.body) == RECORDED["/version"]["body"]
    assert str(len(answer.body)) == RECORDED["/version"]["headers"]["Content-Length"]
    assert dict(answer.headers)["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/apis", "/apis/tilt.dev"])
def test_bytes_are_as_many_as_recorded(path):
    """Written compactly, with the newline that Go's encoder adds, a document is as long as Tilt's."""
    body = encoding.compact(_answer(path).body) + "\n"

    assert str(len(body)) == RECORDED[path]["headers"]["Content-Length"]


@pytest.mark.parametrize(
    "path", ["/", "/api/v1", "/apis/tilt.dev/v1", "/apis/nosuch", "/version/x", "/apis/tilt.dev//"]
)
def test_other_paths_are_left_to_others(path):
    """Nothing is answered for a path that is not one of discovery's."""
    assert _answer(path) is None
    assert discovery.produces(path) is None
