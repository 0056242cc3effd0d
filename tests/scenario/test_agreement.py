"""Recorded verdicts against those of our rules."""

import pytest

from pytest_tiltsession.engine import changes
from pytest_tiltsession.scenario import agreement

TEXT = """version: 1
targets: {a:update: }
steps:
- {at: 1s, set: {a:update: active}, recorded: {resourceVersion: 2}}
- {at: 2s, set: {a:update: terminated}, recorded: {resourceVersion: 3, done: true}}
- {at: 3s, session: absent}
"""


@pytest.fixture
def compared(play):
    """A function that plays a text to an offset and compares."""

    def compare(text, seconds=10, meddle=None):
        fake = play(text)
        fake.clock.advance(1.5)
        if meddle is not None:
            fake.gate.submit(changes.TiltChange(labels={"a": "b"}, cause=meddle))
        fake.clock.advance(seconds - 1.5)
        return agreement.compare(fake.player.scenario, fake.commits, until=round(seconds * 1_000_000))

    return compare


def test_a_recording_that_our_rules_bear_out_has_nothing_to_tell(compared):
    """Each recorded verdict that was played is compared."""
    found = compared(TEXT)
    assert (found.compared, found.lines()) == (2, [])
    assert compared(TEXT, 1.7).compared == 1


def test_both_verdicts_are_told_where_they_differ(compared):
    """With offset and line, done and error; no more than three of them."""
    found = compared(TEXT.replace("done: true", "done: true, error: a new rule"))
    assert found.lines() == [
        "  at 2s (line 5)",
        "    recorded: done, failed: a new rule",
        "    judged:   done, succeeded",
    ]
    many = TEXT.replace("{a:update: }", "{a:update: , b:update: }").replace("done: true", "error: x") + "".join(
        f"- {{at: {4 + second}s, recorded: {{done: true}}}}\n" for second in range(4)
    )
    told = compared(many).lines()
    assert told[1:3] == ["    recorded: not done, but with an error: x", "    judged:   not done"]
    assert told[-1] == "  and 2 more"


@pytest.mark.parametrize("cause", [changes.DRIVER, changes.CLIENT])
def test_what_others_have_changed_no_recording_foretold(cause, compared):
    """From a driver's or a client's change on nothing is compared."""
    assert compared(TEXT.replace("done: true", "done: true, error: a new rule"), meddle=cause).lines() == []
