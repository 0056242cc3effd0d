"""What the control interface has in hand: the session that is served now, and how another takes its place."""

from collections.abc import Callable, Mapping
from typing import Any

from pytest_tiltsession import conflicts, fake_tilt, locks, settings
from pytest_tiltsession.control import running


class Desk:
    """One program's fake, session after session. ``on_shutdown`` is called when the program is asked to end."""

    def __init__(self, fake: fake_tilt.FakeTilt, on_shutdown: Callable[[], None]) -> None:
        self.running = running.Running(fake)
        self._on_shutdown = on_shutdown
        self._resetting = locks.turn()

    def reset(self, given: Mapping[str, Any]) -> running.Running:
        """Serve a new session where the present one is, with some options changed; url, token and context stay.

        Raises :class:`errors.TiltSessionError` where there can be no such session; the present one then goes on.
        """
        with self._resetting:
            before = self.running.fake
            after = fake_tilt.FakeTilt(_changed(before.settings, given))
            after.take_over(before)
            self.running = running.Running(after)
            return self.running

    def shut_down(self) -> None:
        """Ask the program to end."""
        self._on_shutdown()


def _changed(before: settings.Settings, given: Mapping[str, Any]) -> settings.Settings:
    """Give the settings of the next session."""
    options = dict(given)
    defaults = settings.Settings()
    if "progress" in options:  # these two go with a progress, so that those of the one before are of no use
        options = {"speed": defaults.speed, "patience": None, **options}
    if options.get("scenario") is not None:
        options = {
            **{name: getattr(defaults, name) for name in conflicts.OF_THE_SCENARIO},
            "parameters": None,
            **options,
        }
    elif "scenario" in options:
        options = {"parameters": None, **options}
    return settings.made(before, options)
