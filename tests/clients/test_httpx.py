"""httpx over HTTP/1.1: sync, on asyncio and on trio."""

import json
import ssl

import httpx
import pytest
import trio

from . import story


def options(tilt_session):
    """Give what a client of httpx needs to find this Tilt and to trust it."""
    return {
        "base_url": tilt_session.url + story.PATH,
        "headers": {"Authorization": f"Bearer {tilt_session.token}"},
        "verify": ssl.create_default_context(cafile=tilt_session.ca),
        "timeout": story.SECONDS,
    }


def patched(content_type, patch):
    """Give the arguments that send a patch."""
    return {"content": json.dumps(patch), "headers": {"Content-Type": content_type}}


def test_cycle(tilt_session):
    """Client goes through the whole cycle, with all patch types, apply and YAML."""
    with httpx.Client(**options(tilt_session)) as http:
        listed = http.get("")
        assert "HTTP/1.1" == listed.http_version
        assert ["Tiltfile"] == [item["metadata"]["name"] for item in listed.json()["items"]]
        assert "ci" == http.get("/Tiltfile").json()["spec"]["exitCondition"]

        assert 201 == http.post("", json=story.NIGHTLY).status_code
        nightly = http.get("/nightly").json()
        nightly["spec"]["ci"] = {"timeout": "90s"}
        updated = http.put("/nightly", json=nightly).json()
        assert {"timeout": "1m30s"} == updated["spec"]["ci"]
        assert "Conflict" == http.put("/nightly", json=nightly).json()["reason"]
        updated["status"]["pid"] = 99
        assert 99 == http.put("/nightly/status", json=updated).json()["status"]["pid"]
        for content_type, patch in story.PATCHES.items():
            http.patch("/nightly", **patched(content_type, patch))
        applied = http.patch("/nightly", params={"fieldManager": "tests"}, **patched(story.APPLY, story.APPLIED))
        assert story.LABELS == set(applied.json()["metadata"]["labels"])
        assert "\nkind: Session\n" in http.get("/nightly", headers={"Accept": "application/yaml"}).text

        assert 200 == http.delete("/nightly").status_code
        assert 404 == http.get("/nightly").status_code
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "get", "create", "update", "update status", "patch", "get", "delete", "get"
    )


def test_watch(tilt_session):
    """A streamed answer gives one event a line, as it happens."""
    migration = story.Migration(tilt_session)
    with (
        httpx.Client(**options(tilt_session)) as http,
        http.stream("GET", "", params={"watch": 1, "timeoutSeconds": story.SECONDS}) as answer,
    ):
        for line in answer.iter_lines():
            event = json.loads(line)
            if not migration.goes_on(event["type"], event["object"]):
                break
    assert migration.STORY == migration.seen


async def cycle(tilt_session):
    """Create, change, delete and watch with AsyncClient, whatever runs it."""
    migration = story.Migration(tilt_session)
    async with httpx.AsyncClient(**options(tilt_session)) as http:
        assert 201 == (await http.post("", json=story.NIGHTLY)).status_code
        for content_type, patch in story.PATCHES.items():
            answer = await http.patch("/nightly", **patched(content_type, patch))
        assert {"team", "merge", "json", "strategic"} == set(answer.json()["metadata"]["labels"])
        assert 200 == (await http.delete("/nightly")).status_code
        assert ["Tiltfile"] == [item["metadata"]["name"] for item in (await http.get("")).json()["items"]]
        async with http.stream("GET", "", params={"watch": 1, "timeoutSeconds": story.SECONDS}) as answer:
            async for line in answer.aiter_lines():  # to the end: Tilt exits
                event = json.loads(line)
                migration.goes_on(event["type"], event["object"])
    assert migration.STORY == migration.seen
    assert (True, 1) == (tilt_session.exited, tilt_session.exit_code)
    tilt_session.expect_requests().used_the_token().came_in_order("create", "patch", "delete", "list", "watch")


@pytest.mark.asyncio
@pytest.mark.tilt_session(exit_when_done=True)
async def test_on_asyncio(tilt_session):
    """AsyncClient creates, changes, deletes and watches on asyncio, until Tilt exits."""
    await cycle(tilt_session)


@pytest.mark.tilt_session(exit_when_done=True)
def test_on_trio(tilt_session):
    """AsyncClient creates, changes, deletes and watches on trio, until Tilt exits."""
    trio.run(cycle, tilt_session)
