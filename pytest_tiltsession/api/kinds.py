"""Which kinds the server's schemes hold, and what it says of a body whose kind or version is not the one it wants.

Knows ``kind`` and ``apiVersion`` of a parsed body and nothing else of it.
"""

import dataclasses
from typing import Any

from pytest_tiltsession.models import go_texts, parsed
from pytest_tiltsession.models import session as session_models

_SCHEME = "github.com/tilt-dev/tilt-apiserver/pkg/server/apiserver/apiserver.go:30"
_OPTIONS_SCHEME = "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27"
_ONLY_TYPE_META = r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'
_TILT_KINDS = (
    *("Cluster", "Cmd", "CmdImage", "ConfigMap", "DockerComposeLogStream", "DockerComposeService", "DockerImage"),
    *("Extension", "ExtensionRepo", "FileWatch", "ImageMap", "KubernetesApply", "KubernetesDiscovery", "LiveUpdate"),
    *("PodLogStream", "PortForward", "Session", "Tiltfile", "ToggleButton", "UIButton", "UIResource", "UISession"),
)
_OPTIONS = ("ListOptions", "GetOptions", "DeleteOptions", "CreateOptions", "UpdateOptions", "PatchOptions")
_META_KINDS = ("WatchEvent", *_OPTIONS)
# Kinds without a version are found under any one, also that which stands in for none.
_UNVERSIONED = ("Status", "APIVersions", "APIGroup", "APIGroupList", "APIResourceList")
# Options are read in any version, since clients send them in the version of what they delete.
_OPTIONS_OF_ANY_VERSION = ("DeleteOptions", "CreateOptions", "UpdateOptions", *_UNVERSIONED)


class Unrecognized(ValueError):
    """A body whose kind or version cannot be told; the message is Go's."""


class Unsuitable(ValueError):
    """A body of another kind or of a version that the server does not have; the message is Go's."""


@dataclasses.dataclass(frozen=True, slots=True)
class TypeMeta:
    """Kind, group and version of a body, each filled in where the body leaves it out."""

    kind: str
    group: str
    version: str

    @property
    def api_version(self) -> str:
        """The two as one text: ``tilt.dev/v1alpha1``, or the version alone where there is no group."""
        return f"{self.group}/{self.version}" if self.group else self.version


def told_by(value: Any, wanted: TypeMeta) -> TypeMeta:
    """Find out kind and version of a body; ``wanted`` fills in what it does not say.

    Raises :class:`Unrecognized`.
    """
    api_version, kind = _texts(value)
    group, version = _split(api_version)
    kind = kind or wanted.kind
    if not version and group in ("", wanted.group):
        group, version = wanted.group, wanted.version
    return TypeMeta(kind, group, version)


def _texts(value: Any) -> tuple[str, str]:
    """Read the two fields as the server does first of all: names in any case, the last of several counts."""
    texts = {"apiversion": "", "kind": ""}
    mismatch = ""
    if value is not None and not isinstance(value, dict):
        raise _mismatch(value, f"Go value of type {_ONLY_TYPE_META}")
    for key, item in parsed.pairs_of(value or {}):
        # U+017F, the long s, is the one letter that Go folds here and ``lower`` does not.
        name = key.replace("\u017f", "s").lower()
        if name not in texts or item is None:
            continue
        if isinstance(item, str):
            texts[name] = item
        elif not mismatch:
            mismatch = f"Go struct field .{key} of type string"
            wrong = item
    if mismatch:
        raise _mismatch(wrong, mismatch)
    return texts["apiversion"], texts["kind"]


def _mismatch(value: Any, into: str) -> Unrecognized:
    problem = f"json: cannot unmarshal {parsed.word_of(value)} into {into}"
    return Unrecognized(f"couldn't get version/kind; json parse error: {problem}")


def _split(api_version: str) -> tuple[str, str]:
    if api_version in ("", "/"):
        return "", ""
    group, slash, version = api_version.rpartition("/")
    if "/" in group:
        raise Unrecognized(f"unexpected GroupVersion string: {api_version}")
    return (group, version) if slash else ("", api_version)


def check_session(found: TypeMeta, original: str) -> None:
    """Accept a Session of the one version there is. ``original`` is the body, which one refusal quotes.

    Raises :class:`Unsuitable`.
    """
    if not found.version:
        raise Unsuitable(f"Object 'apiVersion' is missing in '{original}'")
    if found.api_version == session_models.API_VERSION:
        if found.kind == session_models.KIND:
            return
        if found.kind in _META_KINDS:
            raise _unconvertible(f"v1.{found.kind}")
        if found.kind.removesuffix("List") in _TILT_KINDS:
            raise _unconvertible(f"v1alpha1.{found.kind}")
    elif found.api_version == "v1" and found.kind in _META_KINDS:
        raise _unconvertible(f"v1.{found.kind}")
    if found.kind in _UNVERSIONED:
        raise _unconvertible(f"v1.{found.kind}")
    raise _unregistered(found, _SCHEME)


def _unconvertible(found: str, wanted: str = "v1alpha1.Session") -> Unsuitable:
    return Unsuitable(f"converting ({found}) to ({wanted}): unknown conversion")


def _unregistered(found: TypeMeta, scheme: str) -> Unsuitable:
    kind, version = go_texts.quoted(found.kind), go_texts.quoted(found.api_version)
    return Unsuitable(f'no kind {kind} is registered for version {version} in scheme "{scheme}"')


def check_delete_options(found: TypeMeta) -> None:
    """Accept DeleteOptions of any version. Raises :class:`Unsuitable`."""
    if found.kind == "DeleteOptions":
        return
    if found.kind in _OPTIONS_OF_ANY_VERSION:
        raise _unconvertible(f"v1.{found.kind}", "v1.DeleteOptions")
    raise _unregistered(found, _OPTIONS_SCHEME)
