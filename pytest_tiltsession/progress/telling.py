"""A watch that can be told something and is then ended: an ERROR event with a Status; knows no clock.

Kubernetes' clients raise what such an event says (client-go, the Python and the JavaScript client alike).
"""

from collections.abc import Callable

from pytest_tiltsession.api import documents, event_lines, messages, negotiation, refusals
from pytest_tiltsession.models import metadata
from pytest_tiltsession.store import journal


class Tellable(messages.Stallable):
    """A stream as it was, until :meth:`tell`. ``on_close`` is called once, when the server lets go of it."""

    def __init__(self, stream: messages.WatchStream, on_close: "Callable[[Tellable], None]") -> None:
        self.status = stream.status
        self.headers = stream.headers
        self.timeout = stream.timeout
        self._stream = stream
        self._on_close = on_close
        self._callback: Callable[[], None] | None = None
        self._last_word: bytes | None = None

    @property
    def stalls(self) -> bool:
        """Whether a fault has stopped it for good."""
        return isinstance(self._stream, messages.Stallable) and self._stream.stalls

    @property
    def ended(self) -> bool:
        """Whether the last word has been said."""
        return self._last_word == b"" or (self._last_word is None and self._stream.ended)

    def pull(self, limit: int = 65_536) -> bytes:
        """Give what may be sent now, and the last word after it."""
        if self._last_word == b"":
            return b""
        found = self._stream.pull(limit)
        if not found and self._last_word:
            found, self._last_word = self._last_word, b""
        return found

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call back whenever there may be something to pull."""
        self._callback = callback
        self._stream.subscribe(callback)

    def close(self) -> None:
        """Let go of the stream."""
        self._on_close(self)
        self._stream.close()

    def tell(self, text: str) -> None:
        """Send an ERROR event that says why nothing will come any more, and end. On the server's thread."""
        if self._last_word is not None:
            return
        self._last_word = _line(text, dict(self.headers).get("Content-Type", documents.JSON))
        if self._callback is not None:
            self._callback()


def _line(text: str, content_type: str) -> bytes:
    """Write the event in the form of the watch."""
    form = documents.PROTOBUF if content_type.startswith(documents.PROTOBUF) else documents.JSON
    status = metadata.Status(status="Failure", message=text, reason="Timeout", code=504)
    writer = event_lines.Writer(journal.Journal(), negotiation.MediaType(form), "")
    return writer.line(event_lines.Event(event_lines.ERROR, error=refusals.Refusal(status)))
