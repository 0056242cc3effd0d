"""A conversation as its transport sees it: what the socket of one client tells, and its ways to end; knows no HTTP."""

from pytest_tiltsession.server import conversation


class Connection(conversation.Conversation):
    """One client's connection. Every method runs on the server's loop."""

    def begin(self) -> None:
        """Be one of the listener's connections from now on, and listen to the client."""
        self.service.connections.add(self)
        self.service.activity.connections += 1
        self.service.activity.touch()
        self.wire.begin(self, self.service.read_buffer)

    def connection_lost(self) -> None:
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
        self.wire.sock.close()  # now: who reads the end may ask at once how many are connected
        self.service.connections.discard(self)
        if not self.service.connections and self.service.on_empty is not None:
            self.service.on_empty()

    def received(self, data: bytes) -> None:
        """Take bytes of any number of requests, whole or in part."""
        plain = self.wire.plain(data)
        if plain:
            self._reader.receive(plain)
            self._work()
        elif not self.wire.closing:
            self._settle()
        if self.wire.said_goodbye:
            self._input_ended()

    def eof_received(self) -> None:
        """Learn that the client sends no more. It may still read: what it asked for is answered."""
        self._input_ended()

    def pause_writing(self) -> None:
        """Hold answers and watches: the client does not keep up."""
        self.wire.paused = True

    def resume_writing(self) -> None:
        """Go on: the client has read."""
        self.wire.resumed()
        if self._watch is not None:
            self._watch.pump()
        self._work()

    def failed(self, error: BaseException) -> None:
        """Tell of a failure of the server itself; a connection that broke is none."""
        if not isinstance(error, ConnectionError):
            self.service.on_error(error, None)

    def stop(self) -> None:
        """End cleanly: an open watch gets its last events and its end, what is written is sent, then it is closed."""
        if self._watch is not None:
            self._watch.pump()  # whoever stops the server on its own thread is faster than the events' own turn
        if self._watch is not None:
            self._watch.end()
        self.wire.close()

    def break_off(self, *, reset: bool) -> None:
        """Close at once, in the middle of whatever is being said."""
        self.wire.vanish(reset=reset)

    def unsent(self) -> int:
        """Give how many bytes wait for the client to read."""
        return self.wire.unsent()

    def forget(self) -> None:
        """Close this process's copy of the socket."""
        self.wire.sock.close()
