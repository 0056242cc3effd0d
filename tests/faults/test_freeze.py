"""Tilt's own watch freeze: writes are stored and never answered, watches hang, reads go on."""

import concurrent.futures

import httpx
import pytest

from pytest_tiltsession import faults

from .meeting import SESSION, SESSIONS, types

WATCH = f"{SESSIONS}?watch=1"


def hangs(meeting, method, path, **arguments):
    """Tell whether a request gets no answer, for as long as the test cares to wait."""
    with meeting.client(timeout=httpx.Timeout(20, read=0.1)) as client, pytest.raises(httpx.ReadTimeout):
        client.request(method, path, **arguments)
    return True


def test_writes_are_stored_and_never_answered(meet):
    """A get shows them; the journal has them without a status."""
    meeting = meet(faults.WatchFreeze())
    body = {"metadata": {"labels": {"a": "b"}}}
    merge = {"Content-Type": "application/merge-patch+json"}
    assert hangs(meeting, "PATCH", SESSION, json=body, headers=merge)
    new = {"metadata": {"name": "new"}, "spec": {"tiltfilePath": "/w/Tiltfile", "exitCondition": "manual"}}
    assert hangs(meeting, "POST", SESSIONS, json=new)
    assert [item["metadata"]["name"] for item in meeting.get().json()["items"]] == ["Tiltfile", "new"]
    assert meeting.get(SESSION).json()["metadata"]["labels"] == {"a": "b"}
    mine = {"status": {"error": "mine"}}
    assert hangs(meeting, "PATCH", f"{SESSION}/status", json=mine, headers=merge)
    assert meeting.get(SESSION).json()["status"]["error"] == "mine"  # Tilt's controller puts nothing right
    assert hangs(meeting, "DELETE", f"{SESSIONS}/new")
    assert meeting.get(f"{SESSIONS}/new").status_code == 404
    assert [(record.status, record.fault) for record in meeting.fake.requests if record.method != "GET"] == [
        (0, "watch-freeze")
    ] * 4
    assert "---" in meeting.fake.render_requests()


def test_a_write_that_is_refused_is_answered(meet):
    """Nobody has to be told of it."""
    meeting = meet(faults.WatchFreeze(), allow="unmet-faults")
    assert meeting.patch(path=f"{SESSIONS}/nosuch").status_code == 404


def test_new_watches_hang_and_open_ones_hear_nothing(meet):
    """From the instant of the freeze on."""
    meeting = meet(faults.WatchFreeze(after="10s"))
    with meeting.watch("watch=1") as lines:
        assert types([next(lines)]) == ["ADDED"]
        meeting.fake.job("before")
        assert types([next(lines)]) == ["MODIFIED"]
        meeting.fake.clock.advance("10s")
        meeting.fake.job("after")
        merge = {"Content-Type": "application/merge-patch+json"}
        assert hangs(meeting, "PATCH", SESSION, json={"metadata": {"labels": {"a": "b"}}}, headers=merge)
        assert hangs(meeting, "GET", WATCH)
        meeting.settle()
        (record, *_) = meeting.fake.requests
        assert record.events == 2
        meeting.fake.stop()
        assert list(lines) == []


def test_the_session_s_status_stops_advancing(meet):
    """Neither drivers nor deadlines show; other requests go on."""
    meeting = meet(faults.WatchFreeze(after="1s"), timeout="1m", allow="unmet-faults")
    job = meeting.fake.job("migrate")
    meeting.fake.clock.advance("1s")
    version = meeting.fake.session.metadata.resource_version
    job.start()
    meeting.fake.clock.advance("1h")
    found = meeting.get(SESSION).json()
    assert (found["metadata"]["resourceVersion"], found["status"]["done"]) == (version, False)
    assert meeting.get("/version").status_code == 200
    assert meeting.fake.exit_code is None


def test_a_watch_as_yaml_brings_it_about_where_that_is_armed(meet):
    """It is answered 406, as ever; what comes after it is frozen."""
    meeting = meet(faults.WatchFreeze(on_yaml=True))
    assert meeting.patch().status_code == 200
    assert meeting.get(SESSION, Accept="application/yaml").status_code == 200
    assert meeting.get(WATCH, Accept="application/yaml").status_code == 406
    assert hangs(meeting, "GET", WATCH)
    assert meeting.get().status_code == 200
    assert [record.fault for record in meeting.fake.requests] == ["", "", "watch-freeze", "watch-freeze", ""]


def test_without_the_fault_a_watch_as_yaml_freezes_nothing(meet):
    """The bug is the one that the fake has only on request."""
    meeting = meet()
    assert meeting.get(WATCH, Accept="application/yaml").status_code == 406
    with meeting.watch() as lines:
        assert types([next(lines)]) == ["ADDED"]
    assert meeting.patch().status_code == 200


def test_a_frozen_tilt_that_is_started_again_is_none(meet):
    """A new process has no leaked watcher."""
    meeting = meet(faults.WatchFreeze(after="1s"))
    meeting.fake.clock.advance("1s")
    assert hangs(meeting, "GET", WATCH)
    meeting.fake.restart()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        assert pool.submit(meeting.fake.job, "again").result(5) is not None
    assert [target.name for target in meeting.fake.session.status.targets] == ["again:update", "tiltfile:update"]
