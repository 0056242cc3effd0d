"""Health, the list of paths and the server's figures."""

import json
import pathlib

import pytest

from pytest_tiltsession.api import discovery, health, messages, metrics, openapi

STORIES = pathlib.Path(__file__).parents[1] / "recorded" / "stories" / "stories.jsonl"


def _recorded_steps(group):
    with STORIES.open(encoding="utf-8") as lines:
        stories = [json.loads(line) for line in lines]
    return [
        pytest.param(step, id=f"{story['id']}-{number}")
        for story in stories
        if story["group"] == group
        for number, step in enumerate(story["steps"])
    ]


def _answer(path, query="", failing=None):
    return health.answer(messages.Request("GET", path, query), failing or {})


@pytest.mark.parametrize("step", _recorded_steps("health"))
def test_health_is_answered_as_recorded(step):
    """Endpoints, single checks, verbose and exclude answer byte by byte as a real Tilt did."""
    asked, expected = step["request"], step["expect"]

    answer = _answer(asked["path"], asked.get("query", "")) or health.unknown_path()

    assert answer.status == expected["status"]
    assert {name: dict(answer.headers).get(name) for name in expected["headers"]} == expected["headers"]
    if "body_text" in expected:
        assert answer.body.decode() == expected["body_text"]
    else:
        assert answer.body.decode() == json.dumps(expected["body"], indent=2)


def test_a_failing_check_fails_its_endpoint_and_withholds_the_reason():
    """An endpoint with a failing check answers 500 with all checks, whether asked verbosely or not."""
    answer = _answer("/readyz", failing={"shutdown": "process is shutting down"})

    assert answer.status == 500
    assert answer.body.decode().endswith("[-]shutdown failed: reason withheld\nreadyz check failed\n")
    assert _answer("/livez", failing={"shutdown": "process is shutting down"}).status == 200


def test_a_failing_check_tells_its_reason_on_its_own_path():
    """The path of the check itself answers 500 with the reason."""
    answer = _answer("/readyz/shutdown", failing={"shutdown": "process is shutting down"})

    assert (answer.status, answer.body) == (500, b"internal server error: process is shutting down\n")


def test_an_excluded_check_cannot_fail_its_endpoint():
    """A failing check that the client excludes is left out of the verdict."""
    assert _answer("/readyz", "exclude=ping", {"ping": "broken"}).body == b"ok"


def test_unmatched_exclusions_are_sorted_and_quoted_as_go_does():
    """Names that exclude nothing are told in one warning, each once."""
    answer = _answer("/livez", "verbose=&exclude=z&exclude=a%22%0a&exclude=z&exclude=%01%C3%A9")

    assert 'no matches for "\\x01é","a\\"\\n","z"\n' in answer.body.decode()


@pytest.mark.parametrize("path", ["/healthz/", "/healthz/nosuch", "/health", "healthz", "/livez/shutdown"])
def test_other_paths_are_left_to_others(path):
    """Nothing is answered for a path that is no health path."""
    assert _answer(path) is None


def test_every_path_that_is_listed_is_answered():
    """No path is told to clients that would then not be there, but for the one that Tilt's own router keeps away."""
    for path in set(health.PATHS) - {"/statusz"}:
        asked = messages.Request("GET", path)
        answers = (
            discovery.answer(asked, "127.0.0.1:1"),
            health.answer(asked),
            metrics.answer(asked, metrics.Figures()),
            openapi.answer(asked, now=0),
        )
        assert [answer.status for answer in answers if answer is not None] == [200], path


def test_metrics_are_written_for_prometheus():
    """Requests are counted by status code and method, watches and objects are told, labels are sorted."""
    figures = metrics.Figures(requests={("PUT", 409): 2, ("GET", 200): 7}, watches=3, sessions=1)

    answer = metrics.answer(messages.Request("GET", "/metrics"), figures)

    assert answer.body.decode().splitlines()[:7] == [
        "# HELP apiserver_request_total Requests answered, by method and status code.",
        "# TYPE apiserver_request_total counter",
        'apiserver_request_total{code="200",method="GET"} 7',
        'apiserver_request_total{code="409",method="PUT"} 2',
        "# HELP apiserver_longrunning_requests Watches that are open.",
        "# TYPE apiserver_longrunning_requests gauge",
        'apiserver_longrunning_requests{group="tilt.dev",resource="sessions"} 3',
    ]
    assert dict(answer.headers)["Content-Type"].startswith("text/plain; version=0.0.4")


def test_slis_tell_each_check_of_each_endpoint():
    """A check that fails is 0, the others are 1."""
    figures = metrics.Figures(failing=frozenset({"shutdown"}))

    lines = metrics.answer(messages.Request("GET", "/metrics/slis"), figures).body.decode().splitlines()

    assert 'kubernetes_healthcheck{name="ping",type="readyz"} 1' in lines
    assert 'kubernetes_healthcheck{name="shutdown",type="readyz"} 0' in lines
    assert len(lines) == 2 + sum(len(checks) for checks in health.CHECKS.values())


def test_label_values_are_escaped():
    """Quotes, backslashes and newlines in a label's value do not break the format."""
    metric = metrics.Metric("m", "gauge", "help", [((("a", 'x"\\\n'),), 1), ((), 2)])

    assert metrics.text([metric]).splitlines()[2:] == ["m 2", 'm{a="x\\"\\\\\\n"} 1']
