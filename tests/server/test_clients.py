"""Client libraries against the server: what they do by themselves must work."""

import asyncio
import concurrent.futures
import http.client
import ssl
import urllib.request

import httpx
import pytest
import requests

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import tls


@pytest.fixture
def context():
    """Give TLS settings that trust the run's authority."""
    return ssl.create_default_context(cadata=tls.ca_pem().decode())


@pytest.fixture
def fake(served, stream):
    """Serve over TLS: what was sent comes back, and a watch of three events."""

    def application(request):
        if request.path == "/watch":
            watch = stream(b'{"n":1}\n', b'{"n":2}\n', b'{"n":3}\n')
            watch._finished = True
            return watch
        return messages.Response(200, (("Content-Type", "text/plain"),), request.method.encode() + request.body)

    return served(application, tls=tls.server_context())


def test_http_client(fake, context):
    """The standard library keeps its connection over requests, uploads in chunks and a watch."""
    client = http.client.HTTPSConnection("127.0.0.1", fake.listener.port, context=context, timeout=10)
    client.request("GET", "/")
    assert client.getresponse().read() == b"GET"
    client.request("PUT", "/", body=iter([b"a", b"b"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    assert client.getresponse().read() == b"PUTab"
    client.request("HEAD", "/")
    assert client.getresponse().read() == b""
    client.request("GET", "/watch")
    assert list(client.getresponse()) == [b'{"n":1}\n', b'{"n":2}\n', b'{"n":3}\n']
    client.request("FOO", "/")
    assert client.getresponse().read() == b"FOO"
    client.close()
    assert fake.listener.activity.requests == 5


def test_urllib(fake, context):
    """urllib closes its connection after each request."""
    with urllib.request.urlopen(fake.listener.url, context=context, timeout=10) as answer:
        assert answer.read() == b"GET"


def test_requests(fake, tmp_path):
    """requests reads a watch line by line."""
    authority = tmp_path / "ca.pem"
    authority.write_bytes(tls.leaf_and_ca_pem())
    with requests.Session() as session:
        session.verify = str(authority)
        session.trust_env = False
        assert session.patch(fake.listener.url, data=b"x").text == "PATCHx"
        with session.get(fake.listener.url + "/watch", stream=True) as answer:
            assert list(answer.iter_lines()) == [b'{"n":1}', b'{"n":2}', b'{"n":3}']


def test_httpx(fake, context):
    """Thirty-two requests over a pool of connections, from eight threads."""
    with (
        httpx.Client(verify=context, base_url=fake.listener.url) as client,
        concurrent.futures.ThreadPoolExecutor(8) as pool,
    ):
        answers = pool.map(lambda number: client.post("/", content=b"%d" % number).content, range(32))
        assert list(answers) == [b"POST%d" % number for number in range(32)]


def test_asyncio_client_in_the_test_thread(fake, context):
    """The server's loop is not the test's: asynchronous clients run beside it."""

    async def ask():
        async with httpx.AsyncClient(verify=context, base_url=fake.listener.url) as client:
            answers = await asyncio.gather(*(client.get("/") for _ in range(10)))
            return [answer.content for answer in answers]

    assert asyncio.run(ask()) == [b"GET"] * 10


def test_expect_100_continue_with_httpx(fake, context):
    """An upload that announces itself is asked for, and httpx passes over the interim answer."""
    with httpx.Client(verify=context, base_url=fake.listener.url) as client:
        answer = client.put("/", content=iter([b"a", b"b"]), headers={"Expect": "100-continue"})
        assert answer.content == b"PUTab"
