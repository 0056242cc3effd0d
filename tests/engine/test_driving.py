"""What a test says to a whole fake: names, lists of names, durations."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.engine import driving


@pytest.fixture
def drive(the_gate):
    """The driving face of that gate."""
    return driving.Driving(the_gate)


@pytest.mark.parametrize("name", [None, "", ":", "a:", ":update", 3])
def test_what_names_no_target_is_refused(drive, name):
    """A target has a name in two parts, or that of its resource."""
    for declared in (drive.job, drive.server):
        with pytest.raises(errors.ImpossibleTransition, match="a target is named by its resource"):
            declared(name)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda d: d.reload(remove=3), "remove=3: give one name as text, or several"),
        (lambda d: d.reload(timeout=3), "timeout=3: give a Go duration as text"),
        (lambda d: d.reload(readiness_timeout="soon"), "'soon' is not a duration"),
    ],
)
def test_values_of_a_reload_are_checked(drive, call, said):
    """What cannot be read is refused before anything changes."""
    with pytest.raises(errors.InvalidValue) as caught:
        call(drive)

    assert said in str(caught.value)
