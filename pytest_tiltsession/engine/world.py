"""What a change works on: clock, objects, journal and Tilt's state, bound together by one lock."""

import dataclasses
import threading

from pytest_tiltsession import profiles
from pytest_tiltsession.clock import simulated
from pytest_tiltsession.engine import tilt as tilts
from pytest_tiltsession.store import journal as journals
from pytest_tiltsession.store import objects as stores


@dataclasses.dataclass(slots=True)
class World:
    """One fake Tilt's state. Whoever reads more than one thing of it, or writes, holds the lock.

    ``verbatim`` shows recorded verdicts and takes none of its own: deadlines are not watched then. While it is
    ``frozen``, as a fault, what clients write is stored and nobody learns of it, and Tilt itself writes nothing.
    """

    clock: simulated.SimulatedClock
    tilt: tilts.Tilt
    journal: journals.Journal = dataclasses.field(default_factory=journals.Journal)
    verbatim: bool = False
    frozen: bool = False
    objects: stores.Objects = dataclasses.field(init=False)
    _profile: profiles.Profile | None = dataclasses.field(init=False, default=None)

    def __post_init__(self) -> None:
        self.objects = stores.Objects(self.journal)

    def begin_again(self, tilt: tilts.Tilt) -> None:
        """Forget all that a process held in memory, as a new one does: objects, versions, targets. The journal stays.

        The caller holds the lock.
        """
        self.tilt = tilt
        self.objects = stores.Objects(self.journal)
        self.frozen = False
        if self._profile is not None:
            self.follow(self._profile)

    def follow(self, profile: profiles.Profile) -> None:
        """Let what Tilt itself writes keep the conventions of a profile too: versions of removals, generations."""
        self._profile = profile
        self.objects.deletes_raise = profile.delete_version
        self.tilt.counts_generations = profile.generation

    @property
    def lock(self) -> "threading.RLock":
        """The lock that each instant, each request and each change holds."""
        return self.clock.lock
