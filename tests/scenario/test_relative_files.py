"""Scenario files in relative form: what each key means, what is included, and what is said of mistakes."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import files, steps
from pytest_tiltsession.scenario.builder import (
    Scenario,
    active,
    after,
    container,
    disabled,
    failed,
    inactive,
    pod,
    ready,
    removed,
    succeeded,
    waiting,
)
from pytest_tiltsession.scenario.relative import reading

from .tellings import told

WHOLE = """\
# everything that the relative form may hold
version: 1
title: everything
session: {exitCondition: ci, ci: {timeout: 10m, k8sGracePeriod: 1m}}
startUp: full
load: 30ms
pace: 2ms
maxParallelUpdates: 2
goesOn: true
targets:
  odd: {type: server, resources: [one]}
resources:
  migrate: {job: [{waiting: waiting-for-dep, for: 1s}, {active: {}, for: 3s}, {failed: exit status 1}]}
  some:serve:
    server:
      - {after: migrate, started: 1s, reason: waiting-for-deploy}
      - {active: {ready: false, startTime: null, lastReadyTime: 1s}, for: 10s}
      - {terminated: {error: gone, graceStatus: Tolerated, finishTime: 2s}, for: 1s}
      - {disabled: {}, for: 1s}
      - {inactive: , for: 1s}
      - {removed: {}, for: 1s}
      - ready
    resources: [one, two]
  app:
    local: {update: 3s, serve: 2s, after: [db], autoInit: false, triggerMode: manual, allowParallel: true}
  web:
    kubernetes:
      build: [{waiting: reconciling, for: 1s}, {active: {}, for: 2s}, {failed: {error: boom}}, succeeded]
      pods:
        - {waiting: ContainerCreating, for: 1s}
        - {active: , podName: web-a, for: 1s}
        - pod:
            phase: Pending
            name: web-b
            status: odd
            containers: [{name: c1, waiting: ErrImagePull}, {exitCode: 3, reason: OOMKilled, message: m}, {ready: true}]
            initContainers: [{exitCode: 0}]
            jobComplete: true
          for: 1s
        - ready
      podReadiness: ignore
      images: [base]
      after: [db]
  db:
    compose:
      build: succeeded
      container: [{waiting: {}, for: 1s}, {failed: {exitCode: 2}, for: 1s}, ready]
      containerID: cid
      disabled: true
events:
  - {at: 1s, enable: [db], note: here}
  - {after: migrate, failed: 1s, trigger: [app]}
  - {after: db, delay: 2s, change: [web]}
  - at: 20s
    reload:
      add: {c: {local: {update: true-ish}}}
      remove: [migrate]
      changed: [web]
      takes: 1s
      spec: {ci: {timeout: 20m}}
  - {at: 30s, disable: [web]}
  - {at: 40s, cluster: {default: connection refused}}
  - {at: 50s, cluster: docker}
steps:
  - {at: 5s, set: {odd: active}, note: it moves}
expect: {outcome: failed}
""".replace("true-ish", "1s")


def whole():
    """The same, told in Python."""
    detailed = pod(
        "Pending",
        container("c1", waiting="ErrImagePull"),
        container(exit_code=3, reason="OOMKilled", message="m"),
        container(ready=True),
        init=[container(exit_code=0)],
        status="odd",
        job_complete=True,
        name="web-b",
        for_="1s",
    )
    return (
        Scenario(
            "everything",
            timeout="10m",
            readiness_timeout=None,
            k8s_grace_period="1m",
            start_up="full",
            load="30ms",
            pace="2ms",
            max_parallel_updates=2,
            goes_on=True,
        )
        .target("odd", "server", resources=["one"])
        .job("migrate", waiting("waiting-for-dep", for_="1s"), active(for_="3s"), failed("exit status 1"))
        .server(
            "some",
            after("migrate", started="1s", reason="waiting-for-deploy"),
            active(ready=False, started=None, last_ready="1s", for_="10s"),
            failed("gone", grace="Tolerated", finished="2s", for_="1s"),
            disabled(for_="1s"),
            inactive(for_="1s"),
            removed(for_="1s"),
            ready(),
            resources=["one", "two"],
        )
        .local(
            "app",
            update="3s",
            serve="2s",
            after="db",
            auto_init=False,
            trigger_mode="manual",
            allow_parallel=True,
        )
        .kubernetes(
            "web",
            build=[waiting("reconciling", for_="1s"), active(for_="2s"), failed("boom"), succeeded()],
            pods=[waiting("ContainerCreating", for_="1s"), active(pod="web-a", for_="1s"), detailed, ready()],
            pod_readiness="ignore",
            images="base",
            after="db",
        )
        .compose(
            "db",
            build=succeeded(),
            container=[waiting(for_="1s"), failed(exit_code=2, for_="1s"), ready()],
            container_id="cid",
            disabled=True,
        )
        .enable("db", at="1s")
        .note("here", at="1s")
        .trigger("app", at=after("migrate", failed="1s"))
        .change("web", at="1s")
        .reload(
            at="20s",
            add=Scenario().local("c", update="1s"),
            remove="migrate",
            changed="web",
            takes="1s",
            timeout="20m",
            k8s_grace_period=None,
        )
        .disable("web", at="30s")
        .cluster_fails(at="40s")
        .cluster_connects(at="50s", cluster="docker")
        .step("5s", {"odd": active()}, note="it moves")
        .expect("failed")
    )


def refused(text):
    """Give what is said of a bad file."""
    with pytest.raises(errors.InvalidScenario) as caught:
        files.parse(text, "x.tilt.yaml")
    return str(caught.value)


def resource(text):
    """Give a file with one resource after two lines."""
    return f"version: 1\nresources:\n  a: {text}\n  b: {{job: active}}\n"


def event(text):
    """Give a file with one event after some lines."""
    return f"version: 1\nresources:\n  a: {{local: {{update: 1m}}}}\nevents:\n- {text}\n"


def test_a_file_says_everything_that_the_builder_says():
    """Every key of the relative form is read, and is what the builder makes of the same words."""
    read = reading.parse_script(WHOLE)
    expected = whole().script

    assert expected.entries == read.entries
    assert expected.base == read.base
    assert [it for it in expected.events if it.note != "here" and not it.change and not it.enable] == [
        it for it in read.events if not it.change and not it.enable
    ]
    assert script_without_events(expected) == script_without_events(read)


def script_without_events(told_):
    return (told_.start_up, told_.load, told_.pace, told_.max_parallel_updates, told_.goes_on)


def test_what_the_builder_writes_reads_as_the_same():
    """The file of a telling, with everything in it, is the same telling again."""
    written = whole().to_yaml()

    assert whole().script == reading.parse_script(written)
    assert written == Scenario.of(reading.parse_script(written)).to_yaml()


def test_a_relative_file_is_played_as_its_steps():
    """Reading a file gives the steps that the builder gives for the same words."""
    text = resource("{local: {update: 2s, serve: ready}}")

    expected = Scenario().local("a", update="2s", serve=True).job("b", active()).build()
    assert expected.steps == files.parse(text).steps
    assert expected.targets == files.parse(text).targets


def test_an_absolute_file_stays_as_it_is():
    """A file that holds only steps is not expanded."""
    text = "version: 1\ntargets:\n  a:update:\nsteps:\n  - {at: 1s, set: {a:update: active}}\n"

    found = files.parse(text)

    assert steps.Step(1_000_000, set={"a:update": steps.ScriptedState("active")}) == found.steps[0]
    assert 5 == found.steps[0].line


def test_absolute_steps_end_where_they_say():
    """A file, or a telling, that holds only absolute steps is not cut at the session's verdict."""
    text = "version: 1\ntargets: {a:update: {}}\nsteps: [{at: 1s, set: {a:update: terminated}}, {at: 2s, note: late}]\n"
    read = files.parse(text)

    assert 2_000_000 == read.end
    assert read == Scenario.of(reading.parse_script(text)).build()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (resource("{locl: {update: 1s}}"), "x.tilt.yaml:3: 'locl' is no key of a resource; did you mean local?"),
        (resource("{}"), "x.tilt.yaml:3: a is nothing; it is one of job, server, local, kubernetes, compose"),
        (resource("{job: active, server: ready}"), "x.tilt.yaml:3: a is job and server"),
        (resource("{local: {updaet: 1s}}"), "'updaet' is no key of a local resource; did you mean update?"),
        (resource("{local: {update: 3}}"), "a duration has a unit: write 3s for seconds"),
        (resource("{local: {update: soon}}"), "update is 'soon', which is no state of Tilt's"),
        (resource("{job: zzz}"), "; there is waiting, active, ready, succeeded, failed, disabled, inactive, removed"),
        (resource("{job: [active, suceeded]}"), "'suceeded', which is no state of Tilt's; did you mean succeeded?"),
        (
            resource("{local: {update: [active, sucessful]}}"),
            "'sucessful', which is no state of Tilt's; write succeeded",
        ),
        (
            resource("{local: {update: 1s, serve: redy}}"),
            "serve is 'redy', which is no state of Tilt's; did you mean r",
        ),
        (resource("{local: {update: 1s, serve: runing}}"), "serve is 'runing', which is no state of Tilt's; write act"),
        (resource("{job: done}"), "write succeeded"),
        (resource("{job: running}"), "write active"),
        (resource("{job: [{running: {}, for: 1s}]}"), "write active"),
        (resource("{job: [{active: {}, ready: {}}]}"), "has active and ready at once"),
        (resource("{job: [{for: 1s}]}"), "has no state at once"),
        (resource("{job: [{active: {}, for: 0s}, succeeded]}"), "a state that lasts no time is never seen"),
        (resource("{job: [{active: {}, for: -1s}, succeeded]}"), "write 0s or more"),
        (resource("{job: [{after: b, done: 1s, ready: 1s}, active]}"), "it waits for ready and done at once"),
        (resource("{job: [{after: bb}, active]}"), "x.tilt.yaml:3: after bb: there is no such target or resource; did"),
        (resource("{job: [{pod: {}}]}"), "a pod needs phase"),
        (resource("{job: pod}"), "write the pod"),
        (resource("{job: ready}"), "x.tilt.yaml:3: at 0s: a:update is a job, and a running job is never ready"),
        (resource("{local: {update: 1s, after: [c]}}"), "x.tilt.yaml:3: a depends on c"),
        (resource("{local: {update: 1s, triggerMode: hand}}"), "triggerMode is 'hand'"),
        (resource("{local: {update: 1s}, resources: [x]}"), "a local resource is its own; leave resources out"),
        (resource("{kubernetes: {pods: [{active: {redy: true}}]}}"), "did you mean ready?"),
        (resource("[]"), "write a mapping with job, server"),
        (event("{disable: [a]}"), "x.tilt.yaml:5: an event has neither at nor after"),
        (event("{at: 1s, after: a, disable: [a]}"), "an event has at and after"),
        (event("{at: 1s}"), "nothing happens here"),
        (event("{at: 1s, disable: [b]}"), "x.tilt.yaml:5: disable b: there is no such resource"),
        (event("{at: 1s, disabel: [a]}"), "did you mean disable?"),
        (event("{at: 1s, cluster: defualt}"), "did you mean default?"),
        (event("{at: 1s, cluster: {prod: x}}"), "Tilt connects to default (Kubernetes) and docker"),
        (event("{at: 1s, cluster: {default: x, docker: y}}"), "write default, or {default: connection refused}"),
        (event("{at: 1s, reload: {error: x, remove: [a]}}"), "x.tilt.yaml:5: a Tiltfile that fails to load"),
        (event("{at: 2m, note: late}"), "x.tilt.yaml:5: the session succeeds at 1m0.002s"),
        (event("{after: a, failed: 0s, note: x}"), "x.tilt.yaml:5: after a: a:update never fails"),
        ("version: 1\nstartUp: fully\n", "x.tilt.yaml:2: startUp is 'fully'; did you mean full?"),
        ("version: 1\nparse: 1s\n", "x.tilt.yaml:2: 'parse' is no key of a scenario"),
        ("- a\n", "x.tilt.yaml:1: a scenario is a mapping"),
        ("", "x.tilt.yaml:1: a scenario is a mapping"),
        ("version: 2\nresources: {}\n", "x.tilt.yaml:1: version is '2'"),
    ],
)
def test_mistakes_are_told_with_their_line(text, said):
    """Each mistake names file and line, what was found, and what would do."""
    assert said in refused(text)


def test_all_mistakes_of_a_file_are_told_at_once():
    """Reading does not stop at the first mistake."""
    found = refused(
        "version: 1\nresources:\n  a: {job: ready}\n  b: {locl: {}}\n  c: {local: {update: x}}\nevents: [{}]\n"
    )

    assert ["4", "4", "5", "6"] == [line.split(":")[1] for line in found.splitlines()]


def test_parameters_stand_for_texts():
    """``${name}`` is a value given from outside, or the one that the file declares; ``$${`` is the sign itself."""
    text = """\
version: 1
parameters: {name: web, takes: 2s, unused: x}
title: ${name} takes ${takes}, for $${money}
resources:
  ${name}-1: {local: {update: "${takes}"}}
"""

    default, other = files.parse(text), files.parse(text, values={"name": "api", "takes": "5s"})

    assert ("web takes 2s, for ${money}", "api takes 5s, for ${money}") == (default.title, other.title)
    assert "2.002s" == told(default, "web-1:update")[-1][0]
    assert "5.002s" == told(other, "api-1:update")[-1][0]


def test_without_parameters_texts_stay_as_they_are():
    """A file that declares none may hold the signs."""
    assert files.parse("version: 1\ntitle: ${HOME}\n").title == "${HOME}"


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        (
            "version: 1\nparameters: {takes: 2s}\ntitle: ${takse}\n",
            {},
            "x:3: ${takse}: there is no such parameter; did you",
        ),
        (
            "version: 1\nparameters: {takes: 2s}\n",
            {"take": "1s"},
            "x:1: it has no parameter 'take'; did you mean takes?",
        ),
        ("version: 1\n", {"take": "1s"}, "it has no parameter 'take'; there is none"),
        ("version: 1\nparameters: {a: soon}\nresources: {b: {local: {update: '${a}'}}}\n", {}, "x:3: update is 'soon'"),
    ],
)
def test_parameters_that_are_none(text, values, said):
    """A reference or a value without a parameter is told; what a parameter stands for is read where it stands."""
    with pytest.raises(errors.InvalidScenario) as caught:
        files.parse(text, "x", values)

    assert said in str(caught.value)


@pytest.fixture
def folder(tmp_path):
    """A folder with a file for a service that takes its name, and one that includes it twice."""
    (tmp_path / "service.tilt.yaml").write_text(
        "version: 1\n"
        "title: a service\n"
        "session: {ci: {timeout: 9m}, pid: 7, labels: {a: b}}\n"
        "pace: 0s\n"
        "goesOn: true\n"
        "parameters: {name: api}\n"
        "resources:\n"
        "  ${name}: {local: {update: 1s, serve: ready}}\n"
        "targets:\n"
        "  ${name}-more:update:\n"
        "events:\n"
        '  - {at: 5s, disable: ["${name}"]}\n'
        "steps:\n"
        "  - {at: 3s, set: {'${name}-more:update': terminated}}\n"
        "expect: {outcome: succeeded}\n"
    )
    (tmp_path / "both.tilt.yaml").write_text(
        "version: 1\n"
        "title: two services\n"
        "session: {exitCondition: manual}\n"
        "include:\n"
        "  - service.tilt.yaml\n"
        "  - {file: service.tilt.yaml, with: {name: web}}\n"
        "resources:\n"
        "  last: {local: {update: 1s, after: [api, web]}}\n"
        "steps:\n"
        "  - {at: 4s, set: {api-more:update: inactive}}\n"
    )
    return tmp_path


def test_what_is_included_comes_first(folder):
    """Resources, events, targets and steps of included files come first; the session's header where it is not said."""
    read = files.read_script(folder / "both.tilt.yaml")

    assert ["api", "web", "last"] == [entry.name for entry in read.entries]
    assert [("api",), ("web",)] == [event.disable for event in read.events]
    assert ["api-more:update", "web-more:update"] == list(read.base.targets)
    assert [3_000_000, 4_000_000] == [step.at for step in read.base.steps]
    assert ("two services", "manual", 7) == (read.base.title, read.base.spec.exit_condition, read.base.pid)
    assert ({"a": "b"}, "succeeded") == (read.base.labels, read.base.expect.outcome)
    assert (0, True, 540_000_000_000) == (read.pace, read.goes_on, read.base.spec.ci.timeout)
    assert files.read(folder / "both.tilt.yaml").steps


def test_a_named_scenario_is_included():
    """An include that is no path names a scenario of the library, with its parameters."""
    text = "version: 1\ninclude: [{file: ci/never-ready, with: {readinessTimeout: 7s}}]\n"

    assert files.parse(text).expect.error == "Readiness timeout after 7s: target web:serve not ready"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("include: [missing.tilt.yaml]", "main.tilt.yaml:2: there is no file"),
        (
            "include: [ci/never-redy]",
            "main.tilt.yaml:2: there is no scenario named 'ci/never-redy'; did you mean ci/never-ready",
        ),
        ("include: [main.tilt.yaml]", "main.tilt.yaml:2: main.tilt.yaml includes itself: main.tilt.yaml"),
        (
            "include: [loop.tilt.yaml]",
            "loop.tilt.yaml:2: main.tilt.yaml includes itself: main.tilt.yaml -> loop.tilt.yaml",
        ),
        ("include: [bad.tilt.yaml]", "bad.tilt.yaml:3: 'locl' is no key of a resource"),
        ("include: [{file: service.tilt.yaml, with: {nam: x}}]", "it has no parameter 'nam'; did you mean name?"),
        ("include: [{with: {name: x}}]", "main.tilt.yaml:2: an included file needs file"),
        ("include: [service.tilt.yaml, service.tilt.yaml]", "api-more:update is given twice in this instant"),
    ],
)
def test_includes_that_do_not_work(folder, text, said):
    """A missing file, one that includes itself, and mistakes in an included file, each at its own place."""
    (folder / "loop.tilt.yaml").write_text("version: 1\ninclude: [main.tilt.yaml]\n")
    (folder / "bad.tilt.yaml").write_text("version: 1\nresources:\n  a: {locl: {}}\n")
    main = folder / "main.tilt.yaml"
    main.write_text(f"version: 1\n{text}\n")

    with pytest.raises(errors.InvalidScenario) as caught:
        files.read(main)

    assert said in str(caught.value)


def test_a_file_that_is_no_text_is_told(folder):
    """Bytes that are not UTF-8 are told with their line."""
    path = folder / "x.tilt.yaml"
    path.write_bytes(b"version: 1\ntitle: \xff\n")

    with pytest.raises(errors.InvalidScenario, match=r"x\.tilt\.yaml:2: this is not UTF-8"):
        files.read(path)
