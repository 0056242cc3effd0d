"""Watches with faults, as real clients over TLS see them."""

import json
import socket
import ssl

import httpx
import kubernetes
import pytest

from pytest_tiltsession import faults

from .meeting import SESSIONS, types

WATCH = f"{SESSIONS}?watch=1"


def moved(meeting, *names):
    """Let jobs begin, one event each."""
    for name in names:
        meeting.fake.job(name)


@pytest.mark.parametrize("by", ["close", "fin", "rst"])
@pytest.mark.parametrize("half_line", [False, True])
def test_a_cut_watch_is_no_complete_answer(meet, by, half_line):
    """httpx gets the events before the cut, and then an error, whichever way the connection ends."""
    meeting = meet(faults.CutWatch(2, by=by, half_line=half_line, times=1))
    got = []
    with meeting.client() as client, client.stream("GET", WATCH) as answer:
        moved(meeting, "a", "b")
        with pytest.raises(httpx.TransportError):
            got.extend(answer.iter_raw())
    lines = b"".join(got).split(b"\n")
    assert types(lines[:2]) == ["ADDED", "MODIFIED"]
    assert (lines[2][:20] == b'{"type":"MODIFIED","') is half_line
    assert meeting.fake.faults.armed[0].met == 1
    with meeting.watch() as again:
        assert types([next(again)]) == ["ADDED"]


def test_a_cut_by_end_is_a_clean_one(meet):
    """The last chunk comes, and the connection serves the next request."""
    meeting = meet(faults.CutWatch(1, by="end", times=1))
    with meeting.raw() as raw:
        raw.ask(meeting.fake, WATCH).head()
        assert types([raw.chunk()]) == ["ADDED"]
        assert raw.chunk() == b""
        assert raw.ask(meeting.fake, SESSIONS).head()[0] == "200 OK"


def test_a_bare_fin_has_no_goodbye_and_a_close_has(meet):
    """TLS tells the two apart; neither sends the last chunk."""
    meeting = meet(faults.CutWatch(0, by="close", times=1), faults.CutWatch(0, by="fin", times=1))
    with meeting.raw(ragged=False) as raw:
        raw.ask(meeting.fake, WATCH).head()
        assert raw.file.read() == b""
    with meeting.raw(ragged=False) as raw:
        raw.ask(meeting.fake, WATCH).head()
        with pytest.raises(ssl.SSLEOFError):
            raw.file.read()


def test_a_reset_is_one(meet):
    """The client's socket says so."""
    meeting = meet(faults.CutWatch(1, by="rst"))
    with meeting.raw() as raw:
        raw.ask(meeting.fake, WATCH).head()
        raw.chunk()
        with pytest.raises(ConnectionResetError):
            socket.socket.recv(raw.sock, 1)  # Python's TLS would take it for an end


def test_a_stalled_watch_outlives_its_timeout(meet):
    """It sends nothing more and does not end, while another client's watch goes on; stopping the fake ends it."""
    meeting = meet(faults.StallWatch(1, client="stuck"))
    with meeting.client("stuck/1") as client, client.stream("GET", f"{WATCH}&timeoutSeconds=1") as answer:
        lines = answer.iter_lines()
        next(lines)
        moved(meeting, "a")
        with meeting.watch("watch=1&timeoutSeconds=1") as other:
            assert len(list(other)) == 1
        record = [item for item in meeting.fake.requests if item.user_agent == "stuck/1"][-1]
        assert (record.ended, record.fault) == (None, "stall-watch")
        meeting.fake.stop()
        assert list(lines) == []


@pytest.mark.parametrize(
    ("fault", "versions"),
    [
        (faults.DuplicateEvent(2), [0, 1, 1, 2, 3]),
        (faults.DropEvent(2), [0, 2, 3]),
        (faults.ReorderEvents(2), [0, 2, 1, 3]),
        (faults.DropEvent(1), [1, 2, 3]),
    ],
    ids=str,
)
def test_events_come_twice_never_or_late(meet, fault, versions):
    """A client sees them so, and the record counts what was sent."""
    meeting = meet(fault)
    fake = meeting.fake
    first = int(fake.session.metadata.resource_version)
    with meeting.watch() as lines:
        moved(meeting, *"abc")
        seen = [int(json.loads(next(lines))["object"]["metadata"]["resourceVersion"]) - first for _ in versions]
    assert seen == versions
    (record,) = fake.requests
    assert (record.events, record.fault) == (len(versions), fault.NAME)


@pytest.mark.parametrize(("code", "reason"), [(410, "Expired"), (500, "InternalError")])
def test_an_error_event_is_a_status_and_the_end(meet, code, reason):
    """After so many events it comes as ``metav1.Status``, and the answer ends cleanly; the journal has its text."""
    meeting = meet(faults.ErrorEvent(code, events=1))
    with meeting.watch() as lines:
        added, error = map(json.loads, lines)
    assert (added["type"], error["type"]) == ("ADDED", "ERROR")
    status = error["object"]
    assert (status["kind"], status["code"], status["reason"], status["status"]) == ("Status", code, reason, "Failure")
    (record,) = meeting.fake.requests
    assert record.message == f"{code} {reason}: {status['message']}"
    assert record.version == int(added["object"]["metadata"]["resourceVersion"])


def stream_of(fake):
    """Watch with the kubernetes client."""
    configuration = kubernetes.client.Configuration(host=fake.url, api_key={"authorization": f"Bearer {fake.token}"})
    configuration.ssl_ca_cert = str(fake.ca)
    configuration.retries = False
    api = kubernetes.client.CustomObjectsApi(kubernetes.client.ApiClient(configuration))
    return kubernetes.watch.Watch().stream(
        api.list_cluster_custom_object, group="tilt.dev", version="v1alpha1", plural="sessions"
    )


def test_the_kubernetes_client_raises_a_410(meet):
    """Its watch goes on once from the last version, and raises when the answer is 410 again."""
    meeting = meet(faults.ErrorEvent(410, events=1, times=1), faults.ErrorEvent(410, events=0))
    stream = stream_of(meeting.fake)
    assert next(stream)["type"] == "ADDED"
    with pytest.raises(kubernetes.client.ApiException, match="too old resource version") as raised:
        next(stream)
    assert raised.value.status == 410
    meeting.fake.expect_requests("watch", count=2).resumed_from_the_last_version()


def test_the_kubernetes_client_watches_again_after_a_clean_end(meet):
    """It asks from the last version that it saw, which the journal has."""
    meeting = meet(faults.CutWatch(1, by="end", times=1))
    stream = stream_of(meeting.fake)
    assert [next(stream)["type"], next(stream)["type"]] == ["ADDED", "ADDED"]
    meeting.fake.expect_requests("watch", count=2).resumed_from_the_last_version()


def test_a_blank_line_comes_between_events(meet):
    """And the watch goes on."""
    meeting = meet(faults.BlankLine(1))
    with meeting.raw() as raw:
        raw.ask(meeting.fake, WATCH).head()
        data = raw.chunk()
        moved(meeting, "a")
        while data.count(b"\n") < 3:
            data += raw.chunk()
    first, blank, second, rest = data.split(b"\n")
    assert (types([first, second]), blank, rest) == (["ADDED", "MODIFIED"], b"", b"")


def test_a_fault_that_does_not_come_to_it_is_given_back(meet):
    """A watch that ends before its event leaves the fault to the next one."""
    meeting = meet(faults.DropEvent(2, times=1))
    with meeting.watch("watch=1&timeoutSeconds=-1") as lines:
        assert list(lines) == []
    with meeting.watch() as lines:
        assert types([next(lines)]) == ["ADDED"]
        moved(meeting, "a", "b")
        assert json.loads(next(lines))["object"]["metadata"]["resourceVersion"] == str(
            int(meeting.fake.session.metadata.resource_version)
        )
    assert meeting.fake.problems() == []


def test_a_refused_watch_does_not_use_the_fault_up(meet):
    """What is refused for another reason has no events."""
    meeting = meet(faults.CutWatch(0, times=1), allow="unmet-faults")
    assert meeting.get(f"{WATCH}&labelSelector=%21%21").status_code == 400
    assert meeting.fake.faults.armed[0].taken == 0
