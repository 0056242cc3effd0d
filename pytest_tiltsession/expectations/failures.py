"""What a person reads when a claim does not hold: the claim, what is, the targets in the way, timeline, requests."""

import dataclasses
from collections.abc import Callable

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import blockers, lettering, observed, rendering, request_table
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.store import requests

_TITLE = "tilt session"


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """Why a claim does not hold: a sentence, lines that show it, and a hint on what to write or do instead.

    The ``show_…`` fields tell whether the targets in the way and the timeline explain it, ``chosen`` which requests
    do (None: all of them). ``final`` says that no passing of time can make the claim hold.
    """

    sentence: str
    lines: tuple[str, ...] = ()
    hint: str | None = None
    show_blockers: bool = True
    show_timeline: bool = True
    chosen: tuple[requests.RequestRecord, ...] | None = None
    final: bool = False


# A claim looks and says why it does not hold, or None; what holds it raises ExpectationFailed.
Claim = Callable[[observed.Observed], Failure | None]
Hold = Callable[[Claim], None]


def failed(
    failure: Failure, seen: observed.Observed, style: lettering.Style, waited: str = ""
) -> errors.ExpectationFailed:
    """Give the error of a claim that does not hold. ``waited`` tells of a clock that was moved meanwhile.

    What shows the session as a whole is the error's appendix; ``subject`` is None where that is not Tilt's own Session.
    """
    sentence = "\n".join(lettering.shown(line, style) for line in failure.sentence.splitlines())
    own = seen.name == sessions.TILTFILE_SESSION
    title = _TITLE if own else f"{_TITLE} {lettering.shown(seen.name, style)}"
    parts = [[f"{title}: {sentence}", *(lettering.shown(line, style) for line in failure.lines)]]
    if waited:
        parts[0].append(f"  waited: {waited}")
    if failure.hint:
        parts[0].append(lettering.shown(f"  hint: {failure.hint}", style))
    if failure.show_blockers:
        table = blockers.table(blockers.in_the_way(seen.timeline), style)
        if failure.lines and table:
            parts.append(table)
        else:
            parts[0] += table
    appendix = [rendering.draw(seen.timeline, style)] if failure.show_timeline else []
    if seen.subject.requests is not None:
        of_all = failure.chosen is None
        chosen = seen.requests if failure.chosen is None else failure.chosen
        (appendix if of_all else parts).append(request_table.draw(chosen, seen.origin, style, of=len(seen.requests)))
    subject = seen.subject if own else None
    return errors.ExpectationFailed(_joined(parts), _joined(appendix), subject)


def _joined(parts: list[list[str]]) -> str:
    return "\n\n".join("\n".join(part) for part in parts if part)
