"""A conversation as asyncio sees it: what the transport of one client tells, and its ways to end; knows no HTTP."""

import asyncio

from pytest_tiltsession.server import conversation


class Connection(conversation.Conversation, asyncio.BufferedProtocol):
    """One client's connection. Every method runs on the server's loop."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless the listener was closed meanwhile."""
        assert isinstance(transport, asyncio.Transport)
        self.wire.made(transport)
        self.service.connections.add(self)
        self.service.activity.connections += 1
        self.service.activity.touch()
        if self.service.stopping:
            self.stop()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Let go of everything; the stream of an open watch is closed."""
        self.wire.lost()
        self._stop_timer()
        if self._watch is not None:
            self._watch.drop()
            self._watch = None
        self._set_busy(busy=False)
        self._reader.release()
        self.service.activity.connections -= 1
        self.service.activity.touch()
        self.service.connections.discard(self)
        if not self.service.connections and self.service.on_empty is not None:
            self.service.on_empty()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        """Lend asyncio the buffer to read into; all connections share it, because it is emptied at once.

        A buffer of its own for each read, which asyncio would make of 256 KiB, takes longer than all the rest.
        """
        return self.service.read_buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take bytes of any number of requests, whole or in part."""
        plain = self.wire.plain(bytes(self.service.read_buffer[:nbytes]))
        if plain:
            self._reader.receive(plain)
            self._work()
        elif not self.wire.closing:
            self._settle()
        if self.wire.said_goodbye:
            self._input_ended()

    def eof_received(self) -> bool:
        """Learn that the client sends no more. It may still read: what it asked for is answered."""
        self._input_ended()
        return True

    def pause_writing(self) -> None:
        """Hold answers and watches: the client does not keep up."""
        self.wire.paused = True

    def resume_writing(self) -> None:
        """Go on in the loop's next turn: the client has read.

        Not at once, since a transport that is closed while it tells this tells twice that the connection is lost.
        """
        self._loop.call_soon(self._resume)

    def _resume(self) -> None:
        self.wire.resumed()
        if self._watch is not None:
            self._watch.pump()
        self._work()

    def stop(self) -> None:
        """End cleanly: an open watch gets its last events and its end, what is written is sent, then it is closed."""
        if self._watch is not None:
            self._watch.pump()  # whoever stops the server on its own thread is faster than the events' own turn
        if self._watch is not None:
            self._watch.end()
        self.wire.close()

    def break_off(self, *, reset: bool) -> None:
        """Close at once, in the middle of whatever is being said."""
        self.wire.break_off(reset=reset)

    def unsent(self) -> int:
        """Give how many bytes wait for the client to read."""
        return self.wire.unsent()

    def forget(self) -> None:
        """Close this process's copy of the socket."""
        self.wire.sock.close()
