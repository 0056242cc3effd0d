"""An untyped JSON object → a model, as Kubernetes converts what a strategic patch or an apply leads to; knows no field.

This is not the way that JSON text is decoded: numbers with a zero fraction are integers here, the first thing that
does not fit ends it, unknown fields are told in the order of the alphabet, and the words are others (stories
``strategic-*`` and ``unknown-strategic-patch``).
"""

from collections.abc import Collection
from typing import Any, TypeVar

from pytest_tiltsession.models import decoding, field_reading, go_times, parsed, wire

Model = TypeVar("Model")

_KINDS = {dict: "map", list: "slice", str: "string", bool: "bool", float: "float64", int: "int64"}


def convert(cls: type[Model], value: dict[str, Any], *, inlined: Collection[str] = ()) -> decoding.Read[Model]:
    """Convert an object whose numbers are ``int`` or ``float``; an ``int`` beyond 64 bits counts as a ``float``.

    :param inlined: Names of texts that the object may hold beside the declared fields: ``kind``, ``apiVersion``.

    Raises :class:`decoding.Undecodable`.
    """
    conversion = _Conversion()
    for name in inlined:
        if value.get(name) is not None:
            conversion.scalar(wire.STRING, "string", value[name])
    rest = {name: item for name, item in value.items() if name not in inlined}
    converted = conversion.struct(cls, rest, "")
    return decoding.Read(converted, tuple(sorted(conversion.unknown)))


class _Conversion:
    def __init__(self) -> None:
        self.unknown: list[str] = []

    def struct(self, cls: type[Model], value: Any, trail: str) -> Model:
        if not isinstance(value, dict):
            raise decoding.Undecodable(f"cannot restore struct from: {_kind(value)}")
        values: dict[str, Any] = {}
        declared = wire.fields_of(cls)
        for item in declared:
            found = value.get(item.name)
            if found is not None:
                values[item.attribute] = self.field(item, found, f"{trail}{item.name}")
        names = {item.name for item in declared}
        self.unknown.extend(f'unknown field "{trail}{name}"' for name in value if name not in names)
        return cls(**values)

    def field(self, item: wire.Field, value: Any, trail: str) -> Any:
        """Convert a value that is not null."""
        if item.of is not None and item.kind == wire.LIST:
            items = enumerate(_list(value))
            return tuple(self.struct(item.of, each or {}, f"{trail}[{index}].") for index, each in items)
        if item.of is not None:
            return self.struct(item.of, value, f"{trail}.")
        if item.kind == wire.STRINGS:
            return tuple(self.text(each) for each in _list(value))
        if item.kind == wire.STRING_MAP:
            if not isinstance(value, dict):
                raise decoding.Undecodable(f"cannot restore map from {_kind(value)}")
            return {key: self.text(each) for key, each in value.items()}
        if item.kind in (wire.MICRO_TIME, wire.TIME, wire.DURATION):
            return _time(item.kind, value)
        return value if item.kind == wire.RAW else self.scalar(item.kind, item.go_type or item.kind, value)

    def text(self, value: Any) -> Any:
        return "" if value is None else self.scalar(wire.STRING, "string", value)

    def scalar(self, kind: str, go_type: str, value: Any) -> Any:
        """Convert a text, bool or number; Go tells apart what it never converts and what it will not convert."""
        if field_reading.fits(kind, value):
            return value
        found = _kind(value)
        if kind in (wire.INT64, wire.INT32) and found == "float64":
            if value == int(value):
                return int(value) if abs(value) < parsed.INT64.stop else parsed.INT64.start
            raise decoding.Undecodable(f"cannot convert float64 to {go_type}")
        if kind == wire.STRING and found == "int64":
            raise decoding.Undecodable(f"cannot convert int64 to {go_type}")
        raise decoding.Undecodable(f"unrecognized type: {kind}")


def _kind(value: Any) -> str:
    if isinstance(value, int) and value not in parsed.INT64:
        return "float64"
    return next(name for kind, name in _KINDS.items() if isinstance(value, kind))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise decoding.Undecodable(f"cannot restore slice from {_kind(value)}")
    return value


def _time(kind: str, value: Any) -> int | None:
    if not isinstance(value, str):
        found = parsed.word_of(value)
        raise decoding.Undecodable(f"json: cannot unmarshal {found} into Go value of type string")
    try:
        return field_reading.read_text(kind, value)
    except go_times.Unreadable as error:
        raise decoding.Undecodable(str(error)) from None
