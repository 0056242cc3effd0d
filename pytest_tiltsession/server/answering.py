"""Answers as bytes: status lines and framing as Go's net/http writes them; pure functions, no sockets."""

from pytest_tiltsession.api import messages

# Go's names, which since Python 3.13 differ from those of http.HTTPStatus (413, 422).
REASONS = {
    100: "Continue",
    101: "Switching Protocols",
    200: "OK",
    201: "Created",
    202: "Accepted",
    203: "Non-Authoritative Information",
    204: "No Content",
    205: "Reset Content",
    206: "Partial Content",
    300: "Multiple Choices",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Request Entity Too Large",
    414: "Request URI Too Long",
    415: "Unsupported Media Type",
    416: "Requested Range Not Satisfiable",
    417: "Expectation Failed",
    418: "I'm a teapot",
    421: "Misdirected Request",
    422: "Unprocessable Entity",
    423: "Locked",
    424: "Failed Dependency",
    425: "Too Early",
    426: "Upgrade Required",
    428: "Precondition Required",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    451: "Unavailable For Legal Reasons",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
    507: "Insufficient Storage",
    511: "Network Authentication Required",
}

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
NOT_TLS = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
FAILED = messages.Response(
    500,
    (("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")),
    b"The server failed while it answered this request; the failure is reported where it was started.\n",
)

_HELD_BACK = 2048  # how much of a body Go holds back; what fits in is announced by its length, other bodies are chunked
_JOINED = 32_768  # bodies up to this size are copied into one write with their head
_OWN_HEADERS = frozenset({"connection", "content-length", "date", "transfer-encoding"})


def asks_to_close(headers: messages.Headers) -> bool:
    """Tell whether an answer's own headers end the connection (``Connection: close``)."""
    return any(name.lower() == "connection" and "close" in value.lower() for name, value in headers)


def head(
    status: int, headers: messages.Headers, date: str, *, old: bool, keep: bool, length: int | None, chunked: bool
) -> bytes:
    """Write an answer's head.

    ``old`` is an HTTP/1.0 client, which gets HTTP/1.0 back; ``keep`` tells whether the connection stays open,
    which Go names only where it is not the version's default. ``length`` is the Content-Length, or None for none.
    """
    reason = REASONS.get(status) or f"status code {status}"
    lines = [f"HTTP/1.{0 if old else 1} {status} {reason}"]
    dated = False
    for name, value in headers:
        lowered = name.lower()
        if lowered in _OWN_HEADERS:
            if lowered != "date":
                continue
            dated = True
        if "\n" in value or "\r" in value:  # Go's net/http does the same: no header can start another one
            value = value.replace("\n", " ").replace("\r", " ")
        lines.append(f"{name}: {value}")
    if not dated:
        lines.append(f"Date: {date}")
    if length is not None:
        lines.append(f"Content-Length: {length}")
    if chunked:
        lines.append("Transfer-Encoding: chunked")
    if old and keep:
        lines.append("Connection: keep-alive")
    elif not (old or keep):
        lines.append("Connection: close")
    lines.append("\r\n")
    return "\r\n".join(lines).encode("utf-8", "replace")


def is_counted(answer: messages.Response) -> bool:
    """Tell whether a complete answer has a Content-Length. Go counts what it held back to the end, and no more."""
    return answer.measured or len(answer.body) <= _HELD_BACK


def whole(answer: messages.Response, date: str, *, old: bool, keep: bool, bare: bool) -> tuple[bytes, ...]:
    """Write a complete answer, in one piece where it is small; ``bare`` leaves the body out (HEAD).

    A long one that was not measured is one chunk; to an HTTP/1.0 client it goes up to the end of the connection.
    """
    body, counted = answer.body, is_counted(answer)
    length = len(body) if counted and has_body(answer.status) else None
    framed = not (counted or old or bare)
    begin = head(answer.status, answer.headers, date, old=old, keep=keep, length=length, chunked=framed)
    if bare or not body or not has_body(answer.status):
        return (begin,)
    end = b""
    if framed:
        begin, end = begin + b"%x\r\n" % len(body), b"\r\n" + LAST_CHUNK
    if answer.cut is not None:
        return (begin + body[: answer.cut.size],)
    return (begin + body + end,) if len(body) <= _JOINED else (begin, body, end)


def opening(stream: messages.WatchStream, date: str, *, old: bool, keep: bool) -> bytes:
    """Write the head of an answer without end: chunked, or for HTTP/1.0 up to the end of the connection."""
    return head(stream.status, stream.headers, date, old=old, keep=keep, length=None, chunked=not old)


def has_body(status: int) -> bool:
    """Tell whether answers of a status carry a body and a Content-Length."""
    return status >= 200 and status not in (204, 304)


def chunk(data: bytes) -> bytes:
    """Frame bytes, at least one, as one chunk of a chunked answer."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def refusal(line: str, body: str) -> bytes:
    """Write the refusal of a request that is not HTTP, without Date and Content-Length, as Go's net/http does."""
    return f"HTTP/1.1 {line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n{body}".encode()
