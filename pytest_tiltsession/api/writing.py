"""Create, update and patch: a client's bytes become a Change that passes the gate. Deletes are in ``api.deleting``.

The order of what is checked is that of Kubernetes' handlers, since a client sees the first refusal only (*check-order*
stories): the form of the answer, the body's size, the options, the body's type and content, the name, and then, with
the stored Session in hand, everything else.
"""

import dataclasses
from collections.abc import Callable

from pytest_tiltsession.api import (
    calls,
    decoding,
    managed_fields,
    messages,
    negotiation,
    options,
    patching,
    refusals,
    routes,
    shown,
    submitting,
)
from pytest_tiltsession.engine import writes
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.rules import admission

_MECHANISMS = {
    negotiation.JSON_PATCH: "json",
    negotiation.MERGE_PATCH: "merge",
    negotiation.STRATEGIC_PATCH: "strategic",
    negotiation.APPLY_PATCH: options.APPLY,
}
_REPEATED = (
    ".metadata.ownerReferences contains duplicate entries{when}; API server dedups owner references in 1.20+, "
    "and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {uids}"
)


def create(call: calls.Call, server: calls.Server) -> messages.Response:
    """Answer a create: 201 with the Session as it is stored first, before Tilt's controller fills its status."""
    media = call.output()
    media_type = negotiation.body_type(call.request.header("content-type"))
    body = call.body()
    asked = options.for_write("CreateOptions", call.values).checked()
    value = admission.wiped(_decoded(call, body, media_type, asked))
    value = _without_repeated_owners(call, value)
    if server.profile.status_on_create:
        value = dataclasses.replace(value, status=sessions.SessionStatus())
    value = managed_fields.record_update(None, value, manager=_manager(call, asked), now=server.now_seconds)
    write = writes.Create(value, profile=server.profile, dry_run=bool(asked.dry_run))
    submitting.submit(server, write)
    return _answer(call, server, 201, write, media)


def update(call: calls.Call, server: calls.Server, route: routes.Route) -> messages.Response:
    """Answer a PUT of a Session or of its status."""
    media = call.output(status_tables=server.profile.status_tables)
    body = call.body()
    asked = options.for_write("UpdateOptions", call.values).checked()
    media_type = negotiation.body_type(call.request.header("content-type"))
    value = _decoded(call, body, media_type, asked)
    _check_name(value, route.name)
    value = _without_repeated_owners(call, value)

    def replaced(live: sessions.Session | None) -> sessions.Session:
        return _recorded(call, server, route, asked, live or sessions.Session(), value)

    return _updated(call, server, route, asked, media, replaced, replaces=True)


def patch(call: calls.Call, server: calls.Server, route: routes.Route) -> messages.Response:
    """Answer a PATCH of a Session or of its status, in any of the four kinds."""
    mechanism = _MECHANISMS[negotiation.patch_type(call.request.header("content-type"))]
    media = call.output(status_tables=server.profile.status_tables)
    body = call.body()
    asked = options.for_write("PatchOptions", call.values).checked(mechanism)

    def patched(live: sessions.Session | None) -> sessions.Session:
        if mechanism == options.APPLY or live is None:
            after = _applied(call, server, route, asked, live, body)
        else:
            changed = patching.apply(
                mechanism,
                body,
                live,
                field_validation=asked.field_validation,
                name=route.name,
            )
            call.warnings.extend(changed.warnings)
            after = _recorded(call, server, route, asked, live, changed.session)
        _check_name(after, route.name)
        return _without_repeated_owners(call, after, " after mutating admission happens")

    # Kubernetes has no status to create; Tilt's store looks at what is applied first, and finds out later.
    creates = mechanism == options.APPLY and not (server.profile.apply_creates and _subresource(route))
    return _updated(call, server, route, asked, media, patched, may_create=creates)


def _updated(
    call: calls.Call,
    server: calls.Server,
    route: routes.Route,
    asked: options.WriteOptions,
    media: negotiation.MediaType,
    transform: Callable[[sessions.Session | None], sessions.Session],
    *,
    may_create: bool = False,
    replaces: bool = False,
) -> messages.Response:
    write = writes.Update(
        route.name,
        transform,
        subresource=_subresource(route),
        may_create=may_create,
        replaces=replaces,
        profile=server.profile,
        dry_run=bool(asked.dry_run),
    )
    submitting.submit(server, write)
    return _answer(call, server, 201 if write.created else 200, write, media)


def _answer(
    call: calls.Call,
    server: calls.Server,
    status: int,
    write: writes.Create | writes.Update,
    media: negotiation.MediaType,
) -> messages.Response:
    if write.outcome is None:
        raise refusals.internal_error("the write left nothing to show")
    body = None if write.stored is None else server.world.journal.body_at(write.stored)
    return call.answer(status, shown.One(write.outcome, body), media)


def _decoded(call: calls.Call, body: bytes, media_type: str, asked: options.WriteOptions) -> sessions.Session:
    decoded = decoding.decode_session(body, media_type, asked.field_validation)
    call.warnings.extend(decoded.warnings)
    return decoded.session


def _applied(
    call: calls.Call,
    server: calls.Server,
    route: routes.Route,
    asked: options.WriteOptions,
    live: sessions.Session | None,
    body: bytes,
) -> sessions.Session:
    """Merge an applied configuration; one with a uid must meet a Session that is there."""
    applied = managed_fields.apply(
        live,
        body,
        manager=asked.manager,
        force=bool(asked.force),
        now=server.now_seconds,
        subresource=_subresource(route),
        field_validation=asked.field_validation,
        ignored=_ignored(server, route),
    )
    call.warnings.extend(applied.warnings)
    uid = applied.session.metadata.uid
    if live is None and uid:
        why = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        raise refusals.conflict(route.name, why)
    return applied.session


def _recorded(
    call: calls.Call,
    server: calls.Server,
    route: routes.Route,
    asked: options.WriteOptions,
    live: sessions.Session,
    after: sessions.Session,
) -> sessions.Session:
    """Give an update its managed fields."""
    recorded = managed_fields.record_update(
        live,
        after,
        manager=_manager(call, asked),
        now=server.now_seconds,
        subresource=_subresource(route),
        ignored=_ignored(server, route),
    )
    return managed_fields.keep_times(live, recorded) if server.profile.managed_ignored else recorded


def _ignored(server: calls.Server, route: routes.Route) -> tuple[str, ...]:
    """Name the fields that the endpoint resets, and that therefore nobody manages through it."""
    if not server.profile.managed_ignored:
        return ()
    return ("spec", "metadata") if route.form == routes.OBJECT_STATUS else ("status",)


def _subresource(route: routes.Route) -> str:
    return routes.STATUS if route.form == routes.OBJECT_STATUS else ""


def _manager(call: calls.Call, asked: options.WriteOptions) -> str:
    return asked.manager or managed_fields.manager_from_user_agent(call.request.header("user-agent") or "")


def _check_name(value: sessions.Session, name: str) -> None:
    if not value.name:
        raise refusals.bad_request(
            f"the name of the object ({name} based on URL) was undeterminable: name must be provided"
        )
    if value.name != name:
        raise refusals.bad_request(f"the name of the object ({value.name}) does not match the name on the URL ({name})")


def _without_repeated_owners(call: calls.Call, value: sessions.Session, when: str = "") -> sessions.Session:
    kept, repeated = admission.without_repeated_owners(value.metadata.owner_references)
    if not repeated:
        return value
    call.warnings.append(_REPEATED.format(when=when, uids=", ".join(repeated)))
    return dataclasses.replace(value, metadata=dataclasses.replace(value.metadata, owner_references=kept))
