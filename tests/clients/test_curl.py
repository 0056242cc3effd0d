"""curl: what a shell script does."""

import json
import textwrap

import pytest

from . import programs, story

SESSIONS = story.PATH
TILTFILE, NIGHTLY = f"{SESSIONS}/Tiltfile", f"{SESSIONS}/nightly"


@pytest.fixture
def curl(tilt_session):
    """Give a command that knows the token and trusts Tilt's certificate, and takes a path."""
    token = f"Authorization: Bearer {tilt_session.token}"
    known = ["--silent", "--show-error", "--cacert", tilt_session.ca, "--header", token]
    return lambda path, *arguments: ["curl", *known, *arguments, tilt_session.url + path]


def body(content_type, content):
    """Give the arguments that send a body."""
    text = content if isinstance(content, str) else json.dumps(content)
    return "--header", f"Content-Type: {content_type}", "--data", text


def test_cycle(tilt_session, curl):
    """curl goes through the whole cycle, with all patch types, apply and YAML."""

    def said(path, *arguments):
        return json.loads(programs.output(curl(path, "--fail-with-body", *arguments)))

    resources = said(f"/apis/{story.API_VERSION}")["resources"]
    assert {"sessions", "sessions/status"} <= {resource["name"] for resource in resources}
    assert ["Tiltfile"] == [item["metadata"]["name"] for item in said(SESSIONS)["items"]]
    assert "ci" == said(TILTFILE)["spec"]["exitCondition"]

    nightly = """\
        apiVersion: tilt.dev/v1alpha1
        kind: Session
        metadata: {name: nightly, labels: {team: web}}
        spec: {tiltfilePath: /nightly/Tiltfile, exitCondition: manual}
        """
    created = said(SESSIONS, *body("application/yaml", textwrap.dedent(nightly)))
    assert story.NIGHTLY["spec"] == created["spec"]
    found = said(NIGHTLY)
    found["spec"]["ci"] = {"timeout": "90s"}
    updated = said(NIGHTLY, "-X", "PUT", *body("application/json", found))
    assert {"timeout": "1m30s"} == updated["spec"]["ci"]
    updated["status"]["pid"] = 99
    assert 99 == said(f"{NIGHTLY}/status", "-X", "PUT", *body("application/json", updated))["status"]["pid"]
    for content_type, patch in story.PATCHES.items():
        said(NIGHTLY, "-X", "PATCH", *body(content_type, patch))
    applied = said(f"{NIGHTLY}?fieldManager=tests&force=true", "-X", "PATCH", *body(story.APPLY, story.APPLIED))
    assert story.LABELS == set(applied["metadata"]["labels"])

    said(NIGHTLY, "-X", "DELETE")
    assert ["Tiltfile"] == [item["metadata"]["name"] for item in said(SESSIONS)["items"]]
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "get", "create", "get", "update", "update status", "patch", "delete", "list"
    )


def test_answers_to_curl(curl):
    """curl gets its JSON indented, YAML where it asks for it, and a status of its own for what is refused."""
    status = ["--write-out", "%{http_code} %{content_type}", "--output", "/dev/null"]
    assert programs.output(curl(TILTFILE)).startswith('{\n  "kind": "Session",\n')
    assert "\nkind: Session\n" in programs.output(curl(TILTFILE, "-H", "Accept: application/yaml"))
    assert "404 application/json" == programs.output(curl(NIGHTLY, *status))
    # Without -H, curl says that what it sends is a form.
    assert "415 application/json" == programs.output(curl(SESSIONS, *status, "--data", json.dumps(story.NIGHTLY)))


def test_a_large_body(curl, tmp_path):
    """curl asks before it sends more than a megabyte, and is told to continue."""
    large = tmp_path / "large.json"
    spec = {"tiltfilePath": "x" * 1_400_000, "exitCondition": "manual"}
    large.write_text(json.dumps(story.NIGHTLY | {"spec": spec}))
    shown = programs.output(curl(SESSIONS, "--include", *body("application/json", f"@{large}")))
    assert shown.startswith("HTTP/1.1 100 Continue\n\nHTTP/1.1 201 Created\n")


def test_watch(tilt_session, curl):
    """A watch prints one event a line, as it happens, until Tilt ends it."""
    migration = story.Migration(tilt_session)
    with programs.running(curl(f"{SESSIONS}?watch=1", "--no-buffer")) as program:
        for line in programs.lines(program):
            if not migration.goes_on(line["type"], line["object"]):
                tilt_session.stop()
    assert migration.STORY == migration.seen
