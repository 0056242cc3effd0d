"""From the relative form to the absolute one: what a script tells, as steps that the player plays.

Raises what is wrong with the script as one error; knows no file.
"""

import dataclasses
from collections.abc import Callable, Iterable

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import checking, instants, steps
from pytest_tiltsession.scenario.relative import (
    composing,
    ending,
    engine,
    lives,
    milestones,
    names,
    objecting,
    opening,
    phases,
    refusals,
    resources,
    script,
    tiltfiles,
    timeline,
    tracks,
)


def expand(told: script.Script) -> steps.Scenario:
    """Give the scenario in absolute steps.

    Raises :class:`errors.InvalidScenario` for what Tilt never shows and for what can never come about, with every
    problem that was found, each at its line where the script comes from a file.
    """
    found = list(refusals.objections(told))
    if found:
        raise errors.InvalidScenario("\n".join(objection.told(told.base.path) for objection in found))
    return _Expansion(told).scenario()


class _Expansion:
    """One script, played without a clock."""

    def __init__(self, told: script.Script) -> None:
        self._told = told
        self._names = names.Names(told)
        self._time = timeline.Timeline()
        self._reached = milestones.Milestones()
        self._shown = composing.Composition(told.base.start, self._time, self._reached)
        self._stage = phases.Stage(self._time, self._reached, self._names.resolve)
        self._engine = engine.Engine(told, self._stage, self._shown)
        self._tracks: dict[str, tracks.TrackLife] = {}
        # The targets that are there at this time, and whose they are; those of absolute steps belong to nobody.
        self._taken: dict[str, str] = dict.fromkeys(told.base.targets, "")
        self._tiltfile = tiltfiles.Tiltfile(told, self._time, self._engine, self._shown, self._add, self._remove)

    def scenario(self) -> steps.Scenario:
        """Play the script to its end and give what was shown."""
        told = self._told
        opened = told.start_up != "full" and not told.base.tells_start_up
        for declaration in told.base.targets.values():
            self._shown.declare(declaration, shown=opened)
        self._time.call_at(0, self._begin)
        for step in told.base.steps:
            self._time.call_at(step.at, self._step(step))
        for event in told.events:
            self._plan(event)
        self._time.run(self._engine.settle, self._shown.commit)
        unmet = list(refusals.unmet(self._reached.unmet))
        if unmet:
            raise errors.InvalidScenario("\n".join(objection.told(told.base.path) for objection in unmet))
        scenario, wheres = opening.assembled(told, self._shown)
        scenario = self._checked(scenario, wheres)
        return scenario if told.goes_on or told.is_absolute else self._ended(scenario)

    def _begin(self) -> None:
        if self._names.tells_tiltfile:
            self._add(self._told.entries)
        else:
            self._tiltfile.begin()

    def _step(self, step: steps.Step) -> Callable[[], None]:
        where = _where(step, self._told.base.path)

        def apply() -> None:
            self._shown.apply(step)
            for name, state in step.set.items():
                self._shown.show_state(name, state, where)
            for name in step.remove:
                self._shown.remove(name, where)
            if step.spec is not None:
                self._engine.set_spec(step.spec)

        return apply

    # -- what happens -------------------------------------------------------------------------------------------

    def _plan(self, event: script.Event) -> None:
        if isinstance(event.at, int):
            self._time.call_at(event.at, lambda: self._happen(event))
            return
        name, what = self._names.resolve(event.at)
        delay = event.at.delay

        def plan(at: int) -> None:
            self._time.call_at(at + delay, lambda: self._happen(event))

        self._reached.wait(name, what, event.at, plan)

    def _happen(self, event: script.Event) -> None:
        for name in event.disable:
            self._life(name, event).disable()
        for name in event.enable:
            life = self._life(name, event)
            if not life.resource.disabled:
                raise self._refused(event, f"enable {name}: it is not disabled")
            life.enable()
        for name in event.trigger:
            self._engine.trigger(self._enabled("trigger", name, event).name)
        for name in event.change:
            self._enabled("change", name, event).change()
        if event.cluster:
            self._engine.set_cluster(event.cluster, event.cluster_error)
        if event.reload is not None:
            for name in (*event.reload.remove, *event.reload.changed):
                if not self._tracks_of(name):
                    self._life(name, event)
            self._tiltfile.reload(event.reload)
        if event.note:
            self._shown.tell(note=event.note)

    def _enabled(self, word: str, name: str, event: script.Event) -> lives.Life:
        life = self._life(name, event)
        if life.resource.disabled:
            raise self._refused(event, f"{word} {name}: it is disabled, and Tilt builds nothing of it; enable it first")
        return life

    def _life(self, name: str, event: script.Event) -> lives.Life:
        found = self._engine.lives.get(name)
        if found is None:
            text = (
                f"there is no resource {name}: it comes with a later load of the Tiltfile, or has gone with an earlier"
            )
            raise self._refused(event, text)
        return found

    def _refused(self, event: script.Event, text: str) -> errors.InvalidScenario:
        """Give the error of an event that comes to nothing when it happens."""
        told = f"at {instants.shown(self._time.now)}: {text}"
        return errors.InvalidScenario(objecting.Objection(event.where, told).told(self._told.base.path))

    def _declare(self, entry: script.Resource | script.Track) -> None:
        """Take the targets of an entry, which nothing else may have at this time."""
        for target in resources.declarations(entry):
            if target.name in self._taken:
                text = (
                    f"{target.name} is there already at {instants.shown(self._time.now)}; a reload takes it away first"
                )
                raise errors.InvalidScenario(objecting.Objection(entry.where, text).told(self._told.base.path))
            self._taken[target.name] = entry.name

    def _add(self, entries: Iterable[script.Resource | script.Track]) -> None:
        entries = tuple(entries)
        for entry in entries:
            self._declare(entry)
        for track in entries:
            if isinstance(track, script.Track):
                life = tracks.TrackLife(track, self._stage, self._shown, self._engine.new_pid)
                self._tracks[track.name] = life
                life.begin()
        whole = [entry for entry in entries if not isinstance(entry, script.Track)]
        if whole:
            self._engine.add(whole)

    def _tracks_of(self, name: str) -> list[tracks.TrackLife]:
        """Give the bare targets of a name, be it their own or their resource's."""
        return [life for life in self._tracks.values() if name == life.track.name or name in life.track.resources]

    def _remove(self, name: str) -> None:
        gone = [life.track.name for life in self._tracks_of(name)] or [name]
        self._taken = {target: entry for target, entry in self._taken.items() if entry not in gone}
        for track in gone:
            if track in self._tracks:
                self._tracks.pop(track).leave()
        if name in self._engine.lives:
            self._engine.remove(name)

    # -- what comes of it ---------------------------------------------------------------------------------------

    def _checked(self, scenario: steps.Scenario, wheres: list[composing.Wheres]) -> steps.Scenario:
        found = []
        for objection in checking.objections(scenario):
            where = wheres[objection.step].get(objection.name)
            text = f"at {instants.shown(scenario.steps[objection.step].at)}: {objection.text}"
            found.append(objecting.Objection(where, text).told(self._told.base.path))
        if found:
            raise errors.InvalidScenario("\n".join(dict.fromkeys(found)))
        return scenario

    def _ended(self, scenario: steps.Scenario) -> steps.Scenario:
        """Leave out what comes after the verdict; object to what the script lets happen by itself then."""
        end = ending.ending(scenario)
        if end is None:
            return scenario
        path = self._told.base.path
        found = [objection.told(path) for objection in refusals.too_late(self._told, end)]
        if found:
            raise errors.InvalidScenario("\n".join(found))
        kept = tuple(step for step in scenario.steps if step.at <= end.at)
        return opening.pruned(dataclasses.replace(scenario, steps=kept), self._told)


def _where(step: steps.Step, path: str) -> script.Where | None:
    return script.Where(path, step.line) if step.line is not None else None
