"""What the server says that it serves: groups, versions, resources, its own version. Knows no stored object.

Sources: discovery.json of the recordings and the *discovery* stories. Of Tilt's 22 kinds only those are named that
are served here: ``sessions``, and ``uiresources`` (read-only and always empty), which tools ask for beside it.
"""

import dataclasses
import functools
from typing import Any

from pytest_tiltsession.api import accept, documents, messages
from pytest_tiltsession.models import encoding
from pytest_tiltsession.models import session as session_models

CORE_PATH = "/api"  # served in the profile that follows Kubernetes only
GROUPS_PATH = "/apis"
GROUP_PATH = f"/apis/{session_models.GROUP}"
RESOURCES_PATH = f"{GROUP_PATH}/{session_models.VERSION}"
VERSION_PATH = "/version"

# The version of Kubernetes that Tilt's API server is made of; clients need digits in major and minor.
VERSION = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": "v0.0.0-master+$Format:%H$",
    "gitCommit": "$Format:%H$",
    "gitTreeState": "",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "go1.27.3",
    "compiler": "gc",
    "platform": "linux/amd64",
}

_AGGREGATED_PARAMETERS = "".join(f";{name}={value}" for name, value in accept.AGGREGATED_DISCOVERY.items())
_GROUP_VERSION = {"groupVersion": session_models.API_VERSION, "version": session_models.VERSION}


@dataclasses.dataclass(frozen=True, slots=True)
class Resource:
    """A kind as discovery names it, with the verbs of its objects and of its ``status``; no verbs: no subresource."""

    plural: str
    singular: str
    kind: str
    verbs: tuple[str, ...]
    status_verbs: tuple[str, ...] = ()


RESOURCES = (
    Resource(
        session_models.PLURAL,
        "session",
        session_models.KIND,
        ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"),
        ("get", "patch", "update"),
    ),
    Resource("uiresources", "uiresource", "UIResource", ("get", "list", "watch")),
)


def answer(request: messages.Request, address: str) -> documents.Document | messages.Response | None:
    """Answer a GET of a discovery path or of ``/version``, with or without a trailing slash; None for other paths.

    ``address`` is ``host:port`` of the server, which the list of groups repeats. Whether the client accepts what
    :func:`produces` names is asked before.
    """
    path = request.path.removesuffix("/")
    if path in (CORE_PATH, GROUPS_PATH):
        core = path == CORE_PATH
        media_type = accept.aggregated(request.header("accept") or "", documents.OBJECT_TYPES)
        if media_type is not None:
            return _aggregated(request, media_type, core=core)
        return documents.Document(core_versions(address) if core else groups(address))
    if path == GROUP_PATH:
        return documents.Document(group())
    if path == RESOURCES_PATH:
        return documents.Document(resources())
    if path == VERSION_PATH:
        return documents.raw_json(200, VERSION)
    return None


def produces(path: str) -> tuple[str, ...] | None:
    """Give the media types of a path that :func:`answer` answers, in the order of a 406; None for other paths."""
    path = path.removesuffix("/")
    if path == VERSION_PATH:
        return (documents.JSON,)
    return documents.OBJECT_TYPES if path in (CORE_PATH, GROUPS_PATH, GROUP_PATH, RESOURCES_PATH) else None


def is_core(path: str) -> bool:
    """Tell whether a path is that of the group without a name, with or without a trailing slash."""
    return path.removesuffix("/") == CORE_PATH


def core_versions(address: str) -> dict[str, Any]:
    """Give the APIVersions: the versions of the group without a name, of which Tilt has none."""
    return {"kind": "APIVersions", "versions": [], **_reached_by_anyone(address)}


def groups(address: str) -> dict[str, Any]:
    """Give the APIGroupList. It has no ``apiVersion``: the form of Kubernetes 1.1, kept for its clients."""
    entry = {
        "name": session_models.GROUP,
        "versions": [_GROUP_VERSION],
        "preferredVersion": _GROUP_VERSION,
        **_reached_by_anyone(address),
    }
    return {"kind": "APIGroupList", "groups": [entry]}


def group() -> dict[str, Any]:
    """Give the APIGroup of ``tilt.dev``."""
    return {
        "kind": "APIGroup",
        "apiVersion": "v1",
        "name": session_models.GROUP,
        "versions": [_GROUP_VERSION],
        "preferredVersion": _GROUP_VERSION,
    }


def resources() -> dict[str, Any]:
    """Give the APIResourceList of ``tilt.dev/v1alpha1``."""
    entries = []
    for resource in RESOURCES:
        entries.append(_entry(resource.plural, resource.singular, resource.kind, resource.verbs))
        if resource.status_verbs:
            entries.append(_entry(f"{resource.plural}/status", "", resource.kind, resource.status_verbs))
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": session_models.API_VERSION,
        "resources": entries,
    }


def aggregated_groups(*, core: bool = False) -> dict[str, Any]:
    """Give the APIGroupDiscoveryList: groups, versions and resources in one document. ``core``: of no named group."""
    content: dict[str, Any] = {"metadata": {}, "items": []} if core else _aggregated_content()
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", **content}


def aggregated_tag(document: dict[str, Any]) -> str:
    """Give the entity tag of an APIGroupDiscoveryList: of its JSON without ``kind`` and ``apiVersion``."""
    content = {name: value for name, value in document.items() if name not in ("kind", "apiVersion")}
    return documents.tag_of(encoding.compact(content).encode())


def _reached_by_anyone(address: str) -> dict[str, Any]:
    return {"serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]}


def _entry(name: str, singular: str, kind: str, verbs: tuple[str, ...]) -> dict[str, Any]:
    return {"name": name, "singularName": singular, "namespaced": False, "kind": kind, "verbs": list(verbs)}


def _aggregated_content() -> dict[str, Any]:
    entries: list[dict[str, Any]] = []
    for resource in RESOURCES:
        kind = {"group": "", "version": "", "kind": resource.kind}
        entry: dict[str, Any] = {
            "resource": resource.plural,
            "responseKind": kind,
            "scope": "Cluster",
            "singularResource": resource.singular,
            "verbs": list(resource.verbs),
        }
        if resource.status_verbs:
            status = {"subresource": "status", "responseKind": kind, "verbs": list(resource.status_verbs)}
            entry["subresources"] = [status]
        entries.append(entry)
    version = {"version": session_models.VERSION, "resources": entries, "freshness": "Current"}
    return {"metadata": {}, "items": [{"metadata": {"name": session_models.GROUP}, "versions": [version]}]}


@functools.cache
def _served_tag(*, core: bool) -> str:
    return aggregated_tag(aggregated_groups(core=core))


def _aggregated(request: messages.Request, media_type: str, *, core: bool) -> documents.Document | messages.Response:
    """Answer with the aggregated form, or with 304 to a client that holds it (only the very same tag counts here)."""
    tag = f'"{_served_tag(core=core)}"'
    headers = (("Cache-Control", "public"), ("Etag", tag), ("Vary", "Accept"))
    if request.header("if-none-match") == tag:
        return messages.Response(304, headers)
    return documents.Document(
        aggregated_groups(core=core), headers=headers, parameters=_AGGREGATED_PARAMETERS, media_type=media_type
    )
