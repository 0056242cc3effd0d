"""What a fault does to one request: refuses it, changes its answer, holds it back, or spoils its watch.

Knows what each fault means in HTTP; which one hits is decided by ``faults.arming``, and what bytes come of it is the
server's business.
"""

import dataclasses
from collections.abc import Callable

from pytest_tiltsession import faults, times
from pytest_tiltsession.api import calls, faulty_watches, messages, refusals, submitting, watching
from pytest_tiltsession.faults import scope
from pytest_tiltsession.models import metadata
from pytest_tiltsession.store import requests

Answer = messages.Answer | messages.Held

# What Kubernetes says while it has too much to do, as plain text.
TOO_MANY = "Too many requests, please try again later."


class Hit:
    """A request that a fault has hit, from before it is answered to the end of its answer."""

    def __init__(self, claim: faults.Claim, call: calls.Call, server: calls.Server) -> None:
        self.fault = claim.fault
        self._claim = claim
        self._call = call
        self._server = server
        self._refused = False
        if isinstance(self.fault, faults.Refuse | faults.Conflict):
            call.refuse = self._refuse

    def token(self, token: str) -> str | None:
        """Give the token that opens the API to this request; None for one that nobody has."""
        return None if isinstance(self.fault, faults.RotatedToken) else token

    def answer(self, answer: messages.Answer, record: requests.RequestRecord) -> Answer:
        """Give the answer as the fault has it, and note that it has happened, now or later."""
        if isinstance(self.fault, faults.WatchFault):
            return self._watch(self.fault, answer, record)
        found = self._changed(answer, record)
        self._claim.give_back()
        return found

    def _changed(self, answer: messages.Answer, record: requests.RequestRecord) -> Answer:
        fault = self.fault
        if isinstance(fault, faults.RotatedToken):
            if not record.authorized:
                self._meet(record)
        elif self._refused:
            self._meet(record)
        elif isinstance(fault, faults.Delay):
            self._meet(record)
            return self._delayed(fault, answer)
        elif isinstance(fault, faults.WrongContentType):
            self._meet(record)
            return _retyped(fault, answer)
        elif isinstance(fault, faults.TruncateBody) and isinstance(answer, messages.Response) and answer.body:
            size = len(answer.body) // 2 if fault.size is None else min(fault.size, len(answer.body) - 1)
            self._meet(record)
            return dataclasses.replace(answer, cut=messages.Cut(size, fault.by == "rst", fault.by == "close"))
        return answer

    def _meet(self, record: requests.RequestRecord) -> None:
        if self._claim.meet():
            note(self.fault, record, self._server.world.clock.now)

    def _refuse(self, server: calls.Server) -> messages.Response | None:
        """Refuse the request, which is allowed. Raises the refusal, unless it is one in plain text."""
        fault, name = self.fault, self._call.about.name
        if isinstance(fault, faults.Conflict):
            if server.world.objects.get(name) is None:
                return None
            self._refused = True
            raise refusals.conflict(name, submitting.STALE)
        assert isinstance(fault, faults.Refuse)
        self._refused = True
        if fault.code == 429:
            return calls.plain_text(429, f"{TOO_MANY}\n", ("Retry-After", str(fault.retry_seconds)))
        raise refusal(fault.code, fault.retry_seconds)

    def _delayed(self, fault: faults.Delay, answer: messages.Answer) -> messages.Held:
        micros = times.micros_of(fault.by)
        if fault.clock == faults.Delay.MACHINE:
            return messages.Held(answer, seconds=micros / 1_000_000)
        clock = self._server.world.clock
        due = clock.now + micros

        def wait(let_go: Callable[[], None]) -> Callable[[], None]:
            with clock.lock:
                if due > clock.now:
                    what = f"the delayed answer to {self._call.about.operation}"
                    return clock.call_at(due, let_go, what=what).cancel
            # The clock was moved there since the request came, and may never be moved again.
            let_go()
            return lambda: None

        return messages.Held(answer, wait=wait)

    def _watch(
        self, fault: faults.WatchFault, answer: messages.Answer, record: requests.RequestRecord
    ) -> messages.Answer:
        if not isinstance(answer, watching.Watch):
            self._claim.give_back()
            return answer
        return faulty_watches.FaultyWatch(
            answer,
            fault,
            meet=lambda: self._meet(record),
            give_back=self._claim.give_back,
            error=lambda: answer.error_event(self._error(fault)),
        )

    def _error(self, fault: faults.WatchFault) -> refusals.Refusal:
        assert isinstance(fault, faults.ErrorEvent)
        if fault.code == 410:
            revision = self._server.world.objects.revision
            return refusals.expired(f"too old resource version: {max(0, revision - 1)} ({revision})")
        return refusal(fault.code, None)


def refusal(code: int, retry_after: int | None) -> refusals.Refusal:
    """Give the refusal of a server that fails (500) or has no time (503)."""
    if code == 500:
        refused = refusals.internal_error("the server failed on purpose")
    else:
        refused = refusals.unavailable("the server is currently unable to handle the request")
    if retry_after is None:
        return refused
    details = refused.status.details or metadata.StatusDetails()
    status = dataclasses.replace(refused.status, details=dataclasses.replace(details, retry_after_seconds=retry_after))
    return refusals.Refusal(status)


def note(fault: faults.Fault, record: requests.RequestRecord, now: int) -> None:
    """Note that a fault has hit a request."""
    record.fault = fault.NAME
    record.fault_at = now


def _retyped(fault: faults.WrongContentType, answer: messages.Answer) -> messages.Answer:
    headers = tuple(item for item in answer.headers if item[0].lower() != "content-type")
    whole = (*headers, ("Content-Type", fault.media_type))
    if isinstance(answer, messages.Response):
        return dataclasses.replace(answer, headers=whole)
    answer.headers = whole
    return answer


# -- Tilt's own freeze --------------------------------------------------------------------------------------------


def frozen(
    armed: faults.Faults,
    call: calls.Call,
    server: calls.Server,
    answer: messages.Answer,
    record: requests.RequestRecord,
) -> Answer | None:
    """Give the answer of a Tilt whose watches are frozen, which never comes; None where there is an answer.

    A watch as YAML, which is refused with 406, brings the freeze about where that is armed (behaviour of the *watch*
    stories: the watcher leaks, and whoever tells of a write waits for it for ever).
    """
    found = next(iter(armed.of_kind(faults.WatchFreeze)), None)
    if found is None:  # a freeze that was disarmed before it began, or there is none
        return None
    item, fault = found
    verb = call.about.verb
    if not server.world.frozen:
        accepts = call.request.header("accept") or ""
        offset = server.world.clock.elapsed
        if fault.on_yaml and fault.is_due(offset) and verb == "watch" and record.status == 406 and "yaml" in accepts:
            server.world.frozen = True
            armed.claim(item).meet()
            note(fault, record, server.world.clock.now)
        return None
    if not call.about.operation or not (verb == "watch" or verb in scope.WRITES) or record.status >= 300:
        return None
    armed.claim(item).meet()
    note(fault, record, server.world.clock.now)
    record.status = 0
    return messages.Held(answer)
