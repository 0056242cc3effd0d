"""Delete and deletecollection: what a client asks for in its query or body becomes a Change that passes the gate.

Sources: the *delete*, *finalizers*, *preconditions* and *deletecollection* stories.
"""

from pytest_tiltsession.api import (
    calls,
    decoding,
    messages,
    negotiation,
    options,
    reading,
    refusals,
    routes,
    shown,
    submitting,
)
from pytest_tiltsession.engine import deletes
from pytest_tiltsession.models import encoding, metadata
from pytest_tiltsession.models import options as delete_options
from pytest_tiltsession.models import session as sessions


def delete(call: calls.Call, server: calls.Server, route: routes.Route) -> messages.Response:
    """Answer a delete with the Session as it was, or, where the profile says so, with a Status."""
    media = call.output()
    asked = _asked(call)
    conditions = asked.preconditions or delete_options.Preconditions()
    write = deletes.Delete(
        route.name,
        uid=conditions.uid,
        version=conditions.resource_version,
        profile=server.profile,
        dry_run=bool(asked.dry_run),
    )
    submitting.submit(server, write)
    if write.outcome is None:
        raise refusals.internal_error("the delete left nothing to show")
    if write.deleted and server.profile.delete_status:
        return call.answer(200, _success(route.name, write.outcome.metadata.uid), media)
    # A client that wants dependents gone first is told that there is something left to wait for.
    pending = not write.deleted and asked.orphan_dependents is False
    return call.answer(202 if pending else 200, shown.One(write.outcome), media)


def delete_collection(call: calls.Call, server: calls.Server) -> messages.Response:
    """Answer a deletecollection with the list of what was removed, or with a Status."""
    media = call.output()
    selection = call.list_options(server.profile)
    asked = _asked(call)
    write = deletes.DeleteCollection(
        lambda value: reading.selects(selection, value.metadata), profile=server.profile, dry_run=bool(asked.dry_run)
    )
    submitting.submit(server, write)
    if server.profile.collection_status:
        return call.answer(200, _success(), media)
    meta = metadata.ListMeta(resource_version=str(server.world.objects.revision))
    return call.answer(200, shown.Many([shown.One(value) for value in write.removed], meta), media)


def _asked(call: calls.Call) -> delete_options.DeleteOptions:
    """Read the options: from the body where there is one, and then the query does not count."""
    body = call.body()
    if not body:
        return options.checked_delete(options.for_delete(call.values))
    media_type = negotiation.body_type(call.request.header("content-type"))
    return options.checked_delete(decoding.decode_delete_options(body, media_type))


def _success(name: str = "", uid: str = "") -> shown.Plain:
    details = metadata.StatusDetails(name=name, group=sessions.GROUP, kind=sessions.PLURAL, uid=uid)
    status = metadata.Status(status="Success", details=details)
    return shown.Plain({"kind": "Status", "apiVersion": "v1", **encoding.to_wire(status)})
