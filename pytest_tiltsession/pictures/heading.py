"""What stands on top of a picture: how the session ended, with which code, and what stands in the way; pure."""

from pytest_tiltsession.expectations import blockers, lettering, states
from pytest_tiltsession.pictures import scene as scenes

SIGNS = {scenes.SUCCEEDED: "✓", scenes.FAILED: "✗", scenes.RUNNING: "…", scenes.MISSING: "?"}
TONES = {scenes.SUCCEEDED: "good", scenes.FAILED: "bad"}


def tone(scene: scenes.Scene) -> str:
    """Give the word for the colour of the verdict."""
    return TONES.get(scene.verdict, "open")


def ending(scene: scenes.Scene) -> str:
    """Say when the verdict was and what Tilt's process ends with."""
    when = lettering.clock(scene.at)
    if scene.exit_code is None:
        return f"at {when}, no exit code: Tilt goes on"
    return f"at {when}, exit code {scene.exit_code}"


def obstacles(scene: scenes.Scene) -> str:
    """Name what stands in the way, group by group: ``not ready web:serve``; empty where nothing does."""
    found = []
    for word in blockers.GROUPS:
        names = [
            f"{item.name} ({item.detail})" if word == states.WAITING else item.name
            for item in scene.in_the_way
            if item.word == word
        ]
        if names:
            found.append(f"{word} {lettering.listed(names, 6)}")
    return f"in the way: {'; '.join(found)}" if found else ""


def summary(scene: scenes.Scene) -> str:
    """Say the whole picture in a few sentences, for who cannot see it."""
    parts = [f"{scene.title}: {scene.verdict} {ending(scene)}."]
    if scene.reason:
        parts.append(f"{lettering.telling_line(scene.reason)}.")
    if scene.in_the_way:
        parts.append(f"{obstacles(scene)}.")
    parts += [f"{lane.name}: {lane.standing}." for lane in scene.targets[:40]]
    if len(scene.targets) > 40:
        parts.append(f"And {len(scene.targets) - 40} more targets.")
    return " ".join(parts)
