"""Every exception that a user of this package can meet; imports nothing."""

__all__ = [
    "ClockError",
    "ConsumerFailed",
    "ExpectationFailed",
    "ImpossibleTransition",
    "InvalidScenario",
    "InvalidValue",
    "KubeconfigError",
    "NotAFake",
    "ServerError",
    "TiltSessionError",
    "UnknownTarget",
]


class TiltSessionError(Exception):
    """The base of every error that this package raises on purpose."""


class InvalidValue(TiltSessionError, ValueError):
    """A duration, time, selector or option that could not be read; the message names what would do."""


class ClockError(TiltSessionError):
    """The simulated clock was asked for what it never does, such as going back."""


class ImpossibleTransition(TiltSessionError):
    """A script or a driver asked for a state that Tilt never shows; the message says what to call instead."""


class UnknownTarget(TiltSessionError, KeyError):
    """A target was named that was never declared; the message lists the declared ones."""

    def __str__(self) -> str:
        # KeyError shows its argument's repr, which would hide the line breaks of the message.
        return str(self.args[0]) if self.args else ""


class InvalidScenario(TiltSessionError):
    """A scenario that cannot be read or played; the message starts with file:line where there is a file."""


class KubeconfigError(TiltSessionError):
    """A kubeconfig that could not be read or written; the message names the path and the cause."""


class NotAFake(TiltSessionError, AttributeError):
    """A real Tilt was asked for what only a fake has, such as to be driven; the message says what to do instead."""


class ServerError(TiltSessionError):
    """The fake's server could not start or failed within, such as an occupied fixed port."""


class ConsumerFailed(TiltSessionError, AssertionError):
    """The program under test ended otherwise than its scenario file expects."""


class ExpectationFailed(TiltSessionError, AssertionError):
    """What a test claimed of a session is not so; the message carries what is, and the timeline.

    ``appendix`` is the end of the message, which shows the whole of what ``subject`` is: its timeline and requests. A
    report that shows these in a place of its own may empty it.
    """

    def __init__(self, message: str = "", appendix: str = "", subject: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.appendix = appendix
        self.subject = subject

    def __str__(self) -> str:
        return "\n\n".join(part for part in (self.message, self.appendix) if part)

    def __reduce__(self) -> "tuple[type[ExpectationFailed], tuple[str, str]]":
        # What it is about holds locks, which do not go from one process to another.
        return type(self), (self.message, self.appendix)
