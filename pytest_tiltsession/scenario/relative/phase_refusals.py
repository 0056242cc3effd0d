"""What no target, build, process, pod or container goes through: objections to phases; knows no event."""

from collections.abc import Callable, Iterator

from pytest_tiltsession.models import resources as models
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import problems, steps
from pytest_tiltsession.scenario.relative import lives, names, objecting, phases, processes, script

Objections = Iterator[objecting.Objection]
# An objection to a phase of a kind of thing: why it is none, or None.
_Judge = Callable[[script.Phase], str | None]


def of_entry(entry: script.Resource | script.Track, known: names.Names) -> Objections:
    """Object to the phases of a resource or target."""
    match entry:
        case script.Track():
            yield from _of_phases(entry.name, entry, entry.phases, known, _track_judge(entry), runs=False)
        case script.Local():
            yield from _of_builds(entry, entry.update or (), known)
            yield from _of_phases(f"{entry.name}: serve", entry, entry.serve or (), known, _serve)
            if entry.update is None and entry.serve is None:
                text = f"local resource {entry.name} has neither update nor serve; give one of them"
                yield objecting.Objection(entry.where, text)
        case script.Kubernetes():
            yield from _of_builds(entry, entry.build, known)
            yield from _of_phases(f"{entry.name}: pods", entry, entry.pods, known, _pods_judge(entry))
        case script.Compose():
            yield from _of_builds(entry, entry.build, known)
            yield from _of_phases(f"{entry.name}: container", entry, entry.container, known, _container)


def _of_builds(entry: script.Resource, told: script.Phases, known: names.Names) -> Objections:
    what = f"{entry.name}: {'update' if isinstance(entry, script.Local) else 'build'}"
    yield from _of_phases(what, entry, told, known, _build)
    for run in phases.runs(told) if told else ():
        states = [phase for phase in run[lives.leading_waits(run) :] if isinstance(phase, script.Phase)]
        late = next((phase for phase in states if phase.word == "waiting"), None)
        if late is not None:
            text = f"{what}: it waits after it has started; a build waits first, and then runs to its end"
            yield objecting.Objection(late.where or entry.where, text)
        last = run[-1]
        ended = [phase for phase in states if phase.word in ("succeeded", "failed")]
        if ended and ended[0] is not last:
            yield objecting.Objection(
                ended[0].where or entry.where, f"{what}: a build that has ended stays so; no for_"
            )
        if isinstance(last, script.Phase) and last.word == "waiting":
            yield objecting.Objection(last.where or entry.where, f"{what}: a build that only waits; let it run as well")


def _of_phases(
    what: str,
    entry: script.Resource | script.Track,
    told: script.Phases,
    known: names.Names,
    judge: _Judge,
    *,
    runs: bool = True,
) -> Objections:
    """Object to single phases, to one that never comes, and to a last one with an end."""
    if not told and isinstance(entry, script.Track):
        yield objecting.Objection(entry.where, f"{what} shows nothing; give it a state")
    for index, phase in enumerate(told):
        where = phase.where or entry.where
        following = told[index + 1] if index + 1 < len(told) else None
        if isinstance(phase, script.After):
            yield from of_wait(phase, known, entry.where)
            if following is None:
                yield objecting.Objection(where, f"{what} ends with a wait for {phase.of}; say what comes then")
            continue
        why = judge(phase)
        if why is not None:
            yield objecting.Objection(where, f"{what}: {why}")
        if phase.lasts is not None and following is None:
            text = f"{what}: nothing follows {phase.word}, which lasts for good then; leave out for how long"
            yield objecting.Objection(where, text)
        if phase.lasts is None and isinstance(following, script.Phase) and not runs:
            text = f"{what}: {following.word} follows {phase.word}, which has no end; say how long that lasts"
            yield objecting.Objection(following.where or entry.where, text)


def of_wait(awaited: script.After, known: names.Names, where: script.Where | None) -> Objections:
    """Object to a wait for what is not there or cannot happen."""
    found = known.target(awaited.of)
    place = awaited.where or where
    if found is None:
        hint = problems.nearest(awaited.of, known.words)
        yield objecting.Objection(place, f"after {awaited.of}: there is no such target or resource; {hint}")
    elif awaited.what == "ready" and found.type == session.JOB and not found.name.endswith(":runtime"):
        yield objecting.Objection(
            place, f"after {awaited.of}: {found.name} is a job, which is never ready; wait for done"
        )
    elif awaited.what == "succeeded" and found.type == session.SERVER and not found.name.endswith(":runtime"):
        text = f"after {awaited.of}: {found.name} is a server, which never succeeds; wait for ready"
        yield objecting.Objection(place, text)


def _own_times(phase: script.Phase) -> str | None:
    given = (phase.start_time, phase.finish_time, phase.last_ready_time)
    if not all(isinstance(time, steps.Natural) for time in given) or phase.grace_status:
        return "times and grace of a whole resource follow from what happens to it; leave them out"
    return None


def _track_judge(track: script.Track) -> _Judge:
    def judge(phase: script.Phase) -> str | None:
        if phase.word == "pod" or phase.pod_name:
            return "a bare target has no pod; tell the resource with kubernetes()"
        if phase.exit_code is not None:
            return "a bare target shows no exit code; give the error text"
        if phase.word == "failed" and not phase.error and track.type == session.JOB:
            return 'a job that fails always has an error text; write it, such as "exit status 1"'
        return None

    return judge


def _build(phase: script.Phase) -> str | None:
    if phase.word not in ("waiting", "active", "succeeded", "failed"):
        return f"a build is never {phase.word}; it is active, and then succeeded or failed"
    if phase.ready:
        return "a build is never ready; write active, and then succeeded"
    if phase.word == "failed" and not phase.error:
        return 'a build that fails always has an error text; write it, such as "exit status 1"'
    if phase.exit_code is not None or phase.pod_name:
        return "a build has neither exit code nor pod; give the error text"
    return _own_times(phase)


def _serve(phase: script.Phase) -> str | None:
    if phase.word == "succeeded":
        return "a server that ends is always an error, with exit code 0 too; write failed"
    if phase.word not in ("waiting", "active", "failed"):
        return f"a process is never {phase.word}; it is active, ready or failed"
    if phase.word == "failed" and phase.error and not processes.ENDED.fullmatch(phase.error):
        return (
            f"Tilt says nothing of an ended process but its number, and not {phase.error!r}; leave the text out, "
            'or write "Process 42 exited with non-zero status"'
        )
    if phase.word == "waiting" and phase.reason != "unknown":
        return f"why a server waits follows from its build; leave the reason {phase.reason!r} out"
    if phase.exit_code is not None or phase.pod_name:
        return "Tilt shows neither exit code nor pod of a process; leave it out"
    return _own_times(phase)


def _pods_judge(entry: script.Kubernetes) -> _Judge:
    def judge(phase: script.Phase) -> str | None:
        if phase.word in ("disabled", "inactive"):
            return f"a pod is never {phase.word}; disable the resource, or give it auto_init=False"
        if phase.word == "active" and phase.ready and entry.pod_readiness == models.SUCCEEDED:
            return "a pod that has to end well is never ready; write active, and then succeeded"
        if phase.exit_code is not None:
            return "give an exit code to a container: pod(container(exit_code=1))"
        return _own_times(phase)

    return judge


def _container(phase: script.Phase) -> str | None:
    if phase.word in ("disabled", "pod"):
        return f"a Compose container is never {phase.word}; it is waiting, active, succeeded or failed"
    if phase.word == "active" and phase.ready is False:
        return "a Compose service counts as ready as soon as it runs; write waiting until it does"
    if phase.word == "failed" and phase.error and phase.exit_code is not None:
        return "Tilt shows an error text or an exit code, not both; give one of them"
    if phase.pod_name:
        return "a Compose service has no pod; leave its name out"
    return _own_times(phase)
