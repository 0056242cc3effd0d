"""The builder's methods that add targets and whole resources."""

from collections.abc import Sequence
from typing import Self

from pytest_tiltsession.models import resources as models
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.scenario.relative import script, telling, telling_values
from pytest_tiltsession.scenario.relative.telling_values import Build, Names, Told


class TellingResources(telling.Telling):
    """Tells of targets and resources."""

    def job(self, name: str, *told: Told, resources: Sequence[str] | None = None) -> Self:
        """Tell a job state by state: ``job("migrate", active(for_="3s"), failed("exit status 1"))``.

        The resource ``migrate`` gives the target ``migrate:update``; a name with a colon is the target's.
        """
        return self._with(telling_values.track(name, "update", session.JOB, told, resources))

    def server(self, name: str, *told: Told, resources: Sequence[str] | None = None) -> Self:
        """Tell a server state by state: the resource ``api`` gives the target ``api:serve``."""
        return self._with(telling_values.track(name, "serve", session.SERVER, told, resources))

    def target(self, name: str, type_: str, *, resources: Sequence[str] = ()) -> Self:
        """Declare a target that ``step`` moves: a ``job`` or a ``server`` by its whole name, such as ``web:serve``."""
        telling_values.one_of("type", type_, (session.JOB, session.SERVER))
        named = telling_values.names("resources", resources) or (name.rpartition(":")[0] or name,)
        return self._with(steps.Declaration(telling_values.text(name, "a target has a name"), type_, named))

    def local(
        self,
        name: str,
        *,
        update: Build = None,
        serve: Build = None,
        after: Names = (),
        auto_init: bool = True,
        trigger_mode: str = "auto",
        allow_parallel: bool = False,
        disabled: bool = False,
    ) -> Self:
        """Add a ``local_resource``: targets ``name:update`` and ``name:serve``.

        ``update``: how long its command takes (``"3s"``), True for a second, or states, such as
        ``[active(for_="3s"), failed("exit status 1")]``. ``serve``: True for a server without a probe, a duration
        after which its probe passes, or states, such as ``[active(ready=False, for_="2s"), ready()]``. ``after``:
        the resources that it depends on. What follows a state that lasts for good belongs to the next build.
        """
        return self._with(
            script.Local(
                name=telling_values.resource_name(name),
                update=telling_values.build(update, f"{name}: update"),
                serve=telling_values.runtime(serve, f"{name}: serve"),
                after=telling_values.names("after", after),
                trigger_mode=telling_values.trigger_mode(trigger_mode, auto_init=auto_init),
                allow_parallel=allow_parallel,
                disabled=disabled,
            )
        )

    def kubernetes(
        self,
        name: str,
        *,
        build: Build = True,
        pods: Build = True,
        pod_readiness: str = models.WAIT,
        images: Names = (),
        after: Names = (),
        auto_init: bool = True,
        trigger_mode: str = "auto",
        disabled: bool = False,
    ) -> Self:
        """Add a Kubernetes resource: targets ``name:update`` and ``name:runtime``.

        ``pods``: what its pod goes through after each good build: True for one that is ready, a duration after which
        it becomes so, or states: ``waiting("ContainerCreating", for_="1s")``, ``active(ready=False)``, ``ready()``,
        ``failed("…")``, ``succeeded()``, ``removed()``, or ``pod(…)`` in detail. What Tilt counts as an error, such as
        ``waiting("ErrImagePull")``, is shown as one, with the grace that ``k8s_grace_period`` gives it.
        ``pod_readiness``: ``wait``, ``ignore``, or ``succeeded`` for a job that has to end well.
        """
        return self._with(
            script.Kubernetes(
                name=telling_values.resource_name(name),
                build=telling_values.build(build, f"{name}: build") or (script.Phase("succeeded"),),
                pods=telling_values.runtime(pods, f"{name}: pods") or (),
                pod_readiness=telling_values.pod_readiness(pod_readiness),
                images=telling_values.names("images", images),
                after=telling_values.names("after", after),
                trigger_mode=telling_values.trigger_mode(trigger_mode, auto_init=auto_init),
                disabled=disabled,
            )
        )

    def compose(
        self,
        name: str,
        *,
        build: Build = True,
        container: Build = True,
        container_id: str = "",
        images: Names = (),
        after: Names = (),
        auto_init: bool = True,
        trigger_mode: str = "auto",
        disabled: bool = False,
    ) -> Self:
        """Add a Docker Compose service: targets ``name:update`` and ``name:runtime``.

        ``container``: what its container goes through after each good build: ``waiting("created", for_="1s")``,
        ``ready()``, ``failed(exit_code=2)``, ``succeeded()`` (exited with 0, which Tilt shows ready), ``inactive()``.
        """
        return self._with(
            script.Compose(
                name=telling_values.resource_name(name),
                build=telling_values.build(build, f"{name}: build") or (script.Phase("succeeded"),),
                container=telling_values.container(container, f"{name}: container") or (),
                container_id=container_id,
                images=telling_values.names("images", images),
                after=telling_values.names("after", after),
                trigger_mode=telling_values.trigger_mode(trigger_mode, auto_init=auto_init),
                disabled=disabled,
            )
        )
