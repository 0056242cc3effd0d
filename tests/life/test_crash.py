"""A process that is killed: connections break off, and the config file goes on naming a port where nobody answers."""

import socket
import ssl

import httpx
import pytest

from pytest_tiltsession import InvalidValue, kubeconfig

WATCH = "/apis/tilt.dev/v1alpha1/sessions?watch=true"


def watching(fake, trusted):
    """Open a watch on a bare connection and read its first event."""
    sock = socket.create_connection(("127.0.0.1", int(fake.url.rpartition(":")[2])), timeout=20)
    if trusted is not None:
        sock = trusted.wrap_socket(sock, server_hostname="localhost", suppress_ragged_eofs=False)
    sock.sendall(f"GET {WATCH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {fake.token}\r\n\r\n".encode())
    seen = b""
    while b'"ADDED"' not in seen:
        seen += sock.recv(65_536)
    return sock


@pytest.mark.parametrize("tls", [False, True])
def test_connections_are_reset(serve, tls):
    """The client of an open watch gets RST, not an end that it could take for one."""
    fake = serve(tls=tls)
    with watching(fake, ssl.create_default_context(cafile=fake.ca) if tls else None) as sock:
        fake.crash()
        # Asked below TLS, which makes of a reset what it makes of any end.
        with socket.socket(fileno=sock.detach()) as bare, pytest.raises(ConnectionResetError):
            list(iter(lambda: bare.recv(65_536), b""))


def test_connections_may_just_break_off(serve):
    """With ``reset=False`` the client sees the end of the stream in the middle of an answer, without its last chunk."""
    fake = serve(tls=False)
    with watching(fake, None) as sock:
        fake.crash(reset=False)
        rest = b""
        while found := sock.recv(65_536):
            rest += found
    assert not rest.endswith(b"0\r\n\r\n")


def test_the_config_file_names_a_dead_port(serve, program, refused):
    """Entry, token and certificate stay as they were; connections are refused until the fake is stopped."""
    fake = serve()
    before = fake.kubeconfig.read_text()
    fake.crash()
    assert before == fake.kubeconfig.read_text()
    assert fake.url == program(fake).entry.server
    assert (True, True) == (refused(fake.url), refused(fake.web_url))
    assert fake.ca.exists()
    fake.expect_exit_code(-9)
    assert "Tilt was killed" in fake.render_timeline()
    config, context = fake.kubeconfig, fake.context
    fake.stop()
    assert not config.exists() or context not in kubeconfig.contexts(config)


def test_nobody_is_given_the_dead_port(serve):
    """While a fake lies dead, no other fake of this machine gets its port, so that no program meets a stranger."""
    fake = serve(tls=False)
    fake.crash()
    others = {serve(tls=False).url for _ in range(50)}
    assert fake.url not in others
    with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind(("127.0.0.1", int(fake.url.rpartition(":")[2])))
    with pytest.raises(httpx.ConnectError):
        httpx.get(fake.url)
    fake.restart(new_port=False)
    assert 404 == httpx.get(fake.url).status_code


@pytest.mark.parametrize("at", ["soon", "Tomorrow", 1e300])
def test_a_bad_time_is_told_with_the_argument(serve, at):
    """``at=`` is named, and so is what was called with it."""
    with pytest.raises(InvalidValue, match=r"^crash\(\): at: "):
        serve().crash(at=at)
