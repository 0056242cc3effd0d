"""What a report says where a proxy of the environment may have taken what was meant for the fake."""

import pytest

from pytest_tiltsession.plugin import proxies

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
FAILING = """
import urllib.error, urllib.request

def test_it(tilt_session):
    # An opener of its own: the one of the process keeps the proxies of its first use.
    urllib.request.build_opener().open(tilt_session.url, timeout=30)
"""


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch):
    """Take the machine's own proxies out of the environment."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("environment", "scheme", "named"),
    [
        ({}, "https", ""),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "https", "HTTPS_PROXY"),
        ({"https_proxy": "http://proxy:3128"}, "https", "HTTPS_PROXY"),
        ({"ALL_PROXY": "socks5://proxy:1080"}, "https", "ALL_PROXY"),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http", ""),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "localhost, 127.0.0.1"}, "https", ""),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "localhost"}, "https", "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "http://proxy:3128", "no_proxy": "*"}, "https", ""),
    ],
)
def test_a_proxy_counts_where_nothing_exempts_the_loopback(monkeypatch, environment, scheme, named):
    """The proxy of the fake's own scheme or of all, unless NO_PROXY names 127.0.0.1, in either spelling."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    told = proxies.between(scheme)
    assert told.startswith(f"the environment sets {named}, ") if named else told == ""


def test_a_test_whose_requests_went_to_the_proxy_is_told_so(pytester, monkeypatch):
    """The section of requests, where there are none, names the variable that was set and the one to set."""
    pytester.makepyfile(FAILING)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    text = pytester.runpytest().stdout.str()
    assert "no request was made" in text
    assert "the environment sets HTTPS_PROXY, and NO_PROXY does not name 127.0.0.1" in text


def test_a_test_whose_requests_go_past_the_proxy_is_told_nothing(pytester, monkeypatch):
    """A test that fails for another reason has no use for the word."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    pytester.makepyfile(FAILING)
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    assert "the environment sets" not in result.stdout.str()
