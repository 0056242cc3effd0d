"""Which of the requests a claim is about: by operation, name, client, status, path and time; judges nothing."""

import dataclasses
import difflib
import urllib.parse
from collections.abc import Callable, Iterable, Sequence
from typing import TypedDict

from pytest_tiltsession import errors, times
from pytest_tiltsession.expectations import given, lettering
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.store import requests

OPERATIONS = (
    "get", "get status", "list", "watch", "create", "update", "update status", "patch", "patch status", "delete",
    "deletecollection",
)  # fmt: skip
_SESSIONS = f"/apis/{sessions.API_VERSION}/{sessions.PLURAL}"
_BY_METHOD = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}

Record = requests.RequestRecord
Status = int | str | Iterable[int]


def operation_of(record: Record) -> str:
    """Give the operation as one of :data:`OPERATIONS`; empty for what is not about Sessions, such as discovery."""
    if record.operation:
        return record.operation
    path = record.path.rstrip("/").replace("/watch/", "/", 1)
    if path != _SESSIONS and not path.startswith(f"{_SESSIONS}/"):
        return ""
    of_one, _, subresource = path.removeprefix(_SESSIONS).lstrip("/").partition("/")
    word = _BY_METHOD.get(record.method, "get" if of_one else "list")
    if record.watch:
        return "watch"
    if word == "delete" and not of_one:
        return "deletecollection"
    return f"{word} status" if subresource == "status" else word


def parameter(record: Record, name: str) -> str | None:
    """Give the first value of a query parameter, or None."""
    return next(iter(urllib.parse.parse_qs(record.query, keep_blank_values=True).get(name, [])), None)


def _plain(operation: str) -> str:
    return "".join(letter for letter in operation.lower() if letter.isalnum())


class Chosen(TypedDict, total=False):
    """The conditions by which requests are chosen, as ``Expectations.expect_requests`` says what each means."""

    name: str | None
    client: str | None
    status: Status | None
    method: str | None
    path: str | None
    since: times.Duration | None
    until: times.Duration | None
    where: Callable[[Record], bool] | None


@dataclasses.dataclass(frozen=True, slots=True)
class Filter:
    """One condition on requests, with the words in which it is said."""

    said: str
    accepts: Callable[[Record], bool]


@dataclasses.dataclass(frozen=True, slots=True)
class Selection:
    """The requests that fulfil all conditions."""

    filters: tuple[Filter, ...] = ()

    def __str__(self) -> str:
        return " ".join(["requests", *(item.said for item in self.filters)])

    @property
    def one(self) -> str:
        """The same, of one request."""
        return " ".join(["request", *(item.said for item in self.filters)])

    def choose(self, records: Sequence[Record]) -> tuple[Record, ...]:
        """Give those of the requests that fulfil all conditions; connections that came to no request are none."""
        requests_ = (record for record in records if record.method)
        return tuple(record for record in requests_ if all(item.accepts(record) for item in self.filters))

    def near_miss(self, records: Sequence[Record]) -> str | None:
        """Say which single condition keeps all requests out; None where it takes more than one."""
        for left_out in self.filters:
            others = Selection(tuple(item for item in self.filters if item is not left_out))
            if self.filters[1:] and (found := others.choose(records)):
                said = lettering.counted(len(found), "request")
                return f"without the condition {left_out.said!r} there {'is' if len(found) == 1 else 'are'} {said}"
        return None


def selection(
    operation: str | Iterable[str] | None = None,
    *,
    name: str | None = None,
    client: str | None = None,
    status: Status | None = None,
    method: str | None = None,
    path: str | None = None,
    since: "times.Duration | None" = None,
    until: "times.Duration | None" = None,
    where: Callable[[Record], bool] | None = None,
    start: int = 0,
) -> Selection:
    """Make a selection of conditions; see ``Expectations.expect_requests`` for what each means.

    ``start`` is the session's start in microseconds since the epoch, from which ``since`` and ``until`` count.
    """
    filters = []
    for asked, value, example in (
        ("name", name, sessions.TILTFILE_SESSION), ("client", client, "kubectl"), ("method", method, "GET"),
        ("path", path, "/version"),
    ):  # fmt: skip
        given.text(asked, "" if value is None else value, example)
    if where is not None and not callable(where):
        raise errors.InvalidValue(f"where={where!r} is no question: give a function of a request's record")
    if operation is not None:
        filters.append(_by_operation(_operations(operation)))
    if method is not None:
        filters.append(Filter(f"with {method.upper()}", lambda record: record.method == method.upper()))
    if name is not None:
        filters.append(Filter(f"for {name}", lambda record: record.name == name))
    if path is not None:
        filters.append(Filter(f"to {path}", lambda record: path in record.path))
    if client is not None:
        wanted = client.casefold()
        filters.append(Filter(f"by {client}", lambda record: wanted in record.user_agent.casefold()))
    if status is not None:
        filters.append(_by_status(status))
    if since is not None:
        first = times.micros_of(since)
        filters.append(Filter(f"since {lettering.clock(first)}", lambda record: record.at - start >= first))
    if until is not None:
        last = times.micros_of(until)
        filters.append(Filter(f"until {lettering.clock(last)}", lambda record: record.at - start <= last))
    if where is not None:
        filters.append(Filter("that where= accepts", where))
    return Selection(tuple(filters))


def _by_operation(operations: list[str]) -> Filter:
    known = {_plain(word): word for word in OPERATIONS}
    for word in operations:
        if _plain(word) not in known:
            near = difflib.get_close_matches(_plain(word), list(known), 1)
            hint = f"; did you mean {known[near[0]]!r}?" if near else ""
            raise errors.InvalidValue(f"{word!r} is no operation on Sessions{hint} They are {', '.join(OPERATIONS)}")
    plain = {_plain(word) for word in operations}
    return Filter(f"to {' or '.join(operations)}", lambda record: _plain(operation_of(record)) in plain)


def _operations(given_: "str | Iterable[str]") -> list[str]:
    operations: list[str] = []
    if isinstance(given_, str):
        operations = [given_]
    elif isinstance(given_, Iterable):
        operations = list(given_)
    if not operations or not all(isinstance(word, str) for word in operations):
        raise errors.InvalidValue(f"{given_!r} is no operation on Sessions. They are {', '.join(OPERATIONS)}")
    return operations


def _by_status(status: Status) -> Filter:
    if isinstance(status, str):
        if len(status) != 3 or not status[0].isdigit() or status[1:].lower() != "xx":
            raise errors.InvalidValue(f'status={status!r}: give a number, several of them, or a class such as "4xx"')
        hundreds = int(status[0])
        return Filter(f"answered {status}", lambda record: record.status // 100 == hundreds)
    wanted: set[int] = set()
    if isinstance(status, int):
        wanted = {status}
    elif isinstance(status, Iterable) and not isinstance(status, bytes):
        wanted = {number for number in status if isinstance(number, int)}
    if not wanted:
        raise errors.InvalidValue(f'status={status!r}: give a number, several of them, or a class such as "4xx"')
    said = " or ".join(map(str, sorted(wanted)))
    return Filter(f"answered {said}", lambda record: record.status in wanted)
