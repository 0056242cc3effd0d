"""How strategic merge patches merge and order lists, as the API server does it; knows untyped lists only."""

from typing import Any

from pytest_tiltsession.api import strategic_types
from pytest_tiltsession.api.strategic_types import Unmergeable
from pytest_tiltsession.models import go_texts

_MARKER = "$patch"


def without_nulls(value: Any) -> Any:
    """Take the nulls out of the objects of a value of the patch, in place."""
    pending = [value]
    while pending:
        found = pending.pop()
        if isinstance(found, dict):
            for key in [key for key, item in found.items() if item is None]:
                del found[key]
        if isinstance(found, dict | list):
            pending.extend(found.values() if isinstance(found, dict) else found)
    return value


def without_directives(value: Any) -> tuple[bool, Any]:
    """Take the objects with a ``$patch`` out of a value; tell whether the value itself may stay."""
    if _is_directive(value):
        return False, None
    root = [value]
    pending: list[tuple[Any, Any]] = [(root, 0)]
    while pending:
        holder, place = pending.pop()
        found = holder[place]
        if isinstance(found, dict):
            for key in [key for key, item in found.items() if _is_directive(item)]:
                del found[key]
            pending.extend((found, key) for key in found)
        elif isinstance(found, list):
            kept = holder[place] = [item for item in found if not _is_directive(item)]
            pending.extend((kept, index) for index in range(len(kept)))
    return True, root[0]


def _is_directive(value: Any) -> bool:
    return isinstance(value, dict) and _MARKER in value


def holds(items: list[Any], item: Any) -> bool:
    """Tell whether a list holds a scalar."""
    return any(strategic_types.same(each, item) for each in items)


def without_doubles(items: list[Any]) -> list[Any]:
    """Take doubled scalars out as the server does, which puts the last item where a double was."""
    left = list(items)
    at = 0
    while at < len(left) - 1:
        other = at + 1
        while other < len(left):
            if strategic_types.same(left[at], left[other]):
                left[other] = left[-1]
                left.pop()
            else:
                other += 1
        at += 1
    return left


def position(items: list[Any], merge_key: str, value: Any) -> int:
    """Find the object with this merge key; -1 where there is none."""
    for at, item in enumerate(items):
        if not isinstance(item, dict):
            raise Unmergeable(f"value for key {at} is not a map.")
        if merge_key in item and strategic_types.same(item[merge_key], value):
            return at
    return -1


def directed(original: list[Any], patch: list[Any], merge_key: str) -> tuple[list[Any], list[Any]]:
    """Follow the ``$patch`` of single objects: give what is left of the list, and of the patch to merge into it."""
    plain, replaces = [], False
    for item in patch:
        directive = item.get(_MARKER)
        if _MARKER not in item:
            plain.append(item)
        elif directive == "delete":
            if merge_key not in item:
                raise strategic_types.no_merge_key(item, merge_key)
            while (at := position(original, merge_key, item[merge_key])) >= 0:
                original = original[:at] + original[at + 1 :]
        elif directive == "replace":
            replaces = True
        elif directive == "merge":
            raise Unmergeable("merging lists cannot yet be specified in the patch")
        else:
            raise strategic_types.unknown_directive(directive, item)
    return (plain, []) if replaces else (original, plain)


def check_order(patch: list[Any], order: list[Any], merge_key: str) -> None:
    """Refuse a patch whose items are not in the order that it asks for."""
    if not patch or not order:
        return
    if merge_key:
        for item in patch:
            strategic_types.checked(item, dict)
    wanted = [item for item in patch if not (merge_key and item.get(_MARKER) == "delete")]
    at = step = 0
    while at < len(wanted) and step < len(order):
        if isinstance(wanted[at], dict) and _MARKER in wanted[at]:
            at += 1
            continue
        at += _key_equal(wanted[at], order[step], merge_key)
        step += 1
    if at < len(wanted):
        shown = go_texts.plain
        lists = f"patch list:\n{shown(patch)}\n doesn't match $setElementOrder list:\n{shown(order)}\n"
        raise Unmergeable(f"The order in {lists}")


def _key_equal(left: Any, right: Any, merge_key: str) -> bool:
    if not merge_key:
        return strategic_types.same(left, right)
    return strategic_types.same(_key_of(left, merge_key), _key_of(right, merge_key))


def _key_of(item: Any, merge_key: str) -> Any:
    if merge_key not in strategic_types.checked(item, dict):
        raise strategic_types.no_merge_key(item, merge_key)
    return item[merge_key]


def ordered(merged: list[Any], order: list[Any], current: list[Any], merge_key: str) -> list[Any]:
    """Bring a merged list into order: what ``order`` names in that order, what else there was before in its own.

    The two kinds are interleaved as they were in ``current`` as far as that goes; new items come first.
    """
    named: list[Any] = []
    others: list[Any] = []
    for item in merged:
        key = _key_of(item, merge_key) if merge_key else item
        found = position(order, merge_key, key) >= 0 if merge_key else holds(order, key)
        (named if found else others).append(item)
    if merge_key:
        for item in (*named, *order, *others, *current):
            _key_of(item, merge_key)
    named = _sorted(named, order, merge_key)
    others = _sorted(others, current, merge_key)
    result: list[Any] = []
    while named or others:
        if others and named and not _before(others[0], named[0], current, merge_key):
            result.append(named.pop(0))
        else:
            result.append(others.pop(0) if others else named.pop(0))
    return result


def _before(left: Any, right: Any, current: list[Any], merge_key: str) -> bool:
    at, other = _index(current, left, merge_key), _index(current, right, merge_key)
    return 0 <= at < other


def _index(items: list[Any], item: Any, merge_key: str) -> int:
    if merge_key:
        wanted = item.get(merge_key)
        return next((at for at, each in enumerate(items) if strategic_types.same(each.get(merge_key), wanted)), -1)
    return next((at for at, each in enumerate(items) if strategic_types.same(each, item)), -1)


def _sorted(items: list[Any], order: list[Any], merge_key: str) -> list[Any]:
    """Sort by the order of another list, by insertion: an item that is not in it moves before its neighbours."""
    done: list[Any] = []
    for item in items:
        at = len(done)
        while at and _precedes(item, done[at - 1], order, merge_key):
            at -= 1
        done.insert(at, item)
    return done


def _precedes(item: Any, other: Any, order: list[Any], merge_key: str) -> bool:
    mine, theirs = _index(order, item, merge_key), _index(order, other, merge_key)
    return mine < theirs if mine >= 0 and theirs >= 0 else True
