"""What a resource of a script is to Tilt: its targets, and the engine's state of it before anything has happened.

Knows no time. The targets' names and types are those of the recorded conversions of resources.
"""

from pytest_tiltsession.models import resources as models
from pytest_tiltsession.models import runtimes, session
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.scenario.relative import script


def declarations(entry: script.Resource | script.Track) -> tuple[steps.Declaration, ...]:
    """Give the targets of a resource, its update target first."""
    name = entry.name
    if isinstance(entry, script.Track):
        return (steps.Declaration(name, entry.type, entry.resources),)
    update = steps.Declaration(f"{name}:update", session.JOB, (name,))
    if isinstance(entry, script.Local):
        serve = steps.Declaration(f"{name}:serve", session.SERVER, (name,))
        found = ((entry.update, update), (entry.serve, serve))
        return tuple(target for phases, target in found if phases is not None)
    is_job = isinstance(entry, script.Kubernetes) and entry.pod_readiness == models.SUCCEEDED
    return update, steps.Declaration(f"{name}:runtime", session.JOB if is_job else session.SERVER, (name,))


def meant(entry: script.Resource | script.Track) -> steps.Declaration:
    """Give the target that a resource's own name means: its serve or runtime target, else its update."""
    found = declarations(entry)
    if isinstance(entry, script.Kubernetes) and entry.pod_readiness == models.IGNORE:
        return found[0]  # its pods are not looked at
    return found[-1]


def initial(entry: script.Resource) -> models.Resource:
    """Give the engine's state of a resource that a Tiltfile has just brought, not known to be enabled yet."""
    if isinstance(entry, script.Local):
        return models.Resource(
            name=entry.name,
            kind=models.LOCAL,
            runtime=runtimes.LocalRuntime(),
            disable_state=models.DISABLE_PENDING,
            trigger_mode=entry.trigger_mode,
            depends_on=entry.after,
            has_update_cmd=entry.update is not None,
            has_serve_cmd=entry.serve is not None,
            # A server without a command has nothing to build that could be in the way (ci-many-resources).
            allow_parallel=entry.allow_parallel or entry.update is None,
        )
    is_pods = isinstance(entry, script.Kubernetes)
    return models.Resource(
        name=entry.name,
        kind=models.K8S if is_pods else models.COMPOSE,
        runtime=runtimes.K8sRuntime() if is_pods else None,
        disable_state=models.DISABLE_PENDING,
        trigger_mode=entry.trigger_mode,
        pod_readiness=entry.pod_readiness if isinstance(entry, script.Kubernetes) else models.WAIT,
        depends_on=entry.after,
        images=tuple(models.Image(name=name) for name in entry.images),
    )


def is_probed(entry: script.Resource) -> bool:
    """Tell whether a server has a readiness probe: it has one where it is ever shown running and not ready."""
    if not isinstance(entry, script.Local):
        return False
    return any(isinstance(it, script.Phase) and it.word == "active" and it.ready is False for it in entry.serve or ())
