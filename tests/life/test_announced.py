"""What a test plans with ``at=``: it comes in its instant, or is missed at the end."""

import datetime

import pytest

from pytest_tiltsession import errors, fake_tilt

ALLOWED = 'allow it with @pytest.mark.tilt_session(allow=("unmet-plans",))'


def test_what_was_planned_and_never_came_is_a_problem(serve):
    """Each says as it was written when it was due, where the clock stands, and what to do."""
    fake = serve()
    fake.exit(1, at="1h")
    fake.crash(at=datetime.timedelta(minutes=90))
    fake.restart(at="2026-01-01T02:00:00Z")
    fake.clock.advance("2.5s")
    assert fake.problems() == [
        'exit(at="1h") never came: it was due at 1h, and the clock stands at 2.5s: '
        f"advance the clock to it, or {ALLOWED}",
        "crash(at=datetime.timedelta(seconds=5400)) never came: it was due at 1h30m, and the clock stands at 2.5s: "
        f"advance the clock to it, or {ALLOWED}",
        'restart(at="2026-01-01T02:00:00Z") never came: it was due at 2h, and the clock stands at 2.5s: '
        f"advance the clock to it, or {ALLOWED}",
    ]
    fake.clock.advance_to("2h")
    assert fake.problems() == []


def test_it_can_be_allowed(serve):
    """By the name that the problem says, which allows nothing else."""
    for allow, missed in (("unmet-plans", 0), ("unplayed-steps", 1)):
        fake = serve(allow=allow)
        fake.exit(at="1s")
        assert missed == len(fake.problems())


def test_an_end_is_moot_once_the_process_has_ended(serve):
    """A Tilt that has ended cannot end; a start that was planned for it is missed all the same."""
    fake = serve()
    fake.exit(at="10s")
    fake.restart(at="20s")
    fake.crash()
    (missed,) = fake.problems()
    assert missed.startswith('restart(at="20s") never came')


def test_a_fake_that_was_stopped_misses_nothing(serve):
    """Whoever stops a fake on purpose wants nothing more of it, and nothing comes; a block's end is no such stop."""
    fake = serve()
    fake.exit(at="10s")
    fake.restart(at="20s")
    fake.stop()
    assert fake.problems() == []
    fake.clock.advance("1h")
    assert fake.marks == ()

    with fake_tilt.FakeTilt() as other:
        other.exit(at="10s")
    assert len(other.problems()) == 1


def test_one_whose_place_was_taken_misses_nothing(serve):
    """What was planned for the session before is no business of the next one, and never comes."""
    before, taking = serve(), fake_tilt.FakeTilt()
    before.exit(at="1s")
    taking.take_over(before)
    with taking:
        before.clock.advance("2s")
        assert ([], [], ()) == (before.problems(), taking.problems(), before.marks)


def test_a_time_that_has_passed_is_planned_by_nobody(serve):
    """What is refused is not missed either."""
    fake = serve()
    fake.clock.advance("5s")
    with pytest.raises(errors.ClockError, match="has passed"):
        fake.restart(at="4s")
    assert fake.problems() == []


def test_a_listener_that_comes_late_is_called_at_once(serve):
    """Whoever asks to be told of the end is told, once for each end, however late they ask."""
    fake, told = serve(), []
    fake.on_exit(lambda: told.append("early"))
    fake.exit()
    assert ["early"] == told
    fake.on_exit(lambda: told.append("late"))
    assert ["early", "late"] == told
    fake.restart()
    fake.on_exit(lambda: told.append("new"))
    assert ["early", "late"] == told
    fake.crash()
    assert ["early", "late", "early", "late", "new"] == told


def test_a_listener_may_ask_for_another(serve):
    """One that is registered by another, while that is being called, is called as well, once."""
    fake, told = serve(), []
    fake.on_exit(lambda: fake.on_exit(lambda: told.append(fake.exited)))
    fake.exit()
    assert [True] == told
