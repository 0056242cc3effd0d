"""A scenario that is being told, bit by bit: each bit gives a new telling and leaves the one before as it was.

A long telling costs its length, and not its square: each holds what it added and the one before it.
"""

import dataclasses
from collections.abc import Iterable
from typing import Self

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import instants, steps
from pytest_tiltsession.scenario.relative import script

Added = script.Resource | script.Track | script.Event | steps.Step | steps.Declaration


class Telling:
    """What was told so far. ``header`` is a script to which the rest is added."""

    _header: script.Script
    _before: "Telling | None" = None
    _added: Added | None = None

    def _with(self, added: Added | None = None, *, header: script.Script | None = None) -> Self:
        """Give a telling with one more thing, or with another header."""
        after = object.__new__(type(self))
        after._header = self._header if header is None else header
        after._before = self
        after._added = added
        return after

    @property
    def script(self) -> script.Script:
        """The scenario as values, in relative form. Raises InvalidScenario where its steps run back in time."""
        added: list[Added | None] = []
        found: Telling | None = self
        while found is not None:
            added.append(found._added)  # noqa: SLF001  of its own kind
            found = found._before  # noqa: SLF001  of its own kind
        return gathered(self._header, [it for it in reversed(added) if it is not None])

    @property
    def _spec(self) -> session.SessionSpec:
        """What the Tiltfile says by now."""
        told = self.script
        said = [event.reload.spec for event in told.events if event.reload is not None]
        return next((spec for spec in reversed(said) if spec is not None), told.base.spec)


def gathered(header: script.Script, added: Iterable[Added]) -> script.Script:
    """Give a script with more entries, events, targets and steps."""
    entries, events = list(header.entries), list(header.events)
    targets, told = dict(header.base.targets), list(header.base.steps)
    for thing in added:
        match thing:
            case steps.Step():
                told.append(thing)
            case steps.Declaration():
                targets[thing.name] = thing
            case script.Event():
                events.append(thing)
            case _:
                entries.append(thing)
    base = dataclasses.replace(header.base, targets=targets, steps=instants.merged(told))
    return dataclasses.replace(header, base=base, entries=tuple(entries), events=tuple(events))
