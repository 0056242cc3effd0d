"""How an answer is compared with what a real Tilt answered; knows values and variables, no requests."""

import dataclasses
import re
from collections.abc import Collection
from typing import Any

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
FORMATS = {
    "uuid": UUID,
    "rv": r"\d+",
    "microtime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "hostport": r"[\w.\-]+:\d+",
}
BOUND = {"uid": "uuid", "resourceVersion": "rv", "creationTimestamp": "time"}
VARIABLE = re.compile(r"\$\{([A-Za-z]\w*)\}")
REPEATED = re.compile(r"(?s)\$\{repeat:(\d+):(.+?)\}(?!\})")
WILD = re.compile(r"\$\{~(\w+)\}")
ABSENT = "<absent>"


def filled(value: Any, names: dict[str, Any]) -> Any:
    """Put saved values and repetitions into every text of a value."""
    if isinstance(value, dict):
        return {filled(key, names): filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    if not isinstance(value, str) or "${" not in value:
        return value
    whole = VARIABLE.fullmatch(value)
    if whole and whole[1] in names:
        return names[whole[1]]
    text = VARIABLE.sub(lambda found: str(names.get(found[1], found[0])), value)
    return REPEATED.sub(lambda found: found[2] * int(found[1]), text)


def step_down(pointer: str, key: object) -> str:
    """Extend a JSON pointer by one key."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def name_of(item: Any) -> str | None:
    """Give the object's name of a list item, a table row or a watch event."""
    if not isinstance(item, dict):
        return None
    if isinstance(item.get("object"), dict):
        return name_of(item["object"])
    if item.get("rows"):
        return name_of(item["rows"][0])
    if item.get("cells"):
        return str(item["cells"][0])
    meta = item.get("metadata")
    return meta.get("name") if isinstance(meta, dict) else None


def by_name(expected: list[Any], found: list[Any]) -> list[Any]:
    """Bring named items into the expected order, each name's items in their own order."""
    wanted = [name_of(item) for item in expected]
    if not expected or not found or None in wanted or None in map(name_of, found):
        return found
    rest = list(found)
    ordered = []
    for name in wanted:
        position = next((index for index, item in enumerate(rest) if name_of(item) == name), None)
        ordered.append(ABSENT if position is None else rest.pop(position))
    return ordered + rest


@dataclasses.dataclass
class Comparison:
    """The variables of one story and the differences found so far."""

    names: dict[str, Any]
    owners: dict[tuple[str, str], str] = dataclasses.field(default_factory=dict)
    differences: list[str] = dataclasses.field(default_factory=list)

    def differ(self, where: str, expected: Any, found: Any) -> None:
        """Note a difference."""
        self.differences.append(f"{where}\n      expected {expected!r:.1500}\n      found    {found!r:.1500}")

    def value(self, expected: Any, found: Any, where: str, volatile: Collection[str] = ()) -> None:
        """Compare two JSON values; at volatile pointers only their kind."""
        if where in volatile:
            if not alike(expected, found):
                self.differ(where, f"something like {expected!r}", found)
        elif isinstance(expected, dict) and isinstance(found, dict):
            known = {filled(key, self.names): key for key in expected}
            for key in sorted(set(known) | set(found), key=str):
                inner = step_down(where, known.get(key, key))
                if key not in found or key not in known:
                    left = filled(expected[known[key]], self.names) if key in known else ABSENT
                    self.differ(inner, left, found.get(key, ABSENT))
                else:
                    self.value(expected[known[key]], found[key], inner, volatile)
        elif isinstance(expected, list) and isinstance(found, list):
            ordered = by_name(expected, found)
            for index in range(max(len(expected), len(ordered))):
                left = expected[index] if index < len(expected) else ABSENT
                right = ordered[index] if index < len(ordered) else ABSENT
                self.value(left, right, step_down(where, index), volatile)
        elif isinstance(expected, str) and isinstance(found, str):
            self.text(expected, found, where)
        elif type(expected) is not type(found) or expected != found:
            self.differ(where, filled(expected, self.names), found)

    def text(self, expected: str, found: str, where: str) -> None:
        """Compare two texts; a variable is bound when it is first met, and equal ever after."""
        whole, kind = VARIABLE.fullmatch(expected), where.rsplit("/", 1)[-1]
        if whole and kind in BOUND:
            self.names.setdefault(whole[1], found)
            if not re.fullmatch(FORMATS[BOUND[kind]], found):
                self.differ(where, f"a {kind}", found)
                return
            owner = self.owners.setdefault((kind, found), whole[1])
            if owner != whole[1] and kind != "creationTimestamp" and self.names[whole[1]] == found:
                self.differ(where, f"another {kind} than that of {owner}", found)
                return
        wanted = filled(expected, self.names)
        if wanted == found:
            return
        pieces = WILD.split(wanted)
        pattern = "".join(re.escape(text) if at % 2 == 0 else FORMATS[text] for at, text in enumerate(pieces))
        if len(pieces) == 1 or not re.fullmatch(pattern, found):
            self.differ(where, wanted, found)


def alike(sample: Any, found: Any) -> bool:
    """Tell whether a value has the kind and the format of a recorded one."""
    if isinstance(sample, str) and isinstance(found, str):
        pattern = next((pattern for pattern in FORMATS.values() if re.fullmatch(pattern, sample)), None)
        return pattern is None or re.fullmatch(pattern, found) is not None
    if isinstance(sample, bool) or isinstance(found, bool):
        return isinstance(sample, bool) and isinstance(found, bool)
    if isinstance(sample, int | float):
        return type(sample) is type(found) and (sample > 0) == (found > 0)
    return type(sample) is type(found) and bool(sample) == bool(found)
