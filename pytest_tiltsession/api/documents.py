"""Documents that do not change while a server runs: what they hold, their entity tags, and when a client has them.

Knows no paths and no kinds. How a document is written (JSON, pretty JSON, YAML) is decided with the client's Accept
header elsewhere; what is written in one form only is a Response already.
"""

import dataclasses
import hashlib
from typing import Any

from pytest_tiltsession.api import messages
from pytest_tiltsession.models import encoding

JSON = "application/json"
YAML = "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
OBJECT_TYPES = (JSON, YAML, PROTOBUF)

NO_CACHE = ("Cache-Control", "no-cache, private")


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """An object to be written in the form that the client accepts.

    Answer with ``headers``, and with ``Content-Type`` the negotiated one of ``OBJECT_TYPES`` followed by
    ``parameters`` (``;g=apidiscovery.k8s.io;…``). ``media_type`` is set where the negotiation is done already.
    """

    body: dict[str, Any]
    status: int = 200
    headers: messages.Headers = (NO_CACHE,)
    parameters: str = ""
    media_type: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Content:
    """A document as bytes. The tag is that of its JSON in either form, since the form is part of the cache's key."""

    body: bytes
    tag: str
    media_type: str


def raw_json(status: int, body: Any) -> messages.Response:
    """Answer with indented JSON, as the paths that negotiate nothing do (``/version``, the list of paths)."""
    headers = (NO_CACHE, ("Content-Type", JSON))
    return messages.Response(status, headers, encoding.pretty(body).encode())


def tag_of(content: bytes) -> str:
    """Give the entity tag of some bytes as Kubernetes makes it: upper-case SHA-512, without its quotes."""
    return hashlib.sha512(content).hexdigest().upper()


def holds(request: messages.Request, tag: str) -> bool:
    """Tell whether ``If-None-Match`` says that the client has the bytes of a tag; lists, weak tags and ``*`` count."""
    sent = request.header("if-none-match")
    if sent is None:
        return False
    tags = [item.strip().removeprefix("W/") for item in sent.split(",")]
    return "*" in tags or f'"{tag}"' in tags
