"""Get and list: what is stored, as a client asks for it. Watches are in ``api.watching``.

Sources: the *get*, *list*, *selectors*, *table* and *status* stories; for the ``kubernetes`` profile the published
rules of resourceVersion, resourceVersionMatch, limit and continue.
"""

import base64
import binascii
import dataclasses
import json
import re

from pytest_tiltsession.api import calls, messages, options, refusals, routes, shown, submitting
from pytest_tiltsession.engine import writes
from pytest_tiltsession.models import go_texts, metadata
from pytest_tiltsession.store import objects

_LATEST = -1
_NO_TOKEN = re.compile("[^A-Za-z0-9_-]")


def get(call: calls.Call, server: calls.Server, route: routes.Route) -> messages.Response:
    """Answer a get of one object or of its status, which shows the whole object as well."""
    media = call.output(status_tables=server.profile.status_tables)
    if options.flag(call.values, "export"):
        raise refusals.bad_request("the export parameter, deprecated since v1.14, is no longer supported")
    with server.world.lock:
        if server.profile.read_versions:
            _reached(call.values.get("resourceVersion", ("",))[0], server)
        seq = server.world.objects.seq_of(route.name) if route.kind is shown.SESSIONS else None
        if seq is None:
            raise refusals.not_found(route.name, route.kind.plural)
        found = stored(server, seq)
    return call.answer(200, found, media)


def list_(call: calls.Call, server: calls.Server, route: routes.Route) -> messages.Response:
    """Answer a list in the stable order of names."""
    media = call.output()
    asked = call.list_options(server.profile)
    with server.world.lock:
        if route.kind is not shown.SESSIONS:
            empty = metadata.ListMeta(resource_version=str(server.world.objects.revision))
            return call.answer(200, shown.Many((), empty, route.kind), media)
        found = _page(asked, server)
    return call.answer(200, found, media)


def stored(server: calls.Server, seq: int) -> shown.One:
    """Give the Session that a commit left, with its JSON from the cache that all readers share."""
    return shown.One(server.world.journal.session_at(seq), server.world.journal.body_at(seq))


def selects(asked: options.ListOptions, object_meta: metadata.ObjectMeta) -> bool:
    """Tell whether the Session of such metadata is selected by labels and fields."""
    return asked.labels.matches(object_meta.labels) and asked.fields.matches(object_meta.name)


def current(server: calls.Server) -> list[int]:
    """Give the sequence numbers that hold what is stored now, in the order of names."""
    found = (server.world.objects.seq_of(name) for name in server.world.objects.names())
    return [seq for seq in found if seq is not None]


def version(text: str, *, of_list: bool = False) -> int:
    """Read a resourceVersion in a query; empty is 0.

    Raises for what is no number: a 400 of a list, which looks at it first, and a 500 without a reason elsewhere.
    """
    try:
        return writes.version_number(text)
    except objects.InvalidVersion:
        quoted = go_texts.quoted(text)
        problem = f"resourceVersion: Invalid value: {quoted}: {submitting.unreadable_version(text)}"
        if of_list:
            raise refusals.bad_request(f"invalid resource version: {problem}") from None
        raise refusals.unclassified(problem) from None


def _reached(text: str, server: calls.Server, *, of_list: bool = False) -> int:
    """Read a version that the server must have reached. Raises a 504 where it has not."""
    asked, revision = version(text, of_list=of_list), server.world.objects.revision
    if asked > revision:
        raise refusals.version_to_come(asked, revision)
    return asked


def _page(asked: options.ListOptions, server: calls.Server) -> shown.Many:
    """Choose the version and cut the page. Tilt knows neither: it gives the whole current list."""
    at, start = _LATEST, ""
    if server.profile.pages and asked.continue_:
        at, start = _continued(asked, server)
    elif server.profile.list_versions and asked.version:
        reached = _reached(asked.version, server, of_list=True)
        paged = server.profile.pages and asked.limit > 0 and not asked.match
        if reached and (asked.match == options.EXACT or paged):
            at = reached
    if at != _LATEST and server.history.expired(at):
        token = _token(_LATEST, start) if asked.continue_ else ""
        raise refusals.expired(
            f"The list at resourceVersion {at} is forgotten: list again without continue and resourceVersion"
            + (", or go on, inconsistently, with the continue token in this answer" if token else ""),
            continue_=token,
        )
    seqs = current(server) if at == _LATEST else server.history.stored_at(at)
    shown_version = server.world.objects.revision if at == _LATEST else at
    found = [one for one in (stored(server, seq) for seq in seqs) if selects(asked, one.value.metadata)]
    found = [one for one in found if _key(one.value.name) > _key(start)] if start else found
    meta = metadata.ListMeta(resource_version=str(shown_version))
    from_memory = asked.version == "0"  # what is answered without asking the store is not paged
    if not server.profile.pages or from_memory or not 0 < asked.limit < len(found):
        return shown.Many(found, meta)
    page = found[: asked.limit]
    whole = not asked.labels.requirements and not asked.fields.terms
    meta = dataclasses.replace(
        meta,
        continue_=_token(shown_version, page[-1].value.name),
        remaining_item_count=len(found) - len(page) if whole else None,
    )
    return shown.Many(page, meta)


def _continued(asked: options.ListOptions, server: calls.Server) -> tuple[int, str]:
    """Read a continue token: the version of its list, and the name that the last page ended with."""
    try:
        read = json.loads(base64.urlsafe_b64decode(asked.continue_ + "=" * (-len(asked.continue_) % 4)))
        at, start = int(read["rv"]), str(read["start"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        why = "it is none that this server has given"
        illegal = _NO_TOKEN.search(asked.continue_)
        if illegal or len(asked.continue_) % 4 == 1:
            why = f"illegal base64 data at input byte {illegal.start() if illegal else len(asked.continue_) - 1}"
        raise refusals.bad_request(f"invalid continue token: continue key is not valid: {why}") from None
    if asked.version not in ("", "0"):
        raise refusals.bad_request("specifying resource version is not allowed when using continue")
    return min(at, server.world.objects.revision), start


def _token(at: int, start: str) -> str:
    raw = json.dumps({"v": "meta.k8s.io/v1", "rv": at, "start": start}, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _key(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")
