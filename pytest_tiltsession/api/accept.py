"""The Accept header as Kubernetes reads it; knows neither which types a path offers nor what it shows.

Kubernetes sorts the clauses with the goautoneg library: by quality, and a clause that names a type stands before a
wildcard, whatever their qualities. That comparison is no strict order, so the sort is part of the behaviour: Go
sorts a short list by insertion, and so does this module.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

AGGREGATED_DISCOVERY = {"g": "apidiscovery.k8s.io", "v": "v2", "as": "APIGroupDiscoveryList"}

_TRANSFORMING = ("as", "g", "v")
_STREAMS = ("", "watch")


@dataclasses.dataclass(frozen=True, slots=True)
class Clause:
    """One clause of an Accept header: ``application/json;g=…;q=0.5``. Parameters are without the quality."""

    type: str
    subtype: str
    params: Mapping[str, str]
    quality: float = 1.0

    def matches(self, media_type: str) -> bool:
        """Tell whether a media type without parameters is one that the clause names."""
        kind, _, subtype = media_type.partition("/")
        if self.type == "*":
            return self.subtype == "*"
        return self.type == kind and self.subtype in (subtype, "*")

    @property
    def transformation(self) -> dict[str, str]:
        """The parameters that ask for another form of the object (``as``, ``g``, ``v``); empty for the plain form."""
        return {name: self.params[name] for name in _TRANSFORMING if name in self.params}


def parse(header: str) -> list[Clause]:
    """Give the clauses of an Accept header, most wanted first; a clause that names no type is left out."""
    clauses: list[Clause] = []
    for part in header.split(",") if header else ():
        clause = _clause(part.strip())
        if clause is None:
            continue
        position = len(clauses)
        while position and _before(clause, clauses[position - 1]):
            position -= 1
        clauses.insert(position, clause)
    return clauses


def aggregated(header: str, offered: Iterable[str]) -> str | None:
    """Give the media type in which aggregated discovery is wanted, or None where plain discovery will do.

    One clause that asks for the aggregated form (of version v2: v2beta1 is served no more) is enough, even behind
    clauses that ask for the plain one: that is how old and new clients share a header.
    """
    return next(
        (
            media_type
            for clause, media_type in _acceptable(header, offered)
            if clause.transformation == AGGREGATED_DISCOVERY
        ),
        None,
    )


def _acceptable(header: str, offered: Iterable[str]) -> Iterator[tuple[Clause, str]]:
    """Walk the pairs of a clause and an offered type that it matches, but for streams and versions not served."""
    offered = tuple(offered)
    for clause in parse(header):
        if clause.params.get("stream", "") not in _STREAMS or clause.params.get("sv"):
            continue
        for media_type in offered:
            if clause.matches(media_type):
                yield clause, media_type


def _clause(text: str) -> Clause | None:
    names, _, rest = text.partition(";")
    kind, slash, subtype = (part.strip() for part in names.partition("/"))
    if not slash or not subtype:
        if kind != "*":
            return None
        subtype = "*"
    if "/" in subtype:
        return None
    params: dict[str, str] = {}
    quality = 1.0
    for part in rest.split(";"):
        name, _, value = part.partition("=")
        if not value or "=" in value:
            continue
        if name.strip() == "q":
            quality = _quality(value)
        else:
            params[name.strip()] = value.strip()
    return Clause(kind, subtype, params, quality)


def _quality(text: str) -> float:
    """Read a quality as Go's ParseFloat does: no surrounding space, no underscores; what it refuses counts as 0."""
    try:
        return float(text) if text == text.strip() and "_" not in text else 0.0
    except ValueError:
        return 0.0


def _before(left: Clause, right: Clause) -> bool:
    if left.quality > right.quality:
        return True
    if left.type != "*" and right.type == "*":
        return True
    return left.subtype != "*" and right.subtype == "*"
