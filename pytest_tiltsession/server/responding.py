"""A complete answer on its way: whole, or cut within its body, and what is to follow it; knows no request's meaning."""

import functools
from collections.abc import Callable

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import answering, reading, service, wire


def respond(
    to: wire.Wire,
    reader: reading.RequestReader,
    shared: service.Service,
    request: messages.Request,
    answer: messages.Response,
) -> None:
    """Send an answer to the request that the reader gave last; ``keep_alive`` then says whether another may follow."""
    if reader.keep_alive and (shared.stopping or answering.asks_to_close(answer.headers)):
        reader.keep_alive = False
    date, old, keep = shared.date(), reader.old, reader.keep_alive
    if answer.cut is not None:
        length = len(answer.body)
        begin = answering.head(answer.status, answer.headers, date, old=old, keep=keep, length=length, chunked=False)
        to.send(begin + answer.body[: answer.cut.size])
        to.break_off(reset=answer.cut.reset, goodbye=answer.cut.goodbye)
        return
    for piece in answering.whole(answer, date, old=old, keep=keep, bare=request.method == "HEAD"):
        to.send(piece)
    if answer.after is not None:
        to.when_sent(functools.partial(_follow, shared, request, answer.after))


def _follow(shared: service.Service, request: messages.Request, after: Callable[[], None]) -> None:
    try:
        after()
    except BaseException as error:
        shared.on_error(error, request)
