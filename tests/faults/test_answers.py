"""Refusals, delays and spoilt answers, as real clients over TLS see them."""

import concurrent.futures
import json
import threading

import httpx
import kubernetes
import pytest

from pytest_tiltsession import faults
from pytest_tiltsession.server import listener

from .meeting import MERGE, SESSION, SESSIONS


@pytest.mark.parametrize(
    ("fault", "retry_after", "reason", "said"),
    [
        (faults.Refuse(429), "1", None, "Too many requests, please try again later."),
        (faults.Refuse(429, retry_after="7s"), "7", None, "Too many requests"),
        (faults.Refuse(503), None, "ServiceUnavailable", "currently unable"),
        (faults.Refuse(503, retry_after=2), "2", "ServiceUnavailable", "currently unable"),
        (faults.Refuse(500), None, "InternalError", "Internal error occurred: "),
    ],
    ids=str,
)
def test_a_refusal_has_its_status_and_when_to_try_again(meet, fault, retry_after, reason, said):
    """429 is plain text, as Kubernetes' filter has it; the others are a ``metav1.Status``."""
    meeting = meet(fault)
    answer = meeting.get()
    assert (answer.status_code, answer.headers.get("retry-after")) == (fault.code, retry_after)
    assert said in answer.text
    if reason is not None:
        status = answer.json()
        assert (status["kind"], status["reason"], status["code"]) == ("Status", reason, fault.code)
        wanted = None if retry_after is None else int(retry_after)
        assert status.get("details", {}).get("retryAfterSeconds") == wanted
    (record,) = meeting.fake.requests
    assert (record.status, record.fault, record.fault_at) == (fault.code, "refuse", meeting.fake.clock.now)


def test_nothing_is_done_that_is_refused(meet):
    """A refused write changes nothing; without the right token the token is what it is refused for."""
    meeting = meet(faults.Refuse(503, times=1))
    before = meeting.fake.session
    with httpx.Client(base_url=meeting.fake.url, verify=meeting.context) as client:
        assert client.patch(SESSION, content=b"{}", headers=MERGE).status_code == 403
    assert [meeting.patch().status_code, meeting.patch().status_code] == [503, 200]
    assert before.metadata.labels is None
    assert meeting.fake.session.metadata.labels == {"a": "b"}


def test_a_fault_is_limited_to_operation_client_count_and_span(meet):
    """Each limit lets the others through; the first armed wins where several fit."""
    meeting = meet(
        faults.Refuse(500, operation="list", times=1),
        faults.Refuse(503, client="kubectl"),
        faults.Refuse(429, after="10s", for_="5s"),
    )
    statuses = [meeting.get().status_code, meeting.get().status_code, meeting.get(agent="kubectl/v1").status_code]
    for step in ("10s", "4.999999s", "1us"):
        meeting.fake.clock.advance(step)
        statuses.append(meeting.get(SESSION).status_code)
    assert statuses == [500, 200, 503, 429, 429, 200]
    assert [meeting.get(path).status_code for path in ("/version", "/readyz")] == [200, 200]


def test_any_is_every_request(meet):
    """Discovery and health included."""
    meeting = meet(faults.Refuse(503, operation="any"))
    assert [meeting.get(path).status_code for path in ("/apis", "/readyz", "/metrics", SESSIONS)] == [503] * 4


@pytest.mark.parametrize(("profile", "status"), [("tilt", 403), ("kubernetes", 401)])
def test_a_rotated_token_opens_nothing(meet, profile, status):
    """It is refused as a wrong one is, word for word, on every path, from when the fault begins."""
    meeting = meet(faults.RotatedToken(after="1s"), profile=profile)
    assert meeting.get().status_code == 200
    meeting.fake.clock.advance("1s")
    answers = [meeting.get(), meeting.get("/version"), meeting.patch()]
    with httpx.Client(base_url=meeting.fake.url, verify=meeting.context) as nobody:
        assert answers[0].json() == nobody.get(SESSIONS).json()
    assert [answer.status_code for answer in answers] == [status] * 3
    assert [record.fault for record in meeting.fake.requests][:4] == ["", *["rotated-token"] * 3]


def test_the_next_writes_conflict(meet):
    """409 in the words of a stale version, to whoever writes what exists; nothing is written, reads go on."""
    meeting = meet(faults.Conflict(times=3))
    fake = meeting.fake
    configuration = kubernetes.client.Configuration(host=fake.url, api_key={"authorization": f"Bearer {fake.token}"})
    configuration.ssl_ca_cert = str(fake.ca)
    with kubernetes.client.ApiClient(configuration) as client:
        api = kubernetes.client.CustomObjectsApi(client)
        named = ("tilt.dev", "v1alpha1", "sessions", "Tiltfile")
        current = api.get_cluster_custom_object(*named)
        writes = (
            lambda: api.replace_cluster_custom_object(*named, current),
            lambda: api.patch_cluster_custom_object(*named, {"metadata": {"labels": {"a": "b"}}}),
            lambda: api.delete_cluster_custom_object(*named),
        )
        for write in writes:
            with pytest.raises(kubernetes.client.ApiException) as raised:
                write()
            status = json.loads(raised.value.body)
            assert (raised.value.status, status["reason"]) == (409, "Conflict")
            assert status["message"] == (
                'Operation cannot be fulfilled on sessions.tilt.dev "Tiltfile": the object has been modified; '
                "please apply your changes to the latest version and try again"
            )
        assert api.get_cluster_custom_object(*named) == current
        assert writes[1]()["metadata"]["labels"] == {"a": "b"}
        with pytest.raises(kubernetes.client.ApiException, match="Not Found"):
            api.patch_cluster_custom_object(*named[:3], "nosuch", {})
        assert fake.faults.armed[0].met == 3


def test_a_conflict_is_not_spent_on_what_does_not_exist(meet):
    """404 stays 404."""
    meeting = meet(faults.Conflict(), allow="unmet-faults")
    assert meeting.patch(path=f"{SESSIONS}/nosuch").status_code == 404
    assert meeting.fake.faults.armed[0].met == 0


def test_a_delayed_answer_comes_when_the_clock_reaches_it(meet):
    """What was asked is done at once, others are answered meanwhile, and the answer comes at its very instant."""
    meeting = meet(faults.Delay("5s", client="slow"))
    fake = meeting.fake
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(meeting.patch, "slow/1")
        while not fake.faults.armed[0].met:
            assert meeting.get().status_code == 200
        meeting.settle()
        assert fake.session.metadata.labels == {"a": "b"}
        assert "the delayed answer to patch" in str(fake.blocked())
        assert (fake.activity.in_work, fake.activity.held) == (0, 1)
        fake.clock.advance("4.999999s")
        assert meeting.get().status_code == 200
        assert not answer.done()
        fake.clock.advance("1us")
        assert answer.result(20).headers["date"] == "Thu, 01 Jan 2026 00:00:05 GMT"
    assert fake.activity.held == 0


def test_a_delay_of_nothing_needs_no_move_of_the_clock(meet):
    """An answer that is due already is sent, though nobody moves the clock any more."""
    meeting = meet(faults.Delay("0s"))
    assert meeting.get().status_code == 200
    assert [armed.met for armed in meeting.fake.faults] == [1]
    assert meeting.fake.clock.elapsed == 0


def test_a_delay_passes_by_itself_under_auto(meet):
    """A client that waits for its answer lets the clock jump, for a list as for a watch."""
    meeting = meet(faults.Delay("1h"), progress="auto")
    assert meeting.get().status_code == 200
    with meeting.watch() as lines:
        assert json.loads(next(lines))["type"] == "ADDED"
    assert meeting.fake.clock.elapsed == 2 * 3600 * 1_000_000


def test_a_machine_delay_moves_no_session(meet):
    """It passes on the machine's clock, the request counts as one in work, and nobody else waits."""
    meeting = meet(faults.Delay("600ms", clock="machine", client="slow"), progress="auto")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(meeting.get, SESSIONS, "slow/1")
        while not meeting.fake.faults.armed[0].met:
            meeting.settle()
        meeting.get()
        assert not answer.done()
        taken = answer.result(20).elapsed.total_seconds()
    assert taken >= 0.5
    assert meeting.fake.clock.elapsed == 0


@pytest.mark.parametrize(
    "fault", [faults.Delay("1h"), faults.Delay("1h", clock="machine"), faults.StallWatch(0)], ids=str
)
def test_a_fake_stops_at_once_whoever_waits(meet, fault, monkeypatch):
    """Held answers and stalled watches are let go of, without the patience that a stop has with slow readers."""
    monkeypatch.setattr(listener.Listener, "_lose_patience", lambda *_: None)
    meeting = meet(fault)
    path = f"{SESSIONS}?watch=1" if isinstance(fault, faults.StallWatch) else SESSIONS
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = [pool.submit(meeting.get, path, f"c/{number}") for number in range(3)]
        while meeting.fake.faults.armed[0].met < 3:
            assert not [item for item in waiting if item.done()]
        stopped = threading.Event()
        pool.submit(lambda: (meeting.fake.stop(), stopped.set()))
        assert stopped.wait(9)  # a stop that does not come to its end is told after 10 s
        for item in waiting:
            item.exception(5)
    activity = meeting.fake.activity
    assert (activity.held, activity.in_work, activity.connections) == (0, 0, 0)


def test_a_client_that_gives_up_leaves_nothing_behind(meet):
    """Neither a planned answer nor an open watch."""
    meeting = meet(faults.Delay("5s", times=2))
    for path in (SESSIONS, f"{SESSIONS}?watch=1"):
        with meeting.client(timeout=httpx.Timeout(20, read=0.1)) as client, pytest.raises(httpx.ReadTimeout):
            client.get(path)
    while meeting.fake.activity.held:
        assert meeting.get().status_code == 200
    assert [item.what for item in meeting.fake.clock.planned() if "delayed" in item.what] == []
    assert meeting.fake.requests.open_watches() == []


@pytest.mark.parametrize("by", ["close", "fin", "rst"])
def test_a_truncated_body_is_shorter_than_announced(meet, by):
    """httpx says so; the head is that of the whole."""
    meeting = meet(faults.TruncateBody(10, by=by, times=1))
    assert meeting.get("/version").status_code == 200
    with meeting.client() as client:
        with pytest.raises(httpx.TransportError):
            client.get(SESSIONS)
        assert client.get(SESSIONS).json()["kind"] == "SessionList"
    assert [(record.status, record.fault) for record in meeting.fake.requests] == [
        (200, ""), (200, "truncate-body"), (200, ""),
    ]  # fmt: skip


def test_half_of_a_body_is_sent_where_no_size_is_given(meet):
    """To the byte."""
    meeting = meet(faults.TruncateBody(times=1))
    with meeting.raw() as raw:
        status, headers = raw.ask(meeting.fake, SESSIONS).head()
        assert (status, len(raw.file.read())) == ("200 OK", int(headers["content-length"]) // 2)


def test_another_content_type_says_nothing_of_the_body(meet):
    """The body stays what it is, of a list as of a watch."""
    meeting = meet(faults.WrongContentType("text/html"))
    answer = meeting.get()
    assert (answer.headers["content-type"], answer.json()["kind"]) == ("text/html", "SessionList")
    with meeting.client() as client, client.stream("GET", f"{SESSIONS}?watch=1") as watch:
        assert watch.headers["content-type"] == "text/html"
        assert json.loads(next(watch.iter_lines()))["type"] == "ADDED"


def test_versions_are_noted_in_the_journal(meet):
    """Every record has the last version that its answer showed: of a list, an object, a write."""
    meeting = meet()
    meeting.get()
    meeting.get(SESSION)
    meeting.patch()
    meeting.get(f"{SESSIONS}/nosuch")
    first = meeting.fake.commits[0].version
    written = int(meeting.fake.session.metadata.resource_version)
    assert [record.version for record in meeting.fake.requests] == [first, first, written, None]
