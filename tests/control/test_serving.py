"""The port of the control interface: who may use it, what it takes, and that waiting on it keeps nobody else."""

import contextlib
import http.client
import json
import socket
import threading
import urllib.parse

import pytest


def test_nobody_uses_it_without_its_own_token(control):
    """Neither without a token nor with the API's; and its own does not open the API."""
    tilt = control.get("/")
    for headers in ({}, {"Authorization": f"Bearer {tilt['token']}"}, {"Authorization": control.control.token}):
        refused = control.send("POST", "/clock/advance", b'{"by": "1s"}', headers)
        assert (401, "Unauthorized", "Bearer") == (
            refused.status, refused["reason"], refused.headers["WWW-Authenticate"],
        )  # fmt: skip
        assert "the API's own token does not open it" in refused["error"]
    assert "0s" == control.get("/clock")["elapsed"]
    host = urllib.parse.urlsplit(tilt["url"]).netloc
    connection = http.client.HTTPConnection(host, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", "/version", headers={"Authorization": f"Bearer {control.control.token}"})
        assert 403 == connection.getresponse().status


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (b"", 422, 'POST /clock/advance needs by: how far, such as {"by": "2.5s"}'),
        (b"[]", 400, "the body is list, not a JSON object with by"),
        (b"by=1s", 400, "POST /clock/advance: the body is no JSON object: Expecting value"),
        (b'{"by": NaN}', 400, "NaN is no number in JSON"),
        (b'{"by": 1, "by": 2}', 400, "'by' is given twice"),
        (b'{"by": "\\ud800"}', 400, "surrogates not allowed"),
        (b"\xff", 400, "is no JSON object"),
        (b"[" * 100_000, 400, "recursion"),
        (b'{"by": true}', 422, "by is true; write a duration as Go does"),
        (b'{"by": "-1s"}', 422, 'by is "-1s"; write a duration of 0s or more'),
        (b'{"by": "1ns"}', 422, "to the microsecond"),
        (b'{"by": {"a": "' + b"x" * 90 + b'"}}', 422, "x…; write a duration"),
        (b'{"durration": "1s"}', 422, "'durration' is no field of POST /clock/advance; there is by"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_what_can(control, body, status, text):
    """What is no JSON is a 400, what is no such field or value a 422; the text names what was found."""
    answer = control.send("POST", "/clock/advance", body)
    assert (status, True) == (answer.status, text in answer["error"]), answer["error"]


def test_a_verb_without_fields_says_so(control):
    """Fields in a query of a POST are refused as well."""
    assert "it takes none" in control.send("POST", "/clock/step", b'{"times": 2}')["error"]
    assert "takes its fields as JSON in the body" in control.send("POST", "/clock/advance?by=1s")["error"]


def test_the_document_names_the_address(control):
    """A client that reads it knows where to go."""
    assert [{"url": control.control.url}] == control.get("/openapi.json")["servers"]


@contextlib.contextmanager
def waiting(control, path, **fields):
    """Make a request and leave its answer to be read."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(control.control.url).netloc, timeout=30)
    with contextlib.closing(connection):
        connection.request("POST", path, json.dumps(fields), {"Authorization": f"Bearer {control.control.token}"})
        yield connection


def is_waiting(control):
    """Wait until a thread waits for the clock."""
    while not control.control.fake._moves.waiting:
        threading.Event().wait(0.01)


def test_a_long_wait_keeps_nobody_from_anything(controlled):
    """While one request waits under a hold, others are done and the API answers; its answer comes when it may."""
    control = controlled(progress="auto")
    control.post("/clock/holds", name="the browser starts")
    with waiting(control, "/clock/run-until-done") as first, waiting(control, "/expect/succeeded", eventually="1h"):
        is_waiting(control)
        for name in ("migrate", "api"):
            control.post("/targets", name=name, type="job")
        control.post("/targets/migrate:update/succeed")
        control.post("/targets/api:update/succeed")
        assert "succeeded" == json.load(first.getresponse())["outcome"]
    assert ["the browser starts"] == control.get("/clock")["holds"]


def test_a_client_that_goes_away_is_waited_for_no_longer(controlled):
    """The thread that worked for it ends, and everything goes on."""
    control = controlled(progress="auto")
    control.post("/clock/holds", name="the browser starts")
    with waiting(control, "/clock/run-until-done"):
        is_waiting(control)
        workers = [item for item in threading.enumerate() if "run-until-done" in item.name]
    for worker in workers:
        worker.join(20)
    assert workers
    assert not any(worker.is_alive() for worker in workers)
    assert [] == control.control.errors
    assert "0s" == control.get("/clock")["elapsed"]


def test_a_client_that_has_said_all_is_still_answered(control):
    """Half closed, it gets the answer of a request that is done; and requests of one connection are done in order."""
    address = urllib.parse.urlsplit(control.control.url)
    head = f"Host: {address.netloc}\r\nAuthorization: Bearer {control.control.token}\r\n"
    one = f'POST /clock/advance HTTP/1.1\r\n{head}Content-Length: 12\r\n\r\n{{"by": "1s"}}'
    with socket.create_connection((address.hostname, address.port), timeout=30) as sock:
        sock.sendall((one + one).encode())
        sock.shutdown(socket.SHUT_WR)
        answers = b"".join(iter(lambda: sock.recv(65_536), b"")).decode()
    assert 2 == answers.count("HTTP/1.1 200 OK")
    assert answers.index('"elapsed": "1s"') < answers.index('"elapsed": "2s"')


def test_patience_ends_a_wait_that_nothing_ends(controlled):
    """On the machine's clock, with who holds the session's clock."""
    control = controlled(progress="auto")
    control.post("/clock/holds", name="the browser starts")
    answer = control.post("/clock/run-until-done", patience="50ms")
    assert (409, True) == (answer.status, "its patience, 50ms of the machine's clock, has ended" in answer["error"])
    assert "held by    'the browser starts'" in answer["error"]


def test_by_the_wall_a_request_waits_for_its_time(controlled):
    """A session of half an hour at a speed of 36,000 is waited for in the twentieth of a second."""
    control = controlled(progress="wall", speed=36_000)
    assert "failed" == control.post("/clock/run-until-done")["outcome"]


def test_a_failure_within_is_an_answer_too(control, monkeypatch):
    """500 with what failed; it is remembered, and the interface goes on."""
    monkeypatch.setattr(control.control.fake, "cluster_fails", lambda _: 1 / 0)
    answer = control.post("/cluster")
    assert (500, "ZeroDivisionError: division by zero") == (answer.status, answer["error"])
    assert ["ZeroDivisionError: division by zero while doing POST /cluster"] == control.control.errors
    assert 200 == control.get("/clock").status
