"""A verb of the control interface as a value: where it is, what it takes, what it gives; knows no verb in particular.

Routing, reading and the OpenAPI document all follow from these values.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

from pytest_tiltsession.control import call, kinds, records

Field = records.Field
Run = Callable[[call.Call], Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Verb:
    """One method of one path. ``run`` gives the body of the answer, which is described by the schema ``answer``.

    ``takes`` are the fields of its body, or of its query for a GET. ``refuses`` are the statuses that it may answer
    with beside those that every verb may; ``after`` is done once the answer has been sent.
    """

    method: str
    path: str
    summary: str
    answer: str
    run: Run
    takes: tuple[Field, ...] = ()
    status: int = 200
    refuses: tuple[int, ...] = ()
    after: Callable[[call.Call], None] | None = None

    @property
    def called(self) -> str:
        """How messages name it."""
        return f"{self.method} {self.path}"

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's parts; one in braces stands for a name."""
        return tuple(self.path.split("/")[1:])

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the path holds."""
        return tuple(part[1:-1] for part in self.segments if part.startswith("{"))

    @property
    def group(self) -> str:
        """What it is about: the first part of its path."""
        return self.segments[0].removesuffix(".json") or "index"

    @property
    def identity(self) -> str:
        """A name of its own, for generated clients: ``getClock``, ``clockRunUntilDone``."""
        plain = [part.replace(".", "-") for part in self.segments if part and not part.startswith("{")] or ["index"]
        one = ["one"] if self.segments[-1].startswith("{") else []
        words = "-".join([*({"GET": ["get"], "DELETE": ["delete"]}.get(self.method, [])), *plain, *one]).split("-")
        return words[0] + "".join(word.capitalize() for word in words[1:])

    @property
    def record(self) -> records.Record:
        """The fields that it takes."""
        return records.Record(self.called, *self.takes)


PATIENCE = Field(
    "patience",
    kinds.Duration(),
    "How long to wait at most, on the machine's clock, where the clock moves by itself; without it, as long as the "
    "client stays.",
)
