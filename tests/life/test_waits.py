"""Who waits for a session while its Tilt is started again, however long the start takes."""

import threading

import pytest


@pytest.mark.parametrize("progress", ["auto", "wall", "manual", "reads"])
def test_one_who_looks_in_the_middle_of_a_restart_waits_for_its_end(serve, progress):
    """While one process has ended and the next has not begun nothing is planned, and yet there is more to come."""
    fake = serve(progress=progress, scenario="ci/never-ready", **({"speed": 500} if progress == "wall" else {}))
    decided, came_to = threading.Event(), []

    def goes_on():
        decided.set()
        return ""

    def wait():
        try:
            came_to.append(fake.run_until_done(clock=fake.pacing(goes_on)))
        finally:
            decided.set()

    waiter = threading.Thread(target=wait)

    def between():
        waiter.start()
        assert decided.wait(20)  # it has looked, and does not give up

    fake.on_exit(between)
    fake.restart()
    waiter.join(20)
    (ended,) = came_to
    assert ended.status.error
    assert ["exited", "started"] == [mark.word for mark in fake.marks]


def test_a_listener_of_the_end_does_not_wait_for_the_start_that_comes_after_it(serve):
    """On the thread on which Tilt is to be started again, nothing comes of a wait, which says so."""
    fake = serve()
    told = []

    def ask():
        with pytest.raises(Exception, match="nothing more is planned") as refused:
            fake.run_until_done()
        told.append(refused)

    fake.on_exit(ask)
    fake.restart()
    assert 1 == len(told)
    assert not fake.exited
