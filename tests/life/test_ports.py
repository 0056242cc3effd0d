"""The ports of a Tilt belong to it from its first start to its end, whether a process of it serves there or not."""

import _socket
import socket

import pytest


@pytest.fixture
def gaps(monkeypatch):
    """Watch ports: give a function that takes one, and the list of those that anybody could have had for a moment."""
    watched, found = [], []
    close = socket.socket.close

    def closing(self):
        close(self)
        for port in watched:
            other = _socket.socket()  # asks for a port as any program does
            try:
                other.bind(("127.0.0.1", port))
                found.append(port)
            except OSError:
                pass
            finally:
                other.close()

    monkeypatch.setattr(socket.socket, "close", closing)
    return watched, found


def port_of(url):
    return int(url.rpartition(":")[2])


@pytest.mark.parametrize("end", ["exit", "crash", "restart"])
def test_a_port_that_stays_is_never_let_go(serve, refused, gaps, end):
    """From the last answer of one process to the first of the next, nobody else is given them."""
    watched, found = gaps
    fake = serve(tls=False)
    api, web = port_of(fake.url), port_of(fake.web_url)
    watched += [api, web]
    if end != "restart":
        getattr(fake, end)()
        assert (True, True) == (refused(fake.url), refused(fake.web_url))
    fake.restart(new_port=False)
    assert (api, web) == (port_of(fake.url), port_of(fake.web_url))
    assert [] == found
    assert not refused(fake.url)
    fake.stop()
    assert web in found


def test_a_port_that_is_new_is_another_one(serve, gaps):
    """The old one is let go when the new one is taken, and the web port never."""
    watched, found = gaps
    fake = serve(tls=False)
    old, web = port_of(fake.url), port_of(fake.web_url)
    watched += [old, web]
    fake.restart()
    assert (True, web) == (port_of(fake.url) != old, port_of(fake.web_url))
    assert {old} == set(found)
    watched.clear()


@pytest.mark.parametrize("starts", ["later", "dead"])
def test_a_tilt_that_starts_later_has_its_web_port_from_the_beginning(serve, gaps, starts):
    """What is reserved for it is what it serves on."""
    watched, found = gaps
    fake = serve(tls=False, starts=starts)
    web = port_of(fake.web_url)
    watched.append(web)
    fake.start()
    assert (web, []) == (port_of(fake.web_url), found)
    watched.clear()
