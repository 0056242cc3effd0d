"""``reads`` and a client that only watches: nothing would ever come, and it is told so."""

import threading

from pytest_tiltsession.progress import settling


def test_a_client_that_only_watches_is_told_what_moves_the_clock(serve, client_of):
    """Beyond its patience a watch gets an ERROR event that says what to do, and the test fails at its end."""
    fake = serve(progress="reads", patience="50ms")
    fake.server("api").start()
    with client_of(fake).watch() as events:
        *_, last = events
    assert ("ERROR", 504, "Timeout") == (last["type"], last["object"]["code"], last["object"]["reason"])
    assert 'under progress="reads" it moves with each GET or list' in last["object"]["message"]
    assert "not ready  api:serve" in last["object"]["message"]
    assert [last["object"]["message"]] == fake.problems()


def test_a_watch_beside_reads_is_let_be(serve, client_of):
    """Whoever watches sees what another client's reads bring, up to the end, and nobody is told anything."""
    fake = serve(progress="reads", patience="30s")
    fake.server("api").start()
    with client_of(fake).watch() as events:
        next(events)
        client_of(fake).status()
        settling.Settling(fake._serving.listener).wait()
        assert next(events)["object"]["status"]["done"]
    assert [] == fake.problems()


def test_a_session_that_is_done_or_held_lets_its_watches_be(serve, client_of):
    """There is nothing to wait for, or somebody has said that he is not ready yet."""
    fake = serve(progress="reads", patience="20ms")
    with fake.clock.hold("the browser starts"), client_of(fake).watch() as events:
        next(events)
        fake._drive.nudge()
        threading.Event().wait(0.1)
        fake.job("migrate").fail("exit status 1")
        *_, last = [next(events), next(events)]
        assert last["object"]["status"]["done"]
    with client_of(fake).watch() as events:
        next(events)
        threading.Event().wait(0.1)
    assert [] == fake.problems()
