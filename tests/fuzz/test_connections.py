"""Clients that behave badly towards a whole fake: what they smuggle in, leave half done, or do not read."""

import json
import threading
from collections.abc import Callable
from concurrent import futures

import pytest

from pytest_tiltsession import FakeTilt
from pytest_tiltsession.server import service

from . import conversing, examining, hosting, judging
from .requests_grammar import SESSIONS, Asked

MERGE = (("Content-Type", "application/merge-patch+json"),)
JSON_PATCH = (("Content-Type", "application/json-patch+json"),)
DELETES = Asked("DELETE", f"{SESSIONS}/Tiltfile")
WATCH = Asked("GET", f"{SESSIONS}?watch=1")
TOO_MANY = json.dumps([{"op": "test", "path": "/kind", "value": "Session"}] * 10_001).encode()


def patched(**metadata: dict[str, str]) -> Asked:
    """Ask for labels or annotations on the ``Tiltfile`` Session."""
    return Asked("PATCH", f"{SESSIONS}/Tiltfile", MERGE, json.dumps({"metadata": metadata}).encode())


def wait_for(holds: Callable[[], object]) -> None:
    """Wait until something holds, looking as often as the machine allows."""
    until = service.machine_seconds() + hosting.PATIENCE
    while not holds():
        assert service.machine_seconds() < until


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
        b"X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
        b"Content-Length: 0, 0\r\n\r\n",
        b"Content-Length: 0\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0;a\n\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
    ],
    ids=range(12),
)
def test_nothing_is_smuggled_in(tls: bool, framing: bytes) -> None:
    """A request of which two servers could make two is refused, and what stands behind it is never looked at."""
    with hosting.sound(tls=tls) as fake, conversing.conversation(fake) as talk:
        head = f"POST {SESSIONS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {fake.token}\r\n".encode()
        talk.send(head + framing + DELETES.bytes(fake.token))
        (refused,) = conversing.answers(talk.rest(), heads=False)
        assert refused.status in (400, 501)
        assert fake.session.name == "Tiltfile"


def test_what_a_body_holds_is_no_request() -> None:
    """A request inside a body of known length is content, and the next one begins behind it."""
    with hosting.sound(tls=False) as fake, conversing.conversation(fake) as talk:
        hidden = DELETES.bytes(fake.token)
        talk.send(Asked("POST", SESSIONS, (), hidden).bytes(fake.token) + Asked("GET", SESSIONS).bytes(fake.token))
        assert [400, 200] == [talk.answer(method).status for method in ("POST", "GET")]
        assert fake.session.name == "Tiltfile"


@pytest.mark.parametrize("profile", ["tilt", "kubernetes"])
def test_a_write_is_done_although_its_client_has_gone(profile: str) -> None:
    """Whoever resets the connection after a whole request gets no answer; the request was made."""
    with hosting.sound(profile=profile) as fake:
        with conversing.conversation(fake) as talk:
            talk.send(patched(labels={"a": "b"}).bytes(fake.token))
            wait_for(lambda: len(fake.requests))
            talk.reset()
        assert {"a": "b"} == fake.session.metadata.labels


def test_half_a_write_is_none() -> None:
    """A client that leaves in the middle of a body has written nothing."""
    with hosting.sound() as fake:
        whole = patched(labels={"a": "b"}).bytes(fake.token)
        for leave in (conversing.Conversation.reset, conversing.Conversation.half_close):
            with conversing.conversation(fake) as talk:
                talk.send(whole[:-1])
                leave(talk)
        hosting.wait_until_at_rest(fake)
        assert (None, 0) == (fake.session.metadata.labels, len(fake.requests))


@pytest.mark.parametrize(("profile", "tls"), [("tilt", True), ("kubernetes", False)])
def test_a_watcher_that_stops_reading_keeps_nobody_up(profile: str, tls: bool) -> None:
    """While one client does not read its watch, others write and watch; when it reads on, it has missed nothing."""
    with hosting.sound(profile=profile, tls=tls) as fake:
        api = fake.server("api")
        with conversing.conversation(fake) as idle, conversing.conversation(fake) as writer:
            idle.send(WATCH.bytes(fake.token))
            wait_for(lambda: fake.activity.watches)
            before = len(fake.commits)
            writer.send(patched(annotations={"big": "x" * 250_000}).bytes(fake.token))
            assert writer.answer("PATCH").status == 200
            for _ in range(40):
                api.start()
                api.ready()
            writer.send(patched(labels={"the": "end"}).bytes(fake.token))
            assert writer.answer("PATCH").status == 200
            with conversing.conversation(fake) as other:
                other.send(WATCH.bytes(fake.token))
                assert other.answer("GET").body.count(b"\n") == 1
            assert fake.requests.open_watches()[0].events < 80
            told = told_until(idle, b'"the":"end"')
        versions = [int(json.loads(line)["object"]["metadata"]["resourceVersion"]) for line in told.body.splitlines()]
        assert [item.version for item in fake.commits[before - 1 :]] == versions


def told_until(talk: conversing.Conversation, mark: bytes) -> conversing.Answer:
    """Read a watch up to a mark, and then the end that half a connection gets."""
    pieces = [b"", b""]
    while mark not in pieces[-2] + pieces[-1]:
        assert talk.more()
        pieces.append(talk.received)
        talk.received = b""
    talk.half_close()
    (told,) = conversing.answers(b"".join((*pieces, talk.rest())), heads=False)
    return told


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (Asked("POST", SESSIONS, (), b" " * (20 * 2**20 + 1)), 413),
        (Asked("POST", SESSIONS, (), b" " * (20 * 2**20 + 1), chunked=True), 413),
        (Asked("POST", SESSIONS, (), b" " * 2**20), 400),
        (Asked("GET", SESSIONS, (("X", "y" * (2**20 + 4096)),)), 431),
        (Asked("GET", SESSIONS, (("X", "y" * 2**20),)), 200),
        (Asked("PATCH", f"{SESSIONS}/Tiltfile", JSON_PATCH, TOO_MANY), 413),
    ],
    ids=["body", "chunks", "large-body", "head", "large-head", "json-patch"],
)
def test_limits_are_tilts(asked: Asked, status: int) -> None:
    """20 MiB of body, 1 MiB of head, ten thousand operations of a JSON patch: what is beyond is refused in words."""
    with hosting.sound(tls=False) as fake, conversing.conversation(fake) as talk:
        sending = threading.Thread(target=talk.send, args=(asked.bytes(fake.token),))
        sending.start()
        answer = talk.answer(asked.method)
        sending.join()
        assert status == answer.status
        judging.judge(answer)


@pytest.mark.parametrize("profile", ["tilt", "kubernetes"])
def test_no_update_is_lost_between_many_clients(profile: str) -> None:
    """Four clients count in one annotation while the test moves a target; every count and every commit is seen."""
    with hosting.sound(profile=profile, tls=False) as fake, futures.ThreadPoolExecutor() as pool:
        api = fake.server("api")
        with conversing.conversation(fake) as watcher, conversing.conversation(fake) as writer:
            watcher.send(WATCH.bytes(fake.token))
            wait_for(lambda: fake.activity.watches)
            before = len(fake.commits)
            telling = pool.submit(told_until, watcher, b'"the":"end"')
            counting = [pool.submit(_count, fake, 12) for _ in range(4)]
            for _ in range(300):  # however slow the clients are, so that the watch has an end in sight
                if all(client.done() for client in counting):
                    break
                api.start()
                fake.clock.advance("1ms")
                api.ready()
                hosting.take_turn(fake)
            for client in counting:
                client.result()
            writer.send(patched(labels={"the": "end"}).bytes(fake.token))
            assert writer.answer("PATCH").status == 200
            told = telling.result()
        items = [json.loads(line)["object"] for line in told.body.splitlines()]
        counts = [int(item["metadata"]["annotations"].get("count", 0)) for item in items]
        versions = [int(item["metadata"]["resourceVersion"]) for item in items]
        assert (sorted(counts), 48) == (counts, counts[-1])
        assert [item.version for item in fake.commits[before - 1 :]] == versions
        assert sorted(set(versions)) == versions
        examining.examine(fake)


def _count(fake: FakeTilt, times: int) -> None:
    """Add one to a number in an annotation so many times, reading anew whenever somebody was faster."""
    with conversing.conversation(fake) as talk:
        while times:
            talk.send(Asked("GET", f"{SESSIONS}/Tiltfile").bytes(fake.token))
            found = json.loads(talk.answer("GET").body)
            notes = found["metadata"]["annotations"]
            notes["count"] = str(int(notes.get("count", "0")) + 1)
            talk.send(Asked("PUT", f"{SESSIONS}/Tiltfile", (), json.dumps(found).encode()).bytes(fake.token))
            answer = talk.answer("PUT")
            assert answer.status in (200, 409), answer
            times -= answer.status == 200
