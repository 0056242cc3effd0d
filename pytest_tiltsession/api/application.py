"""The API as one callable: a Request in, a Response or an open watch out; keeps the journal of requests.

The outermost router is here: paths that are cleaned by a redirect, and those that never reach the API server and get
Go's plain 404, whatever token they bear.
"""

import collections
import dataclasses
import itertools
import uuid
from collections.abc import Callable

from pytest_tiltsession import faults as faults_room
from pytest_tiltsession import profiles
from pytest_tiltsession.api import (
    calls,
    discovery,
    faulting,
    handling,
    histories,
    messages,
    metrics,
    queries,
    refusals,
    rendering,
    routes,
    watching,
)
from pytest_tiltsession.engine import gate as gates
from pytest_tiltsession.engine import tilt as tilts
from pytest_tiltsession.engine import world as worlds
from pytest_tiltsession.store import requests as journals

_AUDIT_ID = "Audit-Id"
_AUDITS = uuid.UUID(int=0)  # what the ids of requests follow from: no secret, and the same in each run
_CACHE_CONTROL = "cache-control"
_READS = ("get", "get status", "list")


class Application:
    """Tilt's API over one world. Call it from any thread; watches that it answers are pulled by the server.

    ``profile`` is a name or a :class:`profiles.Profile`. ``token`` is the bearer token that opens everything.
    ``before_read`` is called before a get or list of Sessions is answered, and what it says, if anything, refuses it.
    ``on_read`` is called after each answer to a get or list of Sessions, once its bytes are on their way.
    ``faults`` are those that may hit requests.
    """

    def __init__(
        self,
        world: worlds.World,
        gate: gates.Gate,
        *,
        profile: str | profiles.Profile = profiles.TILT,
        token: str,
        requests: journals.RequestLog | None = None,
        before_read: Callable[[], str] | None = None,
        on_read: Callable[[], None] | None = None,
        faults: faults_room.Faults | None = None,
    ) -> None:
        chosen = profiles.named(profile) if isinstance(profile, str) else profile
        world.follow(chosen)
        history = histories.History(world, chosen.history)
        self.token = token
        self.requests = journals.RequestLog() if requests is None else requests
        self.faults = faults_room.Faults(lambda: world.clock.elapsed) if faults is None else faults
        self.failing: frozenset[str] = frozenset()
        self._server = calls.Server(world, gate, chosen, history)
        self._before_read = before_read
        self._on_read = on_read
        self._audits = itertools.count(1)
        self._answered: collections.Counter[tuple[str, int]] = collections.Counter()

    @property
    def profile(self) -> profiles.Profile:
        """The profile that the API answers by."""
        return self._server.profile

    def __call__(self, request: messages.Request) -> faulting.Answer:
        """Answer a request and note it."""
        return self._answer(request)

    def too_large(self, request: messages.Request) -> messages.Response:
        """Answer a request whose body is larger than the limit and was not read: 413 where the body would be read."""
        answer = self._answer(request, oversized=True)
        answer = answer.answer if isinstance(answer, messages.Held) else answer
        return answer if isinstance(answer, messages.Response) else calls.plain_text(413, "Request entity too large\n")

    def _answer(self, request: messages.Request, *, oversized: bool = False) -> faulting.Answer:
        path = queries.unescaped(request.path)
        if path is None:
            bad = (("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close"))
            return self._noted(request, messages.Response(400, bad, b"400 Bad Request"))
        cleaned = queries.cleaned(path)
        if cleaned != path:
            location = queries.escaped(cleaned) + (f"?{request.query}" if request.query else "")
            return self._noted(request, messages.Response(301, (("Location", location),)))
        if not (path.startswith(routes.PREFIXES) or (self.profile.core_group and discovery.is_core(path))):
            return self._noted(request, calls.plain_text(404, "404 page not found\n"))
        try:
            values, about = routes.read(request.method, path, request.query)
        except routes.Unparsable as problem:
            refused = handling.unparsable(request, str(problem))
            return self._noted(request, self._finished(request, refused, (), cached=False))
        call = calls.Call(request, path, values, about, oversized=oversized)
        armed = self.faults.armed
        hit = self._hit(call) if armed else None
        if self._before_read is not None and call.refuse is None and about.operation in _READS:
            call.refuse = self._refuse_in_vain
        token = self.token if hit is None else hit.token(self.token)
        handled = handling.handle(call, self._server, token, self._figures, self._watch_ended)
        answer = self._finished(request, handled.answer, rendering.warnings(call.warnings))
        if handled.read and self._on_read is not None and isinstance(answer, messages.Response):
            answer = dataclasses.replace(answer, after=self._on_read)
        record = self._note(request, answer, call, handled)
        if not armed:
            return answer
        never = faulting.frozen(self.faults, call, self._server, answer, record)
        return never or (answer if hit is None else hit.answer(answer, record))

    def _refuse_in_vain(self, server: calls.Server) -> None:  # noqa: ARG002  as a fault is asked
        """Raise the refusal of a read of which nothing will ever come."""
        why = self._before_read() if self._before_read is not None else ""
        if why:
            raise refusals.internal_error(why)

    def _hit(self, call: calls.Call) -> faulting.Hit | None:
        """Give what the first fault does that fits a request. A frozen Tilt meets no other one."""
        client = call.request.header("user-agent") or ""
        claim = None if self._server.world.frozen else self.faults.take_for_request(call.about.operation, client)
        return None if claim is None else faulting.Hit(claim, call, self._server)

    def _finished(
        self, request: messages.Request, answer: messages.Answer, warnings: messages.Headers, *, cached: bool = True
    ) -> messages.Answer:
        """Add the headers that all answers of the API server have; ``cached``: also what caches are told."""
        whole: messages.Headers = ((_AUDIT_ID, request.header("audit-id") or self._audit_id()),)
        if cached and all(name.lower() != _CACHE_CONTROL for name, _ in answer.headers):
            whole += (calls.NO_CACHE,)
        whole += (*answer.headers, *warnings)
        if isinstance(answer, messages.Response):
            return messages.Response(answer.status, whole, answer.body, answer.after, answer.cut, answer.measured)
        answer.headers = whole
        return answer

    def _audit_id(self) -> str:
        return tilts.new_uid(_AUDITS, next(self._audits))

    # -- the journal of requests --------------------------------------------------------------------------------

    def _noted(self, request: messages.Request, answer: messages.Answer) -> messages.Answer:
        """Keep what was asked and answered where it is about nothing that is known, and give the answer."""
        self._note(request, answer)
        return answer

    def _note(
        self,
        request: messages.Request,
        answer: messages.Answer,
        call: calls.Call | None = None,
        handled: handling.Handled | None = None,
    ) -> journals.RequestRecord:
        """Keep what was asked and answered; a watch's record follows it until it ends."""
        watch = answer if isinstance(answer, watching.Watch) else None
        now = self._server.world.clock.now
        record = self.requests.add(
            lambda number: journals.RequestRecord(
                number,
                now,
                request.method,
                request.path,
                request.query,
                request.header("user-agent") or "",
                answer.status,
                operation=call.about.operation if call is not None else "",
                name=call.about.name if call is not None else "",
                authorized=handled.authorized if handled is not None else True,
                watch=watch is not None,
                message=handled.message if handled is not None else "",
                version=int(call.version) if call is not None and call.version else None,
            )
        )
        self._answered[request.method, answer.status] += 1
        if watch is not None:
            watch.record = record
        return record

    def _watch_ended(self, watch: watching.Watch) -> None:
        if watch.record is not None:
            watch.record.ended = self._server.world.clock.now

    def _figures(self) -> metrics.Figures:
        return metrics.Figures(
            dict(self._answered), len(self.requests.open_watches()), len(self._server.world.objects), self.failing
        )
