"""Text as a terminal shows it: how wide, how shortened, with what in place of what it cannot show; pure."""

import dataclasses
import unicodedata
from collections.abc import Iterator

from pytest_tiltsession import times

_JOINERS = "\u200c\u200d"
_PLAIN = {"…": "...", "→": "->", "µ": "u", "–": "-", "×": "x"}


NARROWEST = 64


@dataclasses.dataclass(frozen=True, slots=True)
class Style:
    """How a report is written: ``width`` in columns, the ``encoding`` of where it goes, and whether in ``colour``.

    ``lanes``, ``requests`` and ``steps`` limit how many targets, requests and events are shown. What is too little for
    a report to be read (a width below 64, a limit below 1) is raised to that: it must not fail for a narrow terminal.
    """

    width: int = 100
    encoding: str = "utf-8"
    colour: bool = False
    lanes: int = 30
    requests: int = 20
    steps: int = 100

    def __post_init__(self) -> None:
        for name, least in (("width", NARROWEST), ("lanes", 1), ("requests", 1), ("steps", 1)):
            object.__setattr__(self, name, max(getattr(self, name), least))

    def can_show(self, text: str) -> bool:
        """Tell whether the encoding has every character of a text; one that Python does not know has only ASCII."""
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        except LookupError:
            return text.isascii()
        return True


def shown(text: str, style: Style) -> str:
    """Give a text on one line: what is not printable (controls, direction marks, odd spaces) is escaped.

    So is what the encoding lacks.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character, style) for character in text)


def _shown(character: str, style: Style) -> str:
    if not character.isprintable() and character not in _JOINERS:
        return ascii(character)[1:-1]
    if style.can_show(character):
        return character
    return _PLAIN.get(character) or ascii(character)[1:-1]


def columns(text: str) -> int:
    """Give the number of columns that a text takes: wide characters two, combining ones none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if character in _JOINERS or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _clusters(text: str) -> Iterator[str]:
    """Give characters, each with the combining ones that follow it."""
    held = ""
    for character in text:
        if held and _columns(character):
            yield held
            held = ""
        held += character
    if held:
        yield held


def _fitting(clusters: list[str], room: int) -> list[str]:
    kept: list[str] = []
    for cluster in clusters:
        room -= columns(cluster)
        if room < 0:
            break
        kept.append(cluster)
    return kept


def elided(text: str, width: int, style: Style) -> str:
    """Give a text in at most ``width`` columns, with its middle left out where it is longer."""
    if columns(text) <= width:
        return text
    sign = shown("…", style)
    if width <= len(sign):
        return sign[:width]
    clusters = list(_clusters(text))
    room = width - len(sign)
    head = _fitting(clusters, room - room // 2)
    tail = _fitting(clusters[:0:-1], room - columns("".join(head)))
    return "".join([*head, sign, *reversed(tail)])


def wrapped(text: str, width: int, style: Style) -> list[str]:
    """Break a text at its spaces into lines of at most ``width`` columns; a word that is longer is elided."""
    lines = [""]
    for word in shown(text, style).split():
        longer = f"{lines[-1]} {word}".lstrip()
        if columns(longer) <= width or not lines[-1]:
            lines[-1] = elided(longer, width, style)
        else:
            lines.append(elided(word, width, style))
    return lines


def padded(text: str, width: int) -> str:
    """Give a text with spaces after it up to ``width`` columns."""
    return text + " " * (width - columns(text))


def label(text: str, width: int, style: Style) -> str:
    """Give a text escaped, and elided to ``width`` columns."""
    return elided(shown(text, style), width, style)


def telling_line(text: str) -> str:
    """Give the line of a text that says most: of a traceback that is the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def clock(offset: int) -> str:
    """Write a simulated time since the session's start, in microseconds, as ``HH:MM:SS.ffffff``."""
    return "-" + times.format_clock(-offset) if offset < 0 else times.format_clock(offset)


def duration(micros: int) -> str:
    """Write a duration as people do: ``4s``, ``1m30s``, ``1h``."""
    text = times.format_duration(micros * times.MICROSECOND)
    text = text.removesuffix("0s") if text.endswith("m0s") else text
    return text.removesuffix("0m") if text.endswith("h0m") else text


def listed(names: list[str], limit: int = 10) -> str:
    """Write names one after the other, and how many more there are."""
    if len(names) <= limit:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit} more"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun: ``1 request``, ``3 requests``."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
