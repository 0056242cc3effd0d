"""What to write instead of a name that a fake has not. Knows names only."""

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

# First guesses, of those who know the Session or a freezer, and where a fake has what they mean.
_ELSEWHERE = {
    "advance": "clock.advance",
    "advance_to": "clock.advance_to",
    "now": "clock.now",
    "tick": "clock.advance",
    "shift": "clock.advance",
    "move_to": "clock.advance_to",
    "metadata": "session.metadata",
    "spec": "session.spec",
    "status": "session.status",
    "done": "session.status.done",
    "error": "session.status.error",
    "targets": "session.status.targets",
}


def instead(name: str, known: Iterable[str]) -> str:
    """Say that there is no such name, and which of the known ones may be meant."""
    said = f"there is no {name!r} of a fake Tilt"
    if name in _ELSEWHERE:
        return f"{said}; write {_ELSEWHERE[name]}"
    near = difflib.get_close_matches(name, [one for one in known if not one.startswith("_")], 2, 0.6)
    return f"{said}; did you mean {' or '.join(near)}?" if near else said


class Misnamed:
    """Explains itself where it is asked for what it has not; a type checker is told nothing of that."""

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
            raise AttributeError(instead(name, dir(self)), name=name, obj=self)
