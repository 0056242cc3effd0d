"""Bytes that clients send: requests, pieces of requests, requests gone wrong, and plain nonsense. Knows no meaning.

``TOKEN`` stands for the bearer token, which differs from fake to fake.
"""

import ssl

from hypothesis import strategies as st

TOKEN = b"TOKEN"
_SESSIONS = b"/apis/tilt.dev/v1alpha1/sessions"
_BODY = b'{"metadata":{"name":"b"},"spec":{"tiltfilePath":"/w","exitCondition":"manual"}}'

TARGETS = (
    _SESSIONS,
    _SESSIONS + b"/Tiltfile",
    _SESSIONS + b"/Tiltfile/status",
    _SESSIONS + b"?watch=1",
    _SESSIONS + b"?watch=1&timeoutSeconds=1",
    b"/apis/tilt.dev/v1alpha1/watch/sessions/Tiltfile",
    b"/apis",
    b"/openapi/v2",
    b"/healthz?verbose",
    b"/version/",
    b"/",
    b"*",
    b"/%zz",
    b"//a/../b",
    b"http://x/apis?a",
    b"/apis/\xff\xfe",
    b"/apis#f",
    b"127.0.0.1:1",
)
METHODS = (b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"CONNECT", b"TRACE", b"F-O", b"get")
FIELDS = (
    b"Host: x",
    b"Host: y",
    b"Host:",
    b"Host: a b",
    b"Content-Length: 0",
    b"Content-Length: 3",
    b"Content-Length: 82",
    b"Content-Length: +3",
    b"Content-Length: 20971521",
    b"Content-Length: 18446744073709551617",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: identity",
    b"Transfer-Encoding:\x0bchunked",
    b"Connection: close",
    b"Connection: keep-alive, Upgrade",
    b"Upgrade: h2c",
    b"HTTP2-Settings: AAMAAABkAAQAAP__",
    b"Expect: 100-continue",
    b"Expect: 200-ok",
    b"Authorization: Bearer " + TOKEN,
    b"Authorization: Bearer \xff",
    b"Accept: application/yaml",
    b"Accept: \xc3\xa9/*;q=x",
    b"Accept-Encoding: gzip",
    b"Content-Type: application/merge-patch+json",
    b"Content-Type: application/apply-patch+yaml",
    b"User-Agent: curl/8",
    b"X-Long: " + b"y" * 70_000,
    b"Trailer: Authorization",
    b"A : b",
    b" folded",
    b": none",
    b"X: \x00",
)
PIECES = (
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"0\r\n\r\n",
    b"3\r\nabc\r\n",
    b"3;a=b\r\nabc\r\n",
    b"FFFFFFFFFFFFFFFF\r\n",
    b"0\r\nTrailer: x\r\n\r\n",
    b" HTTP/1.1\r\n",
    b" HTTP/1.0\r\n",
    b" HTTP/2.0\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
    b"\x00",
    _BODY,
)


def _request(method: bytes, target: bytes, version: bytes, fields: list[bytes], body: bytes) -> bytes:
    return b"\r\n".join((b"%b %b HTTP/%b" % (method, target, version), *fields, b"", body))


_KNOWN = [b"Host: x", b"Authorization: Bearer " + TOKEN]


def whole_requests() -> st.SearchStrategy[bytes]:
    """Requests that are HTTP as a rule, with a body as their framing says or not."""
    bodies = st.sampled_from(
        [
            ([], b""),
            ([b"Content-Length: %d" % len(_BODY)], _BODY),
            ([b"Content-Length: 2", b"Content-Type: application/merge-patch+json"], b"{}"),
            ([b"Transfer-Encoding: chunked"], b"%x\r\n%b\r\n0\r\n\r\n" % (len(_BODY), _BODY)),
            ([b"Transfer-Encoding: chunked", b"Expect: 100-continue"], b"2\r\n{}\r\n0\r\nX: y\r\n\r\n"),
            ([b"Content-Length: 2", b"Expect: 100-continue"], b"{}"),
        ]
    )
    return st.builds(
        lambda method, target, version, fields, body: _request(
            method, target, version, [*_KNOWN, *body[0], *fields], body[1]
        ),
        st.sampled_from(METHODS),
        st.sampled_from(TARGETS) | st.binary(max_size=12).map(lambda data: b"/" + data),
        st.sampled_from([b"1.1", b"1.1", b"1.1", b"1.0", b"1.2", b"2.0"]),
        st.lists(st.sampled_from(FIELDS), max_size=3),
        bodies,
    )


def broken_requests() -> st.SearchStrategy[bytes]:
    """Requests that are no longer what they were."""
    return whole_requests().flatmap(broken)


@st.composite
def broken(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes of which some are taken out, put in, changed or repeated."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 6)))
        put = draw(st.sampled_from([b"", data[start:end] * 2, *PIECES]) | st.binary(max_size=4))
        data = data[:start] + put + data[end:]
    return data


def streams() -> st.SearchStrategy[list[bytes]]:
    """What one client sends, in the packets in which it sends it."""
    lone = st.sampled_from([*PIECES, *FIELDS]) | st.binary(max_size=30)
    messages = st.lists(whole_requests() | broken_requests() | lone, min_size=1, max_size=5)
    return st.builds(_cut, messages.map(b"".join), st.lists(st.integers(0, 400), max_size=4))


def _cut(data: bytes, lengths: list[int]) -> list[bytes]:
    packets = []
    for length in lengths:
        packets.append(data[:length])
        data = data[length:]
    return [packet for packet in (*packets, data) if packet]


def greetings() -> st.SearchStrategy[bytes]:
    """How a connection to a TLS port may begin: with a handshake, a part of one, a broken one, or something else."""
    hello = _hello()
    return st.one_of(
        st.integers(0, len(hello)).map(lambda length: hello[:length]),
        broken(hello),
        broken_requests(),
        st.binary(max_size=600),
    )


def _hello() -> bytes:
    """Give what a client's TLS says first."""
    written = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), written, server_hostname="localhost")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return written.read()
    raise AssertionError("a handshake that needs no answer")
