"""Tilt's web port as far as a program meets it without a browser: refusals, and no API behind them.

Everything under /api and /proxy wants a session token, which the fake gives nobody (fidelity.md, What clients need); it
keeps the port, so that a context named by it reaches no developer's own Tilt.
"""

from pytest_tiltsession.api import messages

_TEXT = (("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff"))


def answer(request: messages.Request) -> messages.Response:
    """Refuse a request to the web port as Tilt does one without a session token."""
    guarded = request.path.startswith(("/api/", "/proxy/"))
    if not guarded:
        return messages.Response(404, _TEXT, b"404 page not found\n")
    token = request.header("x-tilt-token") or "Tilt-Token=" in (request.header("cookie") or "")
    return messages.Response(403, _TEXT, b"invalid session token\n" if token else b"missing session token\n")
