"""What can be done at each path, as OpenAPI describes it. Knows neither of the two versions in which that is written.

Source: the operations of openapi-structure.json, in the order in which Kubernetes registers them.
"""

import dataclasses
from typing import Any

from pytest_tiltsession.api import discovery, documents
from pytest_tiltsession.api import openapi_kinds as kinds
from pytest_tiltsession.models import metadata
from pytest_tiltsession.models import session as session_models

ANY_TYPE = ("*/*",)
STREAMING_TYPES = (
    *documents.OBJECT_TYPES,
    f"{documents.JSON};stream=watch",
    f"{documents.PROTOBUF};stream=watch",
)
PATCH_TYPES = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. ``parameters`` are names of :data:`openapi_parameters.PARAMETERS`, sorted."""

    path: str
    method: str
    id: str
    tag: str
    description: str
    parameters: tuple[str, ...] = ()
    body: type[Any] | None = None
    responses: tuple[tuple[int, type[Any]], ...] = ()
    action: str = ""
    consumes: tuple[str, ...] = ANY_TYPE
    produces: tuple[str, ...] = documents.OBJECT_TYPES


_SELECTION = (
    "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch",
    "sendInitialEvents", "shardSelector", "timeoutSeconds",
)  # fmt: skip
_DELETION = (
    "dryRun", "gracePeriodSeconds", "ignoreStoreReadErrorWithClusterBreakingPotential", "orphanDependents",
    "propagationPolicy",
)  # fmt: skip
_READ = ("pretty",)
_LIST = tuple(sorted((*_SELECTION, "allowWatchBookmarks", "pretty", "watch")))
_WRITE = ("dryRun", "fieldManager", "fieldValidation", "pretty")
_PATCH = ("dryRun", "fieldManager", "fieldValidation", "force", "pretty")
_DELETE = tuple(sorted((*_DELETION, "pretty")))
_DELETE_COLLECTION = tuple(sorted((*_SELECTION, *_DELETION, "pretty")))

_SESSION = session_models.Session
_STEM = "TiltDevV1alpha1"
_TAG = "tiltDev_v1alpha1"
_ROOT = discovery.RESOURCES_PATH
_SESSIONS = f"{_ROOT}/{session_models.PLURAL}"
_NAMED = f"{_SESSIONS}/{{name}}"
_STATUS = f"{_NAMED}/status"
_WATCHED = f"{_ROOT}/watch/{session_models.PLURAL}"


def _of_session(
    path: str,
    method: str,
    action: str,
    operation_id: str,
    description: str,
    parameters: tuple[str, ...],
    responses: tuple[tuple[int, type[Any]], ...],
    body: type[Any] | None = None,
    **types: tuple[str, ...],
) -> Operation:
    """Describe an operation on Sessions; a path with ``{name}`` has that parameter as well."""
    if "{name}" in path:
        parameters = tuple(sorted(("name", *parameters)))
    return Operation(path, method, operation_id, _TAG, description, parameters, body, responses, action, **types)


SESSIONS = (
    Operation(
        f"{_ROOT}/", "get", f"get{_STEM}APIResources", _TAG, "Tell the resources of this version.",
        responses=((200, kinds.APIResourceList),), consumes=documents.OBJECT_TYPES,
    ),
    _of_session(
        _SESSIONS, "get", "list", f"list{_STEM}Session", "List or watch Sessions.",
        _LIST, ((200, kinds.SessionList),), produces=STREAMING_TYPES,
    ),
    _of_session(
        _SESSIONS, "post", "post", f"create{_STEM}Session", "Create a Session.",
        _WRITE, ((200, _SESSION), (201, _SESSION), (202, _SESSION)), _SESSION,
    ),
    _of_session(
        _SESSIONS, "delete", "deletecollection", f"delete{_STEM}CollectionSession", "Delete all selected Sessions.",
        _DELETE_COLLECTION, ((200, metadata.Status),), kinds.DeleteOptions,
    ),
    _of_session(_NAMED, "get", "get", f"read{_STEM}Session", "Read a Session.", _READ, ((200, _SESSION),)),
    _of_session(
        _NAMED, "put", "put", f"replace{_STEM}Session", "Replace a Session, its status excepted.",
        _WRITE, ((200, _SESSION), (201, _SESSION)), _SESSION,
    ),
    _of_session(
        _NAMED, "delete", "delete", f"delete{_STEM}Session", "Delete a Session.",
        _DELETE, ((200, metadata.Status), (202, metadata.Status)), kinds.DeleteOptions,
    ),
    _of_session(
        _NAMED, "patch", "patch", f"patch{_STEM}Session", "Change parts of a Session, its status excepted.",
        _PATCH, ((200, _SESSION), (201, _SESSION)), kinds.Patch, consumes=PATCH_TYPES,
    ),
    _of_session(
        _STATUS, "get", "get", f"read{_STEM}SessionStatus", "Read a Session by its status.",
        _READ, ((200, _SESSION),),
    ),
    _of_session(
        _STATUS, "put", "put", f"replace{_STEM}SessionStatus", "Replace the status of a Session.",
        _WRITE, ((200, _SESSION), (201, _SESSION)), _SESSION,
    ),
    _of_session(
        _STATUS, "patch", "patch", f"patch{_STEM}SessionStatus", "Change parts of the status of a Session.",
        _PATCH, ((200, _SESSION), (201, _SESSION)), kinds.Patch, consumes=PATCH_TYPES,
    ),
    _of_session(
        _WATCHED, "get", "watchlist", f"watch{_STEM}SessionList",
        "Watch Sessions. Deprecated: list them with the watch parameter.",
        _LIST, ((200, kinds.WatchEvent),), produces=STREAMING_TYPES,
    ),
    _of_session(
        f"{_WATCHED}/{{name}}", "get", "watch", f"watch{_STEM}Session",
        "Watch one Session. Deprecated: list with the watch parameter and a field selector.",
        _LIST, ((200, kinds.WatchEvent),), produces=STREAMING_TYPES,
    ),
)  # fmt: skip

GROUPS = (
    Operation(
        f"{discovery.GROUPS_PATH}/", "get", "getAPIVersions", "apis", "Tell the groups that are served.",
        responses=((200, kinds.APIGroupList),), consumes=documents.OBJECT_TYPES,
    ),
)  # fmt: skip
GROUP = (
    Operation(
        f"{discovery.GROUP_PATH}/", "get", "getTiltDevAPIGroup", "tiltDev", "Tell the versions of the group.",
        responses=((200, kinds.APIGroup),), consumes=documents.OBJECT_TYPES,
    ),
)  # fmt: skip
VERSION = (
    Operation(
        f"{discovery.VERSION_PATH}/", "get", "getCodeVersion", "version", "Tell the version of the server.",
        responses=((200, kinds.Info),), consumes=(documents.JSON,), produces=(documents.JSON,),
    ),
)  # fmt: skip
