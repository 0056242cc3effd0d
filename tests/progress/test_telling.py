"""A watch that is told why nothing comes."""

import json

from pytest_tiltsession.progress import telling


class Stream:
    """A watch with a few things to say."""

    status = 200
    timeout = 7.0
    ended = False

    def __init__(self, *said, content_type="application/json"):
        self.headers = (("Content-Type", content_type),)
        self.said = list(said)
        self.closed = 0

    def pull(self, _limit=0):
        return self.said.pop(0) if self.said else b""

    def subscribe(self, callback):
        self.callback = callback

    def close(self):
        self.closed += 1


def test_a_watch_is_as_it_was_until_it_is_told():
    """Headers, timeout, events and end are the stream's own."""
    stream, closed, called = Stream(b"one\n"), [], []
    watch = telling.Tellable(stream, closed.append)
    watch.subscribe(lambda: called.append(1))
    assert (200, stream.headers, 7.0) == (watch.status, watch.headers, watch.timeout)
    assert (False, b"one\n", b"") == (watch.ended, watch.pull(), watch.pull())
    stream.callback()
    stream.ended = True
    assert (True, [1]) == (watch.ended, called)
    watch.close()
    assert ([watch], 1) == (closed, stream.closed)


def test_the_last_word_comes_after_what_was_to_be_said():
    """First the events that are there, then the error, then the end; what comes later is not said any more."""
    stream = Stream(b"one\n")
    watch = telling.Tellable(stream, lambda _: None)
    watch.subscribe(lambda: None)
    watch.tell("nothing comes")
    watch.tell("twice")
    assert (False, b"one\n") == (watch.ended, watch.pull())
    event = json.loads(watch.pull())
    assert ("ERROR", "Status", "nothing comes") == (event["type"], event["object"]["kind"], event["object"]["message"])
    stream.said.append(b"late\n")
    assert (True, b"") == (watch.ended, watch.pull())


def test_a_watch_in_protobuf_is_told_in_protobuf():
    """The event has the form of the watch: a length, then an envelope."""
    watch = telling.Tellable(Stream(content_type="application/vnd.kubernetes.protobuf;stream=watch"), lambda _: None)
    watch.tell("nothing comes")
    said = watch.pull()
    assert len(said) - 4 == int.from_bytes(said[:4], "big")
    assert b"ERROR" in said
    assert b"nothing comes" in said
