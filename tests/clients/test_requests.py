"""requests: what a script does that knows no Kubernetes client."""

import json

import pytest
import requests

from . import story


@pytest.fixture
def http(tilt_session):
    """Open a session with the token, and trust Tilt's certificate."""
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {tilt_session.token}"
        http.verify = str(tilt_session.ca)
        http.trust_env = False  # or REQUESTS_CA_BUNDLE, where it is set, has the last word
        yield http


@pytest.fixture
def sessions(tilt_session):
    """Give the address of the Sessions."""
    return tilt_session.url + story.PATH


def patched(http, url, content_type, patch, **query):
    """Patch, and give what comes of it."""
    return http.patch(url, data=json.dumps(patch), headers={"Content-Type": content_type}, params=query).json()


def test_cycle(tilt_session, http, sessions):
    """Plain requests go through the whole cycle, with all patch types and apply."""
    groups = http.get(f"{tilt_session.url}/apis").json()["groups"]
    assert story.API_VERSION in [group["preferredVersion"]["groupVersion"] for group in groups]
    resources = http.get(f"{tilt_session.url}/apis/{story.API_VERSION}").json()["resources"]
    assert {"sessions", "sessions/status"} <= {resource["name"] for resource in resources}
    (found,) = http.get(sessions).json()["items"]
    assert found["spec"] == http.get(f"{sessions}/Tiltfile").json()["spec"]

    nightly = f"{sessions}/nightly"
    assert 201 == http.post(sessions, json=story.NIGHTLY).status_code
    assert "AlreadyExists" == http.post(sessions, json=story.NIGHTLY).json()["reason"]
    body = http.get(nightly).json()
    body["spec"]["ci"] = {"timeout": "90s"}
    updated = http.put(nightly, json=body).json()
    assert {"timeout": "1m30s"} == updated["spec"]["ci"]
    assert "Conflict" == http.put(nightly, json=body).json()["reason"]
    updated["status"]["pid"] = 99
    assert 99 == http.put(f"{nightly}/status", json=updated).json()["status"]["pid"]
    for content_type, patch in story.PATCHES.items():
        patched(http, nightly, content_type, patch)
    applied = patched(http, nightly, story.APPLY, story.APPLIED, fieldManager="tests", force="true")
    assert story.LABELS == set(applied["metadata"]["labels"])
    status = patched(http, f"{nightly}/status", "application/merge-patch+json", story.STATUS)["status"]
    assert 100 == status["pid"]

    assert 200 == http.delete(nightly).status_code
    gone = http.get(nightly)
    assert (404, 'sessions.tilt.dev "nightly" not found') == (gone.status_code, gone.json()["message"])
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "get", "create", "update", "update status", "patch", "patch status", "delete", "get"
    )


def test_watch(tilt_session, http, sessions):
    """A streamed answer gives one event a line, as it happens."""
    migration = story.Migration(tilt_session)
    with http.get(sessions, params={"watch": 1, "timeoutSeconds": story.SECONDS}, stream=True) as answer:
        for line in answer.iter_lines(chunk_size=1):
            event = json.loads(line)
            if not migration.goes_on(event["type"], event["object"]):
                break
    assert migration.STORY == migration.seen
    assert (True, "exit status 1") == (event["object"]["status"]["done"], event["object"]["status"]["error"])


@pytest.mark.tilt_session(profile="tilt")
def test_without_a_token(tilt_session, sessions):
    """Who forgets the token is forbidden, as somebody unknown: Tilt never answers 401."""
    refused = requests.get(sessions, verify=str(tilt_session.ca))
    assert (403, "Forbidden") == (refused.status_code, refused.json()["reason"])
    assert "system:anonymous" in refused.json()["message"]


def test_without_the_certificate(http, sessions):
    """Who does not trust the certificate does not get through."""
    with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        http.get(sessions, verify=True)
