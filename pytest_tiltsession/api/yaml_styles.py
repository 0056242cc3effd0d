"""Which YAML styles can carry a text, how its characters are escaped, and the order of keys; knows no document."""

import re

BREAKS = "\r\n\x85\u2028\u2029"
_BLANKS = " \t"
_BLANKS_AND_END = _BLANKS + BREAKS + "\0"
_ORDINARY = re.compile(r"[A-Za-z0-9_/(][A-Za-z0-9_./()+=@-]*", re.ASCII)
_FIRST_INDICATORS = "#,[]{}&*!|>'\"%@`"
_ESCAPES = {
    0x00: "0",
    0x07: "a",
    0x08: "b",
    0x09: "t",
    0x0A: "n",
    0x0B: "v",
    0x0C: "f",
    0x0D: "r",
    0x1B: "e",
    0x22: '"',
    0x5C: "\\",
    0x85: "N",
    0xA0: "_",
    0x2028: "L",
    0x2029: "P",
}


def carrying(value: str) -> set[str]:
    """Tell which styles beside double quotes can carry a text."""
    if not value:
        return {"plain", "single"}
    if _ORDINARY.fullmatch(value):
        return {"plain", "single", "literal"}
    special = any(not _is_printable(char) for char in value)
    space_break = any(value[at] == " " and value[at + 1] in BREAKS for at in range(len(value) - 1))
    break_space = any(value[at] in BREAKS and value[at + 1] == " " for at in range(len(value) - 1))
    if special or space_break:
        return set()
    styles = set() if value[-1] == " " else {"literal"}
    if not break_space:
        styles.add("single")
        lines = any(char in BREAKS for char in value)
        if not lines and value[0] != " " and value[-1] != " " and not _has_indicators(value):
            styles.add("plain")
    return styles


def _has_indicators(value: str) -> bool:
    if value.startswith(("---", "...")) or value[0] in _FIRST_INDICATORS:
        return True
    if value[0] in "?-" and value[1:2] in ("", *_BLANKS):
        return True
    for at, char in enumerate(value):
        if char == ":" and value[at + 1 : at + 2] in ("", *_BLANKS):
            return True
        if char == "#" and at and value[at - 1] in _BLANKS_AND_END:
            return True
    return False


def _is_printable(char: str) -> bool:
    code = ord(char)
    return (
        code == 0x0A or 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or (0xE000 <= code <= 0xFFFD and code != 0xFEFF)
    )


def is_escaped(char: str) -> bool:
    """Tell whether double quotes need an escape for a character."""
    return not _is_printable(char) or char in BREAKS or char in '"\\'


def escaped(char: str) -> str:
    """Write the escape of a character within double quotes."""
    code = ord(char)
    if code in _ESCAPES:
        return f"\\{_ESCAPES[code]}"
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def compare_keys(left: str, right: str) -> int:
    """Order two keys: letters behind other characters, runs of digits by their number."""
    for at, (a, b) in enumerate(zip(left, right, strict=False)):
        if a == b:
            continue
        if a.isalpha() and b.isalpha():
            return -1 if a < b else 1
        if a.isalpha() or b.isalpha():
            return -1 if b.isalpha() else 1
        return _compare_runs(left, right, at)
    return len(left) - len(right)


def _compare_runs(left: str, right: str, at: int) -> int:
    lead = 0
    if "0" in (left[at], right[at]):
        before = at - 1
        while before >= 0 and left[before].isdecimal():
            if left[before] != "0":
                lead = 1
                break
            before -= 1
    (a, a_end), (b, b_end) = _run(left, at, lead), _run(right, at, lead)
    if a != b:
        return -1 if a < b else 1
    if a_end != b_end:
        return a_end - b_end
    return -1 if left[at] < right[at] else 1


def _run(text: str, at: int, lead: int) -> tuple[int, int]:
    number, end = lead, at
    while end < len(text) and text[end].isdecimal():
        number, end = number * 10 + ord(text[end]) - 0x30, end + 1
    return number, end
