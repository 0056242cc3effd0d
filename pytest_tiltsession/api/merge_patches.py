"""JSON merge patches (RFC 7386) as the API server applies them; knows JSON texts and nothing of what they mean.

Nulls delete, objects merge, everything else replaces. A null that is an item of an array stays.
"""

from typing import Any

from pytest_tiltsession.api import lazy_json


class NoPatch(ValueError):
    """A text that is no merge patch; the message is the server's."""


def apply(document: lazy_json.Node, patch: str) -> lazy_json.Node:
    """Merge a patch, which is compact JSON, into an object. What the patch did not touch of that stays closed.

    A patch that is an array takes the place of the object. Raises :class:`NoPatch` for any other patch that is no
    object.
    """
    changes = lazy_json.Node(patch)
    if changes.is_array:
        _prune(changes)
        return changes
    try:
        _merge_members(document.open_object(), changes.open_object())
    except lazy_json.NotOpen:
        raise NoPatch("Invalid JSON Patch") from None
    return document


def merge_values(current: Any, patch: Any) -> Any:
    """Merge as :func:`apply` does, but values that were read from the texts; an object that is merged into is changed.

    Raises RecursionError for values that nest too deeply.
    """
    if not isinstance(current, dict):
        return _pruned(patch)
    if not isinstance(patch, dict):
        return patch
    for key, change in patch.items():
        if change is None:
            current.pop(key, None)
        else:
            before = current.get(key)
            current[key] = _pruned(change) if before is None else merge_values(before, change)
    return current


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _pruned(item) for key, item in value.items() if item is not None}
    return [_pruned(item) for item in value] if isinstance(value, list) else value


def _merge(current: lazy_json.Node, patch: lazy_json.Node) -> lazy_json.Node:
    try:
        members = current.open_object()
    except lazy_json.NotOpen:
        _prune(patch)
        return patch
    try:
        changes = patch.open_object()
    except lazy_json.NotOpen:
        return patch
    _merge_members(members, changes)
    return current


def _merge_members(members: dict[str, lazy_json.Node | None], changes: dict[str, lazy_json.Node | None]) -> None:
    for key, change in changes.items():
        if change is None:
            members.pop(key, None)
            continue
        current = members.get(key)
        if current is None:
            _prune(change)
        members[key] = change if current is None else _merge(current, change)


def _prune(node: lazy_json.Node) -> None:
    """Take the nulls out of what a patch adds, at all depths."""
    node.open_all()
    pending = [node]
    while pending:
        node = pending.pop()
        if not node.opens():
            continue
        if not node.is_array:
            node.members = {key: item for key, item in node.members.items() if item is not None}
        pending.extend(item for item in (node.items if node.is_array else node.members.values()) if item is not None)
