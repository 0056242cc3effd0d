"""Requests from bytes, without sockets: any cut, any number, every shape that Go refuses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import reading, request_line, service

HEAD = b"POST /a?b=c HTTP/1.1\r\nHost: x\r\n"


def read(*pieces, limits=None):
    """Give every outcome of a reader that gets these pieces."""
    reader = reading.RequestReader(limits or service.Limits())
    found = []
    for piece in pieces:
        reader.receive(piece)
        while (outcome := reader.next()) is not None:
            found.append(outcome)
            if not isinstance(outcome, messages.Request):
                return found
    return found


def refused(data):
    """Give the status line by which the only request in the data is refused."""
    (outcome,) = read(data)
    assert isinstance(outcome, request_line.Refused), outcome
    return outcome.line


def test_a_request_is_read_with_its_parts():
    """Method, path, query, headers and body arrive as sent, header names in lower case."""
    (request,) = read(HEAD + b"X-Two: 2 \t\r\nContent-Length: 3\r\n\r\nabc")
    assert request == messages.Request(
        "POST", "/a", "b=c", (("host", "x"), ("x-two", "2"), ("content-length", "3")), b"abc"
    )


CONVERSATION = (
    b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
    b"POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab\r\n\r\nGET"
    b"PUT /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"6\r\n\r\n\r\n\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n"
    b"\r\nGET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
)
CONVERSED = [
    ("GET", "/1", b""),
    ("POST", "/2", b"ab\r\n\r\nGET"),
    ("PUT", "/3", b"\r\n\r\n\r\nabc"),
    ("GET", "/1", b""),
    ("GET", "/1", b""),
]


def test_the_cut_of_the_bytes_does_not_matter():
    """Whole, byte by byte, or in two pieces cut anywhere: the same requests come out, in order."""
    cuts = [[CONVERSATION], [bytes([byte]) for byte in CONVERSATION]]
    cuts += [[CONVERSATION[:at], CONVERSATION[at:]] for at in range(1, len(CONVERSATION))]
    for pieces in cuts:
        assert [(item.method, item.path, item.body) for item in read(*pieces)] == CONVERSED


def test_one_request_at_a_time_and_the_rest_unread():
    """What follows a request stays unread until it is asked for, so that a client can be slowed down."""
    reader = reading.RequestReader(service.Limits())
    reader.receive(CONVERSATION)
    assert reader.next().path == "/1"
    assert reader.waiting == len(CONVERSATION) - len(b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")


def test_a_trailer_is_no_header_of_this_or_the_next_request():
    """Trailers of a chunked body are dropped."""
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: stolen\r\n\r\n"
    for request in read(chunked + chunked):
        assert request.header("authorization") is None


@pytest.mark.parametrize(
    "fields",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
        b"Content-Length: 5, 5\r\n\r\nabcde",
        b"Content-Length: +5\r\n\r\nabcde",
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 0x5\r\n\r\nabcde",
        b"Content-Length: 99999999999999999999\r\n\r\n",
        b"Content-Length:\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n",
        b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n00000000000000001\r\na\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n00000000000000000\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\n\r\n",
        b"A: b\r\n folded: c\r\n\r\n",
        b" A: b\r\n\r\n",
        b"A\r\n\r\n",
        b": b\r\n\r\n",
        b"A\xc3\xa9: b\r\n\r\n",
        b"A: b\nB: c\r\n\r\n",
        b"A: b\rB: c\r\n\r\n",
        b"Host: y\r\n\r\n",
    ],
)
def test_requests_that_two_servers_could_read_differently_are_refused(fields):
    """Shapes by which requests are smuggled, and broken framing, get 400."""
    assert refused(HEAD + fields) == "400 Bad Request"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (HEAD + b"A: b\x00c\r\n\r\n", "400 Bad Request: invalid header value"),
        (HEAD + b"A: b\x01c\r\n\r\n", "400 Bad Request: invalid header value"),
        (HEAD + b"Content-Length : 5\r\n\r\nabcde", "400 Bad Request: invalid header name"),
        (b"GET / HTTP/1.1\r\n\r\n", "400 Bad Request: missing required Host header"),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400 Bad Request: malformed Host header"),
        (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", "501 Not Implemented"),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501 Not Implemented"),
        (HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "501 Not Implemented"),
        (HEAD + b"Expect: a miracle\r\n\r\n", "417 Expectation Failed"),
        (
            b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
            "505 HTTP Version Not Supported: unsupported protocol version",
        ),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 Bad Request"),
        (b"GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"),
        (b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"),
        (b"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"),
        (b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"),
        (b"GET * HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"),
        (b"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", "400 Bad Request"),
        (b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"),
        (b"GET /\r\nHost: x\r\n\r\n", "400 Bad Request"),
        (b"G@T / HTTP/1.1\r\n", "400 Bad Request"),
        (b"\x16\x03\x01\x02\x00", "400 Bad Request"),
        (b"GET / HTTP/1.1\n", "400 Bad Request"),
        (b"GET / HTTP/1.1\r\nHost: x\n", "400 Bad Request"),
    ],
)
def test_a_request_that_go_refuses_is_refused_with_its_words(data, line):
    """Go's net/http names some faults, and nonsense is refused before its end has come."""
    assert refused(data) == line


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/a%2Fb?x=%zz&y", "/a%2Fb", "x=%zz&y"),
        (b"//a/../b", "//a/../b", ""),
        (b"http://host:1/a?b", "/a", "b"),
        (b"http://host", "/", ""),
        ("/sessions/ü".encode(), "/sessions/%C3%BC", ""),
        (b'/"<>\\^`{|}', '/"<>\\^`{|}', ""),
        (b"/a#b", "/a#b", ""),
    ],
)
def test_targets_stay_encoded_and_ascii(target, path, query):
    """Path and query come as sent, an absolute target without its host, other bytes as escapes."""
    (request,) = read(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (request.path, request.query) == (path, query)


def test_any_token_is_a_method():
    """A method that nobody knows is for the application to refuse."""
    (request,) = read(b"FOO-BAR / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert request.method == "FOO-BAR"
    (request,) = read(b"CONNECT host:1 HTTP/1.1\r\nHost: host:1\r\n\r\n")
    assert (request.method, request.path) == ("CONNECT", "/")


@pytest.mark.parametrize(
    ("version", "connection", "keep_alive"),
    [
        (b"1.1", b"", True),
        (b"1.1", b"Connection: close\r\n", False),
        (b"1.1", b"Connection: Upgrade, Close\r\n", False),
        (b"1.0", b"", False),
        (b"1.0", b"Connection: Keep-Alive\r\n", True),
        (b"1.2", b"", True),
    ],
)
def test_a_connection_lives_on_as_its_version_says(version, connection, keep_alive):
    """HTTP/1.1 stays open unless told to close, HTTP/1.0 closes unless told to stay."""
    reader = reading.RequestReader(service.Limits())
    reader.receive(b"GET / HTTP/" + version + b"\r\nHost: x\r\n" + connection + b"\r\n")
    assert reader.next().method == "GET"
    assert reader.keep_alive is keep_alive


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 3\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"]
)
def test_an_offer_to_upgrade_is_declined(framing):
    """A client that offers HTTP/2 in the clear is read as HTTP/1.1, with the body that it sends."""
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    first, second = read(HEAD + upgrade + framing + b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (first.body, second.path) == (b"abc", "/next")
    assert first.header("upgrade") == "h2c"


def test_a_head_beyond_the_limit_is_refused_while_it_comes():
    """The limit is Go's: 1 MiB and 4 KiB, whether or not the end is there."""
    limit = service.Limits().head_bytes
    assert limit == 1_052_672
    fitting = HEAD + b"A: " + b"b" * (limit - len(HEAD) - 7) + b"\r\n\r\n"
    assert [item.method for item in read(fitting)] == ["POST"]
    too_long = HEAD + b"A: " + b"b" * (limit - len(HEAD) - 6) + b"\r\n\r\n"
    assert refused(too_long) == "431 Request Header Fields Too Large"
    assert refused(HEAD + b"A: " + b"b" * limit) == "431 Request Header Fields Too Large"


def test_a_body_beyond_the_limit_is_told_without_reading_it():
    """A length beyond the limit is enough; chunks count until they are beyond it."""
    limits = service.Limits(body_bytes=10)
    assert [item.body for item in read(HEAD + b"Content-Length: 10\r\n\r\n0123456789", limits=limits)] == [
        b"0123456789"
    ]
    (outcome,) = read(HEAD + b"Content-Length: 11\r\n\r\n", limits=limits)
    assert isinstance(outcome, reading.TooLarge)
    assert outcome.request.path == "/a"
    (outcome,) = read(HEAD + b"Transfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n3\r\nabc\r\n", limits=limits)
    assert isinstance(outcome, reading.TooLarge)


@pytest.mark.parametrize(
    ("framing", "fits", "too_long"),
    [
        (lambda size: b"1;" + b"x" * (size - 4) + b"\r\na\r\n0\r\n\r\n", 4096, 4097),
        (lambda size: b"1;" + b"x" * size, 4093, 4094),  # a line of which the end has yet to come
        (lambda size: b"0\r\nA: " + b"x" * (size - 7) + b"\r\n\r\n", 4096, 4097),
        (lambda count: (b"1;" + b"x" * 1000 + b"\r\na\r\n") * count + b"0\r\n\r\n", 16, 17),
        (lambda count: b"A: b\r\n".join([b"0\r\n", *[b""] * count, b"\r\n"]), 681, 682),
        (lambda size: b"0" * (size - 1) + b"1\r\na\r\n0\r\n\r\n", 16, 17),
    ],
    ids=["line", "endless-line", "trailer", "extensions", "trailers", "digits"],
)
def test_framing_of_chunks_has_the_limits_of_go(framing, fits, too_long):
    """Lines and trailers of 4 KiB, 16 digits of a size, and 16 KiB of framing beyond what the chunks hold."""
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    assert request_line.BAD_REQUEST not in read(chunked + framing(fits))
    assert [request_line.BAD_REQUEST] == read(chunked + framing(too_long))


def test_a_body_in_a_great_many_chunks_is_read():
    """Small chunks are no excess, however many there are."""
    (request,) = read(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n")
    assert request.body == b"a" * 50_000


def test_a_length_of_thousands_of_digits_is_read_as_a_number():
    """Leading zeros are no reason to fail inside."""
    (request,) = read(HEAD + b"Content-Length: " + b"0" * 6000 + b"2\r\n\r\nab")
    assert request.body == b"ab"


def test_a_repeated_request_is_read_anew_after_another():
    """That the same bytes are not read twice shows nowhere: each request has what its own head said."""
    poll = b"GET /poll HTTP/1.1\r\nHost: x\r\n\r\n"
    write = b"PUT /write HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na"
    shown = [(item.path, item.body) for item in read(poll + poll + write + poll + poll)]
    assert shown == [("/poll", b""), ("/poll", b""), ("/write", b"a"), ("/poll", b""), ("/poll", b"")]


def test_a_repeated_request_is_of_its_own_version():
    """A head that was read before is of HTTP/1.1 again, after another client in between of HTTP/1.0."""
    poll = b"GET /poll HTTP/1.1\r\nHost: x\r\n\r\n"
    reader = reading.RequestReader(service.Limits())
    reader.receive(poll + b"PUT / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na" + poll)
    assert [(reader.next().method, reader.old) for _ in range(3)] == [("GET", False), ("PUT", True), ("GET", False)]


def test_an_expectation_is_told_once():
    """100 Continue is wanted when the head is there and nothing of the body, by HTTP/1.1 clients only."""
    expecting = HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    shown = []
    for data in (expecting, expecting + b"a", expecting + b"ab", expecting.replace(b"1.1", b"1.0"), HEAD):
        reader = reading.RequestReader(service.Limits())
        reader.receive(data)
        reader.next()
        shown.append((reader.take_expectation(), reader.take_expectation()))
    assert shown == [(True, False)] + [(False, False)] * 4


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from(
                [
                    HEAD,
                    b"\r\n",
                    b"\r\n\r\n",
                    b"0\r\n\r\n",
                    b"5\r\n",
                    b"GET / HTTP/1.1\r\n",
                    b"Transfer-Encoding: chunked\r\n",
                    b"Content-Length: 3\r\n",
                    b"Upgrade: x\r\nConnection: upgrade\r\n",
                    b"Host: x\r\n",
                ]
            ),
        ),
        max_size=12,
    )
)
def test_no_bytes_make_the_reader_fail(pieces):
    """Whatever comes is a request, a refusal, or not yet complete; and a cut anywhere does not change which."""
    whole = read(b"".join(pieces))
    in_pieces = read(*pieces)
    assert [type(item) for item in in_pieces[: len(whole)]] == [type(item) for item in whole]
