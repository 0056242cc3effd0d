"""JSON patches (RFC 6902) as the API server applies them; knows JSON texts and nothing of what they mean.

The server's library is laxer than the RFC and than Python's: ``replace`` of a key that is not there adds it, ``add``
without a value adds null, indices may count from the end, and a path need not begin with a slash.
"""

import dataclasses
import json
import re
from typing import Any, ClassVar

from pytest_tiltsession.api import lazy_json
from pytest_tiltsession.models import field_reading, wire

MOST_OPERATIONS = 10_000
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_ESCAPES = {"~1": "/", "~0": "~"}

Container = dict[str, lazy_json.Node | None] | list[lazy_json.Node | None]
Operation = dict[str, Any]


class Inapplicable(Exception):
    """A patch with an operation that cannot be carried out."""


@dataclasses.dataclass(frozen=True, slots=True)
class DeclaredOperation:
    """One operation as the server declares it, which is what a patch is checked against before it is applied."""

    GO_TYPE: ClassVar[str] = "handlers.jsonPatchOp"

    op: str = wire.field("op", wire.STRING, "add, remove, replace, move, copy or test.")
    path: str = wire.field("path", wire.STRING, "Where.")
    from_: str = wire.field("from", wire.STRING, "Whence, for move and copy.")
    value: Any = wire.field("value", field_reading.INTERFACE, "What.")


def apply(document: lazy_json.Node, operations: list[Operation]) -> lazy_json.Node:
    """Carry out operations on an object. Raises :class:`Inapplicable`; the document then is of no use any more."""
    root: Container = document.open_object()
    for operation in operations:
        try:
            root = _carry_out(root, operation)
        except (lazy_json.NotOpen, _Missing) as error:
            raise Inapplicable from error
    return _whole(root)


class _Missing(Exception):
    """A path, a value or a field of an operation that is not there."""


def _whole(root: Container) -> lazy_json.Node:
    """Give the document as one value."""
    node = lazy_json.Node("[]" if isinstance(root, list) else "{}")
    if isinstance(root, list):
        node.open_array()[:] = root
    else:
        node.open_object().update(root)
    return node


def _carry_out(root: Container, operation: Operation) -> Container:
    kind = _named(operation, "op")
    path = _named(operation, "path")
    value = _value(operation)
    if kind == "replace" and path == "":
        if value is None or not value.opens():
            raise _Missing
        return value.items if value.is_array else value.members
    if kind == "test":
        _test(root, path, value)
        return root
    if kind in ("move", "copy"):
        value = _taken(root, _named(operation, "from"), stays=kind == "copy")
    container, key = _found(root, path)
    if kind == "copy" and value is not None:
        # What a copy holds is written only now, when the way to its destination has opened what it passes.
        value = lazy_json.Node(value.text())
    if kind in ("add", "move", "copy"):
        _add(container, key, value)
    elif kind == "replace":
        if isinstance(container, list):
            container[_index(container, key)] = value
        else:
            container[key] = value
    elif kind == "remove":
        _remove(container, key)
    else:
        raise _Missing
    return root


def _named(operation: Operation, field: str) -> str:
    """Read a field of an operation that is a text."""
    node = operation.get(field)
    text = json.loads(node.raw) if node is not None else None
    if not isinstance(text, str):
        raise _Missing
    return text


def _value(operation: Operation) -> lazy_json.Node | None:
    """Give the value of an operation: a null is a node without text, a missing value is none at all."""
    if "value" not in operation:
        return None
    found: lazy_json.Node | None = operation["value"]
    return lazy_json.Node(None) if found is None else lazy_json.Node(found.raw)


def _found(root: Container, path: str) -> tuple[Container, str]:
    """Walk to the container that a path ends in, and give its last key."""
    _, *keys = path.split("/")
    if not keys:
        raise _Missing
    keys = [re.sub("~[01]", lambda escape: _ESCAPES[escape[0]], key) for key in keys]
    container = root
    for key in keys[:-1]:
        node = _get(container, key)
        if node is None or node.is_null:
            raise _Missing
        container = node.open_array() if node.is_array else node.open_object()
    return container, keys[-1]


def _get(container: Container, key: str) -> lazy_json.Node | None:
    if isinstance(container, list):
        return container[_index(container, key)]
    return container.get(key)


def _index(container: list[lazy_json.Node | None], key: str, room: int = 0) -> int:
    """Read an index, which may count from the end; ``room`` is 1 where an item is to be put in."""
    if not _INTEGER.fullmatch(key):
        raise _Missing
    index, length = int(key), len(container) + room
    if not -length <= index < length:
        raise _Missing
    return index + length if index < 0 else index


def _add(container: Container, key: str, value: lazy_json.Node | None) -> None:
    if isinstance(container, dict):
        container[key] = value
    elif key == "-":
        container.append(value)
    else:
        container.insert(_index(container, key, room=1), value)


def _remove(container: Container, key: str) -> None:
    if isinstance(container, list):
        del container[_index(container, key)]
    elif key in container:
        del container[key]
    else:
        raise _Missing


def _taken(root: Container, path: str, *, stays: bool) -> lazy_json.Node | None:
    """Give what a move or copy takes; a move removes it before its destination is looked for."""
    container, key = _found(root, path)
    node = _get(container, key)
    if not stays:
        _remove(container, key)
    return node


def _test(root: Container, path: str, value: lazy_json.Node | None) -> None:
    if path == "":
        if value is None or not _whole(root).equals(value):
            raise _Missing
        return
    container, key = _found(root, path)
    node = _get(container, key)
    if node is None:
        if value is not None and not value.is_null:
            raise _Missing
    elif value is None or not node.equals(value):
        raise _Missing
