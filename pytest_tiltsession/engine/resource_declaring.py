"""How a test declares whole resources: local, Kubernetes, Docker Compose; knows no HTTP and no files."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_tiltsession import errors
from pytest_tiltsession.engine import drivers, gate
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import target_names

if TYPE_CHECKING:
    from pytest_tiltsession.engine import resource_drivers, resource_states, runtime_drivers

Names = str | Sequence[str]


class ResourceDrivers:
    """The whole resources that a test declares and moves, beside the single targets of ``drivers_``.

    A resource is known to be enabled from the start: it waits for what it depends on, or for its turn.
    """

    def __init__(self, gate_: gate.Gate, drivers_: drivers.Drivers) -> None:
        self._driven_by = (gate_, drivers_)
        self._made: resource_states.ResourceStates | None = None

    @property
    def _states(self) -> "resource_states.ResourceStates":
        """The resources; what they mean is loaded with the first one, since most tests drive single targets."""
        with self._driven_by[0].world.lock:
            if self._made is None:
                from pytest_tiltsession.engine import resource_states  # start-up cost

                self._made = resource_states.ResourceStates(*self._driven_by)
            return self._made

    def _forget_resources(self) -> None:
        if self._made is not None:
            self._made.forget()

    def _stop_resources(self) -> None:
        if self._made is not None:
            self._made.stop()

    def _resources_again(self) -> tuple[session.Target, ...]:
        return () if self._made is None else self._made.begin_again()

    def local(
        self,
        name: str,
        *,
        update: bool = True,
        serve: bool = False,
        probed: bool = False,
        after: Names = (),
        auto_init: bool = True,
        trigger_mode: str = "auto",
        allow_parallel: bool = False,
    ) -> "resource_drivers.LocalDriver":
        """Declare a ``local_resource`` with a command (``name:update``), a server (``name:serve``), or both.

        ``probed``: its server has a readiness probe. ``after``: the resources that it depends on.
        """
        from pytest_tiltsession.engine import resource_drivers, resource_states  # start-up cost
        from pytest_tiltsession.models import resources, runtimes  # start-up cost

        if not update and not serve:
            raise errors.InvalidValue(f"local({name!r}): it has neither update nor serve; give it one of them")
        self._states.add(
            resources.Resource(
                name=name,
                kind=resources.LOCAL,
                runtime=runtimes.LocalRuntime(),
                trigger_mode=resource_states.trigger_mode(trigger_mode, auto_init=auto_init),
                depends_on=target_names.named("after", after),
                has_update_cmd=update,
                has_serve_cmd=serve,
                # A server without a command has nothing to build that could be in the way (ci-many-resources).
                allow_parallel=allow_parallel or not update,
            )
        )
        return resource_drivers.LocalDriver(self._states, name, probed=probed)

    def kubernetes(
        self,
        name: str,
        *,
        pod_readiness: str = "wait",
        images: Names = (),
        after: Names = (),
        auto_init: bool = True,
        trigger_mode: str = "auto",
    ) -> "runtime_drivers.KubernetesDriver":
        """Declare a Kubernetes resource: ``name:update`` and ``name:runtime``.

        ``pod_readiness``: ``wait``, ``ignore``, or ``succeeded`` for a job that has to end well.
        """
        from pytest_tiltsession.engine import resource_states, runtime_drivers  # start-up cost
        from pytest_tiltsession.models import resources, runtimes  # start-up cost

        self._states.add(
            resources.Resource(
                name=name,
                kind=resources.K8S,
                runtime=runtimes.K8sRuntime(),
                trigger_mode=resource_states.trigger_mode(trigger_mode, auto_init=auto_init),
                pod_readiness=resource_states.pod_readiness(pod_readiness),
                depends_on=target_names.named("after", after),
                images=tuple(resources.Image(name=it) for it in target_names.named("images", images)),
            )
        )
        return runtime_drivers.KubernetesDriver(self._states, name)

    def compose(
        self,
        name: str,
        *,
        images: Names = (),
        after: Names = (),
        auto_init: bool = True,
        trigger_mode: str = "auto",
    ) -> "runtime_drivers.ComposeDriver":
        """Declare a Docker Compose service: ``name:update`` and ``name:runtime``."""
        from pytest_tiltsession.engine import resource_states, runtime_drivers  # start-up cost
        from pytest_tiltsession.models import resources  # start-up cost

        self._states.add(
            resources.Resource(
                name=name,
                kind=resources.COMPOSE,
                trigger_mode=resource_states.trigger_mode(trigger_mode, auto_init=auto_init),
                depends_on=target_names.named("after", after),
                images=tuple(resources.Image(name=it) for it in target_names.named("images", images)),
            )
        )
        return runtime_drivers.ComposeDriver(self._states, name)
