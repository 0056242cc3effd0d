"""An upstream with faults: the application of a fake, whose watches are cut, stall, lose and repeat events."""

import dataclasses
import json

from pytest_tiltsession.api import messages


class Faulty:
    """Wraps a fake's application. ``streams`` makes a faulty stream of each watch, ``answers`` another answer."""

    def __init__(self, fake, *, streams=None, answers=None):
        self._app = fake._app
        self._streams = list(streams or ())
        self._answers = answers
        self.watches = 0
        fake._app = self

    def __getattr__(self, name):
        return getattr(self._app, name)

    def __call__(self, request):
        answer = self._app(request)
        if isinstance(answer, messages.Response):
            return answer if self._answers is None else self._answers(request, answer)
        self.watches += 1
        if not self._streams:
            return answer
        make = self._streams[0] if len(self._streams) == 1 else self._streams.pop(0)
        return answer if make is None else make(answer)


class Stream:
    """A watch that passes its events on, one line after the other."""

    def __init__(self, inner):
        self.inner = inner
        self.status, self.headers, self.timeout = inner.status, inner.headers, inner.timeout
        self.count = 0

    @property
    def ended(self):
        return self.inner.ended

    def subscribe(self, callback):
        self.inner.subscribe(callback)

    def close(self):
        self.inner.close()

    def pull(self, limit=65_536):
        found = b""
        for line in self.inner.pull(limit).splitlines(keepends=True):
            self.count += 1
            found += self.passed(line)
        return found

    def passed(self, line):
        """Give the bytes to send for the event that is number ``self.count``."""
        return line


def cut_after(number, *, reset=False, half=False):
    """Break the watch off before an event, or in the middle of it."""

    class Cut(Stream):
        def passed(self, line):
            if self.count > number:
                raise messages.BreakOff(line[: len(line) // 2] if half else b"", reset=reset)
            return line

    return Cut


def stalls_after(number):
    """Say nothing more after some events, and keep the watch open."""

    class Stalled(Stream):
        def passed(self, line):
            return line if self.count <= number else b""

    return Stalled


class Twice(Stream):
    """Each event comes twice."""

    def passed(self, line):
        return line * 2


class EverySecond(Stream):
    """Every second event gets lost."""

    def passed(self, line):
        return line if self.count % 2 else b""


class Babbling(Stream):
    """Each event is followed by bookmarks of nothing; the third by an error, as where a server gives up."""

    def passed(self, line):
        bookmark = b'{"type":"BOOKMARK","object":{"kind":"Session"}}\n'
        error = b'{"type":"ERROR","object":{"kind":"Status","code":410}}\n'
        return line + (error if self.count == 3 else bookmark)


class WithoutKind(Stream):
    """No object says what it is."""

    def passed(self, line):
        event = json.loads(line)
        return json.dumps({**event, "object": without_kind(event["object"])}).encode() + b"\n"


def without_kind(document):
    """Give an object without kind and apiVersion."""
    return {key: value for key, value in document.items() if key not in ("kind", "apiVersion")}


def answers_without_kind(request, answer):
    """Answer a read of a Session without its kind."""
    if request.method != "GET" or answer.status != 200:
        return answer
    return dataclasses.replace(answer, body=json.dumps(without_kind(json.loads(answer.body))).encode())
