"""Tilts that come, go, and come again under the same context while a recording runs."""

import pytest

from pytest_tiltsession import fake_tilt, kubeconfig
from pytest_tiltsession.live import client, connection, finding, recording

PATIENCE = 20  # seconds of the machine's clock, never reached when all is well


@pytest.fixture
def config(tmp_path):
    """The kubeconfig that every Tilt of this test writes to."""
    return tmp_path / "config"


@pytest.fixture
def started(config):
    """A function that makes a Tilt of the context ``tilt-same``: each with a port and a token of its own."""

    def make(**options):
        return fake_tilt.FakeTilt(context="tilt-same", config=config, **options)

    return make


@pytest.fixture
def waiting(config):
    """A recording of that context."""
    return recording.Recording(finding.Whereabouts("tilt-same", config))


def test_a_tilt_that_restarts_before_its_session_was_seen_is_followed(started, waiting, recorded):
    """The first has answered and had no Session; the next, with another port and token, is recorded from its start."""
    with waiting:
        with started(scenario=recorded("ci-cmd-only"), allow=("unplayed-steps",)) as first:
            assert waiting.seen.wait_for(lambda _: waiting.found and waiting.watching, PATIENCE)
            assert not first.commits
        with started(scenario=recorded("ci-fails-late"), exit_when_done=True) as second:
            assert second.token != first.token
            assert waiting.seen.wait_for(lambda seen: seen.events and waiting.watching, PATIENCE)
            while not second.exited:
                second.clock.step()
            assert waiting.seen.wait_for(lambda seen: seen.ended, PATIENCE)
    scenario = waiting.scenario("x", exit_code=second.exit_code)
    assert (scenario.start, scenario.expect.exit_code) == (second.scenario.start, 1)
    assert "Not seen" not in scenario.description


def test_a_tilt_that_restarts_after_its_session_was_seen_ends_the_recording(started, waiting, recorded):
    """One run is one recording, which says that the other one took its place."""
    with waiting:
        with started(scenario=recorded("steady"), allow=("unplayed-steps",)):
            assert waiting.seen.wait_for(lambda seen: seen.events and waiting.watching, PATIENCE)
        with started(start="2026-02-02T00:00:00Z"):
            assert waiting.seen.wait_for(lambda seen: seen.ended, PATIENCE)
    scenario = waiting.scenario("x")
    assert scenario.start == fake_tilt.FakeTilt(scenario=recorded("steady")).scenario.start
    assert scenario.expect.outcome == "running" or "the last state" in scenario.description


def test_a_context_whose_certificates_cannot_be_read_is_told(waiting, config):
    """It may only be half written, so that the recording waits; if nothing comes of it, the file is not blamed."""
    kubeconfig.add_entry(config, kubeconfig.Entry("tilt-same", "https://127.0.0.1:1", ca_pem=b"none"))
    assert waiting._connected.reach() is None
    with pytest.raises(Exception, match="the certificates of context 'tilt-same' cannot be read"):
        waiting.scenario("x")


@pytest.mark.parametrize(
    ("problem", "word"),
    [
        (client.Unreachable("refused"), "Tilt no longer answers"),
        (client.Silent("nothing in 5 s"), ""),
        (client.Strange("an answer 500"), ""),
    ],
)
def test_patience_goes_by_what_the_problem_is(problem, word, config, monkeypatch):
    """A refused connection counts as the end after 5 seconds, silence after 60, and a strange answer never does."""
    kubeconfig.add_entry(config, kubeconfig.Entry("tilt-same", "http://127.0.0.1:1"))
    now = iter(range(0, 1000, 6))
    monkeypatch.setattr(connection.server_time, "seconds", lambda: next(now))
    connected = connection.Connection(finding.Whereabouts("tilt-same", config))
    assert connected.reach() is not None
    connected.good(client.Answer(200, b"{}", 0, 1, None))
    assert [connected.bad(problem) for _ in range(3)] == ["", word, word]
    told = [connected.bad(problem) for _ in range(20)]
    assert (told[-1] != "") == (problem.patience < 100)
    connected.good(client.Answer(200, b"{}", 0, 1, None))
    assert (connected.bad(problem), connected.silent) == ("", True)
    kubeconfig.add_entry(config, kubeconfig.Entry("tilt-same", "http://127.0.0.1:2"))
    assert "another one took its place" in connected.bad(problem)
    kubeconfig.remove_entry(config, "tilt-same")
    assert [connected.bad(problem) for _ in range(2)] == ["", "Tilt has ended"]
    connected.close()
