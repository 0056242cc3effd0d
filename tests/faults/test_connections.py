"""Faults of connections, and connections that never came to a request, as clients and journal see them."""

import http.client
import socket
import threading

import httpx
import pytest

from pytest_tiltsession import faults


def failed(meeting, said):
    """Let httpx fail to connect, and give what the journal has of it."""
    with pytest.raises(httpx.ConnectError, match=said):
        meeting.get()
    meeting.settle()
    return list(meeting.fake.requests)[-1]


def test_a_handshake_fails_with_its_alert(meet):
    """As often as it was to; then clients come through."""
    meeting = meet(faults.FailHandshake(times=2))
    for _ in range(2):
        record = failed(meeting, "(?i)handshake.failure")
        assert (record.method, record.status, record.fault) == ("", 0, "fail-handshake")
    assert meeting.get().status_code == 200
    assert meeting.fake.problems() == []


def test_an_expired_certificate_is_refused_by_who_looks(meet):
    """Its authority is the same, so that only its date is wrong; who does not look takes it, and is noted too."""
    meeting = meet(faults.ExpiredCertificate(times=2))
    record = failed(meeting, "certificate has expired")
    assert (record.fault, record.message) == (
        "expired-certificate",
        "the TLS handshake failed: the client says that the certificate has expired",
    )
    with httpx.Client(verify=False) as careless:
        assert careless.get(f"{meeting.fake.url}/version").status_code == 403
    assert [record.message for record in meeting.fake.requests][1] == "the client took the certificate"
    assert meeting.get().status_code == 200


def test_a_connection_without_a_word_meets_nothing(meet):
    """A probe of the port uses no fault up, and is no line of the journal."""
    meeting = meet(faults.FailHandshake(times=1))
    port = int(meeting.fake.url.rpartition(":")[2])
    for _ in range(3):
        socket.create_connection(("127.0.0.1", port)).close()
    failed(meeting, "(?i)handshake.failure")
    assert [record.fault for record in meeting.fake.requests] == ["fail-handshake"]


def test_who_does_not_come_to_a_request_is_in_the_journal(meet):
    """A client without the certificate, one that speaks plain HTTP, one that hangs up; expectations count none."""
    meeting = meet()
    fake = meeting.fake
    port = int(fake.url.rpartition(":")[2])
    with pytest.raises(httpx.ConnectError):
        httpx.get(fake.url)
    plain = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    plain.request("GET", "/")
    assert plain.getresponse().status == 400
    plain.close()
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        sock.sendall(b"\x16\x03\x01\x00\x10half")
        sock.shutdown(socket.SHUT_WR)
        assert sock.recv(1) == b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        sock.sendall(b"\x00\x01\x02\x03\x04\x05")
        assert sock.recv(1) == b""
    meeting.settle()
    assert [(record.method, record.status, record.message) for record in fake.requests] == [
        ("", 0, "the TLS handshake failed: the client does not trust the certificate's authority"),
        ("", 400, "plain HTTP came to the TLS port; write https://"),
        ("", 0, "the client hung up during the TLS handshake"),
        ("", 0, "what came to the TLS port is no TLS"),
    ]
    fake.expect_requests(count=0)
    table = fake.render_requests()
    assert table.count("(no request)") == 4
    assert "plain HTTP came to the TLS port; write https://" in table


def test_a_full_queue_lets_connections_hang(meet):
    """While it is full nobody new comes in, those that are there go on; afterwards all come in."""
    meeting = meet(faults.FullAcceptQueue(after="10s", for_="5s"))
    fake = meeting.fake
    with meeting.client() as old:
        assert old.get("/version").status_code == 200
        assert fake.step()
        with meeting.client(timeout=0.2) as late, pytest.raises(httpx.ConnectTimeout):
            late.get("/version")
        assert old.get("/version").status_code == 200
        assert fake.step()
        assert fake.clock.elapsed == 15_000_000
        assert meeting.get("/version").status_code == 200
    assert fake.faults.armed[0].met >= 1
    assert fake.problems() == []
    (record,) = [record for record in fake.requests if record.fault]
    assert (record.fault_at - fake.clock.start, record.message) == (
        10_000_000,
        "the queue was full: attempts to connect were turned away",
    )


def test_a_full_queue_that_nobody_meets_is_unmet(meet):
    """And a fake with a full queue stops as fast as any."""
    meeting = meet(faults.FullAcceptQueue())
    (problem,) = meeting.fake.problems()
    assert problem.startswith("the fault full-accept-queue() was never met: no client connected then")
    stopped = threading.Thread(target=meeting.fake.stop)
    stopped.start()
    stopped.join(20)
    assert not stopped.is_alive()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(meeting.fake.url.rpartition(":")[2])))


def test_a_full_queue_is_met_by_its_own_clients_alone(meet):
    """Those of another fake on the same machine do not count; what came before a restart does."""
    meeting, other = meet(faults.FullAcceptQueue(for_="5s")), meet(faults.FullAcceptQueue())
    with meeting.client(timeout=0.1) as late, pytest.raises(httpx.ConnectTimeout):
        late.get("/version")
    assert ([], 1) == (meeting.fake.problems(), len(other.fake.problems()))
    other.fake.restart()
    meeting.fake.restart()
    assert ([], 1) == (meeting.fake.problems(), len(other.fake.problems()))


def test_a_full_queue_can_be_disarmed(meet):
    """Then clients come in at once."""
    meeting = meet()
    meeting.fake.faults.arm(faults.FullAcceptQueue())
    with meeting.client(timeout=0.1) as late, pytest.raises(httpx.ConnectTimeout):
        late.get("/version")
    meeting.fake.faults.disarm()
    assert meeting.get("/version").status_code == 200


def test_one_client_s_handshake_holds_nobody_up(meet):
    """While one is in the middle of a spoilt handshake, the others are served."""
    meeting = meet(faults.FailHandshake(times=1))
    with socket.create_connection(("127.0.0.1", int(meeting.fake.url.rpartition(":")[2])), timeout=20) as sock:
        sock.sendall(b"\x16\x03\x01")
        while not meeting.fake.faults.armed[0].met:
            meeting.fake.activity.quiet_seconds()
        assert meeting.get().status_code == 200
