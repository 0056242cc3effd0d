"""One request on its way to its answer, and the server that it is made to. Knows no route's meaning."""

import dataclasses
from collections.abc import Callable

from pytest_tiltsession import profiles
from pytest_tiltsession.api import (
    documents,
    histories,
    messages,
    negotiation,
    options,
    queries,
    refusals,
    rendering,
    routes,
    shown,
)
from pytest_tiltsession.engine import gate as gates
from pytest_tiltsession.engine import world as worlds
from pytest_tiltsession.rules import field_errors

BODY_LIMIT = 20 << 20


@dataclasses.dataclass(frozen=True, slots=True)
class Server:
    """What requests are made to: the world behind the gate, and the profile that says how it answers."""

    world: worlds.World
    gate: gates.Gate
    profile: profiles.Profile
    history: histories.History

    @property
    def now_seconds(self) -> int:
        """The session's clock in whole seconds since the Unix epoch."""
        return self.world.clock.now // 1_000_000


@dataclasses.dataclass(slots=True)
class Call:
    """One request: decoded path and query, what it is about, its route, and the warnings that its answer carries.

    ``oversized`` tells that the body was too large to be kept; whoever reads it refuses it. ``time_allowed`` is in
    nanoseconds, what the client asks for, 0 where it does not matter. ``refuse`` is a fault: asked once the request is
    allowed, it gives the answer to it or raises a refusal. ``version`` is the resourceVersion that the answer shows.
    """

    request: messages.Request
    path: str
    values: queries.Values
    about: routes.About
    route: routes.Route | None = None
    oversized: bool = False
    time_allowed: int = 0
    warnings: list[str] = dataclasses.field(default_factory=list)
    refuse: "Callable[[Server], messages.Response | None] | None" = None
    version: str = ""

    def output(self, *, status_tables: bool = True) -> negotiation.MediaType:
        """Choose the form of the answer; ``status_tables`` tells whether a status has a table. Raises a 406."""
        tables = status_tables or self.route is None or self.route.form != routes.OBJECT_STATUS
        return negotiation.output(self.request.header("accept"), tables=tables)

    def body(self) -> bytes:
        """Give the body. Raises a 413 where it is too large."""
        if self.oversized or len(self.request.body) > BODY_LIMIT:
            raise refusals.body_too_large(BODY_LIMIT)
        return self.request.body

    def answer(
        self, status: int, found: shown.One | shown.Many | shown.Plain, media: negotiation.MediaType
    ) -> messages.Response:
        """Write what was found in its negotiated form. Raises a 406 or a 400 where it has no such form."""
        if isinstance(found, shown.Plain):
            return rendering.answer(self.request, self.values, status, found, media)
        self.version = (
            found.meta.resource_version if isinstance(found, shown.Many) else found.value.metadata.resource_version
        )
        content = shown.transformed(found, media, self.include(media))
        return rendering.answer(self.request, self.values, status, content, media)

    def include(self, media: negotiation.MediaType) -> str:
        """Give what a Table's rows are to include of their objects. Raises a 400 for what there is not."""
        asked = queries.first(self.values, "includeObject") if media.convert == negotiation.TABLE else ""
        if asked not in shown.INCLUDE:
            problem = "must be 'Metadata', 'Object', 'None', or empty"
            found = field_errors.invalid("includeObject", field_errors.Named(asked), problem)
            raise refusals.bad_request(f"Unable to convert to Table as requested: {found.field}: {found.message}")
        return asked

    def list_options(self, profile: profiles.Profile) -> options.ListOptions:
        """Read and check the options of a list or watch, a name in the path included. Raises a 400 or a 422."""
        # Behind the paths that mean a watch by themselves the options are still checked as the query alone says.
        found = options.for_list(self.values).checked(profile)
        if self.route is not None and self.route.form in (routes.WATCH_COLLECTION, routes.WATCH_OBJECT):
            found = dataclasses.replace(found, watch=True)
        fields = routes.checked_name(found.fields)
        if self.about.name and self.about.verb in ("list", "watch"):
            fields = routes.named_fields(fields, self.about.name)
        return dataclasses.replace(found, fields=fields)


def plain_text(status: int, text: str, *headers: tuple[str, str]) -> messages.Response:
    """Answer as Go's ``http.Error`` does."""
    whole = (("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff"), *headers)
    return messages.Response(status, whole, text.encode("utf-8", "replace"))


NO_CACHE = documents.NO_CACHE
