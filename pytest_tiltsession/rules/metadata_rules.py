"""What is wrong with an object's metadata, alone and against the stored one, as Kubernetes finds it. Pure functions.

Kubernetes checks labels, annotations and owners twice on update, so that their causes appear twice (story
*update-invalid-label*). Where Go walks a map in random order, keys are walked sorted here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pytest_tiltsession import times
from pytest_tiltsession.models import encoding, go_texts, metadata
from pytest_tiltsession.rules import field_errors, label_syntax
from pytest_tiltsession.rules.field_errors import FieldError

ANNOTATIONS_LIMIT = 256 * 1024
SUBRESOURCE_LIMIT = 256
MANAGER_LIMIT = 128

_ORPHAN, _FOREGROUND = "orphan", "foregroundDeletion"
_OWNERS = "metadata.ownerReferences"
_IMMUTABLE = "field is immutable"


def check(value: metadata.ObjectMeta) -> list[FieldError]:
    """Give what is wrong with metadata for itself: names, labels, annotations, owners, finalizers, managed fields."""
    return _alone(value, _labelling(value), _managed_fields(value.managed_fields or ()))


def check_update(new: metadata.ObjectMeta, old: metadata.ObjectMeta) -> list[FieldError]:
    """Give what is wrong with updated metadata for itself, then what may not change, then some of the former again.

    What Kubernetes checks twice is told twice: labels, annotations and owners, and managed fields.
    """
    labelling, managed = _labelling(new), _managed_fields(new.managed_fields or ())
    return [*_alone(new, labelling, managed), *_changes(new, old), *labelling, *managed]


def _alone(value: metadata.ObjectMeta, labelling: list[FieldError], managed: list[FieldError]) -> list[FieldError]:
    found = _named_wrong("metadata.generateName", value.generate_name, prefix_problems(value.generate_name))
    if not value.name:
        found.append(field_errors.required("metadata.name", "name or generateName is required"))
    found += _named_wrong("metadata.name", value.name, name_problems(value.name))
    if value.generation < 0:
        problem = "must be greater than or equal to 0"
        found.append(field_errors.invalid("metadata.generation", value.generation, problem))
    return [*found, *labelling, *_finalizers(value.finalizers or ()), *managed]


def _changes(new: metadata.ObjectMeta, old: metadata.ObjectMeta) -> list[FieldError]:
    """Give what an update may not change."""
    found: list[FieldError] = []
    added = sorted(set(new.finalizers or ()) - set(old.finalizers or ())) if old.deletion_timestamp is not None else []
    if added:
        listed = ", ".join(map(go_texts.quoted, added))
        problem = "no new finalizers can be added if the object is being deleted, found new finalizers"
        found.append(field_errors.forbidden("metadata.finalizers", f"{problem} []string{{{listed}}}"))
    if new.name != old.name:
        found.append(_immutable("name", new.name))
    if new.uid != old.uid:
        found.append(_immutable("uid", field_errors.Named(new.uid)))
    if new.deletion_timestamp != old.deletion_timestamp:
        found.append(_immutable("deletionTimestamp", _time(new.deletion_timestamp)))
    if new.deletion_grace_period_seconds != old.deletion_grace_period_seconds:
        found.append(_immutable("deletionGracePeriodSeconds", new.deletion_grace_period_seconds))
    return found


def _immutable(name: str, value: Any) -> FieldError:
    return field_errors.invalid(f"metadata.{name}", value, _IMMUTABLE)


def name_problems(name: str) -> list[str]:
    """Give what is wrong with an object's name: it must fit into one segment of a path (*names* stories)."""
    if name in (".", ".."):
        return [f"may not be '{name}'"]
    return prefix_problems(name)


def prefix_problems(text: str) -> list[str]:
    """Give what is wrong with the beginning of a name."""
    return [f"may not contain '{char}'" for char in "/%" if char in text]


def _time(seconds: int | None) -> field_errors.Named | None:
    return None if seconds is None else field_errors.Named(times.format_time(seconds))


def _labelling(value: metadata.ObjectMeta) -> list[FieldError]:
    found: list[FieldError] = []
    for key, label in sorted((value.labels or {}).items()):
        found += _named_wrong("metadata.labels", key, label_syntax.key_problems(key))
        found += _named_wrong("metadata.labels", label, label_syntax.value_problems(label))
    annotations: Mapping[str, str] = value.annotations or {}
    for key in sorted(annotations):
        found += _named_wrong("metadata.annotations", key, label_syntax.key_problems(key.lower()))
    size = sum(len(text.encode("utf-8", "surrogatepass")) for pair in annotations.items() for text in pair)
    if size > ANNOTATIONS_LIMIT:
        found.append(field_errors.too_long("metadata.annotations", ANNOTATIONS_LIMIT))
    return found + _owners(value.owner_references or ())


def _named_wrong(field: str, value: str, problems: Iterable[str]) -> list[FieldError]:
    return [field_errors.invalid(field, value, problem) for problem in problems]


def _owners(references: Sequence[metadata.OwnerReference]) -> list[FieldError]:
    found: list[FieldError] = []
    controller = ""
    for reference in references:
        found += _owner(reference)
        if not reference.controller:
            continue
        named = f"{reference.kind}/{reference.name}"
        if controller:
            problem = (
                "Only one reference can have Controller set to true. "
                f'Found "true" in references for {controller} and {named}'
            )
            found.append(field_errors.invalid(_OWNERS, [encoding.to_wire(item) for item in references], problem))
        else:
            controller = named
    return found


def _owner(reference: metadata.OwnerReference) -> list[FieldError]:
    group, version = _group_version(reference.api_version)
    found: list[FieldError] = []
    if not version:
        problem = "version must not be empty"
        found.append(field_errors.invalid(f"{_OWNERS}.apiVersion", reference.api_version, problem))
    for name, text in (("kind", reference.kind), ("name", reference.name), ("uid", reference.uid)):
        if not text:
            value = field_errors.Named(text) if name == "uid" else text
            found.append(field_errors.invalid(f"{_OWNERS}.{name}", value, "must not be empty"))
    if (group, version, reference.kind) == ("", "v1", "Event"):
        problem = "/v1, Kind=Event is disallowed from being an owner"
        found.append(field_errors.invalid(_OWNERS, encoding.to_wire(reference), problem))
    return found


def _group_version(api_version: str) -> tuple[str, str]:
    """Split an apiVersion; one that has two slashes has neither group nor version."""
    group, slash, version = api_version.rpartition("/")
    return ("", "") if "/" in group or (slash and not group and not version) else (group, version)


def _finalizers(finalizers: Sequence[str]) -> list[FieldError]:
    found: list[FieldError] = []
    for finalizer in finalizers:
        found += _named_wrong("metadata.finalizers", finalizer, label_syntax.key_problems(finalizer))
    if _ORPHAN in finalizers and _FOREGROUND in finalizers:
        problem = f"finalizer {_ORPHAN} and {_FOREGROUND} cannot be both set"
        found.append(field_errors.invalid("metadata.finalizers", list(finalizers), problem))
    return found


def _managed_fields(entries: Sequence[metadata.ManagedFieldsEntry]) -> list[FieldError]:
    found: list[FieldError] = []
    for index, entry in enumerate(entries):
        path = f"metadata.managedFields[{index}]"
        if entry.operation not in ("Apply", "Update"):
            operation = field_errors.Named(entry.operation)
            found.append(field_errors.invalid(f"{path}.operation", operation, "must be `Apply` or `Update`"))
        if entry.fields_type not in ("", "FieldsV1"):
            found.append(field_errors.invalid(f"{path}.fieldsType", entry.fields_type, "must be `FieldsV1`"))
        found += manager_errors(entry.manager, f"{path}.manager")
        if len(entry.subresource.encode("utf-8", "surrogatepass")) > SUBRESOURCE_LIMIT:
            found.append(field_errors.too_long(f"{path}.subresource", SUBRESOURCE_LIMIT))
    return found


def manager_errors(manager: str, path: str) -> list[FieldError]:
    """Give what is wrong with the name of a field manager: too long, or a character that cannot be printed."""
    found: list[FieldError] = []
    if _length(manager) > MANAGER_LIMIT:
        found.append(field_errors.too_long(path, MANAGER_LIMIT))
    if manager.isprintable():
        return found
    position = 0
    for char in manager:
        if not char.isprintable() and not _is_byte(char):
            problem = f"invalid character U+{ord(char):04X} (at position {position})"
            found.append(field_errors.invalid(path, manager, problem))
        position += _length(char)
    return found


def _is_byte(char: str) -> bool:
    """Tell whether a character stands for a byte that is no UTF-8, which Go takes for U+FFFD, a printable letter."""
    return "\udc80" <= char <= "\udcff"


def _length(text: str) -> int:
    """Count the bytes of a text."""
    if text.isascii():
        return len(text)
    return sum(1 if _is_byte(char) else len(char.encode("utf-8", "surrogatepass")) for char in text)
