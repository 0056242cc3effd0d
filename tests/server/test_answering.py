"""Answers as bytes."""

import pytest

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import answering


def test_a_header_cannot_start_another_one():
    """Line breaks in a value become spaces, as in Go."""
    answer = messages.Response(200, (("Warning", "299 - a\r\nSet-Cookie: b\nc"),))
    (text,) = answering.whole(answer, "D", old=False, keep=True, bare=False)
    assert b"Warning: 299 - a  Set-Cookie: b c\r\n" in text


def test_the_server_frames_the_answer_itself():
    """What an application says of length and connection is replaced by what is so; its own Date stays."""
    headers = (("Content-Length", "99"), ("Transfer-Encoding", "chunked"), ("Connection", "x"), ("date", "mine"))
    (text,) = answering.whole(messages.Response(200, headers, b"ab"), "D", old=False, keep=True, bare=False)
    assert text == b"HTTP/1.1 200 OK\r\ndate: mine\r\nContent-Length: 2\r\n\r\nab"


@pytest.mark.parametrize(
    ("old", "keep", "shown"),
    [
        (False, True, b"HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 0\r\n\r\n"),
        (False, False, b"HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        (True, True, b"HTTP/1.0 200 OK\r\nDate: D\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"),
        (True, False, b"HTTP/1.0 200 OK\r\nDate: D\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_what_becomes_of_the_connection_is_said_where_it_is_unusual(old, keep, shown):
    """HTTP/1.0 clients get HTTP/1.0 back, and Connection is named as Go names it."""
    assert answering.whole(messages.Response(200), "D", old=old, keep=keep, bare=False) == (shown,)


@pytest.mark.parametrize(
    ("size", "measured", "counted"), [(2048, False, True), (2049, False, False), (2049, True, True)]
)
def test_a_long_body_is_a_chunk_unless_its_length_was_said(size, measured, counted):
    """Go's net/http holds 2,048 bytes back: what is longer goes out before anybody can count it."""
    answer = messages.Response(200, (), b"x" * size, measured=measured)
    begin, _, body = b"".join(answering.whole(answer, "D", old=False, keep=True, bare=False)).partition(b"\r\n\r\n")
    if counted:
        assert b"HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: %d" % size == begin
        assert body == answer.body
    else:
        assert b"HTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked" == begin
        assert body == b"801\r\n" + answer.body + b"\r\n0\r\n\r\n"


def test_head_of_a_long_body_tells_neither_length_nor_chunks():
    """As in Go, where a handler's long body is counted by nobody and sent to nobody."""
    (text,) = answering.whole(messages.Response(200, (), b"x" * 2049), "D", old=False, keep=True, bare=True)
    assert text == b"HTTP/1.1 200 OK\r\nDate: D\r\n\r\n"


@pytest.mark.parametrize("status", [204, 304])
def test_answers_without_a_body_have_no_length(status):
    """No Content and Not Modified carry neither body nor Content-Length."""
    (text,) = answering.whole(messages.Response(status, (), b"no"), "D", old=False, keep=True, bare=False)
    assert b"Content-Length" not in text
    assert text.endswith(b"\r\n\r\n")


def test_reasons_are_those_of_go():
    """413 and 422 keep the names that Go gives them; a status without a name is shown as Go shows it."""
    assert (answering.REASONS[413], answering.REASONS[422]) == ("Request Entity Too Large", "Unprocessable Entity")
    (text,) = answering.whole(messages.Response(299), "D", old=False, keep=True, bare=False)
    assert text.startswith(b"HTTP/1.1 299 status code 299\r\n")
