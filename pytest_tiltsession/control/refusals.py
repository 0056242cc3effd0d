"""What a request is refused with: a status, a reason and a text that says what would do, as JSON; knows no route."""

from typing import Any

from pytest_tiltsession import errors

# The first that fits counts.
_STATUSES: tuple[tuple[type[errors.TiltSessionError], int], ...] = (
    (errors.UnknownTarget, 404),
    (errors.ImpossibleTransition, 409),
    (errors.ClockError, 409),
    (errors.ExpectationFailed, 417),
    (errors.InvalidValue, 422),
    (errors.InvalidScenario, 422),
    (errors.TiltSessionError, 409),
)
MEANINGS = {
    400: "The request is no HTTP with JSON as described here.",
    401: "The token of the control interface is missing or another one.",
    404: "There is no such verb, target, resource, hold or fault.",
    405: "The path takes another method.",
    409: "Tilt, or the clock, never does this in this state.",
    413: "The body is too large.",
    417: "What was expected of the session is not so; the text explains it.",
    422: "A field is unknown, missing, or has a value that cannot be read.",
    500: "The fake failed within.",
}


class Refusal(Exception):
    """A request that is not done. ``headers`` go with the answer."""

    def __init__(self, status: int, reason: str, message: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message
        self.headers = headers

    @property
    def body(self) -> dict[str, Any]:
        """The answer's body."""
        return {"status": self.status, "reason": self.reason, "error": self.message}


def of(problem: errors.TiltSessionError) -> Refusal:
    """Give the refusal that an error of the package comes to; its reason is the error's name in Python."""
    status = next(status for kind, status in _STATUSES if isinstance(problem, kind))
    return Refusal(status, type(problem).__name__, str(problem))


def unknown(what: str) -> Refusal:
    """Give the refusal of something that is not there."""
    return Refusal(404, "NotFound", what)
