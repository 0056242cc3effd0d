"""The request line and the Host header, judged as Go's net/http judges them; pure functions on bytes."""

import dataclasses
import re

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
_LINE = re.compile(rb"(" + _TOKEN + rb"+) ([^\x00- \x7f]+) HTTP/([0-9])\.([0-9])\r\n")
_METHOD_BEGUN = re.compile(_TOKEN + rb"{0,63}(?: |\Z)")
_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^/?#]*")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[!$%&'()*+,\-./0-9:;=@A-Z\[\]_a-z~]*")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


@dataclasses.dataclass(frozen=True, slots=True)
class Refused:
    """A request that is not HTTP as Go reads it: the status line and the plain text of the answer."""

    line: str
    body: str


def bad_request(detail: str = "") -> Refused:
    """Refuse with 400, naming the detail where Go names one."""
    text = f"400 Bad Request: {detail}" if detail else "400 Bad Request"
    return Refused(text, text)


BAD_REQUEST = bad_request()
HEAD_TOO_LARGE = Refused("431 Request Header Fields Too Large", "431 Request Header Fields Too Large")
UNKNOWN_CODING = Refused("501 Not Implemented", "Unsupported transfer encoding")
EXPECTATION_FAILED = Refused("417 Expectation Failed", "")
_VERSION_TEXT = "505 HTTP Version Not Supported: unsupported protocol version"
UNKNOWN_VERSION = Refused(_VERSION_TEXT, _VERSION_TEXT)


@dataclasses.dataclass(frozen=True, slots=True)
class RequestLine:
    """The first line of a request. ``length`` counts its bytes with the line break, ``old`` is HTTP/1.0.

    ``path`` and ``query`` are still encoded and always ASCII: other bytes are written as escapes.
    """

    method: str
    path: str
    query: str
    old: bool
    length: int


def may_become_a_head(begun: bytes | bytearray, searched: int) -> bool:
    """Tell whether more bytes can still make a request head of these, so that nonsense is refused at once.

    ``searched`` is how many of the bytes were asked about before. Line breaks are CR LF only.
    """
    if _METHOD_BEGUN.match(begun[:64]) is None:
        return False
    return _BARE_LINE_FEED.search(begun, max(0, searched - 1)) is None


def parse(head: bytes) -> RequestLine | Refused:
    """Read the request line that a whole request head begins with."""
    match = _LINE.match(head)
    if match is None:
        return BAD_REQUEST
    method, target, major, minor = match.groups()
    if major != b"1":
        return UNKNOWN_VERSION
    if not target.isascii():
        target = _NOT_ASCII.sub(lambda found: b"%%%02X" % ord(found[0]), target)
    path, _, query = target.decode("ascii").partition("?")
    if path[0] != "/":
        if path == "*":
            if method != b"OPTIONS":
                return BAD_REQUEST
        elif method == b"CONNECT":
            path = "/"  # the target is a host, which nobody is connected to
        else:
            absolute = _ABSOLUTE.match(path)
            if absolute is None:
                return BAD_REQUEST
            path = path[absolute.end() :] or "/"
    if "%" in path and _BAD_ESCAPE.search(path):
        return BAD_REQUEST
    return RequestLine(method.decode("ascii"), path, query, minor == b"0", match.end())


def of_parser(reason: str) -> Refused:
    """Turn what httptools says of a broken head or chunk into the answer that Go would give."""
    if "Transfer-Encoding" in reason and "Content-Length" not in reason:
        return UNKNOWN_CODING
    if reason == "Invalid header value char":
        return bad_request("invalid header value")
    if reason == "Invalid header field char":
        return bad_request("invalid header name")
    return BAD_REQUEST


def check_hosts(hosts: list[str], *, old: bool) -> Refused | None:
    """Refuse a request whose Host headers are missing, several or malformed."""
    if len(hosts) > 1:
        return BAD_REQUEST
    if not hosts:
        return None if old else bad_request("missing required Host header")
    return None if _HOST.fullmatch(hosts[0]) else bad_request("malformed Host header")
