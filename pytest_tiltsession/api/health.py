"""Whether the server is well: ``/healthz``, ``/livez``, ``/readyz``, their single checks, and the list of paths.

Knows no Session. A check that fails is handed in by its name. Sources: the *health* and *discovery-unknown* stories;
what a failing check answers follows Kubernetes.
"""

from collections.abc import Iterable, Mapping

from pytest_tiltsession.api import documents, messages, queries

_CHECKS = (
    "ping",
    "log",
    "poststarthook/max-in-flight-filter",
    "poststarthook/storage-object-count-tracker-hook",
    "poststarthook/start-tilt-server-informers",
)
CHECKS: dict[str, tuple[str, ...]] = {"healthz": _CHECKS, "livez": _CHECKS, "readyz": (*_CHECKS, "shutdown")}

# Every path that the real server names when it is asked for one that it does not have.
PATHS = tuple(
    sorted(
        (
            "/apis",
            "/apis/tilt.dev",
            "/apis/tilt.dev/v1alpha1",
            "/metrics",
            "/metrics/slis",
            "/openapi/v2",
            "/openapi/v3",
            "/openapi/v3/",
            "/statusz",
            "/version",
            *(f"/{endpoint}" for endpoint in CHECKS),
            *(f"/{endpoint}/{check}" for endpoint, checks in CHECKS.items() for check in checks),
        )
    )
)

_TEXT = ("Content-Type", "text/plain; charset=utf-8")
_NO_SNIFFING = ("X-Content-Type-Options", "nosniff")
_NO_FAILURES: Mapping[str, str] = {}


def answer(request: messages.Request, failing: Mapping[str, str] = _NO_FAILURES) -> messages.Response | None:
    """Answer a health path, whatever the method; None for other paths (``/healthz/`` and unknown checks among them).

    ``failing`` names the checks that fail, each with its reason, which only the check's own path tells.
    """
    endpoint, _, check = request.path.removeprefix("/").partition("/")
    checks = CHECKS.get(endpoint)
    if checks is None or not request.path.startswith("/"):
        return None
    if request.path == f"/{endpoint}":
        return _all(endpoint, checks, request.query, failing)
    if check not in checks:
        return None
    if check in failing:
        return _failure(f"internal server error: {failing[check]}")
    return messages.Response(200, (documents.NO_CACHE, _TEXT), b"ok")


def unknown_path() -> messages.Response:
    """Answer 404 for an unknown path below ``/apis``, ``/healthz``, ``/openapi`` and the like: the paths there are."""
    return documents.raw_json(404, {"paths": list(PATHS)})


def _all(endpoint: str, checks: tuple[str, ...], query: str, failing: Mapping[str, str]) -> messages.Response:
    parameters = queries.parse(query)
    excluded = set(parameters.get("exclude", ()))
    lines = []
    failed = False
    for check in checks:
        if check in excluded:
            lines.append(f"[+]{check} excluded: ok\n")
        elif check in failing:
            lines.append(f"[-]{check} failed: reason withheld\n")
            failed = True
        else:
            lines.append(f"[+]{check} ok\n")
    unmatched = sorted(excluded.difference(checks))
    if unmatched:
        lines.append(f"warn: some health checks cannot be excluded: no matches for {_quoted(unmatched)}\n")
    if failed:
        return _failure(f"{''.join(lines)}{endpoint} check failed")
    headers = (documents.NO_CACHE, _TEXT, _NO_SNIFFING)
    if "verbose" not in parameters:
        return messages.Response(200, headers, b"ok")
    return messages.Response(200, headers, f"{''.join(lines)}{endpoint} check passed\n".encode())


def _failure(text: str) -> messages.Response:
    """Answer 500 as Go's ``http.Error`` does: plain text that ends with a newline."""
    return messages.Response(500, (documents.NO_CACHE, _TEXT, _NO_SNIFFING), f"{text}\n".encode())


def _quoted(names: Iterable[str]) -> str:
    return ",".join(_go_quoted(name) for name in names)


_SHORT_ESCAPES = {
    '"': '\\"', "\\": "\\\\", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
}  # fmt: skip


def _go_quoted(text: str) -> str:
    """Quote a text as Go's ``%q`` does."""
    return '"' + "".join(_SHORT_ESCAPES.get(char) or _printable(char) for char in text) + '"'


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
