"""Bodies of requests → objects, with the refusals that the API server gives for what it cannot read.

Knows media types, ``fieldValidation`` and what a Session is; no paths, no store. The texts are those of the recorded
stories in *decoding*, *field-validation*, *yaml* and *content-types*.
"""

import dataclasses
from typing import Any

from pytest_tiltsession.api import json_reading, kinds, refusals, yaml_bodies
from pytest_tiltsession.models import decoding, go_texts, options
from pytest_tiltsession.models import session as session_models

JSON = "application/json"
YAML = "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
IGNORE, WARN, STRICT = "Ignore", "Warn", "Strict"

Unreadable = json_reading.Unreadable

_SESSION = kinds.TypeMeta(session_models.KIND, session_models.GROUP, session_models.VERSION)
_DELETE_OPTIONS = kinds.TypeMeta(options.KIND, "meta.k8s.io", "v1")
_YAML_PREFIX = "yaml: unmarshal errors:\n"
_PROTOBUF_PREFIX = b"k8s\x00"
_SHOWN_BYTES = 30


class Unsuitable(ValueError):
    """A parsed body that is no Session; the message is Go's.

    ``type_meta`` tells what the body claims to be, and is None where even that cannot be told.
    """

    def __init__(self, message: str, type_meta: kinds.TypeMeta | None = None) -> None:
        super().__init__(message)
        self.type_meta = type_meta


@dataclasses.dataclass(frozen=True, slots=True)
class Decoded:
    """A Session as a client sent it, the warnings that its answer carries, and the body as parsed."""

    session: session_models.Session
    warnings: tuple[str, ...] = ()
    wire: dict[str, Any] = dataclasses.field(default_factory=dict)


def decode_session(body: bytes, media_type: str, field_validation: str) -> Decoded:
    """Read a Session from the body of a create or update.

    :param media_type: ``application/json``, ``application/yaml`` or the protobuf type, which is always refused.
    :param field_validation: ``Ignore``, ``Warn`` or ``Strict``.

    Raises :class:`refusals.Refusal` (400).
    """
    doubled: tuple[str, ...] = ()
    try:
        if media_type == PROTOBUF:
            raise _protobuf_refusal(body)
        if media_type == YAML:
            document = yaml_bodies.read(body)
            value, doubled = document.value, document.doubled_keys
        else:
            value = read_json_object(body)
        session, strict_errors = session_of(value, body, strict=field_validation != IGNORE)
    except Unreadable as error:
        raise _refused(Unsuitable(str(error)), body) from None
    except Unsuitable as error:
        raise _refused(error, body) from None
    if doubled:
        strict_errors = (_YAML_PREFIX + "\n".join(f"  {line}" for line in doubled), *strict_errors)
    if strict_errors and field_validation == STRICT:
        raise _refused(Unsuitable(strict_error(strict_errors), kinds.told_by(value, _SESSION)), body)
    warnings = warnings_of(strict_errors) if field_validation == WARN else ()
    return Decoded(session, warnings, value or {})


def session_of(value: Any, original: bytes, *, strict: bool) -> tuple[session_models.Session, tuple[str, ...]]:
    """Read a Session from a parsed body; give the strict errors beside it. Raises :class:`Unsuitable`."""
    try:
        found = kinds.told_by(value, _SESSION)
    except kinds.Unrecognized as error:
        raise Unsuitable(str(error)) from None
    try:
        kinds.check_session(found, json_reading.text_of(original))
        read = decoding.decode(session_models.Session, value, strict=strict, inlined=session_models.TYPE_META)
    except (kinds.Unsuitable, decoding.Undecodable) as error:
        raise Unsuitable(str(error), found) from None
    return read.value, read.strict_errors


def decode_delete_options(body: bytes, media_type: str) -> options.DeleteOptions:
    """Read the body of a delete request; an empty one asks for nothing. Unknown fields are passed over silently.

    Raises :class:`refusals.Refusal` (400).
    """
    if not body:
        return options.DeleteOptions()
    try:
        if media_type == PROTOBUF:
            raise _protobuf_refusal(body)
        value = yaml_bodies.read(body).value if media_type == YAML else read_json_object(body)
        kinds.check_delete_options(kinds.told_by(value, _DELETE_OPTIONS))
        return decoding.decode(options.DeleteOptions, value, strict=False).value
    except (Unreadable, Unsuitable, kinds.Unrecognized, kinds.Unsuitable, decoding.Undecodable) as error:
        raise refusals.bad_request(str(error)) from None


def read_json_object(body: bytes) -> Any:
    """Parse a JSON body in which kind and version will be looked for. Raises :class:`Unreadable`."""
    try:
        return json_reading.read(body)
    except Unreadable as error:
        raise Unreadable(f"couldn't get version/kind; json parse error: {error}") from None


def strict_error(errors: tuple[str, ...]) -> str:
    """Word strict errors as one, as refusals tell them."""
    return f"strict decoding error: {', '.join(errors)}"


def warnings_of(errors: tuple[str, ...]) -> tuple[str, ...]:
    """Give the texts of warnings for strict errors, each once; doubled keys of YAML are one warning each."""
    texts: dict[str, None] = {}
    for error in errors:
        lines = error.removeprefix(_YAML_PREFIX).split("\n") if error.startswith(_YAML_PREFIX) else [error]
        texts.update(dict.fromkeys(line.strip() for line in lines))
    return tuple(texts)


def _protobuf_refusal(body: bytes) -> Unsuitable:
    """Word why protobuf is refused: a Session has no such form."""
    if not body:
        return Unsuitable("empty data")
    if not body.startswith(_PROTOBUF_PREFIX):
        expected = " ".join(str(code) for code in _PROTOBUF_PREFIX)
        return Unsuitable(f"provided data does not appear to be a protobuf message, expected prefix [{expected}]")
    if body == _PROTOBUF_PREFIX:
        return Unsuitable("empty body")
    return Unsuitable(
        "object *v1alpha1.Session does not implement the protobuf marshalling interface and cannot be encoded to a"
        " protobuf message",
        _SESSION,
    )


def _refused(error: Unsuitable, body: bytes) -> refusals.Refusal:
    wanted = session_models.KIND
    found = error.type_meta
    if found is not None and found.kind:
        version = f"{found.kind} in version {go_texts.quoted(found.version)} cannot be handled as a {wanted}"
        return refusals.bad_request(f"{version}: {error}")
    message = f"the object provided is unrecognized (must be of type {wanted}): {error} ({_summary(body)})"
    return refusals.bad_request(message)


def _summary(body: bytes) -> str:
    """Show how a body begins: JSON objects as text, anything else in hexadecimal."""
    if not body:
        return "<empty>"
    start = body[:_SHOWN_BYTES]
    shown = json_reading.text_of(start) if body.startswith(b"{") else start.hex()
    return f"{shown} ..." if len(body) > _SHOWN_BYTES else shown
