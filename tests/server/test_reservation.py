"""A port that is kept while nobody serves on it."""

import socket

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.server import reservation


def test_a_port_is_kept_from_one_listener_to_the_next(served, echo):
    """A reservation beside one that serves answers nobody, refuses once that is closed, and hands its port over."""
    first = served(echo)
    port = first.listener.port
    with pytest.raises(errors.ServerError, match=f"port {port} of 127.0.0.1 cannot be kept"):
        reservation.Reservation(port)
    first.listener.share_port()
    kept = reservation.Reservation(port)
    with first.connect() as client:
        assert b"GET /1? 0" == client.get("/1")[2]
    first.listener.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=20)
    second = served(echo, port=port, kept=kept)
    assert port == second.listener.port
    with second.connect() as client:
        assert b"GET /2? 0" == client.get("/2")[2]
    with pytest.raises(errors.ServerError, match=f"port {port} of 127.0.0.1 is occupied"):
        served(echo, port=port)


def test_a_port_that_somebody_took_is_occupied(served, echo):
    """Who binds to it on purpose and listens there has it, and that is told where it is to be served on."""
    kept = reservation.Reservation()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", kept.port))
        other.listen()
        with pytest.raises(errors.ServerError, match=f"port {kept.port} of 127.0.0.1 is occupied"):
            served(echo, port=kept.port, kept=kept)


def test_a_listener_that_is_closed_shares_nothing(served, echo):
    """To share its port then is harmless."""
    closed = served(echo).listener
    closed.close()
    closed.share_port()
