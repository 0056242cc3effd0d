"""Durations and times as a scenario file writes them; each reads a node and describes itself.

Knows no key of the format. A number without a unit is refused, since YAML reads ``1:30`` as 90.
"""

import dataclasses
import re
from typing import Any

from pytest_tiltsession import times
from pytest_tiltsession.scenario import instants, kinds, yaml_nodes


@dataclasses.dataclass(frozen=True, slots=True)
class Duration:
    """A Go duration in nanoseconds."""

    positive: bool = False
    example: str = "30m0s, 2.5s or 300ms"

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give nanoseconds, or ``UNREADABLE``."""
        nanos = _nanos(node)
        if nanos is None:
            return kinds.complain(node, what, _with_unit(node, self.example), reading)
        if self.positive and nanos <= 0:
            return kinds.complain(node, what, "write a duration above 0s", reading)
        return nanos

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema."""
        return {"type": "string", "pattern": r"^[-+]?(0|([0-9]*(\.[0-9]*)?(ns|us|µs|μs|ms|s|m|h))+)$"}


@dataclasses.dataclass(frozen=True, slots=True)
class Offset:
    """Microseconds from the session's start, written as a Go duration; ``null`` too where a time may be missing."""

    nullable: bool = False

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give microseconds, or None for null, or ``UNREADABLE``."""
        if self.nullable and isinstance(node, yaml_nodes.Scalar) and node.empty and node.text:
            return None
        nanos = _nanos(node)
        if nanos is None:
            also = ", or null where Tilt shows no time" if self.nullable else ""
            return kinds.complain(node, what, _with_unit(node, "1.5s") + also, reading)
        if nanos % times.MICROSECOND:
            return kinds.complain(node, what, "no time is finer than a microsecond, such as 1.000001s", reading)
        if nanos < 0 and not self.nullable:
            return kinds.complain(node, what, "offsets count from the session's start; write 0s or more", reading)
        return nanos // times.MICROSECOND

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema."""
        text = {**Duration().schema(), "description": "An offset from the session's start, such as 1.5s."}
        return {"anyOf": [text, {"type": "null"}]} if self.nullable else text


@dataclasses.dataclass(frozen=True, slots=True)
class Instant:
    """An RFC 3339 time with at most six digits of a second, in microseconds since the epoch."""

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give microseconds since the epoch, or ``UNREADABLE``."""
        wanted = "write an RFC 3339 time with up to six digits, such as 2026-01-01T00:00:00.000000Z"
        if not isinstance(node, yaml_nodes.Scalar) or re.search(r"[.,][0-9]{7}", node.text):
            return kinds.complain(node, what, wanted, reading)
        try:
            micros = times.parse_time(node.text)
        except ValueError:
            return kinds.complain(node, what, wanted, reading)
        if not instants.representable(micros):
            return kinds.complain(node, what, "a time lies in the years 1 to 9999", reading)
        return micros

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema."""
        return {"type": "string", "format": "date-time"}


def _nanos(node: yaml_nodes.Node) -> int | None:
    if not isinstance(node, yaml_nodes.Scalar):
        return None
    try:
        return times.parse_duration(node.text)
    except ValueError:
        return None


def _with_unit(node: yaml_nodes.Node, example: str) -> str:
    """Say how a duration is written; a bare number is most often meant as seconds."""
    if isinstance(node, yaml_nodes.Scalar) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", node.text):
        return f"a duration has a unit: write {node.text}s for seconds"
    parts = node.text.split(":") if isinstance(node, yaml_nodes.Scalar) else []
    if len(parts) in (2, 3) and all(part.isdecimal() for part in parts):
        units = ("h", "m", "s")[-len(parts) :]
        return "write " + "".join(f"{int(part)}{unit}" for part, unit in zip(parts, units, strict=True))
    return f"write a duration as Go does, such as {example}"
