"""What clients did."""

import pytest

from pytest_tiltsession.pictures import scene, traffic

from . import staging

SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"


@pytest.fixture
def stage():
    """A session of some seconds, played."""
    return staging.named("ci/flapping-readiness").played()


def lanes(stage):
    """Give the lanes of clients by their names."""
    return {lane.name: lane for lane in scene.read(stage.look()).clients}


def signs(lane):
    """Give the signs of a lane with their times in seconds."""
    return [(mark.sign, mark.at / staging.SECOND) for mark in lane.marks]


def test_a_scenario_alone_has_no_clients(stage):
    """Without requests there are no lanes for them, and none for events."""
    assert {} == lanes(stage)


def test_requests_are_ticks_by_what_they_did(stage):
    """Reads, writes and refusals differ, and each says what it was."""
    stage.asked(f"GET {SESSIONS}", at=1)
    stage.asked(f"PUT {SESSIONS}/Tiltfile", at=2)
    stage.asked(f"PUT {SESSIONS}/Tiltfile", 409, at=3, message="the object has been modified")
    stage.asked(f"GET {SESSIONS}", at=4, authorized=False)
    stage.asked("", 0, at=5)
    lane = lanes(stage)["kubectl/v1.33.1"]
    assert [("read", 1), ("write", 2), ("refused", 3), ("refused", 4), ("refused", 5)] == signs(lane)
    assert "409 the object has been modified" in lane.marks[2].told
    assert "5 requests, 1 refused" == lane.standing


def test_thousands_of_requests_are_few_ticks(stage):
    """Those that are too close are one, which counts them by kind."""
    for number in range(6_000):
        stage.asked(f"GET {SESSIONS}/Tiltfile", 200 if number % 100 else 404, at=number / 1_000, operation="get")
    lane = lanes(stage)["kubectl/v1.33.1"]
    assert len(lane.marks) <= 150
    assert "several-refused" in {mark.sign for mark in lane.marks}
    assert any("× 200 get" in line for line in lane.marks[1].told)


def test_many_clients_share_a_lane(stage):
    """The busiest have one each."""
    for number in range(20):
        for _ in range(20 - number):
            stage.asked(f"GET {SESSIONS}", client=f"client-{number}")
    assert ["client-0", "client-1", "client-2", "client-3", "client-4", "client-5", "14 other clients"] == list(
        lanes(stage)
    )[:-1]


def test_watches_are_bars_as_long_as_they_were_open(stage):
    """Those that overlap are one bar, and one that is open goes on."""
    for at, ended in ((1, 2), (1.5, 3), (5, None)):
        stage.asked(f"GET {SESSIONS}?watch=true", at=at, events=2, **({} if ended is None else {"ended": ended}))
    bars = lanes(stage)["kubectl/v1.33.1"].bars
    seconds = [(bar.begin / staging.SECOND, bar.end and bar.end / staging.SECOND) for bar in bars]
    assert [(1, 3), (5, None)] == seconds
    assert "2 watches, 4 events" == bars[0].told[0]


def test_faults_are_marked_when_they_struck(stage):
    """In place of the request's tick where that is the same instant, beside it where it came later."""
    start = stage.clock.start
    stage.asked(f"GET {SESSIONS}", 503, at=1, fault="answers 503")
    stage.asked(f"GET {SESSIONS}?watch=true", at=2, fault="the watch is cut", fault_at=start + 4 * staging.SECOND)
    lane = lanes(stage)["kubectl/v1.33.1"]
    assert [("fault", 1), ("fault", 4), ("read", 2)] == sorted(signs(lane))
    assert "fault: the watch is cut" in [line for mark in lane.marks for line in mark.told]


def test_watch_events_tell_how_many_heard_them(stage):
    """An event for which no watch was open looks otherwise."""
    stage.asked(f"GET {SESSIONS}?watch=true", at=1, events=3)
    marks = lanes(stage)[traffic.EVENTS].marks
    assert "event-unheard" == marks[0].sign
    assert {"event"} == {mark.sign for mark in marks if mark.at > staging.SECOND}
    assert "1 watch open; cause: script" in marks[1].told
