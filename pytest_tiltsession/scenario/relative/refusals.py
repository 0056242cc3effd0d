"""What no script may ask for, told before anything is played: each objection with its place in the file, if any.

Of phases the objections are in ``phase_refusals``. Knows no engine; a scenario's own steps are judged by ``checking``.
"""

import collections
from collections.abc import Iterable, Iterator

from pytest_tiltsession.scenario import checking, instants, problems, process_lives, steps
from pytest_tiltsession.scenario.relative import ending, names, objecting, phase_refusals, resources, script


def objections(told: script.Script) -> Iterator[objecting.Objection]:
    """Give everything that is wrong with a script as it stands."""
    known = names.Names(told)
    yield from _header(told)
    yield from _declared_twice(told)
    for entry in told.everything:
        yield from phase_refusals.of_entry(entry, known)
        yield from _dependencies(entry, known)
    yield from _cycle(told)
    for event in told.events:
        yield from _event(event, known)
    yield from _contradictions(told.events)
    for happening, text in process_lives.objections(told.base):
        where = script.Where(told.base.path, happening.line) if happening.line is not None else None
        yield objecting.Objection(where, text)


def _header(told: script.Script) -> Iterator[objecting.Objection]:
    for what, value in (("pace", told.pace), ("load", told.load)):
        if value < 0:
            yield objecting.Objection(None, f"{what} is {instants.shown(value)}; time does not run backwards")
    if told.max_parallel_updates < 1:
        yield objecting.Objection(
            None, f"max_parallel_updates is {told.max_parallel_updates}; Tilt builds one at least"
        )
    for _, text in checking.mislabelled(told.base):
        yield objecting.Objection(None, text)
    if told.start_up == "full" and told.base.tells_start_up:
        yield objecting.Objection(None, "the start-up is told twice: by start_up full, and by a step that creates it")
    whole = [entry for entry in told.entries if not isinstance(entry, script.Track)]
    if told.load_error and whole:
        text = f"the Tiltfile fails to load, so {whole[0].name} never comes; leave it out, or let a reload fail"
        yield objecting.Objection(whole[0].where, text)


def _declared_twice(told: script.Script) -> Iterator[objecting.Objection]:
    """Object to targets that two entries share at one time, and to a change of what a target is."""
    first: dict[str, steps.Declaration] = dict(told.base.targets)
    at_start = {declaration.name for declaration in told.base.targets.values()}
    for entry in told.entries:
        for declaration in resources.declarations(entry):
            if declaration.name in at_start:
                text = f"{declaration.name} is declared twice; each target belongs to one resource"
                yield objecting.Objection(entry.where, text)
            at_start.add(declaration.name)
    for entry in told.everything:
        for declaration in resources.declarations(entry):
            if first.setdefault(declaration.name, declaration) != declaration:
                text = f"{declaration.name} is a {declaration.type} here and was none before; give it another name"
                yield objecting.Objection(entry.where, text)


def _dependencies(entry: script.Resource | script.Track, known: names.Names) -> Iterator[objecting.Objection]:
    for name in () if isinstance(entry, script.Track) else entry.after:
        found = known.entry(name)
        if found is None or isinstance(found, script.Track):
            what = "a bare target, and no resource" if found else "no resource of this scenario"
            hint = problems.nearest(
                name, (it.name for it in known.entries.values() if not isinstance(it, script.Track) and it != entry)
            )
            yield objecting.Objection(entry.where, f"{entry.name} depends on {name}, which is {what}; {hint}")


def _cycle(told: script.Script) -> Iterator[objecting.Objection]:
    """Object to dependencies that go round: Tilt does not load such a Tiltfile (ci-dep-cycle)."""
    after = {entry.name: entry.after for entry in told.everything if not isinstance(entry, script.Track)}
    done: set[str] = set()
    for start in after:
        path: dict[str, Iterator[str]] = {}
        name: str | None = start
        while name is not None:
            if name not in path and name not in done and name in after:
                path[name] = iter(after[name])
            following = next(path[name], None) if name in path else None
            if following in path:
                around = " -> ".join([*list(path)[list(path).index(following) :], following])
                text = f"cycle detected in resource dependency graph: {around}"
                yield objecting.Objection(None, f"{text}; Tilt does not load that: tell it as the Tiltfile's error")
                return
            if following is not None and following in after and following not in done:
                name = following
                continue
            if name in path and following is None:
                done.add(name)
                del path[name]
                name = next(reversed(path), None)


def _event(event: script.Event, known: names.Names) -> Iterator[objecting.Objection]:
    if isinstance(event.at, script.After):
        yield from phase_refusals.of_wait(event.at, known, event.where)
    elif event.at < 0:
        yield objecting.Objection(event.where, "an event lies before the session's start; offsets count from there")
    for word in ("disable", "enable", "trigger", "change"):
        for name in getattr(event, word):
            yield from _whole(word, name, event, known)
    reload = event.reload
    if event.cluster not in ("", "default", "docker"):
        yield objecting.Objection(event.where, f"cluster {event.cluster!r}: Tilt connects to default and docker")
    if reload is None:
        return
    if known.tells_tiltfile:
        yield objecting.Objection(event.where, "a reload shows tiltfile:update, which this scenario shows by itself")
    if reload.error and (reload.add or reload.remove or reload.changed or reload.spec):
        text = "a Tiltfile that fails to load leaves everything as it was; leave out what it adds, removes and says"
        yield objecting.Objection(event.where, text)
    for name in reload.remove:
        if known.entry(name) is None:
            yield objecting.Objection(event.where, f"remove {name}: {_unknown(name, known)}")
    for name in reload.changed:
        yield from _whole("changed", name, event, known)


def _whole(word: str, name: str, event: script.Event, known: names.Names) -> Iterator[objecting.Objection]:
    """Object to an event that needs a whole resource and names another thing."""
    found = known.entry(name)
    if isinstance(found, script.Track):
        text = f"{word} {name}: it is a bare target, which is told state by state; write the states it then shows"
        yield objecting.Objection(event.where, text)
    elif found is None:
        yield objecting.Objection(event.where, f"{word} {name}: {_unknown(name, known)}")


def _unknown(name: str, known: names.Names) -> str:
    return f"there is no such resource in this scenario; {problems.nearest(name, known.words)}"


def _contradictions(events: Iterable[script.Event]) -> Iterator[objecting.Objection]:
    """Object to what two events of one instant, or one alone, cannot mean together."""
    by_instant: dict[int, list[script.Event]] = collections.defaultdict(list)
    for event in events:
        if isinstance(event.at, int):
            by_instant[event.at].append(event)
    for at, together in by_instant.items():
        seen: dict[str, str] = {}
        for event in together:
            for word in ("disable", "enable"):
                for name in getattr(event, word):
                    if name in seen:
                        text = f"{seen[name]} and {word} {name} at {instants.shown(at)}: only one of them would be seen"
                        yield objecting.Objection(event.where, f"{text}; give one of them a later at")
                    seen[name] = word
        if sum(event.reload is not None for event in together) > 1:
            text = f"the Tiltfile is loaded twice at {instants.shown(at)}; give one of the loads a later at"
            yield objecting.Objection(together[-1].where, text)


def too_late(told: script.Script, end: ending.Ending) -> Iterator[objecting.Objection]:
    """Object to events and steps after the verdict, when ``tilt ci`` has exited."""
    how = f"fails ({end.verdict.error})" if end.verdict.error else "succeeds"
    why = f"the session {how} at {instants.shown(end.at)}, and tilt ci exits; nothing happens at"
    hint = "let something keep it running until then, or let the scenario go on (goes_on, goesOn)"
    for event in told.events:
        if isinstance(event.at, int) and event.at > end.at:
            yield objecting.Objection(event.where, f"{why} {instants.shown(event.at)}; {hint}")
    for step in told.base.steps:
        if step.at > end.at:
            where = script.Where(told.base.path, step.line) if step.line is not None else None
            yield objecting.Objection(where, f"{why} {instants.shown(step.at)}; {hint}")


def unmet(
    waiting: Iterable[tuple[str, script.What, script.After]],
) -> Iterator[objecting.Objection]:
    """Say of each wait that was never over what it waited for."""
    verbs = {
        "started": "never starts",
        "ready": "never becomes ready",
        "done": "never ends",
        "succeeded": "never succeeds",
        "failed": "never fails",
    }
    for name, what, awaited in waiting:
        yield objecting.Objection(awaited.where, f"after {awaited.of}: {name} {verbs[what]} in this scenario")
