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
    old = reader.old
    endless = old and not answering.is_counted(answer)  # its end is that of the connection
    if reader.keep_alive and (endless or shared.stopping or answering.asks_to_close(answer.headers)):
        reader.keep_alive = False
    bare = request.method == "HEAD" and answer.cut is None
    for piece in answering.whole(answer, shared.date(), old=old, keep=reader.keep_alive, bare=bare):
        if piece:
            to.send(piece)
    if answer.cut is not None:
        to.break_off(reset=answer.cut.reset, goodbye=answer.cut.goodbye)
        return
    if answer.after is not None:
        to.when_sent(functools.partial(_follow, shared, request, answer.after))


def _follow(shared: service.Service, request: messages.Request, after: Callable[[], None]) -> None:
    try:
        after()
    except BaseException as error:
        shared.on_error(error, request)
