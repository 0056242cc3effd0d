"""Certificates, tokens and the TLS between sockets and requests."""

import base64
import contextlib
import http.client
import socket
import ssl
import subprocess
import sys
import threading

import httpx
import pytest
from cryptography import x509

from pytest_tiltsession.server import encryption, service, tls


def certificates():
    """Give the leaf and the authority as the library reads them."""
    return x509.load_pem_x509_certificates(tls.leaf_and_ca_pem())


def test_the_certificates_are_made_once():
    """Every fake of a run shares one authority, one leaf and one context, also when threads race for them."""
    contexts = []
    threads = [threading.Thread(target=lambda: contexts.append(tls.server_context())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(contexts) == {tls.server_context()}
    assert tls.leaf_and_ca_pem().endswith(tls.ca_pem())


def test_the_certificates_have_the_shape_that_strict_clients_want():
    """CA with keyCertSign and key identifier; leaf with the authority's identifier, for localhost and 127.0.0.1."""
    leaf, authority = certificates()
    usage = authority.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_cert_sign
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    issuer = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert issuer.key_identifier == identifier.digest
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(item) for item in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    assert leaf.not_valid_before_utc.year == 2000
    assert leaf.not_valid_after_utc.year == 3000


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_strict_verification_accepts_the_server(served, echo, name):
    """The checks that Python 3.13 makes by default pass, by address and by name."""
    fake = served(echo, tls=tls.server_context())
    context = ssl.create_default_context(cadata=tls.ca_pem().decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    client = http.client.HTTPSConnection(name, fake.listener.port, context=context, timeout=10)
    client.request("GET", "/")
    assert client.getresponse().read() == b"GET /? 0"
    client.close()


def test_the_leaf_alone_is_enough_to_trust(served, echo):
    """Clients that take what Tilt writes into its config file, leaf and authority, accept the server."""
    fake = served(echo, tls=tls.server_context())
    context = ssl.create_default_context(cadata=tls.leaf_and_ca_pem().decode())
    assert httpx.get(fake.listener.url, verify=context).text == "GET /? 0"


def test_a_client_that_does_not_trust_is_no_error_of_the_server(served, echo):
    """The client refuses, the server goes on."""
    fake = served(echo, tls=tls.server_context())
    for _ in range(2):
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(fake.listener.url)
    with fake.connect() as client:
        assert client.get()[0] == "HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    ("version", "expected"), [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")]
)
def test_tls_1_2_and_1_3_are_spoken(served, echo, version, expected):
    """Both versions work, with HTTP/1.1 agreed on."""
    fake = served(echo, tls=tls.server_context())
    context = ssl.create_default_context(cadata=tls.ca_pem().decode())
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", fake.listener.port)) as sock,
        context.wrap_socket(sock, server_hostname="127.0.0.1") as wrapped,
    ):
        assert (wrapped.version(), wrapped.selected_alpn_protocol()) == (expected, "http/1.1")


def test_a_client_with_nagles_algorithm_is_not_kept_waiting(served, echo):
    """The handshake's last message is acknowledged at once, or a first request could take 40 ms."""
    fake = served(echo, tls=tls.server_context())

    def once():
        begin = service.machine_seconds()
        with fake.connect() as client:
            client.get()
        return service.machine_seconds() - begin

    assert any(once() < 0.03 for _ in range(50))  # each may meet a machine that is busy with something else


def test_older_versions_are_refused(served, echo):
    """TLS 1.1 ends in the handshake, as with Tilt."""
    assert tls.server_context().minimum_version == ssl.TLSVersion.TLSv1_2
    fake = served(echo, tls=tls.server_context())
    # A ClientHello of TLS 1.1 with one cipher suite and nothing else.
    hello = b"\x03\x02" + bytes(32) + b"\x00" + b"\x00\x02\xc0\x14" + b"\x01\x00"
    record = b"\x01" + len(hello).to_bytes(3, "big") + hello
    with fake.connect(secure=False) as client:
        client.send(b"\x16\x03\x01" + len(record).to_bytes(2, "big") + record)
        assert client.rest()[:1] == b"\x15"  # an alert


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        (
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
        ),
        (b"PATCH / HTTP/1.1\r\nHost: x\r\n\r\n", b""),
        (b"\x00\x01\x02\x03\x04\x05", b""),
    ],
)
def test_a_client_without_tls_is_told_so(served, echo, sent, got):
    """Plain HTTP on the TLS port gets Go's answer for the methods that Go recognises; other bytes get the end."""
    with served(echo, tls=tls.server_context()).connect(secure=False) as client:
        assert client.send(sent).rest() == got


def test_the_first_bytes_may_come_one_at_a_time(served, echo):
    """A client's greeting is recognised in pieces too."""
    with served(echo, tls=tls.server_context()).connect(secure=False) as client:
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"GET /":
            client.send(bytes([byte]))
        assert client.rest().endswith(b"Client sent an HTTP request to an HTTPS server.\n")


def test_a_broken_record_ends_the_connection(served, echo):
    """Garbage within an established connection is answered with an alert, and is no error of the server."""
    fake = served(echo, tls=tls.server_context())
    with fake.connect() as client:
        client.get()
        raw = socket.socket(fileno=client.sock.detach())
        with raw:
            raw.settimeout(10)
            raw.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)
            assert raw.recv(100)[:1] == b"\x17"  # the alert, encrypted
            assert raw.recv(100) == b""


def test_tls_says_goodbye(served, echo):
    """A connection that the server ends ends with close_notify, so that no client has to suspect an attack."""
    fake = served(echo, tls=tls.server_context())
    context = ssl.create_default_context(cadata=tls.ca_pem().decode())
    with (
        socket.create_connection(("127.0.0.1", fake.listener.port)) as sock,
        context.wrap_socket(sock, server_hostname="127.0.0.1", suppress_ragged_eofs=False) as wrapped,
    ):
        wrapped.sendall(b"GET / HTTP/1.0\r\n\r\n")
        received = b""
        while piece := wrapped.recv(1000):
            received += piece
        assert received.endswith(b"GET /? 0")


class Peer:
    """The client's side of TLS, over memory."""

    def __init__(self):
        context = ssl.create_default_context(cadata=tls.ca_pem().decode())
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")

    def step(self, act, data=b""):
        """Take bytes, do one thing, give the bytes to send."""
        self.incoming.write(data)
        with contextlib.suppress(ssl.SSLWantReadError):
            act()
        return self.outgoing.read()


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_the_layer_takes_records_in_any_pieces(size):
    """Handshake, data in both directions and the client's goodbye work however the bytes are cut."""
    layer, peer = encryption.TlsLayer(tls.server_context()), Peer()

    def deliver(data):
        plain = b""
        for at in range(0, len(data), size):
            plain += layer.unseal(data[at : at + size])
        return plain

    assert deliver(peer.step(peer.tls.do_handshake)) == b""
    assert not layer.established
    assert deliver(peer.step(peer.tls.do_handshake, layer.reply())) == b""
    assert layer.established
    text = b"x" * 50_000
    assert deliver(peer.step(lambda: peer.tls.write(text))) == text
    peer.step(lambda: None, layer.reply() + layer.seal(text))
    received = b""
    while len(received) < len(text):
        received += peer.tls.read()
    assert received == text
    assert deliver(peer.step(peer.tls.unwrap)) == b""
    assert layer.closed
    with pytest.raises(ssl.SSLZeroReturnError):
        peer.step(peer.tls.read, layer.goodbye())


def test_tokens_have_the_shape_of_tilts():
    """88 characters of URL-safe base64, different each time."""
    tokens = {tls.new_token() for _ in range(100)}
    assert len(tokens) == 100
    for token in tokens:
        assert len(token) == 88
        assert len(base64.urlsafe_b64decode(token)) == 64


def test_certificates_cost_nothing_until_they_are_needed():
    """Importing the server does not import trustme and its cryptography."""
    script = (
        "import sys, pytest_tiltsession.server.host, pytest_tiltsession.server.tls; print('trustme' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
