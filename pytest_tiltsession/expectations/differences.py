"""How a text differs from the text that was expected, for people to see at once; pure."""

import difflib
import re

from pytest_tiltsession.expectations import lettering

_LONG = 400
_MOST_LINES = 40
_WHOLE = lettering.Style()
_GRACE = "exceeded grace period: "


def between(expected: str, found: str) -> list[str]:
    """Show both texts, and where they differ: a line of marks under short ones, a comparison of long ones."""
    if "\n" in expected.strip() or "\n" in found.strip():
        return [*block("expected", expected), *block("found", found), *_line_by_line(expected, found)]
    quoted = expected != " ".join(expected.split()) or found != " ".join(found.split())
    left, right = (repr(text) if quoted else lettering.shown(text, _WHOLE) for text in (expected, found))
    lines = [f"  expected  {left}", f"  found     {right}"]
    marks = _marks(left, right)
    return [*lines, " " * 12 + marks] if marks else lines


def block(title: str, text: str) -> list[str]:
    """Show a text of several lines beside its title; of a long one the beginning and the end."""
    lines = [lettering.shown(line, _WHOLE) for line in text.splitlines()] or [""]
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES // 2], f"… {len(lines) - _MOST_LINES} more lines …", *lines[-_MOST_LINES // 2 :]]
    return [f"  {title:<8}  {lines[0]}", *(" " * 12 + line for line in lines[1:])]


def _line_by_line(expected: str, found: str) -> list[str]:
    if difflib.SequenceMatcher(None, expected[:_LONG], found[:_LONG]).ratio() < 0.5:
        return []
    compared = difflib.unified_diff(expected.splitlines(), found.splitlines(), lineterm="", n=1)
    told = [lettering.shown(line, _WHOLE) for line in compared if not line.startswith(("---", "+++", "@@"))]
    more = [f"    … {len(told) - _MOST_LINES} more lines"] if len(told) > _MOST_LINES else []
    return ["  the difference (- expected, + found):", *(f"    {line}" for line in told[:_MOST_LINES]), *more]


def _marks(left: str, right: str) -> str:
    """Give ``^`` under each column of the found text that is not in the expected one; empty where little is alike."""
    if max(len(left), len(right)) > _LONG:
        return ""
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < 0.6:
        return ""
    marked = [" "] * (lettering.columns(right) + 1)
    for kind, _, _, begin, end in matcher.get_opcodes():
        if kind != "equal":
            first = lettering.columns(right[:begin])
            # What is missing is marked where it would stand.
            width = max(1, lettering.columns(right[begin:end]))
            marked[first : first + width] = "^" * width
    return "".join(marked).rstrip()


def as_pattern(text: str) -> str:
    """Write a text as the pattern that finds it, escaping no more than is needed."""
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", text)


def literal(text: str) -> str:
    """Write a text as Python code that is the pattern which finds it."""
    pattern = as_pattern(text)
    raw = "\\" in pattern and not {"'", "\n"} & {*pattern} and pattern.isprintable()
    return f"r'{pattern}'" if raw else repr(pattern)


def near_miss(expected: str, found: str, ask: str = "match={}") -> str | None:
    """Say what makes two different texts nearly the same; None where nothing does.

    ``ask`` is how to ask for a part of the text, with ``{}`` for the pattern.
    """
    if expected.split() == found.split():
        return "they differ in white space only"
    if expected.casefold() == found.casefold():
        return "they differ in upper and lower case only"
    if found == _GRACE + expected:
        return f'Tilt writes "{_GRACE}" before an error that outlasted the grace period'
    if expected and expected in found:
        return f"the text is a part of the error; to look for a part, write {ask.format(literal(expected))}"
    return None


def pattern_near_miss(pattern: str, found: str) -> str | None:
    """Say why a pattern does not match a text that looks as if it should; None where nothing is near."""
    if pattern in found:
        return f"it is there as plain text, but a pattern reads it otherwise: write match={literal(pattern)}"
    if re.search(pattern, found, re.IGNORECASE):
        return f"it matches when upper and lower case are the same: write match={'(?i)' + pattern!r}"
    if re.search(pattern, found, re.DOTALL | re.MULTILINE):
        return f"it matches across lines: write match={'(?sm)' + pattern!r}"
    return None
