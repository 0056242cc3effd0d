"""Patches of a Session: merge, JSON and strategic merge patches, with the API server's refusals.

Knows the current Session and the bytes of a patch; no store, no managed fields. Every patch works on the object as
JSON, and what comes of it is read like a body (stories *patch-merge*, *patch-json*, *patch-strategic*).
"""

import dataclasses
import math
from typing import Any

from pytest_tiltsession.api import (
    decoding,
    json_patches,
    json_reading,
    json_scanning,
    json_slices,
    lazy_json,
    merge_patches,
    merged_sessions,
    patched_documents,
    refusals,
    stored_documents,
    strategic_patches,
    strategic_types,
)
from pytest_tiltsession.models import decoding as model_decoding
from pytest_tiltsession.models import encoding, field_reading, go_texts, metadata, parsed, unstructured
from pytest_tiltsession.models import session as session_models

MERGE, JSON, STRATEGIC = "merge", "json", "strategic"

_SESSION_TYPE = strategic_types.Type("struct", session_models.Session)
_UNTYPED_MAP = "map[string]interface {}"
_MOST_STRICT_ERRORS = 100


@dataclasses.dataclass(frozen=True, slots=True)
class Patched:
    """A Session as a patch leaves it, and the warnings that the answer carries."""

    session: session_models.Session
    warnings: tuple[str, ...] = ()


def apply(
    kind: str,
    body: bytes,
    current: session_models.Session,
    *,
    name: str,
    field_validation: str,
) -> Patched:
    """Apply a patch to a Session, the whole of which is patched for the status too.

    :param kind: ``merge``, ``json`` or ``strategic``.
    :param name: The name in the request's path, which the outcome must keep.
    :param field_validation: ``Ignore``, ``Warn`` or ``Strict``.

    Raises :class:`refusals.Refusal` (400, 413, 422 or 500).
    """
    strict = field_validation != decoding.IGNORE
    try:
        if kind == STRATEGIC:
            session, errors, shown = _strategic(body, current, strict=strict)
        elif kind == MERGE and (merged := _quickly_merged(body, current)) is not None:
            session, errors, shown = merged, (), ""
        else:
            session, errors, shown = _textual(kind, body, stored_documents.of(current), strict=strict)
    except RecursionError:
        raise refusals.bad_request("error decoding patch: exceeded max depth") from None
    if errors and field_validation == decoding.STRICT:
        raise _unpatchable(shown, decoding.strict_error(errors))
    warnings = decoding.warnings_of(errors)
    if session.name != name:
        raise _misnamed(session.name, name, warnings)
    return Patched(session, warnings)


def _misnamed(found: str, name: str, warnings: tuple[str, ...]) -> refusals.Refusal:
    """400 for an object of another name than the request's path has; the warnings of its reading go along."""
    problem = f"({found}) does not match the name on the URL ({name})"
    if not found:
        problem = f"({name} based on URL) was undeterminable: name must be provided"
    refused = refusals.bad_request(f"the name of the object {problem}")
    refused.warnings = warnings
    return refused


_Outcome = tuple[session_models.Session, tuple[str, ...], str]


def _quickly_merged(body: bytes, current: session_models.Session) -> session_models.Session | None:
    """Apply a merge patch of which nothing is to be said; None for any other."""
    try:
        return merged_sessions.merged(current, json_reading.read(body))
    except json_reading.Unreadable:
        return None


def _textual(kind: str, body: bytes, document: lazy_json.Node, *, strict: bool) -> _Outcome:
    """Apply a merge or JSON patch; what is shown in refusals is the whole patched object."""
    apply_it = _json_patched if kind == JSON else _merged
    patched, errors = apply_it(document, body, strict=strict)
    try:
        session, found = patched_documents.session_of(patched, strict=strict)
    except decoding.Unsuitable as error:
        raise _unpatchable(patched.text(), str(error)) from None
    errors = (*errors, *found)
    return session, errors, patched.text() if errors else ""


def _merged(document: lazy_json.Node, body: bytes, *, strict: bool) -> tuple[lazy_json.Node, tuple[str, ...]]:
    errors: tuple[str, ...] = ()
    try:
        if strict:
            _, errors = _untyped_map(body)
        else:
            json_reading.read(body)
    except json_reading.Unreadable as error:
        # Without strict reading the library that merges is the first to look, and it does not say what is wrong.
        raise refusals.bad_request(f"error decoding patch: {error}" if strict else "Invalid JSON Patch") from None
    try:
        return merge_patches.apply(document, json_slices.compact(json_reading.text_of(body))), errors
    except merge_patches.NoPatch as error:
        raise refusals.bad_request(str(error)) from None


def _json_patched(document: lazy_json.Node, body: bytes, *, strict: bool) -> tuple[lazy_json.Node, tuple[str, ...]]:
    errors: tuple[str, ...] = ()
    try:
        if strict:
            value = json_reading.read(body, json_scanning.OlderScanner)
            read = model_decoding.decode_list(json_patches.DeclaredOperation, value)
            errors = tuple(f"json patch {error}" for error in read.strict_errors)
        else:
            value = json_reading.read(body)
            _check_operations(value)
    except (json_reading.Unreadable, model_decoding.Undecodable) as error:
        raise refusals.bad_request(f"error decoding patch: {error}" if strict else str(error)) from None
    if value is None:
        return document, errors
    if len(value) > json_patches.MOST_OPERATIONS:
        raise refusals.patch_too_long(json_patches.MOST_OPERATIONS, len(value))
    operations = lazy_json.operations(json_slices.compact(json_reading.text_of(body)))
    try:
        return json_patches.apply(document, operations), errors
    except json_patches.Inapplicable:
        raise refusals.rejected_patch() from None


def _check_operations(value: Any) -> None:
    if value is not None and not isinstance(value, list):
        raise _mismatch(value, "jsonpatch.Patch")
    for place, item in enumerate(value or ()):
        if item is not None and not isinstance(item, dict):
            into = f"Patch.{place} of type jsonpatch.Operation"
            raise json_reading.Unreadable(f"json: cannot unmarshal {parsed.word_of(item)} into {into}")


def _strategic(body: bytes, current: session_models.Session, *, strict: bool) -> _Outcome:
    """Apply a strategic merge patch; what is shown in refusals is what the merging leaves of the patch."""
    try:
        patch, errors = _untyped_map(body)
    except json_reading.Unreadable as error:
        raise refusals.bad_request(str(error)) from None
    try:
        merged = strategic_patches.merge(encoding.session_to_wire(current), patch, _SESSION_TYPE)
    except strategic_types.Unmergeable as error:
        if error.code == 400:
            raise refusals.bad_request(str(error)) from None
        raise refusals.rejected_patch() if error.code == 422 else refusals.unclassified(str(error)) from None
    try:
        read = unstructured.convert(session_models.Session, merged, inlined=session_models.TYPE_META)
    except model_decoding.Undecodable as error:
        raise _unpatchable(go_texts.plain(patch), str(error)) from None
    found = (*errors, *read.strict_errors) if strict else ()
    return read.value, found, go_texts.plain(patch)


def _untyped_map(body: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read a patch that is an object into untyped values, and tell its doubled keys; null is an empty object.

    Raises :class:`json_reading.Unreadable`.
    """
    value = json_reading.read(body, json_scanning.OlderScanner)
    if value is not None and not isinstance(value, dict):
        raise _mismatch(value, _UNTYPED_MAP)
    trails = dict.fromkeys(parsed.doubled_fields(value or {}))
    doubled = tuple(f"duplicate field {go_texts.quoted(trail)}" for trail in trails)
    return _untyped(value or {}), doubled[:_MOST_STRICT_ERRORS]


def _untyped(value: dict[str, Any]) -> dict[str, Any]:
    """Give a value with numbers as Go holds them when no type is asked for: int64 where it fits, else float64."""
    root = {"": value}
    pending: list[tuple[Any, Any]] = [(root, "")]
    while pending:
        holder, key = pending.pop()
        item = holder[key]
        if isinstance(item, dict):
            copy = holder[key] = dict(item)
            pending.extend((copy, name) for name in reversed(copy))
        elif isinstance(item, list):
            items = holder[key] = list(item)
            pending.extend((items, index) for index in reversed(range(len(items))))
        else:
            holder[key] = _untyped_scalar(item)
    return root[""]


def _untyped_scalar(value: Any) -> Any:
    if not isinstance(value, int | float) or (isinstance(value, int) and value in parsed.INT64):
        return value
    text = value.text if isinstance(value, parsed.WrittenNumber) else str(value)
    number = float(text)
    if math.isinf(number):
        raise _mismatch(value, "float64", f"number {text}")
    return number


def _mismatch(value: Any, go_type: str, found: str = "") -> json_reading.Unreadable:
    place = field_reading.Place("", (), "")
    return json_reading.Unreadable(place.mismatch(found or parsed.word_of(value), go_type))


def _unpatchable(shown: str, why: str) -> refusals.Refusal:
    """422 for a patch whose outcome is no Session, with the outcome or the patch in quotes."""
    cause = metadata.StatusCause("FieldValueInvalid", f"Invalid value: {go_texts.quoted(shown)}: {why}", "patch")
    return refusals.invalid("", "", [cause], group="")
