"""One reading of a parsed JSON value into drafts of models, with what Go's decoder finds on the way.

Knows the declarations of ``models.wire`` and no model. A draft maps attributes to values; the drafts of structs and
lists within are drafts themselves, so that a key that is named twice is read twice into the same place, as in Go.
"""

from collections.abc import Callable, Container
from typing import Any, NamedTuple

from pytest_tiltsession import times
from pytest_tiltsession.models import go_texts, go_times, parsed, wire

INTERFACE = "interface"  # beside the kinds of ``wire``: any JSON value, in which doubled keys are told as well
_MOST_STRICT_ERRORS = 100
_INTEGERS = {wire.INT64: 1 << 63, wire.INT32: 1 << 31}
_SCALARS = {wire.STRING: "string", wire.BOOL: "bool", wire.INT64: "int64", wire.INT32: "int32"}

Path = tuple[str, ...]
Draft = dict[str, Any]


class Undecodable(ValueError):
    """A value that does not fit the model; the message is Go's."""


class Place(NamedTuple):
    """Where a value stands: Go's innermost struct, the fields down to it, and the trail that strict errors show."""

    struct: str
    path: Path
    trail: str

    def within(self, struct: str, name: str) -> "Place":
        """Give the place of a field of the struct that stands here."""
        return Place(struct, (*self.path, name), self.child(name))

    def child(self, name: str) -> str:
        """Give the trail of a key below this place."""
        return f"{self.trail}.{name}" if self.trail else name

    def item(self, index: int) -> "Place":
        """Give the place of an item of the list that stands here; only the trail tells items apart."""
        return Place(self.struct, self.path, f"{self.trail}[{index}]")

    def mismatch(self, found: str, go_type: str) -> str:
        """Word a value of a wrong type."""
        where = f"struct field {self.struct}.{'.'.join(self.path)}" if self.path else "value"
        return f"json: cannot unmarshal {found} into Go {where} of type {go_type}"


class Reading:
    """One reading: the first wrong type, and the strict errors, each once and at most a hundred."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.mismatched: str | None = None
        self.strict_errors: dict[str, None] = {}

    def finish(self) -> None:
        """Raise what was saved for the end."""
        if self.mismatched is not None:
            raise Undecodable(self.mismatched)

    def wrong(self, found: str, go_type: str, place: Place) -> None:
        """Save the first value of a wrong type."""
        if self.mismatched is None:
            self.mismatched = place.mismatch(found, go_type)

    def objection(self, words: str, trail: str) -> None:
        """Save a strict error."""
        if len(self.strict_errors) < _MOST_STRICT_ERRORS:
            self.strict_errors[f"{words} {go_texts.quoted(trail)}"] = None

    def struct(self, cls: type[Any], value: Any, draft: Draft, place: Place, inlined: Container[str] = ()) -> None:
        """Read an object into the draft of a model; null leaves the draft as it is."""
        if not isinstance(value, dict):
            if value is not None:
                self.wrong(parsed.word_of(value), wire.go_name(cls), place)
            return
        fields, name = _fields(cls), wire.go_name(cls).rpartition(".")[2]
        seen: set[str] = set()
        for key, item in parsed.pairs_of(value):
            known = fields.get(key)
            if self.strict:
                if known is None and key not in inlined:
                    self.objection("unknown field", place.child(key))
                elif key in seen:
                    self.objection("duplicate field", place.child(key))
                seen.add(key)
            if known is not None:
                self.field(known, item, draft, place.within(name, key))

    def structs(self, cls: type[Any], value: Any, drafts: list[Draft], place: Place) -> None:
        """Read an array into drafts, those that a doubled key left included, as Go reuses the slots of a slice."""
        if not isinstance(value, list):
            if value is not None:
                self.wrong(parsed.word_of(value), f"[]{wire.go_name(cls)}", place)
            return
        del drafts[len(value) :]
        drafts.extend({} for _ in range(len(value) - len(drafts)))
        for index, item in enumerate(value):
            self.struct(cls, item, drafts[index], place.item(index))

    def field(self, item: wire.Field, value: Any, draft: Draft, place: Place) -> None:
        """Read the value of one declared field into the draft."""
        if item.kind in _SCALARS:
            self.scalar(item, value, draft, place)
        elif item.kind in (wire.STRUCT, wire.POINTER) and item.of is not None:
            if value is None and item.kind == wire.POINTER:
                draft[item.attribute] = None
                return
            draft[item.attribute] = draft.get(item.attribute) or {}
            self.struct(item.of, value, draft[item.attribute], place)
        elif item.kind == wire.LIST and item.of is not None:
            drafts = draft.get(item.attribute) or []
            draft[item.attribute] = None if value is None else drafts
            self.structs(item.of, value, drafts, place)
        elif item.kind in _TEXTS:
            draft[item.attribute] = None if value is None else _text(item, value, place)
        elif item.kind == wire.STRINGS:
            self.strings(item, value, draft, place)
        elif item.kind == wire.STRING_MAP:
            self.string_map(item, value, draft, place)
        else:
            draft[item.attribute] = value
            if self.strict and item.kind == INTERFACE:
                for trail in parsed.doubled_fields(value, place.trail):
                    self.objection("duplicate field", trail)

    def scalar(self, item: wire.Field, value: Any, draft: Draft, place: Place) -> None:
        """Read a text, bool or integer; null leaves a plain field as it is and clears an optional one."""
        if value is None:
            if item.optional:
                draft[item.attribute] = None
        elif fits(item.kind, value):
            draft[item.attribute] = value
        else:
            found = parsed.word_of(value)
            if found == "number" and item.kind in _INTEGERS:
                found += f" {value.text if isinstance(value, parsed.WrittenNumber) else value}"
            self.wrong(found, item.go_type or _SCALARS[item.kind], place)

    def strings(self, item: wire.Field, value: Any, draft: Draft, place: Place) -> None:
        """Read a list of texts; a null among them is the empty text, or what a doubled key had put there."""
        if not isinstance(value, list):
            if value is not None:
                self.wrong(parsed.word_of(value), "[]string", place)
            draft[item.attribute] = None
            return
        before = draft.get(item.attribute) or ()
        texts = []
        for index, text in enumerate(value):
            if text is not None and not isinstance(text, str):
                self.wrong(parsed.word_of(text), "string", place)
            elif text is None:
                text = before[index] if index < len(before) else ""
            texts.append(text)
        draft[item.attribute] = tuple(texts)

    def string_map(self, item: wire.Field, value: Any, draft: Draft, place: Place) -> None:
        """Read a map of texts into what a doubled key had put there; a null value is the empty text."""
        if not isinstance(value, dict):
            if value is not None:
                self.wrong(parsed.word_of(value), "map[string]string", place)
            draft[item.attribute] = None
            return
        texts = dict(draft.get(item.attribute) or {})
        seen: set[str] = set()
        for key, text in parsed.pairs_of(value):
            if self.strict and key in seen:
                self.objection("duplicate field", place.child(key))
            seen.add(key)
            if text is not None and not isinstance(text, str):
                self.wrong(parsed.word_of(text), "string", place)
            texts[key] = text or ""
        draft[item.attribute] = texts


def fits(kind: str, value: Any) -> bool:
    """Tell whether a JSON value that is not null may stand where a scalar of this kind is declared."""
    if kind == wire.STRING:
        return isinstance(value, str)
    if kind == wire.BOOL:
        return isinstance(value, bool)
    limit = _INTEGERS[kind]
    return isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit


def read_text(kind: str, text: str) -> int | None:
    """Read the text of a time or duration; None is Go's zero time. Raises :class:`go_times.Unreadable`."""
    if kind == wire.TIME:
        micros = go_times.parse_time(text)
        seconds = None if micros is None else micros // 1_000_000
        return None if seconds == times.ZERO_TIME_MICROS // 1_000_000 else seconds
    return _TEXTS[kind](text)


_TEXTS: dict[str, Callable[[str], int | None]] = {
    wire.MICRO_TIME: go_times.parse_micro_time,
    wire.TIME: go_times.parse_time,
    wire.DURATION: go_times.parse_duration,
}


def _text(item: wire.Field, value: Any, place: Place) -> int | None:
    """Read a field that decodes itself in Go, so that what is wrong with it is told before anything else."""
    if not isinstance(value, str):
        raise Undecodable(place.mismatch(parsed.word_of(value), "string"))
    try:
        return read_text(item.kind, value)
    except go_times.Unreadable as error:
        raise Undecodable(str(error)) from None


_by_name: dict[type[Any], dict[str, wire.Field]] = {}


def _fields(cls: type[Any]) -> dict[str, wire.Field]:
    found = _by_name.get(cls)
    if found is None:
        found = _by_name[cls] = {item.name: item for item in wire.fields_of(cls)}
    return found
