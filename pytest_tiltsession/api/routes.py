"""Which path means what: what a request is about, as Kubernetes reads it, and which methods a path has.

Knows paths and methods, no object. Sources: the *routing*, *auth* and *discovery-unknown* stories; the order of
Kubernetes' handlers and of the routers in front of them.
"""

import dataclasses
import functools

from pytest_tiltsession import errors
from pytest_tiltsession.api import documents, field_selectors, negotiation, options, queries, refusals, shown
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.rules import metadata_rules

# Prefixes as the outermost router compares them: of the text, not of whole segments.
PREFIXES = ("/apis", "/healthz", "/livez", "/metrics", "/openapi", "/readyz", "/swagger", "/version")
GROUP_PATH = f"/apis/{sessions.GROUP}"
ROOT = f"{GROUP_PATH}/{sessions.VERSION}"

STATUS = "status"
_KEPT = 64  # requests
_VERBS = {"POST": "create", "GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_NAMESPACE_SUBRESOURCES = ("status", "finalize")

COLLECTION, OBJECT, OBJECT_STATUS = "collection", "object", "status"
WATCH_COLLECTION, WATCH_OBJECT = "watch collection", "watch object"
_METHODS = {
    COLLECTION: ("GET", "POST", "DELETE"),
    OBJECT: ("GET", "PUT", "PATCH", "DELETE"),
    OBJECT_STATUS: ("GET", "PUT", "PATCH"),
    WATCH_COLLECTION: ("GET",),
    WATCH_OBJECT: ("GET",),
}


class Unparsable(Exception):
    """A path below a group of the API from which no resource can be told; carries what cannot be done with its URL."""


@dataclasses.dataclass(frozen=True, slots=True)
class About:
    """What a request is about, as authorization and audit see it. ``resource`` is empty for other paths."""

    verb: str
    path: str
    group: str = ""
    namespace: str = ""
    resource: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def operation(self) -> str:
        """The operation in words: ``get``, ``update status``, … ; empty for what is not about Sessions."""
        if self.resource != sessions.PLURAL or self.group != sessions.GROUP or not self.verb:
            return ""
        return f"{self.verb} {self.subresource}" if self.subresource else self.verb

    def forbidden(self, user: str) -> refusals.Refusal:
        """Give the refusal for a user who may not do this."""
        if not self.resource:
            return refusals.forbidden_path(user, self.verb, self.path)
        return refusals.forbidden(
            user, self.verb, self.resource, self.subresource, self.name, group=self.group, namespace=self.namespace
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """A path of the group's resources: whose it is, which form it has, and the name in it."""

    kind: shown.Kind
    form: str
    name: str = ""

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that the path has."""
        return _METHODS[self.form] if self.kind is shown.SESSIONS else ("GET",)

    def produces(self, method: str) -> tuple[str, ...]:
        """Give the media types of a method's answers, in the order of a 406."""
        lists = self.form in (COLLECTION, WATCH_COLLECTION, WATCH_OBJECT) and method == "GET"
        return negotiation.LIST_TYPES if lists else documents.OBJECT_TYPES


@functools.lru_cache(maxsize=_KEPT)
def read(method: str, path: str, query: str) -> tuple[queries.Values, About]:
    """Give the values of a query, and what a request is about. Raises :class:`Unparsable`.

    Kept for the last requests, since all clients of a test suite ask for the same few things.
    """
    values = queries.parse(query)
    return values, about(method, path, values)


def about(method: str, path: str, values: queries.Values) -> About:
    """Tell what a request is about. Raises :class:`Unparsable`."""
    parts = path.strip("/").split("/")
    if len(parts) < 4 or parts[0] != "apis":
        return About(method.lower(), path)
    group, rest = parts[1], parts[3:]
    verb = _VERBS.get(method, "")
    if rest[0] in ("proxy", "watch"):
        if len(rest) < 2:
            raise Unparsable("unable to determine kind and namespace from url")
        verb, rest = rest[0], rest[1:]
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 1:
        namespace = rest[1]
        if len(rest) > 2 and rest[2] not in _NAMESPACE_SUBRESOURCES:
            rest = rest[2:]
    name = rest[1] if len(rest) > 1 else ""
    subresource = rest[2] if len(rest) > 2 and verb != "proxy" else ""
    if not name and verb == "get":
        verb, name = _reading(values)
    if not name and verb == "delete":
        verb = "deletecollection"
    return About(verb, path, group, namespace, rest[0], name, subresource)


def _reading(values: queries.Values) -> tuple[str, str]:
    """Tell a list from a watch, and which name it asks for by its field selector, if it asks for one."""
    try:
        found = options.for_list(values)
    except refusals.Refusal:
        return ("watch" if options.flag(values, "watch") else "list"), ""
    name = found.fields.exact_name or ""
    return ("watch" if found.watch else "list"), ("" if metadata_rules.name_problems(name) else name)


def resolve(path: str) -> Route | None:
    """Find the route of a path below the group's version; None where there is none."""
    parts = path.removeprefix(ROOT).strip("/").split("/")
    watching = parts[0] == "watch"
    parts = parts[1:] if watching else parts
    kind = next((kind for kind in (shown.SESSIONS, shown.UI_RESOURCES) if parts and parts[0] == kind.plural), None)
    if kind is None:
        return None
    if len(parts) == 1:
        return Route(kind, WATCH_COLLECTION if watching else COLLECTION)
    if len(parts) == 2:
        return Route(kind, WATCH_OBJECT if watching else OBJECT, parts[1])
    if len(parts) == 3 and parts[2] == STATUS and not watching:
        return Route(kind, OBJECT_STATUS, parts[1])
    return None


def named_fields(fields: field_selectors.Fields, name: str) -> field_selectors.Fields:
    """Add the name in the path of a watch to its field selector. Raises a 400 where that asks for another name."""
    if not fields.terms:
        return field_selectors.Fields((field_selectors.Term(field_selectors.NAME, name),))
    if fields.exact_name != name:
        raise refusals.bad_request("fieldSelector metadata.name doesn't match requested name")
    return fields


def is_below(path: str, root: str) -> bool:
    """Tell whether a path is a root or below it, segment by segment."""
    return path == root or path.startswith(f"{root}/")


def checked_name(fields: field_selectors.Fields) -> field_selectors.Fields:
    """Give a selector back if each of its fields is one that can be selected by. Raises a 400 otherwise."""
    try:
        return fields.selectable()
    except errors.InvalidValue as problem:
        raise refusals.bad_request(str(problem)) from None
