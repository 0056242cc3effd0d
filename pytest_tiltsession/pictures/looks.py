"""How each state looks: shape, pattern and colours, in light and in dark; knows no coordinates.

The looks differ in shape, in pattern and in luminance, so that they can be told apart without colour. The ``ink`` of
each has a contrast of at least 4.5 to the ground of the page, which WCAG 2.2 asks of text (AA).
"""

import dataclasses

from pytest_tiltsession.expectations import lettering, rendering, states, timeline
from pytest_tiltsession.models import session as sessions

BAND = "band"  # a bar that lasts
END = "end"  # a disc where the state begins, and a line after it
LINE = "line"  # a line only: nothing is to be expected


@dataclasses.dataclass(frozen=True, slots=True)
class Paint:
    """The colours of a look: ``ground`` fills it, ``ink`` draws its edge and its pattern."""

    ground: str
    ink: str


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """How a state is drawn. ``pattern`` is the path that is repeated over its ground; none for an even ground."""

    key: str
    meaning: str
    shape: str
    light: Paint
    dark: Paint
    pattern: str = ""


WAITING = Look(
    "waiting",
    "waiting",
    BAND,
    Paint("#fff3d0", "#8a5a00"),
    Paint("#2f2609", "#e3b341"),
    "M2 2h1.6v1.6H2zM6 6h1.6v1.6H6z",
)
NOT_READY = Look(
    "not-ready", "active, not ready", BAND, Paint("#efe4ff", "#6f2dbd"), Paint("#2a1d45", "#c7a3ff"),
    "M-2 2L2-2M-2 8L8-2M-2 14L14-2M4 14L14 4M10 14L14 10",
)  # fmt: skip
RUNNING = Look(
    "running",
    "job running",
    BAND,
    Paint("#9ccaff", "#1553a8"),
    Paint("#1b4a86", "#8ec3ff"),
    "M-1 2H13M-1 6H13M-1 10H13",
)
READY = Look("ready", "ready", BAND, Paint("#1c7c45", "#0d5a2d"), Paint("#57cf96", "#8fe9bd"))
SUCCEEDED = Look("succeeded", "succeeded", END, Paint("#1c7c45", "#1a7541"), Paint("#57cf96", "#57cf96"))
FAILED = Look(
    "failed",
    "failed",
    END,
    Paint("#ffdcd8", "#b3201a"),
    Paint("#57201c", "#ff8d83"),
    "M-1-1L13 13M-1 13L13-1M-1 5L7 13M5-1L13 7M-1 7L7-1M5 13L13 5",
)
RETRYING = Look(
    "retrying", "failed, tolerated", END, Paint("#ffe6c9", "#9a4300"), Paint("#472806", "#ffab5e"), "M3-1V13M9-1V13"
)
INACTIVE = Look("inactive", "inactive", LINE, Paint("#ffffff", "#626b78"), Paint("#14181f", "#98a2b0"))
DISABLED = Look("disabled", "disabled", LINE, Paint("#ffffff", "#626b78"), Paint("#14181f", "#98a2b0"))
MIXED = Look(
    "mixed", "several states, too short to draw", BAND, Paint("#d5dae1", "#3c4654"), Paint("#343d4a", "#c2cad6"),
    "M1-1V13M4-1V13M7-1V13M10-1V13",
)  # fmt: skip
SESSION = Look("session", "the session goes on", BAND, Paint("#e9edf2", "#4d5866"), Paint("#262d38", "#a9b4c2"))
WATCH = Look("watch", "a watch is open", BAND, Paint("#dff3f7", "#0b6377"), Paint("#0d323b", "#6fd0e4"))

ALL = (
    WAITING, NOT_READY, RUNNING, READY, SUCCEEDED, FAILED, RETRYING, INACTIVE, DISABLED, MIXED, SESSION, WATCH,
)  # fmt: skip
_BY_MEANING = {look.meaning: look for look in ALL}


def of(segment: timeline.Segment, type_: str) -> Look | None:
    """Choose the look of a state as the terminal does; None for a target that is not there."""
    found = rendering.look_of(segment, type_)
    return None if found is None else _BY_MEANING[found.meaning]


def in_words(state: sessions.TargetState | None, type_: str) -> str:
    """Say a state for a reader of the picture: ``active, not ready``, ``failed: exit status 1``."""
    text = states.describe(state, type_)
    return {states.NOT_READY: "active, not ready", states.ACTIVE: "running"}.get(text, text)


def in_short(state: sessions.TargetState | None, type_: str) -> str:
    """Say a state on one line: of an error of several lines the one that says most."""
    detail = states.detail_of(state)
    text = in_words(state, type_)
    return f"{text.partition(':')[0]}: {lettering.telling_line(detail)}" if detail else text
