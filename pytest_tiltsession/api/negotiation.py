"""Which form an answer takes and which form a body has, as Kubernetes negotiates them. Knows no Session.

Three media types are served: JSON, YAML and protobuf, the latter only where an object has that form. A clause of
the Accept header can ask for a Table or for metadata alone (``as``, ``g``, ``v``). Sources: the *negotiation*,
*content-types*, *table* and *watch-accept-…* stories.
"""

import dataclasses
import re
from collections.abc import Iterator

from pytest_tiltsession.api import accept, documents, messages, queries, refusals

TABLE, PARTIAL, PARTIAL_LIST = "Table", "PartialObjectMetadata", "PartialObjectMetadataList"
META_GROUP = "meta.k8s.io"
META_VERSIONS = ("v1", "v1beta1")
STREAM_TYPES = tuple(f"{media_type};stream=watch" for media_type in (documents.JSON, documents.PROTOBUF))
LIST_TYPES = (*documents.OBJECT_TYPES, *STREAM_TYPES)

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
PATCH_TYPES = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH)

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_MEDIA_TYPE = re.compile(rf"\s*({_WORD}(?:/{_WORD})?)\s*(?=;|$)")
_PARAMETER = re.compile(rf';\s*({_WORD})\s*=\s*({_WORD}|"(?:[^"\\\r\n]|\\.)*")\s*(?=;|$)')
_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_PEOPLE = ("curl", "Wget", "Mozilla/5.0")


@dataclasses.dataclass(frozen=True, slots=True)
class MediaType:
    """The negotiated form: the media type, whether it is to be indented, and what the object is turned into.

    ``convert`` is empty for the object as it is, else the kind, and ``version`` that of ``meta.k8s.io``.
    """

    name: str = documents.JSON
    pretty: bool = False
    convert: str = ""
    version: str = ""


def offered(header: str | None, media_types: tuple[str, ...]) -> None:
    """Refuse a request whose Accept header names none of a path's types, before anything is done.

    The router that looks at it knows ``*/*`` but no other wildcard. Raises :class:`refusals.Refusal`.
    """
    for part in (header or "*/*").split(","):
        name = part.partition(";")[0].strip()
        if name == "*/*" or name in media_types:
            return
    raise refusals.none_available(media_types)


def output(header: str | None, *, tables: bool = True, streams: bool = False, converts: bool = True) -> MediaType:
    """Choose the form of an answer. ``tables`` and ``converts`` tell which other forms a path has.

    With ``streams`` the chosen type must be one that events can be written in; the choice is made without looking
    at that, so that a preferred YAML refuses a watch although JSON is accepted, too. Raises a 406.
    """
    found = next(_matching(header or "", tables=tables, converts=converts), None) if header else MediaType()
    if found is None or (streams and found.name == documents.YAML):
        raise refusals.none_accepted(STREAM_TYPES if streams else documents.OBJECT_TYPES)
    return found


def for_refusal(header: str | None) -> MediaType | None:
    """Choose the form of a refusal: plain only; None where nothing plain is accepted, which gives indented JSON."""
    return next(_matching(header, tables=False, converts=False), None) if header else MediaType()


def _matching(header: str, *, tables: bool, converts: bool) -> Iterator[MediaType]:
    for clause in accept.parse(header):
        for name in documents.OBJECT_TYPES:
            if not clause.matches(name):
                continue
            found = _allowed(clause, name, tables=tables, converts=converts)
            if found is not None:
                yield found


def _allowed(clause: accept.Clause, name: str, *, tables: bool, converts: bool) -> MediaType | None:
    params = clause.params
    stream = params.get("stream", "")
    if stream and (stream != "watch" or name == documents.YAML):
        return None
    if params.get("sv") and not (converts and params["sv"] == "v1"):
        return None
    pretty = params.get("pretty") == "1"
    asked = clause.transformation
    if not asked:
        return MediaType(name, pretty)
    kind, version = asked.get("as", ""), asked.get("v", "")
    if not converts or asked.get("g", "") != META_GROUP or version not in META_VERSIONS:
        return None
    if kind in (PARTIAL, PARTIAL_LIST) or (kind == TABLE and tables and name != documents.PROTOBUF):
        return MediaType(name, pretty, kind, version)
    return None


def wants_pretty(request: messages.Request, values: queries.Values) -> bool:
    """Tell whether JSON is to be indented: by the query, else for the programs that people look at."""
    asked = queries.first(values, "pretty")
    if asked:
        return asked in _TRUE
    return (request.header("user-agent") or "").startswith(_PEOPLE)


def body_type(header: str | None) -> str:
    """Give the media type of a body; without a Content-Type it is JSON. Raises a 415 for what is not served."""
    name = documents.JSON if not header else parsed(header)
    if name not in documents.OBJECT_TYPES:
        raise refusals.unsupported_body(documents.OBJECT_TYPES)
    return name


def patch_offered(request: messages.Request) -> None:
    """Refuse a patch whose Content-Type names none of the patch types, as the router does before anything is done.

    The router takes a list and finds the type anywhere in it. Raises a 415, also where there is no Content-Type, or a
    406 where there is no body.
    """
    header = request.header("content-type") or ""
    if not any(part.partition(";")[0].strip() in PATCH_TYPES for part in header.split(",")):
        raise _unread(request)


def consumed(request: messages.Request, media_types: tuple[str, ...]) -> None:
    """Refuse a request whose Content-Type names none of the types that a path reads; none at all is fine.

    Raises a 415, or a 406 where there is no body.
    """
    header = request.header("content-type")
    if header and not any(part.partition(";")[0].strip(" ") in media_types for part in header.split(",")):
        raise _unread(request)


def _unread(request: messages.Request) -> refusals.Refusal:
    """Word what the router makes of a Content-Type that no route reads.

    Where no length announces a body it looks on, at what the routes left over can answer with, and there are none.
    """
    length = request.header("content-length")
    if request.body and request.header("transfer-encoding") is None:
        return refusals.unsupported_type()
    if length is None and request.method in ("POST", "PUT", "PATCH"):
        return refusals.unsupported_type(representations=())
    return refusals.none_available(())


def patch_type(header: str | None) -> str:
    """Give the media type of a patch. The handler takes one type only, to the letter. Raises a 415 otherwise."""
    name = (header or "").partition(";")[0]
    if name not in PATCH_TYPES:
        raise refusals.unsupported_body(PATCH_TYPES)
    return name


def parsed(header: str) -> str | None:
    """Give the media type of a header value without its parameters, lower-case; None for one that is malformed."""
    match = _MEDIA_TYPE.match(header)
    if match is None:
        return None
    position, seen = match.end(), set[str]()
    while position < len(header) and header[position:].strip() != ";":
        parameter = _PARAMETER.match(header, position)
        if parameter is None or parameter[1].lower() in seen:
            return None
        seen.add(parameter[1].lower())
        position = parameter.end()
    return match[1].lower()
