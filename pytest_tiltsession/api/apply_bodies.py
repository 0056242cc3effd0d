"""What a server-side apply sends: read, checked, and what comes of merging it turned into a Session.

Knows the refusals that the real server gives, in its order: the body as YAML, kind and version, managedFields, the
schema, and values that fit the schema but no Session. Recorded in the stories *patch-apply* and *check-order*.
"""

import dataclasses
from typing import Any

from pytest_tiltsession.api import json_scanning, merge_schema, refusals, typed_values, yaml_reading
from pytest_tiltsession.models import decoding, parsed, unstructured
from pytest_tiltsession.models import session as session_models

GROUP_VERSION_KIND = f"{session_models.API_VERSION}, Kind={session_models.KIND}"

_CONVERTING = "error converting YAML to JSON"
_DECODING = "error unmarshaling JSON: while decoding JSON"


@dataclasses.dataclass(frozen=True, slots=True)
class Body:
    """What an applier sets, as JSON, and the keys that its YAML names twice, worded as the strict reader does."""

    config: dict[str, Any]
    doubled_keys: tuple[str, ...] = ()

    def warnings(self, field_validation: str) -> tuple[str, ...]:
        """Give the warnings about doubled keys: none for ``Ignore``. Raises a 400 about them for ``Strict``."""
        if not self.doubled_keys or field_validation == "Ignore":
            return ()
        if field_validation == "Strict":
            lines = "\n".join(f"  {line}" for line in self.doubled_keys)
            raise refusals.bad_request(f"error strict decoding YAML: {_CONVERTING}: yaml: unmarshal errors:\n{lines}")
        return self.doubled_keys


def read(body: bytes) -> Body:
    """Read a body, which is YAML whatever it looks like. Raises a 400 for what is no map."""
    try:
        document = yaml_reading.read(body)
    except json_scanning.Unreadable as problem:
        raise refusals.bad_request(f"error decoding YAML: {_CONVERTING}: {problem}") from None
    if document.value is not None and not isinstance(document.value, dict):
        found = parsed.word_of(document.value)
        into = "Go value of type map[string]interface {}"
        raise refusals.bad_request(f"error decoding YAML: {_DECODING}: json: cannot unmarshal {found} into {into}")
    return Body(document.value or {}, document.doubled_keys)


def check(config: dict[str, Any]) -> None:
    """Refuse what is no Session of this version, brings managedFields, or breaks the schema.

    Raises :class:`refusals.Refusal`.
    """
    found = _group_version_kind(config)
    if found != GROUP_VERSION_KIND:
        raise refusals.bad_request(f"invalid object type: {found}")
    if _brings_managed_fields(config):
        raise refusals.bad_request("metadata.managedFields must be nil")
    problems = typed_values.violations(config, merge_schema.session())
    if problems:
        text = typed_values.violations_text(problems)
        raise refusals.unclassified(f"failed to create typed patch object ({_named(config)}): {text}")


def to_session(merged: dict[str, Any], config: dict[str, Any]) -> session_models.Session:
    """Turn a merged object into a Session; ``config`` is what was applied, which a refusal names.

    Raises a 500, as the real server does, for times and durations that cannot be read, and for fractions.
    """
    try:
        return unstructured.convert(session_models.Session, merged, inlined=session_models.TYPE_META).value
    except decoding.Undecodable as problem:
        raise refusals.unclassified(
            f"failed to convert new object ({_named(config)}) to proper version: "
            f"unable to convert unstructured object to {GROUP_VERSION_KIND}: {problem}"
        ) from None


def _named(config: dict[str, Any]) -> str:
    """Name the object that is applied as messages do: ``<namespace>/<name>; <group>/<version>, Kind=<kind>``."""
    found = config.get("metadata")
    metadata = found if isinstance(found, dict) else {}
    return f"{_text(metadata, 'namespace')}/{_text(metadata, 'name')}; {_group_version_kind(config)}"


def _group_version_kind(config: dict[str, Any]) -> str:
    version, kind = _text(config, "apiVersion"), _text(config, "kind")
    if version == "/" or "/" not in version:
        return f"/{version.strip('/')}, Kind={kind}"
    # A text that is no group and version takes the kind with it.
    return f"{version}, Kind={kind}" if version.count("/") == 1 else "/, Kind="


def _text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _brings_managed_fields(config: dict[str, Any]) -> bool:
    """Whether metadata.managedFields is a list of objects, be it empty; anything else is left to the schema."""
    metadata = config.get("metadata")
    entries = metadata.get("managedFields") if isinstance(metadata, dict) else None
    return isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
