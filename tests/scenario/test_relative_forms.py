"""Both forms of a scenario say the same, whatever it is: written, read, expanded, and told state by state."""

import hypothesis
import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.rules import holds
from pytest_tiltsession.scenario import file_format, files, naming, writing
from pytest_tiltsession.scenario.builder import Scenario
from pytest_tiltsession.scenario.relative import ending, engine, expansion, reading, relating

from .scripts import tellings

EXAMPLES = hypothesis.settings(max_examples=60, deadline=None)


@EXAMPLES
@hypothesis.given(tellings())
def test_a_written_script_reads_as_the_same(told):
    """The file of any script gives that script again, and the same file."""
    text = told.to_yaml()

    read = reading.parse_script(text)

    assert told.script == read
    assert text == Scenario.of(read).to_yaml()


@EXAMPLES
@hypothesis.given(tellings())
def test_absolute_steps_are_told_state_by_state_without_loss(told):
    """Any steps become states with durations, and these the same steps again; so does their file."""
    built = told.build()

    related = relating.relate(built)

    assert built == expansion.expand(related)
    assert built == expansion.expand(reading.parse_script(Scenario.of(related).to_yaml()))
    assert built == file_format.parse_scenario(writing.document(built))


@EXAMPLES
@hypothesis.given(tellings())
def test_holds_are_those_of_the_whole_engine(told):
    """Asking the scheduler about one resource of each likeness gives what asking it about all of them gives."""
    seen = []

    class Compared(engine.Engine):
        def settle(self):
            super().settle()
            state = engine.models.EngineState(
                tiltfile=self.tiltfile,
                resources=tuple(life.resource for life in self.lives.values() if life.held is None),
                clusters=self._clusters,
                trigger_queue=tuple(sorted(self._scheduler._queue, key=self._scheduler._queue.__getitem__)),
            )
            whole = holds.schedule(state, machine_now=self._now).holds
            found = {name: self._scheduler.hold_of(name) for name, life in self.lives.items() if life.held is None}
            # One that is being built and wants another build is not asked about: it shows no reason then.
            building = {name for name, life in self.lives.items() if life.resource.builds.current}
            seen.append(
                (
                    {k: v for k, v in whole.items() if k not in building},
                    {k: v for k, v in found.items() if v is not None},
                )
            )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "Engine", Compared)
        told.build()

    assert all(whole == found for whole, found in seen), [pair for pair in seen if pair[0] != pair[1]]


@EXAMPLES
@hypothesis.given(tellings())
def test_a_script_ends_with_its_first_verdict(told):
    """Without goes_on the steps are those up to the verdict; events after it are refused."""
    whole = told.build()
    end = ending.ending(whole)
    ends = expansion.dataclasses.replace(told.script, goes_on=False)
    if end is None:
        assert whole == expansion.expand(ends)
        return
    if any(isinstance(event.at, int) and event.at > end.at for event in ends.events):
        with pytest.raises(errors.InvalidScenario, match="tilt ci exits"):
            expansion.expand(ends)
        return

    cut = expansion.expand(ends)

    assert [step for step in whole.steps if step.at <= end.at] == list(cut.steps)
    assert end == ending.ending(cut)


@hypothesis.settings(EXAMPLES, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(tellings())
def test_the_verdict_is_the_one_that_playing_brings(play, told):
    """What the steps alone say of the first verdict, its instant and its error, playing them says as well."""
    scenario = told.build()
    fake = play(scenario)
    while not fake.done and fake.clock.step():
        pass

    end = ending.ending(scenario)

    played = (fake.clock.elapsed, fake.done[0][1]) if fake.done else None
    assert played == (None if end is None else (end.at, end.verdict.error))


@pytest.mark.parametrize("name", naming.names())
def test_each_named_scenario_goes_through_both_forms(name):
    """The library's own files are written, read and related without loss."""
    told = files.read_script(name)
    built = files.read(name)

    assert told == reading.parse_script(Scenario.of(told).to_yaml())
    related = expansion.dataclasses.replace(relating.relate(built), goes_on=True)
    assert built == expansion.expand(related)


def test_the_examples_go_through_both_forms(pytestconfig):
    """Absolute files of the examples become states with durations, and the same steps again."""
    found = sorted((pytestconfig.rootpath / "examples").rglob("*.tilt.yaml"))
    for path in found:
        built = files.read(path)

        assert built == expansion.expand(relating.relate(built)), path

    assert found
