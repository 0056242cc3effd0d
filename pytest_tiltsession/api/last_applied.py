"""The annotation in which ``kubectl apply`` keeps what it applied, as far as server-side apply minds it.

A manager named ``kubectl`` may take over, without force, what the annotation says it applied before; and where the
annotation is there, an apply of ``kubectl`` renews it. No other manager is treated so. Knows no HTTP.
"""

import copy
import json
from typing import Any

from pytest_tiltsession.api import field_sets, merge_schema, typed_changes, typed_values
from pytest_tiltsession.models import encoding
from pytest_tiltsession.models import session as session_models

MANAGER = "kubectl"
ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"

_MAX_ANNOTATIONS = 256 * 1024


def of(live: dict[str, Any]) -> str:
    """Give the annotation's text, or an empty one."""
    annotations = (live.get("metadata") or {}).get("annotations") or {}
    found = annotations.get(ANNOTATION) or ""
    return found if isinstance(found, str) else ""


def unchanged_since(live: dict[str, Any]) -> field_sets.FieldSet | None:
    """Give the fields that were applied by the annotation and still have those values; None where it says nothing."""
    try:
        applied = json.loads(of(live))
    except ValueError:
        return None
    if not isinstance(applied, dict) or applied.get("apiVersion") != session_models.API_VERSION:
        return None
    schema = merge_schema.session()
    if applied.get("kind") != session_models.KIND or typed_values.violations(applied, schema):
        return None
    change = typed_changes.compare(applied, live)
    return typed_values.mentioned(applied, schema).difference(change.written).difference(change.removed)


def renewed(config: dict[str, Any], annotations: dict[str, str]) -> dict[str, str]:
    """Give the annotations with what is applied now; without it where all annotations would be over 256 KiB."""
    applied = copy.deepcopy(config)
    own = (applied.get("metadata") or {}).get("annotations")
    if isinstance(own, dict):
        own.pop(ANNOTATION, None)
    elif isinstance(applied.get("metadata"), dict):
        applied["metadata"].pop("annotations", None)
    result = {**annotations, ANNOTATION: encoding.compact(_sorted(applied)) + "\n"}
    size = sum(len(name.encode()) + len(text.encode()) for name, text in result.items())
    if size > _MAX_ANNOTATIONS:
        del result[ANNOTATION]
    return result


def _sorted(value: Any) -> Any:
    """Sort the keys of every map, as Go writes a map."""
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
