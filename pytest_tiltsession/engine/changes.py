"""What Tilt itself changes, as values: a script's step, a driver's transition, a Tiltfile reload.

A client's changes are in ``engine.writes``. All of them pass the gate.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from pytest_tiltsession import times
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.store import journal

if TYPE_CHECKING:
    from pytest_tiltsession.engine import world

SCRIPT = "script"
DRIVER = "driver"
CLIENT = "client"
CONTROLLER = "controller"
DEADLINE = "deadline"


@dataclasses.dataclass(frozen=True, slots=True)
class TiltChange:
    """All that changes in Tilt at one instant; it and the verdict that follows are one commit.

    ``targets`` replaces whole targets by name, ``removed`` takes some away. ``spec`` is what the Tiltfile now says.
    ``reload`` writes spec, labels and annotations back over what clients wrote. ``session`` makes the ``Tiltfile``
    Session appear, vanish or be re-created with a new uid. ``verdict`` gives done and error as recorded, for verbatim
    replay, and ``revision`` the recorded resourceVersion. ``always`` commits although nothing changed.
    """

    cause: str = DRIVER
    targets: Sequence[sessions.Target] = ()
    removed: Sequence[str] = ()
    spec: sessions.SessionSpec | None = None
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None
    reload: bool = False
    session: Literal["present", "absent", "recreated"] | None = None
    cluster_error: bool | None = None
    verdict: tuple[bool, str] | None = None
    revision: int | None = None
    note: str = ""
    always: bool = False

    def commit(self, world: "world.World") -> list[journal.Committed]:
        """Change Tilt's state and write the ``Tiltfile`` Session once, judged."""
        tilt, objects, now = world.tilt, world.objects, world.clock.now
        for target in self.targets:
            tilt.set_target(target)
        for name in self.removed:
            tilt.remove_target(name)
        if self.cluster_error is not None:
            tilt.cluster_error = self.cluster_error
        respecified = self._respecify(world) or self.reload
        if world.frozen:
            return []
        before = objects.get(sessions.TILTFILE_SESSION)
        committed: list[journal.Committed] = []
        if before is not None and self.session in ("absent", "recreated"):
            committed.append(objects.remove(before, at=now, cause=self.cause, note=self.note))
            before = None
        if before is None and self.session not in ("present", "recreated") and not self.reload:
            return committed
        if before is None:
            after = tilt.new_session(now)
        else:
            after = tilt.as_tiltfile_sets_it(before, now) if respecified else before
        done, error = self.verdict or self._judge(world, after)
        after = tilt.settled(after, done, error)
        if before is None or after != before or self.always or self.revision is not None:
            committed.append(objects.commit(after, at=now, cause=self.cause, note=self.note, revision=self.revision))
        return committed

    def _respecify(self, world: "world.World") -> bool:
        """Take over what the Tiltfile says now; True where it differs from what it said."""
        tilt = world.tilt
        said = (tilt.spec, tilt.labels, tilt.annotations)
        tilt.spec = self.spec or tilt.spec
        tilt.labels = tilt.labels if self.labels is None else self.labels
        tilt.annotations = tilt.annotations if self.annotations is None else self.annotations
        return said != (tilt.spec, tilt.labels, tilt.annotations)

    def _judge(self, world: "world.World", value: sessions.Session) -> tuple[bool, str]:
        verdict = world.tilt.judge(value, world.clock.now * times.MICROSECOND)
        return verdict.done, verdict.error
