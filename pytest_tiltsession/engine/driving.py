"""How a test drives a whole fake: declare targets, move them, reload the Tiltfile; knows no HTTP and no files."""

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence

from pytest_tiltsession import errors, times
from pytest_tiltsession.engine import changes, drivers, gate, resource_declaring, tilt
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import target_names


class Driving(resource_declaring.ResourceDrivers):
    """The driving face of a fake. ``_settle`` is called after each change, outside the lock."""

    def __init__(self, gate_: gate.Gate) -> None:
        self._gate = gate_
        self._drivers = drivers.Drivers(gate_, settle=self._settle)
        self._declared: dict[str, session.Target] = {}
        super().__init__(gate_, self._drivers)

    def _settle(self) -> None:
        """Do what a change may have made necessary; nothing here."""

    def _declared_again(self, before: tilt.Tilt, *, keep: bool) -> tuple[session.Target, ...]:
        """Give what was declared and not removed, as it was declared: the same Tiltfile, in another process.

        ``before`` is the state that the earlier process ended with. Unless ``keep``, all of it is forgotten.
        """
        if not keep:
            self._declared.clear()
            self._forget_resources()
        left = tuple(first for name, first in self._declared.items() if before.target(name) is not None)
        return (*left, *self._resources_again())

    def job(
        self, name: str, *, resources: str | Sequence[str] | None = None, auto_init: bool = True
    ) -> drivers.JobDriver:
        """Declare a job: the resource ``name`` gives the target ``name:update``; a name with a colon is the target's.

        It waits (``tiltfile-reload``), or is inactive with ``auto_init=False``.
        """
        return self._declare(name, "update", session.JOB, resources, auto_init)  # type: ignore[return-value]  # of a job

    def server(
        self, name: str, *, resources: str | Sequence[str] | None = None, auto_init: bool = True
    ) -> drivers.ServerDriver:
        """Declare a server: the resource ``name`` gives the target ``name:serve``; one with a colon is the target's."""
        return self._declare(name, "serve", session.SERVER, resources, auto_init)  # type: ignore[return-value]  # of a server

    def _declare(
        self, name: str, suffix: str, type_: str, resources: str | Sequence[str] | None, auto_init: bool
    ) -> drivers.JobDriver | drivers.ServerDriver:
        resource, target = _named(name, suffix)
        waiting = session.TargetState(waiting=session.TargetStateWaiting(drivers.RELOADED))
        named = (resource,) if resources is None else target_names.named("resources", resources)
        first = session.Target(target, type_, named, waiting if auto_init else session.INACTIVE)
        driver = self._drivers.declare(target, type_, named, first.state)
        self._declared[target] = first
        return driver

    def target(self, name: str) -> drivers.JobDriver | drivers.ServerDriver:
        """Give the driver of a target that was declared, by a scenario too: ``target("api:serve")``.

        A resource may be named where it has one target only: ``target("api")``. Raises UnknownTarget with the nearest
        name, or with the targets of a resource that has several.
        """
        return self._drivers.driver(name)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Make all transitions of a with block one commit, as Tilt batches its changes; none where the block raises."""
        with self._states.undone_by_errors(), self._drivers.together():
            yield

    def reload(
        self,
        *,
        remove: str | Sequence[str] = (),
        exit_condition: str | None = None,
        timeout: times.Span | None = None,
        readiness_timeout: times.Span | None = None,
    ) -> None:
        """Reload the Tiltfile: what clients wrote to spec, labels and annotations of ``Tiltfile`` is set back.

        ``remove`` takes targets away; the others change the spec for good (Go durations). A Session that was deleted
        is re-created with a new uid.
        """
        spec = self._gate.world.tilt.spec
        ci = spec.ci or session.SessionCISpec()
        if timeout is not None:
            ci = dataclasses.replace(ci, timeout=times.nanos_of("timeout", timeout))
        if readiness_timeout is not None:
            nanos = times.nanos_of("readiness_timeout", readiness_timeout)
            ci = dataclasses.replace(ci, readiness_timeout=nanos)
        spec = dataclasses.replace(spec, exit_condition=exit_condition or spec.exit_condition, ci=ci)
        removed = [self._drivers.get(name).name for name in target_names.named("remove", remove)]
        self._gate.submit(changes.TiltChange(spec=spec, removed=removed, reload=True, note="the Tiltfile is reloaded"))
        self._settle()

    def cluster_fails(self, failed: bool = True) -> None:
        """Let the connection to the cluster fail: a CI session ends with ``cluster connection failed``."""
        self._gate.submit(changes.TiltChange(cluster_error=failed, note="the cluster connection fails"))
        self._settle()


def _named(name: str, suffix: str) -> tuple[str, str]:
    """Give the names of a resource and of its target. Raises ImpossibleTransition for what names neither."""
    resource, colon, given = name.rpartition(":") if isinstance(name, str) and ":" in name else (name, ":", suffix)
    if not isinstance(name, str) or not resource or not given:
        raise errors.ImpossibleTransition(
            f'a target is named by its resource, such as "api", or in full, such as "api:{suffix}"; found {name!r}'
        )
    return resource, f"{resource}{colon}{given}"
