"""A session that has been going on for a while when its fake begins to serve: ``offset``, and ``serve --from``."""

import json
import pathlib
import ssl
import subprocess
import sys
import threading

import httpx
import pytest

from pytest_tiltsession import errors, fake_tilt

RECORDED = pathlib.Path(__file__).parent.parent / "recorded" / "scenarios"
FLAPPING = RECORDED / "ci-flapping-ready.tilt.yaml"
SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"


def statuses(fake):
    """Give the status of each commit of a fake so far, as its journal has it."""
    journal = fake._world.journal
    return [journal.session_at(commit.seq).status for commit in fake.commits]


@pytest.fixture
def reading():
    """A function that gives a client of a fake."""
    clients = []

    def connect(fake):
        client = httpx.Client(
            base_url=fake.url,
            verify=ssl.create_default_context(cafile=fake.ca),
            headers={"Authorization": f"Bearer {fake.token}"},
            timeout=20,
        )
        clients.append(client)
        return client

    yield connect
    for client in clients:
        client.close()


@pytest.mark.parametrize("verbatim", [False, True])
def test_the_session_is_there_as_it_stood(verbatim):
    """As if the clock had been moved there by hand, to the version; and it goes on from there."""
    options = {"scenario": FLAPPING, "verbatim": verbatim, "allow": ("unplayed-steps",)}
    moved = fake_tilt.FakeTilt(**options)
    moved.clock.advance("5s")
    begun = fake_tilt.FakeTilt(**options, offset="5s")
    assert (begun.clock.elapsed, statuses(begun)) == (5_000_000, statuses(moved))
    assert [commit.version for commit in begun.commits] == [commit.version for commit in moved.commits]
    for fake in (moved, begun):
        fake.clock.advance_to("1h")
    assert statuses(begun) == statuses(moved)
    assert begun.session.status.done


def test_deadlines_up_to_the_offset_have_come():
    """A verdict that a timeout brings is there too, stamped as it would have been."""
    late = fake_tilt.FakeTilt(scenario=RECORDED / "ci-never-ready-readiness-timeout.tilt.yaml", offset="1h")
    assert late.session.status.error.startswith("Readiness timeout after ")
    assert late.commits[-1].at < late.clock.now


def test_watchers_and_pollers_see_the_same_from_there_on(reading):
    """A watch begins with what a GET gives, and each read after that has what the watch has had."""
    with fake_tilt.FakeTilt(scenario=FLAPPING, offset="5s", progress="reads") as fake:
        client = reading(fake)
        watched, polled, gone = [], [], threading.Event()

        def watch():
            with reading(fake).stream("GET", SESSIONS, params={"watch": "true"}) as response:
                for line in response.iter_lines():
                    watched.append(json.loads(line)["object"])
                    gone.set()
                    if watched[-1]["status"]["done"]:
                        return

        watcher = threading.Thread(target=watch)
        watcher.start()
        assert gone.wait(20)
        while not polled or not polled[-1]["status"]["done"]:
            polled.append(client.get(f"{SESSIONS}/Tiltfile").json())
        watcher.join(20)
    versions = [each["metadata"]["resourceVersion"] for each in polled]
    assert watched[0] == polled[0]
    assert [each["metadata"]["resourceVersion"] for each in watched] == list(dict.fromkeys(versions))


@pytest.mark.tilt_session(scenario=str(FLAPPING), offset="5s", allow=("unplayed-steps",))
def test_a_marker_can_say_it(tilt_session):
    """The clock stands there, and offsets still count from the session's start."""
    assert tilt_session.clock.elapsed == 5_000_000
    assert tilt_session.session.status.start_time == tilt_session.clock.start


def test_a_session_without_a_scenario_has_been_waiting():
    """Its deadlines count from its start."""
    fake = fake_tilt.FakeTilt(offset="90s", timeout="2m")
    fake.job("a")
    fake.clock.advance("30s")
    assert "Timeout after 2m0s" in fake.session.status.error


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"offset": "-1s"}, "give a Go duration of 0s or more"),
        ({"offset": "soon"}, "offset: 'soon' is not a duration"),
        ({"offset": None}, "offset=None"),
        ({"offset": "1s", "starts": "later"}, "goes with starts='now'"),
        ({"offset": "1h", "exit_when_done": True, "scenario": FLAPPING}, "by then Tilt has exited, with code 0"),
    ],
)
def test_an_offset_that_makes_no_sense_is_refused(options, told):
    """With what would."""
    with pytest.raises(errors.InvalidValue, match=told):
        fake_tilt.FakeTilt(**options)


def test_serve_begins_there_and_runs_at_its_speed():
    """``serve --from 5s --progress wall --speed 1000``: the rest of the session takes no time, and ends as recorded."""
    command = [
        sys.executable, "-m", "pytest_tiltsession", "serve", FLAPPING, "--from", "5s", "--verbatim",
        "--progress", "wall", "--speed", "1000", "--exit-when-done",
    ]  # fmt: skip
    served = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60, check=False)
    assert served.returncode == 0
    assert json.loads(served.stdout)["url"].startswith("https://")
