"""How far a recording has come, on standard error: a line that is rewritten on a terminal, few lines elsewhere."""

import collections
import sys

from pytest_tiltsession.live import recording, server_time, sightings

_EVERY = 5.0  # seconds between two lines where they are not rewritten
_OFTEN = 0.1  # seconds between two versions of a line that is


class ProgressLine:
    """Shows the progress of one recording. With ``shared`` another program writes to the same terminal."""

    def __init__(self, recorded: recording.Recording, *, shared: bool) -> None:
        self._recorded = recorded
        self._rewrites = sys.stderr.isatty() and not shared
        self._last = ""
        self._at = -1e9
        self._found = False

    def show(self, *, last: bool = False) -> None:
        """Show how it stands, unless it was shown just now; ``last`` in any case."""
        text = describe(self._recorded)
        found = self._recorded.seen.events > 0
        news = found != self._found or last
        now = server_time.seconds()
        if text == self._last and not (last and self._rewrites):
            return
        if not news and now - self._at < (_OFTEN if self._rewrites else _EVERY):
            return
        self._last, self._at, self._found = text, now, found
        if self._rewrites:
            sys.stderr.write(f"\r\x1b[K{text}" + ("\n" if last else ""))
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()


def describe(recorded: recording.Recording) -> str:
    """Say how a recording stands: what it waits for, or how many events and targets it has seen."""
    seen = recorded.seen
    if not recorded.found:
        return f"tiltsession: waiting for {recorded.where.explain()}"
    if seen.latest is None:
        return f"tiltsession: found {recorded.context}, waiting for its Session {seen.name}"
    return f"tiltsession: recording {recorded.context}: {_counted(seen)}"


def _counted(seen: sightings.Sightings) -> str:
    latest = seen.latest
    targets = () if latest is None else latest.status.targets or ()
    words = collections.Counter(target.state.word for target in targets)
    listed = ", ".join(f"{count} {word}" for word, count in sorted(words.items()))
    events = f"{seen.events} event{'s' * (seen.events != 1)}, {len(targets)} target{'s' * (len(targets) != 1)}"
    done = latest is not None and latest.status.done
    verdict = "" if not done or latest is None else f"; done: {latest.status.error or 'succeeded'}"
    return events + (f" ({listed})" if listed else "") + verdict + ("" if seen.present else "; the session is absent")
