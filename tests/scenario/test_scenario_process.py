"""What happens to Tilt's process, in scenario files and in the builder: both say the same; mistakes have a line."""

import dataclasses

import jsonschema
import pytest
import yaml

from pytest_tiltsession import FakeTilt, Scenario, active, errors, faults, ready, runner, settings, succeeded, waiting
from pytest_tiltsession.scenario import comparing, file_format, files, process_lives, rewriting, steps
from pytest_tiltsession.scenario.relative import reading, schema

GREEN = files.read("up/green")
WRITTEN = {
    "{at: 10s, exit: {}}": steps.Exit(10_000_000),
    "{at: 10s, exit: {code: 3}}": steps.Exit(10_000_000, 3),
    "{at: 1.5s, crash: {}}": steps.Crash(1_500_000),
    "{at: 1s, crash: {reset: false}}": steps.Crash(1_000_000, reset=False),
    "{at: 1s, restart: {}}": steps.Restart(1_000_000),
    "{at: 1s, restart: {scenario: up/green}}": steps.Restart(1_000_000, scenario=GREEN, name="up/green"),
    "{at: 1s, restart: {session: false, scenario: null}}": steps.Restart(1_000_000, session=False, scenario=None),
    "{at: 1s, restart: {newPort: false, newWebPort: true, newToken: false, newCa: true, keepTargets: false}}": (
        steps.Restart(1_000_000, new_port=False, new_web_port=True, new_token=False, new_ca=True, keep_targets=False)
    ),
}
HEAD = "version: 1\ntitle: x\nprocess:\n"


def told():
    """Give a scenario of one second of work."""
    return Scenario("x").job("a", active(for_="1s"), succeeded())


def run(scenario):
    """Play a scenario as `tiltsession check` does; give its fake."""
    with runner.playing(settings.Settings(scenario=scenario)) as found:
        found.play()
    return found.fake


@pytest.mark.parametrize("text", WRITTEN)
def test_what_happens_reads_back_as_it_was_written(text):
    """In the absolute form and in the relative one; names and defaults are those of the methods; the schema agrees."""
    happening = WRITTEN[text]
    assert files.parse(f"{HEAD}  - {text}\n").process == (happening,)
    base = told().build()
    scenario = dataclasses.replace(base, process=(happening,))
    written = file_format.write_scenario(scenario)
    assert yaml.safe_load(written)["process"] == [yaml.safe_load(text)]
    assert file_format.parse_scenario(written) == files.parse(written) == scenario
    own = told().script
    script = Scenario.of(dataclasses.replace(own, base=dataclasses.replace(own.base, process=(happening,))))
    assert reading.parse_script(script.to_yaml(), find=files.naming.locate) == script.script
    assert script.build() == scenario
    assert Scenario.of(scenario).build().process == (happening,)
    document = {"version": 1, "process": yaml.safe_load(f"[{text}]")}
    jsonschema.Draft202012Validator(schema.json_schema()).validate(document)


def test_the_builder_tells_it_in_the_order_of_time():
    """However it is told; a scenario may be given as a name or as a Scenario, which has no place in a file."""
    late = told().restarts(at="20s", scenario="up/green", new_ca=True).exits(2, at="9s")
    scenario = late.crashes(at=4, reset=False).restarts(at=8)
    assert scenario.build().process == (
        steps.Crash(4_000_000, reset=False),
        steps.Restart(8_000_000),
        steps.Exit(9_000_000, 2),
        steps.Restart(20_000_000, new_ca=True, scenario=GREEN, name="up/green"),
    )
    other = told().restarts(at="2s", scenario=Scenario("y").server("b", ready()))
    assert "b:serve" in other.build().process[0].scenario.targets
    with pytest.raises(errors.InvalidScenario, match="restart at 2s: a file names the scenario"):
        other.to_yaml()
    with pytest.raises(errors.InvalidScenario, match="from 0 to 255"):
        told().exits(-1, at="1s")
    with pytest.raises(errors.InvalidScenario, match="give another Scenario"):
        told().restarts(at="1s", scenario=3)
    with pytest.raises(errors.InvalidScenario, match="did you mean up/green"):
        told().restarts(at="1s", scenario="up/gren")
    with pytest.raises(errors.InvalidScenario, match=r"crash at 3s: Tilt does not run then, it was ended at 2s"):
        told().exits(at="2s").crashes(at="3s").build()


def test_a_saved_file_names_the_other_by_its_own_path(tmp_path, monkeypatch):
    """Paths count from the file that holds them, wherever the program was when it told the scenario."""
    monkeypatch.chdir(tmp_path)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    told().save("a/next.tilt.yaml")
    scenario = told().restarts(at="5s", scenario="a/next.tilt.yaml").restarts(at="9s", scenario="up/green")
    scenario.save("b/first.tilt.yaml")
    assert '{scenario: "../a/next.tilt.yaml"}' in (tmp_path / "b" / "first.tilt.yaml").read_text()
    monkeypatch.chdir("/")
    again = files.read(tmp_path / "b" / "first.tilt.yaml")
    assert [it.name for it in again.process] == ["../a/next.tilt.yaml", "up/green"]
    assert again.process[0].scenario == told().build()


def test_a_restart_gives_parameters_to_what_it_brings(tmp_path):
    """In files as in the builder, and written again; those of the file itself may stand in them."""
    (tmp_path / "work.tilt.yaml").write_text(
        'version: 1\nparameters: {takes: 1s, error: ""}\nresources: {a: {local: {update: "${takes}"}}}\n'
    )
    first = tmp_path / "first.tilt.yaml"
    first.write_text(
        "version: 1\nparameters: {long: 7s}\nresources: {a: {local: {update: 1s}}}\n"
        'process: [{at: 5s, restart: {scenario: work.tilt.yaml, with: {takes: "${long}"}}}]\n'
    )
    brings, given = files.read(first), files.read(first, {"long": "9s"})
    assert [{"takes": "7s"}, {"takes": "9s"}] == [one.process[0].parameters for one in (brings, given)]
    run(files.parse(first.read_text() + "expect: {outcome: succeeded, at: 12.002s}\n", str(first)))

    built = told().restarts(at="5s", scenario=tmp_path / "work.tilt.yaml", parameters={"takes": "7s"})
    built.save(tmp_path / "built.tilt.yaml")
    assert '{scenario: work.tilt.yaml, with: {takes: "7s"}}' in (tmp_path / "built.tilt.yaml").read_text()
    again = files.read(tmp_path / "built.tilt.yaml")
    assert again.process[0].scenario == brings.process[0].scenario == built.build().process[0].scenario
    assert file_format.parse_scenario(file_format.write_scenario(again), str(first)).process == again.process
    with pytest.raises(errors.InvalidScenario, match="they fill the"):
        told().restarts(at="5s", scenario=told(), parameters={"takes": "7s"})


@pytest.mark.parametrize(
    ("written", "line", "said"),
    [
        ("{exit: {}}", 4, "what happens to the process needs at: write when"),
        ("{at: 5s}", 4, "what happens to the process is missing; write one of exit, crash and restart"),
        ("{at: 5s, exit: {}, crash: {}}", 4, "is one thing, found exit and crash"),
        ("{at: 5s, restrat: {}}", 4, "'restrat' is no key of what happens to the process; did you mean restart?"),
        ("{at: 5s, restart: {new_port: true}}", 4, "did you mean newPort?"),
        ("{at: 5s, restart: {newPort: yes}}", 4, "write true or false"),
        ("{at: 5s, exit: {code: 300}}", 4, "write a whole number from 0 to 255"),
        ("{at: 5s, exit: 3}", 4, "write a mapping with code"),
        ("{at: -5s, exit: {}}", 4, "offsets count from the session's start; write 0s or more"),
        ("{at: 0s, exit: {}}", 4, "exit: Tilt starts at 0s, so write an at of more than that"),
        ("{at: 90000000h, exit: {}}", 4, "a duration"),
        ("{at: 5, exit: {}}", 4, "a duration has a unit: write 5s for seconds"),
        ("{at: 5s, exit: {}}\n  - {at: 5s, restart: {}}", 5, "at 5s: exit (line 4) and restart; give one of them"),
        ("{at: 5s, crash: {}}\n  - {at: 6s, exit: {}}", 5, "it was killed at 5s (line 4); let it restart in between"),
        (
            "{at: 5s, restart: {scenario: up/gren}}",
            4,
            "restart: there is no scenario named 'up/gren'; did you mean up/green",
        ),
        (
            "{at: 5s, restart:\n      {scenario: nxt.tilt.yaml}}",
            5,
            "nxt.tilt.yaml; paths count from {folder}, did you mean next",
        ),
        (
            "{at: 5s, restart: {scenario: x.tilt.yaml}}",
            4,
            "would be played again and again: x.tilt.yaml -> x.tilt.yaml",
        ),
        ("{at: 5s, restart: {scenario: round.tilt.yaml}}", 4, "x.tilt.yaml -> round.tilt.yaml -> x.tilt.yaml"),
        ("{at: 5s, restart: {scenario: bad.tilt.yaml}}", 4, "bad.tilt.yaml:2: 'stepz' is no key of a scenario"),
        ("{at: 5s, restart: {scenario: up/green, with: {startup: 5s}}}", 4, "it has no parameter 'startup'"),
        (
            "{at: 5s, restart: {scenario: next.tilt.yaml,\n      with: {instnt: 5s}}}",
            4,
            "next.tilt.yaml:1: it has no parameter 'instnt'; did you mean instant?",
        ),
        ("{at: 5s, restart:\n      {with: {startup: 5s}}}", 5, "with goes with the path or the name of another"),
        ("{at: 5s, restart: {scenario: null, with: {startup: 5s}}}", 4, "with goes with the path or the name of"),
        ("{at: 5s, restart: {scenario: up/green, with: 5s}}", 4, "write a mapping from each parameter"),
        ("{at: 5s, restart: {session: false}}", 4, "session: false goes with scenario: null"),
        (
            "{at: 5s, restart: {scenario: next.tilt.yaml}}\n  - {at: 8s, exit: {}}",
            5,
            "exit at 8s: Tilt does not run then",
        ),
    ],
)
def test_mistakes_are_told_at_their_line(written, line, said, tmp_path):
    """With what would do; what a brought scenario does to the process counts as well."""
    others = {
        "next": 'version: 1\nparameters: {instant: 2s}\nprocess: [{at: "${instant}", crash: {}}]\n',
        "round": "version: 1\nprocess: [{at: 2s, restart: {scenario: x.tilt.yaml}}]\n",
        "bad": "version: 1\nstepz: []\n",
    }
    for name, text in others.items():
        (tmp_path / f"{name}.tilt.yaml").write_text(text)
    file = tmp_path / "x.tilt.yaml"
    file.write_text(f"{HEAD}  - {written}\n")
    with pytest.raises(errors.InvalidScenario) as refused:
        files.read(file)
    assert str(refused.value).startswith(f"{file}:{line}: ")
    assert said.replace("{folder}", str(tmp_path)) in str(refused.value)


def test_what_an_included_file_tells_is_part_of_it(tmp_path):
    """In the order of time; that two things happen at one instant is told at the line of the file that includes."""
    (tmp_path / "base.tilt.yaml").write_text("version: 1\nprocess: [{at: 5s, crash: {}}]\n")
    top = tmp_path / "top.tilt.yaml"
    top.write_text(
        "version: 1\ninclude: [base.tilt.yaml]\nprocess:\n  - {at: 8s, exit: {}}\n  - {at: 6s, restart: {}}\n"
    )
    assert files.read(top).process == (steps.Crash(5_000_000), steps.Restart(6_000_000), steps.Exit(8_000_000))
    top.write_text("version: 1\ninclude: [base.tilt.yaml]\nprocess:\n  - {at: 5s, exit: {}}\n")
    with pytest.raises(errors.InvalidScenario, match=r"top\.tilt\.yaml:4: two things happen to the process at 5s"):
        files.read(top)


def test_each_life_plays_what_it_is_given():
    """The same scenario again without its process, or another one with its own; a crash takes what is left unplayed."""
    inner = told().crashes(at="500ms").build()
    scenario = (
        told().crashes(at="500ms").restarts(at="2s").restarts(at="10s", scenario=inner).restarts(at="20s").build()
    )
    lives = process_lives.of(scenario)
    assert [(life.begin, life.ended) for life in lives] == [
        (0, 500_000), (2_000_000, 10_000_000), (10_000_000, 10_500_000), (20_000_000, None)
    ]  # fmt: skip
    assert process_lives.end(scenario) == 21_000_000
    fake = run(scenario)
    assert ["killed", "started", "exited", "started", "killed", "started"] == [mark.word for mark in fake.marks]
    fake.expect_target("a").was("active", "active", "succeeded", "active", "active", "succeeded")
    assert fake.problems() == []


def test_expectations_are_of_the_last_life():
    """How its session ends, and when since the first start; of a Tilt that is gone, how it was until then."""
    last = told().exits(at="1500ms").restarts(at="3s")
    run(last.expect("succeeded", at="4s", exit_code=0))
    with pytest.raises(errors.ExpectationFailed, match="succeeded"):
        run(last.expect("failed"))
    for good in (
        told().crashes(at="500ms").expect("running", exit_code=-9),
        told().crashes(at="1500ms").expect("succeeded", exit_code=-9),
        told().exits(3, at="500ms").expect("running", exit_code=3),
    ):
        text = good.to_yaml()
        assert "process:" in text
        run(files.parse(text))
    with pytest.raises(errors.ExpectationFailed, match="the exit code 3 was expected, but Tilt exits with 0"):
        run(files.parse(told().exits(at="500ms").expect(exit_code=3).to_yaml()))
    with pytest.raises(errors.InvalidScenario, match="exit_code: -9, and nothing under process kills Tilt"):
        told().expect(exit_code=-9)
    with pytest.raises(errors.InvalidScenario, match="write 0 to 255, or -9 for a Tilt that is killed"):
        files.parse("version: 1\nexpect: {exit_code: -2}")
    with pytest.raises(errors.ExpectationFailed, match="running when Tilt ended, but it was done"):
        run(told().exits(at="1500ms").expect("running"))


def test_the_last_step_and_the_end_of_the_process_share_an_instant():
    """What a step shows then is seen, and after that Tilt ends."""
    work = Scenario("x").job("a", waiting(for_="100ms"), active(for_="900ms"), succeeded())
    fake = run(work.crashes(at="1s"))
    fake.expect_timeline([("1s", "a", "succeeded"), ("1s", "session", "killed")])


def test_what_never_happened_fails_the_test():
    """A test that ends before is told of it, unless it allows that."""
    scenario = told().build()
    fake = FakeTilt(scenario=dataclasses.replace(scenario, process=(steps.Restart(10_000_000),)))
    fake.clock.advance("2s")
    (problem,) = fake.problems()
    assert "1 things that the scenario tells of Tilt's process never happened (restart at 10s)" in problem
    assert fake.comes_back
    fake.clock.advance("20s")
    assert (fake.problems(), fake.comes_back) == ([], False)
    allowed = FakeTilt(scenario=told().exits(at="1h"), allow="unplayed-steps")
    assert allowed.problems() == []


def test_two_scenarios_differ_in_their_processes():
    """What becomes of Tilt, and where both are started again, what each life shows."""
    plain, crash = told().build(), told().crashes(at="5s").build()
    assert ["the process goes on in A and is killed in B"] == comparing.differences(plain, crash)
    again = told().crashes(at="5s").restarts(at="6s")
    assert "then starts again and goes on in B" in comparing.differences(crash, again.build())[0]
    other = told().crashes(at="5s").restarts(at="6s", scenario=Scenario("y").job("b", active())).build()
    found = comparing.differences(again.build(), other)
    assert "after restart 1: target a:update is only in A" in found[0]
    later = told().crashes(at="5500ms").restarts(at="6s").build()
    assert [] == comparing.differences(again.build(), later)
    assert ["is killed at 5s", "is killed at 5.5s"] == [
        part for part in ("is killed at 5s", "is killed at 5.5s")
        if part in comparing.differences(again.build(), later, with_times=True)[0]
    ]  # fmt: skip
    nothing = told().crashes(at="5s").restarts(at="6s", scenario=None).build()
    assert ["after restart 1: 'x' is played in A and nothing in B"] == comparing.differences(again.build(), nothing)


def test_a_recording_that_is_made_anew_keeps_what_was_added():
    """Faults and what happens to the process are by people, and a recorder sees none."""
    old = file_format.write_scenario(
        steps.Scenario(
            "x", steps.DEFAULT_SPEC, steps.DEFAULT_START, {}, (), faults=(faults.Refuse(),), process=(steps.Crash(5),)
        )
    )
    new = steps.Scenario("x", steps.DEFAULT_SPEC, steps.DEFAULT_START, {}, ())
    assert old == rewriting.rewrite(old, new).text
