"""The OpenAPI documents as bytes, in each form, with their tags. Knows neither requests nor answers.

They are built when they are first asked for, and kept.
"""

import dataclasses
import functools
from collections.abc import Mapping

from pytest_tiltsession.api import documents, gnostic, gnostic_v2, gnostic_v3, openapi_v2, openapi_v3
from pytest_tiltsession.models import encoding

V3_PATH = "/openapi/v3"

PROTOBUF_V2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
PROTOBUF_V3 = "application/com.github.proto-openapi.spec.v3.v1.0+protobuf"


@functools.cache
def v2(*, protobuf: bool = False) -> documents.Content:
    """Give the v2 document, as JSON or as gnostic's protobuf."""
    if protobuf:
        encoded = gnostic.encode(gnostic_v2.TABLE, openapi_v2.document())
        return dataclasses.replace(v2(), body=encoded, media_type=PROTOBUF_V2)
    return as_json(openapi_v2.document())


@functools.cache
def v3(root: str, *, protobuf: bool = False) -> documents.Content:
    """Give the v3 document of a root of ``openapi_v3.DOCUMENTS``, as JSON or as gnostic's protobuf."""
    if protobuf:
        encoded = gnostic.encode(gnostic_v3.TABLE, openapi_v3.document(root))
        return dataclasses.replace(v3(root), body=encoded, media_type=PROTOBUF_V3)
    return as_json(openapi_v3.document(root))


def exists(root: str) -> bool:
    """Tell whether there is a v3 document of a root."""
    return root in openapi_v3.DOCUMENTS


@functools.cache
def index() -> documents.Content:
    """Give the list of v3 documents, each with the hash of what it holds, so that clients can keep it."""
    paths = {root: {"serverRelativeURL": location(root)} for root in sorted(openapi_v3.DOCUMENTS)}
    return as_json({"paths": paths})


def location(root: str) -> str:
    """Give the address of a v3 document with the hash of what it holds."""
    return f"{V3_PATH}/{root}?hash={v3(root).tag}"


def as_json(document: Mapping[str, object]) -> documents.Content:
    """Write a document as JSON, without the newline that objects end with."""
    body = encoding.compact(document).encode()
    return documents.Content(body, documents.tag_of(body), documents.JSON)
