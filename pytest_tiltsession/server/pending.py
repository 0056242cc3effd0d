"""A request whose answer comes later, as the server sees it: takes its place until then; knows no sockets."""

from collections.abc import Callable

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import watching


class Pending:
    """One answer that another thread works on; stands where a watch would, and later requests wait behind it.

    ``respond`` sends an answer. Everything but the notice that there is one happens on the loop.
    """

    def __init__(
        self, sink: watching.Sink, later: messages.Later, respond: Callable[[messages.Response], None]
    ) -> None:
        self._sink = sink
        self._later = later
        self._respond = respond
        self._open = True

    def start(self) -> None:
        """Begin to wait; an answer that is there already is sent in the loop's next turn."""
        self._later.on_complete(lambda: self._sink.service.waker.wake(self))

    def pump(self) -> None:
        """Send the answer, where there is one, as soon as the client keeps up."""
        response = self._later.response
        if not self._open or response is None or self._sink.wire.paused:
            return
        self._open = False
        self._respond(response)
        self._sink.watch_ended()

    def end(self) -> None:
        """Learn that the client sends no more, or that the server stops: whoever works on the answer may give up."""
        self._later.abandon()

    def drop(self) -> None:
        """Send nothing any more; the connection is gone."""
        self._open = False
        self._later.abandon()
