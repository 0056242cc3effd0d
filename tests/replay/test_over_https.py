"""Every recorded run of the real Tilt, replayed and read over HTTPS through a real client's watch."""

import contextlib
import json
import pathlib
import re
import ssl

import httpx
import pytest

RECORDED = pathlib.Path(__file__).parent.parent / "recorded"
TRACES = sorted(path.stem for path in (RECORDED / "traces").glob("*.json"))
WATCH = "/apis/tilt.dev/v1alpha1/sessions?watch=true"


def objects_of(trace):
    """Give the distinct Session objects of a run, one per resourceVersion, in order."""
    found = {int(item["object"]["metadata"]["resourceVersion"]): item["object"] for item in trace["observations"]}
    return [found[version] for version in sorted(found)]


def anonymous(objects):
    """Replace what belongs to one machine: uids, pids and paths, each by a placeholder of its own.

    Pids are those of Tilt and of the processes that error texts name, numbered in the order in which they appear.
    """
    text = json.dumps(objects)
    uids = dict.fromkeys(re.findall(r'"uid": "([0-9a-f-]{36})"', text))
    for number, uid in enumerate(uids):
        text = text.replace(uid, f"uid {number}")
    text = re.sub(r'"tiltfilePath": "[^"]*"', '"tiltfilePath": "a path"', text)
    text = re.sub(r'"pid": [0-9]+', '"pid": 1', text)
    pids = dict.fromkeys(re.findall(r"Process ([1-9][0-9]*) exited", text))
    for number, pid in enumerate(pids):
        text = text.replace(f"Process {pid} exited", f"Process <{number}> exited")
    return json.loads(re.sub(r"/[\w./-]*/(?=Tiltfile)", "<path>/", text))


@contextlib.contextmanager
def watching(fake):
    """Open a watch with a real client and give a function that reads its next event."""
    trust = ssl.create_default_context(cafile=fake.ca)
    headers = {"Authorization": f"Bearer {fake.token}"}
    with (
        httpx.Client(base_url=fake.url, verify=trust, headers=headers, timeout=20) as client,
        client.stream("GET", WATCH) as response,
    ):
        lines = response.iter_lines()
        yield lambda: json.loads(next(lines))


@pytest.fixture(params=TRACES)
def trace(request):
    """One recorded run."""
    return json.loads((RECORDED / "traces" / f"{request.param}.json").read_text(encoding="utf-8"))


@pytest.fixture
def replay(tilt_session_factory, trace):
    """A function that serves the run's scenario file; what is left of it at the end does no harm."""

    def replay(**options):
        path = RECORDED / "scenarios" / f"{trace['name']}.tilt.yaml"
        return tilt_session_factory(scenario=path, **options)

    return replay


def test_verbatim_replay_shows_each_object_as_recorded(trace, replay):
    """The watch gives every distinct Session in order, equal but for uids, pids and paths."""
    expected = objects_of(trace)
    with replay(verbatim=True) as fake, watching(fake) as next_event:
        seen = []
        while len(seen) < len(expected):
            assert fake.clock.step(), "the scenario ended before the recording did"
            seen.append(next_event()["object"])
        assert not fake.clock.step()
    assert anonymous(expected) == anonymous(seen)


def test_judged_replay_shows_the_recorded_statuses(trace, replay):
    """Done and error are recomputed, and the distinct statuses are the recorded ones, in order."""
    expected = [value["status"] for value in anonymous(objects_of(trace))]
    with replay() as fake, watching(fake) as next_event:
        count = 0
        seen = []
        while fake.clock.elapsed < fake.scenario.end:
            fake.clock.step()
            seen += [next_event()["object"] for _ in range(len(fake.commits) - count)]
            count = len(fake.commits)
        exit_code = fake.exit_code
    statuses = [value["status"] for value in anonymous(seen)]
    assert without_repetition(expected) == without_repetition(statuses)
    if trace["command"].startswith("tilt ci") and trace["ended"] == "by itself":
        assert trace["exit_code"] == exit_code


def without_repetition(values):
    """Drop what repeats its predecessor."""
    return [value for index, value in enumerate(values) if index == 0 or value != values[index - 1]]
