"""The control interface as one callable: a Request in, JSON out; each verb is done on a thread of its own.

The server's thread only reads and routes. So a verb may move the clock and wait for it, and the API goes on answering.
"""

import dataclasses
import functools
import json
import threading
from collections.abc import Callable
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.api import authentication, messages, queries
from pytest_tiltsession.control import call, desk, openapi, refusals, table, verbs

_JSON = ("Content-Type", "application/json")
_NO_CACHE = ("Cache-Control", "no-store")


class Application:
    """Routes requests to the verbs of the table, for the bearer of ``token``; ``on_error`` learns of failures."""

    def __init__(
        self, of: desk.Desk, token: str, on_error: Callable[[BaseException, messages.Request | None], None]
    ) -> None:
        self.url = ""
        self._desk = of
        self._token = token
        self._on_error = on_error

    def __call__(self, request: messages.Request) -> messages.Answer | messages.Later:
        """Answer a request, or begin to."""
        try:
            if not authentication.authorized(request, self._token):
                raise refusals.Refusal(
                    401, "Unauthorized",
                    'every verb needs the header "Authorization: Bearer TOKEN" with the token of the control '
                    "interface, which serve prints as control.token; the API's own token does not open it",
                    (("WWW-Authenticate", "Bearer"),),
                )  # fmt: skip
            verb, names = table.find(request.method, request.path)
            given = _given(request, verb)
        except refusals.Refusal as refused:
            return answer(refused.status, refused.body, refused.headers)
        later = messages.Later()
        now = call.Call(self._desk, self._desk.running, given, names, later, self.document)
        threading.Thread(
            target=self._do, args=(verb, now, request), name=f"tilt-session-control {verb.called}", daemon=True
        ).start()
        return later

    @property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return openapi.document(table.VERBS, self.url)

    def too_large(self, request: messages.Request) -> messages.Response:
        """Refuse a request whose body was not read."""
        refused = refusals.Refusal(413, "TooLarge", f"{request.method} {request.path}: the body is too large")
        return answer(refused.status, refused.body)

    def _do(self, verb: verbs.Verb, now: call.Call, request: messages.Request) -> None:
        """Do what was asked, and answer; on a thread of its own."""
        try:
            done = answer(verb.status, verb.run(now))
            if verb.after is not None:
                done = dataclasses.replace(done, after=functools.partial(verb.after, now))
        except refusals.Refusal as refused:
            done = answer(refused.status, refused.body, refused.headers)
        except errors.TiltSessionError as problem:
            known = refusals.of(problem)
            done = answer(known.status, known.body)
        except BaseException as problem:
            self._on_error(problem, request)
            done = answer(500, refusals.Refusal(500, "InternalError", f"{type(problem).__name__}: {problem}").body)
        now.later.complete(done)


def answer(status: int, body: Any, headers: messages.Headers = ()) -> messages.Response:
    """Write an answer."""
    content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace")
    return messages.Response(status, (_JSON, _NO_CACHE, *headers), content + b"\n", measured=True)


def _given(request: messages.Request, verb: verbs.Verb) -> dict[str, Any]:
    """Read the fields of a request: from the query of a GET, else from the body."""
    asked = queries.parse(request.query)
    values: Any = {name: found[0] if len(found) == 1 else list(found) for name, found in asked.items()}
    if verb.method != "GET":
        if values:
            raise refusals.Refusal(
                422, "InvalidValue", f"{verb.called} takes its fields as JSON in the body, found {sorted(values)[0]!r} "
                "in the query",
            )  # fmt: skip
        values = _body(request, verb)
    try:
        return verb.record.values(values)
    except errors.InvalidValue as problem:
        raise refusals.of(problem) from None


def _body(request: messages.Request, verb: verbs.Verb) -> Any:
    if not request.body.strip():
        return {}
    try:
        values = json.loads(request.body, object_pairs_hook=_object, parse_constant=_no_number)
        json.dumps(values, ensure_ascii=False).encode()  # lone surrogates, which escapes can spell
    except (ValueError, RecursionError) as problem:
        raise refusals.Refusal(400, "BadRequest", f"{verb.called}: the body is no JSON object: {problem}") from None
    if not isinstance(values, dict):
        fields = ", ".join(field.name for field in verb.takes) or "no fields"
        raise refusals.Refusal(
            400, "BadRequest", f"{verb.called}: the body is {type(values).__name__}, not a JSON object with {fields}"
        )
    return values


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is given twice")
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number in JSON")
