"""Refusals as values: every refused request is one ``metav1.Status``, made here and turned into bytes once.

The texts are those of the real server (recorded stories); knows no sockets and no store.
"""

import dataclasses
from collections.abc import Sequence

from pytest_tiltsession.models import go_texts, metadata
from pytest_tiltsession.models import session as session_models
from pytest_tiltsession.rules import field_errors

_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Refusal(Exception):
    """A request that is refused: carries the ``Status`` that the client gets.

    ``warnings`` are the texts of Warning headers that accompany the refusal, ``pretty`` forces the indented form
    (as on 406).
    """

    def __init__(self, status: metadata.Status, *, warnings: Sequence[str] = (), pretty: bool = False) -> None:
        super().__init__(status.message)
        self.status = status
        self.warnings = tuple(warnings)
        self.pretty = pretty


def _failure(
    code: int, reason: str, message: str, details: metadata.StatusDetails | None = None, *, pretty: bool = False
) -> Refusal:
    status = metadata.Status(status="Failure", message=message, reason=reason, details=details, code=code)
    return Refusal(status, pretty=pretty)


def _about(name: str, plural: str = session_models.PLURAL) -> metadata.StatusDetails:
    return metadata.StatusDetails(name=name, group=session_models.GROUP, kind=plural)


def _named(name: str, plural: str = session_models.PLURAL) -> str:
    return f"{plural}.{session_models.GROUP} {go_texts.quoted(name)}"


def bad_request(message: str) -> Refusal:
    """400 BadRequest: a body or parameter that cannot be read."""
    return _failure(400, "BadRequest", message)


def not_found(name: str, plural: str = session_models.PLURAL) -> Refusal:
    """404 NotFound for a Session (or an object of another kind) that is not there."""
    return _failure(404, "NotFound", f"{_named(name, plural)} not found", _about(name, plural))


def already_exists(name: str, *, generated: bool = False) -> Refusal:
    """409 AlreadyExists on create; where names are ``generated``, one with a word on that and when to try again."""
    message, details = f"{_named(name)} already exists", _about(name)
    if generated:
        message += ", the server was not able to generate a unique name for the object"
        details = dataclasses.replace(details, retry_after_seconds=1)
    return _failure(409, "AlreadyExists", message, details)


def conflict(name: str, why: str, plural: str = session_models.PLURAL) -> Refusal:
    """409 Conflict: a write against another version than the stored one."""
    message = f"Operation cannot be fulfilled on {_named(name, plural)}: {why}"
    return _failure(409, "Conflict", message, _about(name, plural))


def internal_error(message: str) -> Refusal:
    """500 InternalError, with the message as its only cause, as Kubernetes writes it."""
    cause = metadata.StatusCause(message=message)
    return _failure(
        500,
        "InternalError",
        f"Internal error occurred: {message}",
        metadata.StatusDetails(causes=(cause,)),
    )


def invalid(
    kind: str, name: str, causes: Sequence[metadata.StatusCause], *, group: str = session_models.GROUP
) -> Refusal:
    """422 Invalid: what validation found, each cause with reason, message and field (``""`` for none).

    ``group`` is empty for kinds without one, as in the patch error ``" "" is invalid"``. What is found twice is told
    once, but is two causes.
    """
    told = [f"{cause.field_}: {cause.message}" if cause.field_ else cause.message for cause in causes]
    texts = list(dict.fromkeys(told))
    listed = texts[0] if len(texts) == 1 else "[" + ", ".join(texts) + "]"
    qualified = f"{kind}.{group}" if group else kind
    return _failure(
        422,
        "Invalid",
        f"{qualified} {go_texts.quoted(name)} is invalid: {listed}",
        metadata.StatusDetails(name=name, group=group, kind=kind, causes=tuple(causes) or None),
    )


def apply_conflict(message: str, causes: Sequence[metadata.StatusCause]) -> Refusal:
    """409 Conflict of a server-side apply: fields that other managers hold, one cause each, and no object named."""
    return _failure(409, "Conflict", message, metadata.StatusDetails(causes=tuple(causes)))


def unclassified(message: str) -> Refusal:
    """500 with a message only: an error that the real server passes on without a reason."""
    return _failure(500, "", message)


def invalid_session(name: str, found: Sequence[field_errors.FieldError]) -> Refusal:
    """422 Invalid for a Session, one cause for each error."""
    return invalid(session_models.KIND, name, [item.cause for item in found])


def invalid_options(kind: str, found: Sequence[field_errors.FieldError]) -> Refusal:
    """422 Invalid for query parameters, which Kubernetes calls an object of ``kind``."""
    return invalid(kind, "", [item.cause for item in found], group="meta.k8s.io")


def unauthorized() -> Refusal:
    """401 Unauthorized: no token, or a wrong one."""
    return _failure(401, "Unauthorized", "Unauthorized")


def unavailable(message: str) -> Refusal:
    """503 ServiceUnavailable: the server has no time now."""
    return _failure(503, "ServiceUnavailable", message)


def without_markup(text: str) -> str:
    """Replace the letters that a browser would take for markup, as the filters of Kubernetes do in what they quote."""
    return text.translate(_MARKUP)


def forbidden_path(user: str, verb: str, path: str) -> Refusal:
    """403 Forbidden for a path that is about no resource."""
    said = without_markup(f"User {go_texts.quoted(user)} cannot {verb} path {go_texts.quoted(path)}")
    return _failure(403, "Forbidden", f"forbidden: {said}: Everything is forbidden.", metadata.StatusDetails())


def forbidden(
    user: str, verb: str, resource: str, subresource: str, name: str, *, group: str, namespace: str = ""
) -> Refusal:
    """403 Forbidden for an object or a list; ``verb`` is empty for a method that means none."""
    quoted = go_texts.quoted
    whole = f"{resource}/{subresource}" if subresource else resource
    where = f"in the namespace {quoted(namespace)}" if namespace else "at the cluster scope"
    asked = f"User {quoted(user)} cannot {verb} resource {quoted(whole)} in API group {quoted(group)} {where}"
    said = without_markup(asked)
    about = f"{resource}.{group}" if group else resource
    if name:
        about += f" {quoted(name)}"
    details = metadata.StatusDetails(name=name, group=group, kind=resource)
    return _failure(403, "Forbidden", f"{about} is forbidden: {said}: Everything is forbidden.", details)


def unknown_resource() -> Refusal:
    """404 for a path below a group of the API that is no resource."""
    message = "the server could not find the requested resource"
    return _failure(404, "NotFound", message, metadata.StatusDetails())


def method_not_allowed() -> Refusal:
    """405 for a method that a path does not have."""
    message = "the server does not allow this method on the requested resource"
    return _failure(405, "MethodNotAllowed", message, metadata.StatusDetails())


def none_available(media_types: Sequence[str]) -> Refusal:
    """406 of a path that offers none of the accepted media types; told before anything is done."""
    listed = ", ".join(media_types)
    message = f"406: Not Acceptable\n\nAvailable representations: {listed}"
    return _failure(406, "NotAcceptable", message, metadata.StatusDetails())


def none_accepted(media_types: Sequence[str]) -> Refusal:
    """406 where a media type is offered, but not in the form that is asked for."""
    message = f"only the following media types are accepted: {', '.join(media_types)}"
    return _failure(406, "NotAcceptable", message)


def not_acceptable(message: str) -> Refusal:
    """406 for an object that has no such form."""
    return _failure(406, "NotAcceptable", message)


def unsupported_type(representations: Sequence[str] | None = None) -> Refusal:
    """415 of a path that reads no such body, as a patch of an unknown kind; told before anything is looked for.

    ``representations``, where they are told, are what the path could answer with.
    """
    message = "415: Unsupported Media Type"
    if representations is not None:
        message += f"\n\nAvailable representations: {', '.join(representations)}"
    return _failure(415, "UnsupportedMediaType", message, metadata.StatusDetails())


def unsupported_body(media_types: Sequence[str]) -> Refusal:
    """415 for a body that is none of these media types."""
    listed = ", ".join(media_types)
    message = f"the body of the request was in an unknown format - accepted media types include: {listed}"
    return _failure(415, "UnsupportedMediaType", message)


def body_too_large(limit: int) -> Refusal:
    """413 for a body of more than ``limit`` bytes."""
    return _failure(413, "RequestEntityTooLarge", f"Request entity too large: limit is {limit}")


def expired(message: str, *, continue_: str = "") -> Refusal:
    """410 for a version that the server has forgotten; ``continue_`` is a token that goes on all the same."""
    found = metadata.Status(
        metadata=metadata.ListMeta(continue_=continue_), status="Failure", message=message, reason="Expired", code=410
    )
    return Refusal(found)


def version_to_come(asked: int, current: int) -> Refusal:
    """504 for a version that the server has not reached; the client may try again in a second."""
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    cause = metadata.StatusCause("ResourceVersionTooLarge", "Too large resource version")
    details = metadata.StatusDetails(causes=(cause,), retry_after_seconds=1)
    return _failure(504, "Timeout", message, details)


def too_late() -> Refusal:
    """504 for a request that was not done in the time that the client allows; without ``kind``, as it is written."""
    message = "Timeout: request did not complete within the allotted timeout"
    return _failure(504, "Timeout", message, metadata.StatusDetails())


def rejected_patch() -> Refusal:
    """422 for a JSON patch that cannot be applied; the real server does not say why."""
    message = "the server rejected our request due to an error in our request"
    return _failure(422, "Invalid", message, metadata.StatusDetails())


def patch_too_long(most: int, found: int) -> Refusal:
    """413 for a JSON patch of more than ``most`` operations."""
    why = f"The allowed maximum operations in a JSON patch is {most}, got {found}"
    return _failure(413, "RequestEntityTooLarge", f"Request entity too large: {why}")
