"""How one fake takes the place of another that is served: another session at the same ports; knows no test."""

from pytest_tiltsession import errors
from pytest_tiltsession.life import running


class Succession(running.Running):
    """A fake that can take the place of another one."""

    def take_over(self, before: "Succession") -> None:
        """Serve in the place of another fake: url, token, context and files stay, its watches end, and it is over.

        Where the other one's process has ended, this one is started at the same ports. Raises ServerError where a port
        is not to be had any more, or the other one never served; then that one is as it was.
        """
        if self._leftovers is not None or before._site is None or before._leftovers is None:
            raise errors.ServerError("take_over(): only a fake that never served takes the place of one that does")
        self._app.token, self._site, self._leftovers = before._app.token, before._site, before._leftovers
        self._site.settings = self.settings
        try:
            if before._server is None or not before._server.running:
                self._serve(self.settings.port if before._server is None else before._server.listener.port)
            else:
                before._arming.faults.disarm()
                self._server = before._server
                self._server.hand_over(self._answering())
                self._serves()
        except BaseException:
            self._leftovers, before._site.settings = None, before.settings
            raise
        self._leftovers.belong_to(self, self._gate)
        before._leftovers = None
        before._succeeded()
        self._process.settle()

    def _succeeded(self) -> None:
        """Learn that another fake has taken this one's place: nothing more happens here."""
        self._end_time()
        self._script.forget()
        self._announced.forget()
        with self._world.lock:
            self._gate.close("another session has taken its place")
            self._process_ends()
