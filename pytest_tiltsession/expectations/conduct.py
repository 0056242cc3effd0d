"""How clients are to behave, judged on their requests; pure."""

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Sequence

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import given, lettering, request_table, selection

Record = selection.Record
Records = Sequence[Record]
_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_GO_ON_AT_ONCE = (409, 410)  # a client reads again, or lists again
_NOT_A_VERSION = (None, "", "0")


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """What a client was to do (``that …``), what it did instead, and the requests that show it."""

    wanted: str
    found: str
    records: tuple[Record, ...] = ()
    hint: str | None = None


Conduct = Callable[[Records], Fault | None]


def _by_client(records: Records) -> dict[str, list[Record]]:
    clients: dict[str, list[Record]] = {}
    for record in records:
        clients.setdefault(record.user_agent, []).append(record)
    return clients


def _pairs(records: Records) -> Iterator[tuple[Record, Record]]:
    """Give each two successive requests of one client."""
    for made in _by_client(records).values():
        yield from itertools.pairwise(made)


def was_gone(record: Record) -> bool:
    """Tell whether a client was told that its version is gone: by status, or within a watch."""
    return record.status == 410 or (record.watch and ("410" in record.message or "Expired" in record.message))


def relisted_after_410(records: Records) -> Fault | None:
    """Judge that the next request after a 410 is a list."""
    wanted = "list again after a 410"
    gone = [record for record in records if was_gone(record)]
    if not gone:
        return Fault(wanted, "none was answered 410")
    for record in gone:
        following = [item for item in records if item.user_agent == record.user_agent and item.number > record.number]
        if not following:
            return Fault(wanted, f"request {record.number} was the last of its client", (record,))
        after = following[0]
        if selection.operation_of(after) != "list":
            said = selection.operation_of(after) or after.line
            return Fault(wanted, f"request {after.number} after the 410 is a {said}", (record, after))
    return None


def resumed_from_the_last_version(records: Records) -> Fault | None:
    """Judge that each watch that follows a list or a watch begins at the version that its client saw last."""
    wanted = "resume watches from the last version"
    resumed = 0
    for made in _by_client(records).values():
        before: Record | None = None
        for record in made:
            operation = selection.operation_of(record)
            if operation == "watch" and before is not None:
                resumed += 1
                found = _not_resumed(before, record)
                if found is not None:
                    return Fault(wanted, found, (before, record))
            if operation in ("list", "watch") and record.status == 200:
                before = record
    return None if resumed else Fault(wanted, "no watch follows a list or a watch of the same client")


def _not_resumed(before: Record, watch: Record) -> str | None:
    asked, known = selection.parameter(watch, "resourceVersion"), _last_version(before)
    if asked in _NOT_A_VERSION:
        said = "no resourceVersion" if asked is None else f"resourceVersion={asked}"
        return f"request {watch.number} watches with {said}" + (f" after version {known}" if known else "")
    if known is not None and asked != str(known):
        return f"request {watch.number} watches from {asked}, when the client had seen {known}"
    return None


def _last_version(record: Record) -> int | None:
    """Give the last resourceVersion that an answer showed; None where the record does not say."""
    shown: int | None = getattr(record, "version", None)
    return shown


def _failed(record: Record) -> bool:
    return record.status >= 400 and record.status not in _GO_ON_AT_ONCE


def backed_off(least: int, most: int | None, *, growing: bool) -> Conduct:
    """Judge the time, in microseconds, between a request that failed and the next one of its client."""
    wanted = "back off " + _limits(least, most) + (", never for shorter than before" if growing else "")

    def judge(records: Records) -> Fault | None:
        waited = [pair for pair in _pairs(records) if _failed(pair[0])]
        if not waited:
            failed = [record for record in records if _failed(record)]
            return Fault(wanted, "none failed and was followed by another", tuple(failed))
        last: dict[str, int] = {}
        for before, after in waited:
            gap = after.at - before.at
            found = _outside(before, after, least, most)
            if found is not None:
                return Fault(wanted, found, (before, after))
            if growing and gap < last.get(before.user_agent, 0):
                longer = lettering.duration(last[before.user_agent])
                return Fault(wanted, f"{_came(before, after)}, and it had waited {longer} before", (before, after))
            last[before.user_agent] = gap if _failed(after) else 0
        return None

    return judge


def spaced(least: int, most: int | None) -> Conduct:
    """Judge the time, in microseconds, between any two successive requests of a client."""
    wanted = f"come {_limits(least, most)} apart"

    def judge(records: Records) -> Fault | None:
        pairs = list(_pairs(records))
        if not pairs:
            return Fault(wanted, "no client made two")
        faults = ((pair, _outside(*pair, least, most)) for pair in pairs)
        return next((Fault(wanted, found, pair) for pair, found in faults if found is not None), None)

    return judge


def _limits(least: int, most: int | None) -> str:
    limits = [f"at least {lettering.duration(least)}"] if least else []
    limits += [] if most is None else [f"at most {lettering.duration(most)}"]
    return " and ".join(limits) or "any time"


def _outside(before: Record, after: Record, least: int, most: int | None) -> str | None:
    gap = after.at - before.at
    return _came(before, after) if gap < least or (most is not None and gap > most) else None


def _came(before: Record, after: Record) -> str:
    return f"request {after.number} came {lettering.duration(after.at - before.at)} after request {before.number}"


def closed_the_watches(records: Records) -> Fault | None:
    """Judge that each watch has ended."""
    wanted = "leave no watch open"
    watches = [record for record in records if record.watch]
    still = [record for record in watches if record.ended is None]
    if not watches:
        return Fault(wanted, "none is a watch")
    if not still:
        return None
    who = lettering.listed(sorted({request_table.client(record.user_agent) for record in still}))
    verb = "is" if len(still) == 1 else "are"
    return Fault(wanted, f"{lettering.counted(len(still), 'watch', 'watches')} of {who} {verb} open", tuple(still))


def wrote_nothing(records: Records) -> Fault | None:
    """Judge that no request is a write."""
    written = [record for record in records if record.method in _WRITES]
    if not written:
        return None
    accepted = sum(1 for record in written if record.status < 400)
    found = lettering.counted(len(written), "request is a write", "requests are writes")
    return Fault("write nothing", f"{found} ({accepted or 'none'} accepted)", tuple(written))


def used_the_token(records: Records) -> Fault | None:
    """Judge that each request carried the token."""
    without = [record for record in records if not record.authorized]
    if not without:
        return None
    found = f"{lettering.counted(len(without), 'request')} came without it"
    hint = "the token is in the kubeconfig, and goes into the header Authorization: Bearer"
    return Fault("carry the token", found, tuple(without), hint)


def came_in_order(operations: Sequence[str]) -> Conduct:
    """Judge that the operations come in this order, others between them or not."""
    if not operations:
        raise errors.InvalidValue('came_in_order() needs operations, such as came_in_order("list", "watch")')
    steps = [(word, selection.selection(given.text("came_in_order", word, "list"))) for word in operations]
    wanted = f"come in the order {', '.join(operations)}"

    def judge(records: Records) -> Fault | None:
        rest = iter(records)
        found: Record | None = None
        for word, chosen in steps:
            before, found = found, next((record for record in rest if chosen.choose([record])), None)
            if found is None:
                after = f" after request {before.number}" if before is not None else ""
                return Fault(wanted, f"there is no {word}{after}")
        return None

    return judge
