"""What stands behind ``tilt_session``: a fake, a recording of the test, or a real Tilt; makes what was chosen.

Loaded only where a run or a marker names a mode.
"""

import dataclasses
import pathlib
from typing import TYPE_CHECKING, cast

import pytest

from pytest_tiltsession import errors, fake_tilt, live_tilt
from pytest_tiltsession.live import finding
from pytest_tiltsession.plugin import arguments, choosing, options, recording_run, recordings
from pytest_tiltsession.scenario import files

if TYPE_CHECKING:
    from pytest_tiltsession import settings

_AGAIN = 0.5  # seconds for which a Tilt is looked for, once it was looked for in vain


def made(item: pytest.Item, folder: pathlib.Path) -> "fake_tilt.FakeTilt | None":
    """Make what the mode of a test asks for; None where that is a fake as ever.

    Fails the test, in a sentence, where there is no recording to replay or no Tilt to be found.
    """
    choice = choosing.choose(item)
    run = recording_run.of(item.config)
    if choice.mode == choosing.FAKE:
        run.stayed(item)
        return None
    try:
        if choice.mode == choosing.REPLAY:
            return _replayed(item, choice, folder, run)
        # What a real Tilt has not, such as drivers, it refuses: a face of its own.
        return cast("fake_tilt.FakeTilt", _found(item, choice, folder, run))
    except errors.TiltSessionError as problem:
        told = str(problem)
    return pytest.fail(told, pytrace=False)


def _replayed(
    item: pytest.Item, choice: choosing.Choice, folder: pathlib.Path, run: recording_run.RecordingRun
) -> fake_tilt.FakeTilt:
    """Make a fake of the test's recording, as it was when the recording began."""
    if not choice.recording.exists():
        raise errors.TiltSessionError(
            f"there is no recording of this test at {recordings.shown(item.config, choice.recording)}; with a Tilt "
            f"running, this makes one:\n  {recordings.command(item)}"
        )
    run.played(choice.recording)
    try:
        given = arguments.for_item(item, scenario=choice.recording)
    except pytest.UsageError:
        _refuse_broken(item, choice.recording)
        raise
    # What a recording still holds when its test ends is no claim of the test's.
    fake = fake_tilt.FakeTilt(dataclasses.replace(given, allow=(*given.allow, "unplayed-steps")), directory=folder)
    scenario = fake.scenario
    if scenario is not None and scenario.steps:
        fake.clock.move_on_to(scenario.start + scenario.steps[0].at)
    return fake


def _refuse_broken(item: pytest.Item, recording: pathlib.Path) -> None:
    """Say of a recording that cannot be read that it is this, and how to make it anew."""
    try:
        files.read(recording)
    except errors.TiltSessionError as problem:
        raise errors.TiltSessionError(
            f"the recording of this test is broken: {problem}\nwith a Tilt running, this makes it anew:\n"
            f"  {recordings.command(item)}"
        ) from None


def _found(
    item: pytest.Item, choice: choosing.Choice, folder: pathlib.Path, run: recording_run.RecordingRun
) -> live_tilt.LiveTilt:
    """Find the real Tilt, and record it where it is to be recorded."""
    config = item.config
    _refuse_faked(item, choice.mode)
    if choice.mode == choosing.RECORD:
        run.refuse_unwritable(choice.recording)
    context = arguments.marked(item).get("context") or options.of_run(config, "context") or None
    where = finding.whereabouts(context)
    # The test may set TILT_CONFIG for what it starts; the recording goes on looking where it began.
    where = dataclasses.replace(where, path=where.file)
    patience = _AGAIN if run.in_vain == where else live_tilt.PATIENCE
    live = live_tilt.LiveTilt(where, _live_settings(item), directory=folder, patience=patience)
    try:
        live.start()
    except errors.TiltSessionError:
        run.in_vain = where
        raise
    run.in_vain = None
    if choice.mode == choosing.RECORD:
        run.recording(item, live, choice.recording)
    return live


def _refuse_faked(item: pytest.Item, mode: str) -> None:
    """Refuse what only a fake can bring about, so that a test does not pass on a real Tilt where nothing went wrong."""
    given = arguments.marked(item)
    faked = {
        "faults": "nothing goes wrong there on purpose",
        "starts": "it is there when it is found",
    }
    for name, why in faked.items():
        if given.get(name) not in (None, (), [], "now"):
            raise errors.TiltSessionError(
                f"@pytest.mark.tilt_session({name}=…): in mode {mode} a real Tilt is behind the session, and {why}. "
                'Keep this test to the fake with @pytest.mark.tilt_session(mode="fake"), or leave that out'
            )


def _live_settings(item: pytest.Item) -> "settings.Settings":
    """Give the settings of a test on a real Tilt: a limit for a whole simulated day is none for real time."""
    given = arguments.for_item(item)
    said = "limit" in arguments.marked(item) or "limit" in options.configured(item.config)
    return given if said else dataclasses.replace(given, limit=live_tilt.LIMIT)
