"""Why a client's write was not done, as exceptions that carry what there is to say; knows no HTTP and no status codes.

Where versions are compared, :class:`store.objects.VersionConflict` and :class:`store.objects.InvalidVersion` tell it.
"""

from collections.abc import Sequence

from pytest_tiltsession.rules import field_errors


class NotStored(Exception):
    """There is no Session of that name."""


class AlreadyStored(Exception):
    """There is a Session of that name already; ``generated`` tells that the client gave a prefix for names, too."""

    def __init__(self, name: str, *, generated: bool = False) -> None:
        super().__init__(name)
        self.generated = generated


class NameNotGenerated(Exception):
    """A create gives a prefix for its name, and the server makes no names."""


class VersionOnCreate(Exception):
    """A create names a resourceVersion, which only the server gives."""


class NothingToUpdate(Exception):
    """An apply that would create, on a server whose store cannot do that."""


class Unadmitted(Exception):
    """What is written is invalid; carries the name of the Session and the errors."""

    def __init__(self, name: str, found: Sequence[field_errors.FieldError]) -> None:
        super().__init__(name, found)
        self.name = name
        self.found = tuple(found)


class PreconditionFailed(Exception):
    """The stored Session is not the one that the client meant; carries the name and a sentence.

    ``of_delete`` tells the preconditions of a delete, in whose refusal Kubernetes names the kind, not the resource.
    """

    def __init__(self, name: str, why: str, *, of_delete: bool = False) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why
        self.of_delete = of_delete
