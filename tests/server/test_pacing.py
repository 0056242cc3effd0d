"""Something that is done on the server's thread at its own pace."""

import threading

import pytest

from pytest_tiltsession.server import host, pacing


class Beats:
    """Notes its beats, and asks for the next one as it is told: seconds, None, or an error."""

    def __init__(self, *waits):
        self.waits = list(waits)
        self.beaten = threading.Semaphore(0)
        self.threads = set()
        self.errors = []

    def __call__(self):
        self.threads.add(threading.current_thread().name)
        wait = self.waits.pop(0) if self.waits else None
        self.beaten.release()
        if isinstance(wait, BaseException):
            raise wait
        return wait

    def wait(self, count=1):
        """Wait for some beats."""
        return all(self.beaten.acquire(timeout=20) for _ in range(count))


@pytest.fixture
def pace(served, echo):
    """Make a pace of the server of an application."""
    made = []

    def make(beats):
        made.append(pacing.Pace(served(echo).listener, beats, beats.errors.append))
        return made[-1]

    yield make
    for item in made:
        item.stop()


def test_a_nudge_brings_a_beat_on_the_servers_thread(pace):
    """One for each nudge, and none without."""
    beats = Beats()
    rhythm = pace(beats)
    for _ in range(3):
        rhythm.nudge()
        assert beats.wait()
    assert {"tilt-session-server"} == beats.threads
    assert not beats.beaten.acquire(blocking=False)


def test_many_nudges_at_once_are_one_beat(pace, served, echo):
    """While a beat is to come, further nudges add nothing."""
    beats = Beats()
    rhythm = pace(beats)
    loop = served(echo).listener.loop
    entered, go = threading.Event(), threading.Event()
    loop.call_soon_threadsafe(lambda: (entered.set(), go.wait(20)))
    entered.wait(20)
    for _ in range(100):
        rhythm.nudge()
    go.set()
    assert beats.wait()
    done = threading.Event()
    loop.call_soon_threadsafe(done.set)
    assert done.wait(20)
    assert not beats.beaten.acquire(blocking=False)


def test_a_beat_that_asks_for_another_gets_it(pace):
    """After as many seconds as it gave, until it asks for none."""
    beats = Beats(0.0, 0.001, None)
    pace(beats).nudge()
    assert beats.wait(3)


def test_a_nudge_comes_before_the_time_that_was_asked_for(pace):
    """Whoever has news does not wait for the timer, and the timer is set anew."""
    beats = Beats(3600, 3600)
    rhythm = pace(beats)
    rhythm.nudge()
    assert beats.wait()
    rhythm.nudge()
    assert beats.wait()


def test_what_a_beat_raises_is_told_and_it_goes_on(pace):
    """The server survives whatever is raised, and the next beat comes by itself."""
    beats = Beats(RuntimeError("broken"), SystemExit(3))
    pace(beats).nudge()
    assert beats.wait(3)
    assert ["broken", "3"] == [str(problem) for problem in beats.errors]


def test_after_its_end_there_are_no_beats(pace, served, echo):
    """Neither those that were asked for nor those that are nudged."""
    beats = Beats(0.0)
    rhythm = pace(beats)
    rhythm.stop()
    rhythm.nudge()
    done = threading.Event()
    served(echo).listener.loop.call_soon_threadsafe(done.set)
    assert done.wait(20)
    assert not beats.beaten.acquire(blocking=False)


def test_a_beat_that_was_to_come_is_taken_back(pace, served, echo):
    """What was nudged before the end, and has not begun, is not done."""
    beats = Beats()
    rhythm = pace(beats)
    loop = served(echo).listener.loop
    entered, go, done = threading.Event(), threading.Event(), threading.Event()
    loop.call_soon_threadsafe(lambda: (entered.set(), go.wait(20)))
    entered.wait(20)
    rhythm.nudge()
    rhythm.stop()
    go.set()
    loop.call_soon_threadsafe(done.set)
    assert done.wait(20)
    assert (False, False) == (rhythm.runs, beats.beaten.acquire(blocking=False))


def test_a_server_that_is_gone_needs_no_pace(pace):
    """Nudging and stopping after the end of the server's thread is harmless."""
    rhythm = pace(Beats())
    host.shutdown()
    rhythm.nudge()
    rhythm.stop()
