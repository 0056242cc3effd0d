"""From a request to its answer behind the outermost router: filters first, then the path's own handler.

The filters stand in Kubernetes' order: what the request is about, its timeout, who makes it, whether that is allowed.
Sources: the *auth*, *routing*, *params* and *discovery* stories.
"""

import dataclasses
from collections.abc import Callable

from pytest_tiltsession.api import (
    authentication,
    calls,
    discovery,
    documents,
    health,
    messages,
    metrics,
    negotiation,
    openapi,
    queries,
    reading,
    refusals,
    rendering,
    routes,
    shown,
    watching,
)
from pytest_tiltsession.models import encoding, go_texts, go_times

Figures = Callable[[], metrics.Figures]

_NO_SNIFFING = ("X-Content-Type-Options", "nosniff")
# Nanoseconds within which no server answers: who allows no more is told that it took too long, every time.
_NO_TIME = 50_000


@dataclasses.dataclass(frozen=True, slots=True)
class Handled:
    """An answer and what there is to note about it: whether it was allowed, and whether Sessions were read."""

    answer: messages.Answer
    authorized: bool = True
    read: bool = False
    message: str = ""


def handle(
    call: calls.Call, server: calls.Server, token: str | None, figures: Figures, ended: watching.Ended
) -> Handled:
    """Answer a request, a refusal included. What is too late for the client has been done all the same.

    ``token`` is what opens the API; with None, nobody has it.
    """
    handled = _handled(call, server, token, figures, ended)
    if not 0 < call.time_allowed < _NO_TIME:
        return handled
    call.warnings.clear()
    late = refusals.too_late()
    body = f"{encoding.compact(encoding.to_wire(late.status))}\n".encode()
    answer = messages.Response(late.status.code, (("Content-Type", "text/plain; charset=utf-8"),), body)
    return dataclasses.replace(handled, answer=answer, message=late.status.message)


def _handled(
    call: calls.Call, server: calls.Server, token: str | None, figures: Figures, ended: watching.Ended
) -> Handled:
    call.warnings.extend(authentication.warnings(call.request))
    headers: messages.Headers = ()
    authorized = True
    try:
        _check_timeout(call)
        authorized = token is not None and authentication.authorized(call.request, token)
        if not authorized:
            if server.profile.unauthorized:
                raise refusals.unauthorized()
            headers = (_NO_SNIFFING,)
            raise call.about.forbidden(authentication.ANONYMOUS)
        headers = (_NO_SNIFFING,)
        acting_as = authentication.acting_as(call.request)
        if acting_as:
            raise call.about.forbidden(acting_as)
        headers = ()
        instead = None if call.refuse is None else call.refuse(server)
        found = instead or _dispatch(call, server, figures, ended)
    except refusals.Refusal as refused:
        call.warnings.extend(refused.warnings)
        found = rendering.refusal(call.request, call.values, refused, headers)
        return Handled(found, authorized, _reads(call), refused.status.message)
    return Handled(found, authorized, _reads(call))


def unparsable(request: messages.Request, problem: str) -> messages.Response:
    """Answer 500 for a path from which Kubernetes cannot tell what it is about; the filter before those of caches."""
    uri = request.path + (f"?{request.query}" if request.query else "")
    text = f"Internal Server Error: {go_texts.quoted(uri)}: failed to create RequestInfo: {problem}, {uri}"
    return calls.plain_text(500, f"{refusals.without_markup(text)}\n")


def _check_timeout(call: calls.Call) -> None:
    """Read the ``timeout``; it matters only where it is too short for anyone. Watches have none. Raises a 400."""
    asked = queries.first(call.values, "timeout")
    if not asked or call.about.verb == "watch":
        return
    try:
        call.time_allowed = go_times.parse_duration(asked)
    except go_times.Unreadable as problem:
        raise refusals.bad_request(f"invalid timeout specified in the request URL - {problem}") from None


def _reads(call: calls.Call) -> bool:
    return call.route is not None and call.route.kind is shown.SESSIONS and call.about.verb in ("get", "list")


def _dispatch(call: calls.Call, server: calls.Server, figures: Figures, ended: watching.Ended) -> messages.Answer:
    path = call.path
    described = discovery.produces(path)
    if described is not None:
        return _described(call, described)
    if routes.is_below(path, routes.GROUP_PATH) or routes.is_below(path, "/version"):
        if routes.is_below(path, routes.ROOT):
            call.route = routes.resolve(path)
        if call.route is None:
            raise refusals.unknown_resource()
        return _resource(call, server, call.route, ended)
    request = dataclasses.replace(call.request, path=path)
    found = openapi.answer(request, server.now_seconds)
    if found is not None:
        return found
    now = figures()
    failing = dict.fromkeys(now.failing, "failed")
    return health.answer(request, failing) or metrics.answer(request, now) or health.unknown_path()


def _described(call: calls.Call, media_types: tuple[str, ...]) -> messages.Response:
    """Answer a discovery path, which has no other method than GET."""
    if call.request.method != "GET":
        raise refusals.method_not_allowed()
    accepted = call.request.header("accept")
    negotiation.consumed(call.request, media_types)
    negotiation.offered(accepted, media_types)
    request = dataclasses.replace(call.request, path=call.path)
    found = discovery.answer(request, call.request.header("host") or "127.0.0.1")
    if found is None:
        return health.unknown_path()
    if isinstance(found, messages.Response):
        return found
    media = negotiation.for_refusal(accepted) if found.media_type is None else None
    if found.media_type is not None:
        media = negotiation.MediaType(found.media_type)
    if media is None:
        raise refusals.none_accepted(documents.OBJECT_TYPES)
    content = shown.Plain(found.body)
    return rendering.answer(call.request, call.values, found.status, content, media, found.headers, found.parameters)


def _resource(call: calls.Call, server: calls.Server, route: routes.Route, ended: watching.Ended) -> messages.Answer:
    method = call.request.method
    if method not in route.methods:
        raise refusals.method_not_allowed()
    if method == "PATCH":
        negotiation.patch_offered(call.request)
    negotiation.offered(call.request.header("accept"), route.produces(method))
    if method == "GET":
        if route.form in (routes.OBJECT, routes.OBJECT_STATUS):
            return reading.get(call, server, route)
        if call.about.verb == "watch":
            return watching.watch(call, server, route, ended)
        return reading.list_(call, server, route)
    from pytest_tiltsession.api import deleting, writing  # start-up cost: most clients only read

    if method == "POST":
        return writing.create(call, server)
    if method == "PUT":
        return writing.update(call, server, route)
    if method == "PATCH":
        return writing.patch(call, server, route)
    if route.form == routes.OBJECT:
        return deleting.delete(call, server, route)
    return deleting.delete_collection(call, server)
