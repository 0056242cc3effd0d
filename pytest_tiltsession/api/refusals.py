"""Refusals as values: every refused request is one ``metav1.Status``, made here and turned into bytes once.

The texts are those of the real server (recorded stories); knows no sockets and no store.
"""

from collections.abc import Sequence

from pytest_tiltsession.models import metadata
from pytest_tiltsession.models import session as session_models


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


def _about(name: str, causes: tuple[metadata.StatusCause, ...] | None = None) -> metadata.StatusDetails:
    return metadata.StatusDetails(
        name=name, group=session_models.GROUP, kind=session_models.PLURAL, causes=causes or None
    )


_RESOURCE = f"{session_models.PLURAL}.{session_models.GROUP}"


def bad_request(message: str) -> Refusal:
    """400 BadRequest: a body or parameter that cannot be read."""
    return _failure(400, "BadRequest", message)


def not_found(name: str) -> Refusal:
    """404 NotFound for a Session that is not there."""
    return _failure(404, "NotFound", f'{_RESOURCE} "{name}" not found', _about(name))


def already_exists(name: str) -> Refusal:
    """409 AlreadyExists on create."""
    return _failure(409, "AlreadyExists", f'{_RESOURCE} "{name}" already exists', _about(name))


def conflict(name: str, why: str) -> Refusal:
    """409 Conflict: a write against another version than the stored one."""
    return _failure(
        409, "Conflict", f'Operation cannot be fulfilled on {_RESOURCE} "{name}": {why}', _about(name)
    )


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

    ``group`` is empty for kinds without one, as in the patch error ``" "" is invalid"``.
    """
    texts = [f"{cause.field_}: {cause.message}" if cause.field_ else cause.message for cause in causes]
    listed = texts[0] if len(texts) == 1 else "[" + ", ".join(texts) + "]"
    qualified = f"{kind}.{group}" if group else kind
    return _failure(
        422,
        "Invalid",
        f'{qualified} "{name}" is invalid: {listed}',
        metadata.StatusDetails(name=name, group=group, kind=kind, causes=tuple(causes) or None),
    )
