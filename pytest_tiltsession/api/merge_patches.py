"""JSON merge patches (RFC 7386) as the API server applies them; knows JSON texts and nothing of what they mean.

Nulls delete, objects merge, everything else replaces. A null within an array of the patch goes too, except where the
array takes the place of an object.
"""

from pytest_tiltsession.api import lazy_json


class NoPatch(ValueError):
    """A text that is no merge patch; the message is the server's."""


def apply(document: str, patch: str) -> lazy_json.Node:
    """Merge a patch into an object; both are compact JSON texts. What the patch did not touch of it stays closed.

    A patch that is an array takes the place of the object. Raises :class:`NoPatch` for any other patch that is no
    object.
    """
    changes = lazy_json.Node(patch)
    if changes.is_array:
        _prune(changes)
        return changes
    merged = lazy_json.Node(document)
    try:
        _merge_members(merged.open_object(), changes.open_object())
    except lazy_json.NotOpen:
        raise NoPatch("Invalid JSON Patch") from None
    return merged


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
        if node.is_array:
            node.items = [item for item in node.items if item is not None]
        else:
            node.members = {key: item for key, item in node.members.items() if item is not None}
        pending.extend(item for item in (node.items if node.is_array else node.members.values()) if item is not None)
