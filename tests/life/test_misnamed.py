"""Names that a fake has not."""

import copy

import pytest

from pytest_tiltsession import FakeTilt
from pytest_tiltsession.life import misnamed


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("advance", "there is no 'advance' of a fake Tilt; write clock.advance"),
        ("done", "there is no 'done' of a fake Tilt; write session.status.done"),
        ("expect_request", "there is no 'expect_request' of a fake Tilt; did you mean expect_requests"),
        ("jobs", "there is no 'jobs' of a fake Tilt; did you mean job?"),
        ("xyzzy", "there is no 'xyzzy' of a fake Tilt"),
        ("_script_of", "'FakeTilt' object has no attribute '_script_of'"),
    ],
)
def test_a_name_that_is_not_there_says_what_may_be_meant(name, said):
    """First guesses are led to where the thing is, misspelt names to the nearest ones."""
    with pytest.raises(AttributeError) as refused:
        getattr(FakeTilt(), name)
    assert str(refused.value).startswith(said)
    assert name == refused.value.name


def test_every_place_that_is_named_is_there():
    """What the guesses are led to can be written."""
    with FakeTilt() as fake:
        for guess, place in misnamed._ELSEWHERE.items():
            found = fake
            for part in place.split("."):
                found = getattr(found, part)
            assert not hasattr(fake, guess)


def test_probing_finds_nothing():
    """Code that asks whether a thing is there, as copying does, is told no, also before anything was made."""
    assert not hasattr(FakeTilt(), "__wrapped__")
    with pytest.raises(AttributeError):
        copy.copy(FakeTilt.__new__(FakeTilt)).anything  # noqa: B018
