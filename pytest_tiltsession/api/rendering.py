"""What is shown, as the bytes and headers of an answer: negotiated form, indentation, warnings, compression.

Knows no route and no store. Sources: the *negotiation*, *compression*, *escaping* and *field-validation* stories.
"""

import gzip
from collections.abc import Iterable

from pytest_tiltsession.api import documents, json_scanning, messages, negotiation, queries, refusals, shown
from pytest_tiltsession.models import encoding

COMPRESSED_FROM = 128 * 1024
_WARNINGS_LIMIT = 4096
_WARNING_LIMIT = 256


def status_of(refusal: refusals.Refusal) -> shown.Plain:
    """Give a refusal's Status as what is shown."""
    return shown.Plain({"kind": "Status", "apiVersion": "v1", **encoding.to_wire(refusal.status)})


def answer(
    request: messages.Request,
    values: queries.Values,
    status: int,
    content: shown.Shown,
    media: negotiation.MediaType,
    headers: messages.Headers = (),
    parameters: str = "",
) -> messages.Response:
    """Write an answer in its negotiated form.

    An object that has no such form turns a success into a refusal, although what was asked for is done by then.
    """
    pretty = media.pretty or negotiation.wants_pretty(request, values)
    try:
        body = _written(content, media.name, pretty=pretty)
    except (refusals.Refusal, json_scanning.Unreadable) as problem:
        refused = problem if isinstance(problem, refusals.Refusal) else refusals.unclassified(str(problem))
        status = refused.status.code if status < 400 else status
        body = _written(status_of(refused), media.name, pretty=pretty)
    whole = (("Content-Type", media.name + parameters), *headers)
    if len(body) > COMPRESSED_FROM and _accepts_gzip(request):
        whole += (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
        body = gzip.compress(body, compresslevel=1, mtime=0)
    return messages.Response(status, whole, body)


def refusal(
    request: messages.Request, values: queries.Values, refused: refusals.Refusal, headers: messages.Headers = ()
) -> messages.Response:
    """Write a refusal: in a plain form that the client accepts, else as indented JSON."""
    status = refused.status
    if status.details is not None and status.details.retry_after_seconds:
        headers = (*headers, ("Retry-After", str(status.details.retry_after_seconds)))
    media = negotiation.for_refusal(request.header("accept"))
    if media is None:
        body = encoding.pretty(status_of(refused).wire()).encode()
        return messages.Response(status.code, (("Content-Type", documents.JSON), *headers), body)
    return answer(request, values, status.code, status_of(refused), media, headers)


def warnings(texts: Iterable[str]) -> messages.Headers:
    """Give the Warning headers of these texts, each once.

    Beyond 4,096 letters all of them are cut to 256, and what still does not fit is left out, as Kubernetes does.
    """
    told = [text for text in dict.fromkeys(texts) if text]
    if sum(map(len, told)) > _WARNINGS_LIMIT:
        told = [text[:_WARNING_LIMIT] for text in told]
    found: list[tuple[str, str]] = []
    written = 0
    for text in told:
        if written >= _WARNINGS_LIMIT:
            break
        written += len(text)
        if all(char.isprintable() or not _is_control(char) for char in text):
            quoted = text.replace("\\", "\\\\").replace('"', '\\"')
            found.append(("Warning", f'299 - "{quoted}"'))
    return tuple(found)


def _is_control(char: str) -> bool:
    return char < " " or "\x7f" <= char <= "\x9f"


def _written(content: shown.Shown, media_type: str, *, pretty: bool) -> bytes:
    if media_type == documents.PROTOBUF:
        return content.protobuf()
    if media_type == documents.YAML:
        from pytest_tiltsession.api import yaml_bodies  # start-up cost: few clients ask for it

        return yaml_bodies.to_yaml(content.wire()).encode()
    if pretty:
        return encoding.pretty(content.wire()).encode()
    return f"{content.compact()}\n".encode()


def _accepts_gzip(request: messages.Request) -> bool:
    return any(token.strip() == "gzip" for token in (request.header("accept-encoding") or "").split(","))
