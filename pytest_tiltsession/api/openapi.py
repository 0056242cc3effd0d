"""How the OpenAPI documents are asked for and answered: ``/openapi/v2``, ``/openapi/v3`` and what is below it.

Knows no schema. Sources: discovery.json, the recorded stories, fidelity.md; what the recordings do not show
follows the handlers of Kubernetes.
"""

import functools
import gzip
import urllib.parse

from pytest_tiltsession import times
from pytest_tiltsession.api import accept, documents, messages

V2_PATH = "/openapi/v2"
V3_PATH = "/openapi/v3"

# Both spellings of protobuf are asked for, the first by kubectl up to 1.28; the answer bears the second.
_OFFERED = (
    documents.JSON,
    "application/com.github.proto-openapi.spec.{version}@v1.0+protobuf",
    "application/com.github.proto-openapi.spec.{version}.v1.0+protobuf",
)

_VARY = ("Vary", "Accept")
_VARY_V2 = (("Vary", "Accept-Encoding"), _VARY)
_YEAR = 365 * 86_400


def answer(request: messages.Request, now: int) -> messages.Response | None:
    """Answer a path of OpenAPI, whatever the method; None for other paths.

    ``now`` is in seconds since the Unix epoch: the documents count as changed just now, and as good for a year where
    the client asks for them by their hash.
    """
    if request.path == V2_PATH:
        return _answer_v2(request, now)
    if request.path == V3_PATH:
        return _answer_index(request, now)
    if request.path.startswith(f"{V3_PATH}/"):
        return _answer_v3(request, request.path.removeprefix(f"{V3_PATH}/"), now)
    return None


# What builds the documents is imported when one is asked for: most servers never are, and every one would start later.


def _answer_v2(request: messages.Request, now: int) -> messages.Response:
    from pytest_tiltsession.api import openapi_contents

    media_type = _wanted(request, "v2")
    if media_type is None:
        return messages.Response(406, (documents.NO_CACHE, *_VARY_V2))
    found = _serve(request, openapi_contents.v2(protobuf=media_type != documents.JSON), now, *_VARY_V2)
    if not found.body or not _takes_gzip(request):
        return found
    return messages.Response(found.status, (*found.headers, ("Content-Encoding", "gzip")), _compressed(found.body))


def _takes_gzip(request: messages.Request) -> bool:
    """Tell whether a client asks for gzip by name, with a weight of more than 0 where it gives one.

    This document alone is compressed apart from the rest, and with reading of weights (clients.md).
    """
    for offered in (request.header("accept-encoding") or "").split(","):
        name, *parameters = (part.strip().lower() for part in offered.split(";"))
        if name == "gzip" and not any(_is_nothing(part) for part in parameters):
            return True
    return False


def _is_nothing(parameter: str) -> bool:
    return parameter.startswith("q=") and not parameter.removeprefix("q=").strip("0.")


@functools.lru_cache(maxsize=4)
def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _answer_index(request: messages.Request, now: int) -> messages.Response:
    from pytest_tiltsession.api import openapi_contents

    return _serve(request, openapi_contents.index(), now)


def _answer_v3(request: messages.Request, root: str, now: int) -> messages.Response:
    """Answer with one document. One that there is not is an empty 200, as is any to an Accept without a media type."""
    from pytest_tiltsession.api import openapi_contents

    media_type = _wanted(request, "v3")
    if media_type is None and accept.parse(_accepted(request)):
        return messages.Response(406, (documents.NO_CACHE, _VARY))
    if media_type is None or not openapi_contents.exists(root):
        return messages.Response(200, (documents.NO_CACHE, _VARY))
    content = openapi_contents.v3(root, protobuf=media_type != documents.JSON)
    wanted = urllib.parse.parse_qs(request.query).get("hash", [""])[0]
    if not wanted:
        return _serve(request, content, now, _VARY)
    if wanted != content.tag:
        headers = (
            documents.NO_CACHE,
            ("Content-Type", content.media_type),
            ("Etag", f'"{content.tag}"'),
            ("Location", openapi_contents.location(root)),
            _VARY,
        )
        return messages.Response(301, headers)
    kept = ("Cache-Control", "public, immutable"), ("Expires", times.format_http_date(now + _YEAR))
    return _serve(request, content, now, _VARY, *kept)


def _serve(
    request: messages.Request, content: documents.Content, now: int, *headers: tuple[str, str]
) -> messages.Response:
    """Answer with a document, or with 304 to a client that holds it (412 where the method would change something)."""
    names = {name for name, _ in headers}
    common = (*headers, ("Etag", f'"{content.tag}"'))
    if "Cache-Control" not in names:
        common = (documents.NO_CACHE, *common)
    if documents.holds(request, content.tag):
        return messages.Response(304 if request.method in ("GET", "HEAD") else 412, common)
    described = (
        ("Accept-Ranges", "bytes"),
        ("Content-Type", content.media_type),
        ("Last-Modified", times.format_http_date(now)),
    )
    return messages.Response(200, (*common, *described), content.body, measured=True)


def _accepted(request: messages.Request) -> str:
    return request.header("accept") or "*/*"


def _wanted(request: messages.Request, version: str) -> str | None:
    """Choose among the offered types by the first clause that names one; parameters of a clause do not matter here."""
    offered = [media_type.format(version=version) for media_type in _OFFERED]
    for clause in accept.parse(_accepted(request)):
        for media_type in offered:
            if clause.matches(media_type):
                return media_type
    return None
