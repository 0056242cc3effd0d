"""What time it was for a server when something arrived here."""

from pytest_tiltsession.live import server_time

NOON = 1_795_000_000_000_000  # microseconds since the epoch, a whole second


def polled(*samples):
    """Make a server's time from what answers told: seconds after noon asked and arrived, Date after noon."""
    made = server_time.ServerTime()
    for sent, arrived, date in samples:
        made.sample(NOON + round(sent * 1e6), NOON + round(arrived * 1e6), NOON // 1_000_000 + date)
    return made


def test_a_clock_that_is_shared_is_exact():
    """A real Tilt on this machine: an arrival counts to the microsecond."""
    made = polled((0.999, 1.0, 0), (1.1, 1.2, 1), (5.0, 5.9, 5))
    assert made.shared
    assert made.at(NOON + 123_456) == (NOON + 123_456, None)


def test_without_any_answer_the_clock_counts_as_shared():
    """Nothing says otherwise."""
    assert server_time.ServerTime().at(NOON) == (NOON, None)


def test_the_clock_of_another_machine_is_off_by_as_much_throughout():
    """Each answer narrows down by how much: here by 10.5 to 10.6 seconds."""
    made = polled((0.0, 0.001, 10), (0.5, 0.501, 11), (0.399, 0.4, 10), (7.4, 7.41, 17), (7.499, 7.5, 18))
    at, earliest = made.at(NOON + 4_000_000)
    assert not made.shared
    assert 14_400_000 <= at - NOON <= 14_600_000
    assert earliest <= at


def test_a_clock_far_off_that_stands_is_read_to_the_second():
    """A fake's clock moves when its test moves it: the next answer tells the second, the one before how early."""
    year = -20_000_000
    made = polled((0.0, 0.01, year), (3.0, 3.01, year), (3.2, 3.21, year + 300))
    at, earliest = made.at(NOON + 3_100_000)
    assert (at - NOON, earliest - NOON) == ((year + 300) * 1_000_000, year * 1_000_000)
    assert made.at(NOON + 9_000_000)[0] - NOON == (year + 300) * 1_000_000


def test_a_clock_far_off_that_runs_is_followed_between_its_seconds():
    """A fake under wall: after two ticks its clock is known to run as ours does."""
    far = -20_000_000
    made = polled(*((tick / 10, tick / 10 + 0.001, far + (tick + 3) // 10) for tick in range(30)))
    at, _ = made.at(NOON + 2_000_000)
    assert abs(at - NOON - far * 1_000_000 - 2_300_000) < 100_000
