"""The outermost router, the headers of all answers, and the journal of requests."""

import re
from typing import Any

import pytest

from pytest_tiltsession.api import messages, watching

PATH = "/apis/tilt.dev/v1alpha1/sessions"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def test_every_answer_of_the_api_server_has_its_headers(api: Any) -> None:
    """An audit id of its own and no caching, on refusals too."""
    seen = [api.get("Tiltfile"), api.get("none"), api.call("GET", "/healthz"), api.get(authorization="")]

    assert all(re.fullmatch(UUID, answer.headers["audit-id"]) for answer in seen)
    assert len({answer.headers["audit-id"] for answer in seen}) == len(seen)
    assert {answer.headers["cache-control"] for answer in seen} == {"no-cache, private"}
    assert [answer.headers.get("x-content-type-options") for answer in seen] == [None, None, "nosniff", "nosniff"]


def test_a_clients_own_audit_id_is_repeated(api: Any) -> None:
    """Who names its request finds the name in the answer."""
    assert api.get("Tiltfile", audit_id="mine").headers["audit-id"] == "mine"


def test_paths_outside_never_reach_the_api_server(api: Any) -> None:
    """They get Go's plain 404 with no header of the API server, whatever the token."""
    for path in ("/", "/api", "/api/v1", "/foo", "/statusz", "/debug/pprof/"):
        seen = api.call("GET", path, authorization="")
        assert (seen.status, seen.raw) == (404, b"404 page not found\n")
        assert set(seen.headers) == {"content-type", "x-content-type-options"}


def test_paths_that_begin_like_the_api_servers_reach_it(api: Any) -> None:
    """The router compares texts, not segments."""
    assert api.call("GET", "/apisfoo", authorization="").status == 403
    assert api.call("GET", "/apisfoo").body["paths"][0] == "/apis"


def test_unclean_paths_are_redirected_with_their_query(api: Any) -> None:
    """A redirect says where, and nothing else."""
    seen = api.call("GET", "/apis//tilt.dev/./v1alpha1/x/../sessions/a%20b", "watch=1", authorization="")

    assert (seen.status, seen.headers, seen.raw) == (
        301, {"location": f"{PATH}/a%20b?watch=1"}, b"",
    )  # fmt: skip


def test_a_path_with_a_bad_escape_is_a_bad_request(api: Any) -> None:
    """Go's server refuses it before any router."""
    seen = api.call("GET", "/apis/%zz")

    assert (seen.status, seen.raw, seen.headers["connection"]) == (400, b"400 Bad Request", "close")


def test_a_watch_of_no_resource_is_an_internal_error(api: Any) -> None:
    """The text is escaped for browsers, as Kubernetes does."""
    seen = api.call("GET", "/apis/tilt.dev/v1alpha1/watch", "a=<b>")

    url = "/apis/tilt.dev/v1alpha1/watch?a=&lt;b&gt;"
    problem = "unable to determine kind and namespace from url"
    expected = f'Internal Server Error: "{url}": failed to create RequestInfo: {problem}, {url}\n'
    assert (seen.status, seen.raw.decode(), "cache-control" in seen.headers) == (500, expected, False)


def test_a_bad_timeout_is_told_before_a_missing_token(api: Any) -> None:
    """The deadline is set before anyone is authenticated; a watch has none."""
    assert api.get("Tiltfile", "timeout=abc", authorization="").status == 400
    assert api.get("Tiltfile", "timeout=1h").status == 200
    assert api.call("GET", PATH, "watch=1&timeout=abc&timeoutSeconds=-1").status == 200


def test_a_token_behind_two_spaces_is_not_read_and_warned_of(api: Any) -> None:
    """Scheme and token are parted by one space; the scheme's case does not matter."""
    seen = api.get("Tiltfile", authorization="Bearer  a-token")
    assert (seen.status, len(seen.warnings)) == (403, 1)
    assert api.get("Tiltfile", authorization="bearer a-token").status == 200
    assert api.get("Tiltfile", authorization="Basic a-token").status == 403


def test_who_acts_as_somebody_else_may_do_what_that_one_may(api: Any) -> None:
    """Only the group of the masters may do anything; the refusal names the user that was asked for."""
    seen = api.get("Tiltfile", impersonate_user="jane")

    assert (seen.status, seen.headers["x-content-type-options"]) == (403, "nosniff")
    assert 'User "jane" cannot get resource "sessions"' in seen.message
    assert api.get("Tiltfile", impersonate_user="jane", impersonate_group="system:masters").status == 200
    assert 'User "system:anonymous"' in api.get("Tiltfile", authorization="", impersonate_user="jane").message


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"impersonate_group": "a"}, 'UID:"", Groups:[]string{"a"}, Extra:map[string][]string(nil)'),
        ({"impersonate_uid": "u"}, 'UID:"u", Groups:[]string(nil), Extra:map[string][]string(nil)'),
        (
            {"impersonate_extra_b%2fc": "x", "impersonate_user": ""},
            'UID:"", Groups:[]string(nil), Extra:map[string][]string{"b/c":[]string{"x"}}',
        ),
    ],
    ids=["group", "uid", "extra"],
)
def test_what_nobody_is_to_have_is_refused(api: Any, headers: dict[str, str], told: str) -> None:
    """Who acts as somebody names a user: groups, a uid and whatever else alone are a bad request."""
    refused = api.get("Tiltfile", **headers)

    message = f'requested &user.DefaultInfo{{Name:"", {told}}} without impersonating a user name'
    assert (refused.status, refused.message) == (400, message)
    assert refused.headers["x-content-type-options"] == "nosniff"


def test_uiresources_are_an_empty_list(api: Any) -> None:
    """The only other kind that is served has no objects, and cannot have any."""
    path = "/apis/tilt.dev/v1alpha1/uiresources"
    listed = api.call("GET", path)
    assert (listed.body["kind"], listed.body["items"]) == ("UIResourceList", [])
    assert api.call("GET", path, accept="application/json;as=Table;v=v1;g=meta.k8s.io").body["rows"] is None
    assert api.call("GET", f"{path}/x").message == 'uiresources.tilt.dev "x" not found'
    watch = api.request("GET", path, "watch=1")
    api.create("a")
    assert watch.pull() == b""
    assert api.call("POST", path, body={}).status == 405


def test_requests_are_noted_as_they_were_answered(api: Any) -> None:
    """The journal says what was asked, by whom, and what came of it."""
    api.get("Tiltfile", user_agent="me/1")
    api.get("none")
    api.get(authorization="")
    api.merge("Tiltfile", {"status": {"pid": 1}}, "dryRun=All", "/status")
    api.call("GET", "/version")

    log = list(api.application.requests)

    assert [(record.operation, record.name, record.status, record.authorized) for record in log] == [
        ("get", "Tiltfile", 200, True),
        ("get", "none", 404, True),
        ("list", "", 403, False),
        ("patch status", "Tiltfile", 200, True),
        ("", "", 200, True),
    ]
    assert [record.number for record in log] == [1, 2, 3, 4, 5]
    assert (log[0].user_agent, log[0].at, log[0].line) == ("me/1", api.world.clock.start, f"GET {PATH}/Tiltfile")
    assert log[1].message == 'sessions.tilt.dev "none" not found'


def test_a_watchs_record_follows_it_to_its_end(api: Any) -> None:
    """Events are counted as they are sent; the end is an instant of the session's clock, noted once."""
    answer = api.request("GET", PATH, "watch=1")
    assert isinstance(answer, watching.Watch)
    (record,) = api.application.requests.open_watches()
    answer.pull()
    api.create("a")
    api.world.clock.advance("2s")
    answer.pull()
    answer.close()
    api.world.clock.advance("2s")
    answer.close()

    assert (record.watch, record.operation, record.events) == (True, "watch", 3)
    assert record.ended == api.world.clock.start + 2_000_000
    assert api.application.requests.open_watches() == []


def test_reads_are_followed_by_the_hook(api: Any) -> None:
    """A get or list of Sessions carries the hook, whatever came of it; nothing else does."""
    read: list[int] = []
    api.application._on_read = lambda: read.append(1)
    for method, path, hooked in (
        ("GET", PATH, True),
        ("GET", f"{PATH}/none", True),
        ("GET", f"{PATH}/Tiltfile/status", True),
        ("GET", "/apis", False),
        ("GET", "/apis/tilt.dev/v1alpha1/uiresources", False),
        ("DELETE", f"{PATH}/none", False),
    ):
        answer = api.request(method, path)
        assert isinstance(answer, messages.Response)
        assert (answer.after is not None) == hooked, path
    assert read == []


def test_an_oversized_body_is_refused_only_where_it_would_be_read(api: Any) -> None:
    """The server that kept the body back asks for the answer: 413 for a write, 405 or 403 as ever."""
    head = (("authorization", "Bearer a-token"),)
    ask = api.application.too_large
    assert ask(messages.Request("POST", PATH, "", head)).status == 413
    assert ask(messages.Request("POST", PATH)).status == 403
    assert ask(messages.Request("POST", f"{PATH}/a", "", head)).status == 405
    assert ask(messages.Request("GET", f"{PATH}/Tiltfile", "", head)).status == 200


def test_checks_that_fail_show_in_health_and_metrics(api: Any) -> None:
    """A fault can make the server unwell."""
    api.application.failing = frozenset({"ping"})

    assert api.call("GET", "/readyz").status == 500
    assert b"apiserver_request_total" in api.call("GET", "/metrics").raw


def test_a_time_that_nobody_keeps_is_over_when_the_work_is_done(api: Any) -> None:
    """The answer is written by the filter in front, without kind and type; what was asked for is done all the same."""
    seen = api.create("late", "timeout=1ns")

    told = {"metadata": {}, "status": "Failure", "reason": "Timeout", "details": {}, "code": 504}
    assert seen.body == {**told, "message": "Timeout: request did not complete within the allotted timeout"}
    assert (seen.status, seen.headers["content-type"]) == (504, "text/plain; charset=utf-8")
    assert api.get("late", "timeout=0").status == 200
    assert api.call("GET", PATH, "watch=1&timeout=1ns&timeoutSeconds=-1").status == 200


def test_numbers_of_any_length_are_refused_in_gos_words(api: Any) -> None:
    """Thousands of digits are out of range, and nothing worse."""
    digits = "9" * 5000

    assert api.get("", f"limit={digits}").message.endswith("value out of range")
    assert api.get("", f"limit={'0' * 5000}1").status == 200
    assert api.get("", f"timeout={digits}s").message.startswith("invalid timeout specified in the request URL")


def test_what_a_refusal_quotes_holds_no_markup(api: Any) -> None:
    """The sentence about who may not do what is escaped for browsers, the name of the object is not."""
    assert 'cannot get path "/version&lt;b&gt;"' in api.call("GET", "/version%3Cb%3E", authorization="").message
    assert api.get("a%3Cb", authorization="").message.startswith('sessions.tilt.dev "a<b" is forbidden: ')


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/version", "application/json", 200),
        ("/version", "application/yaml", 406),
        ("/apis", "application/yaml; x=y", 200),
        ("/apis/tilt.dev", "text/plain", 406),
        ("/apis/tilt.dev/v1alpha1", "text/plain, application/json", 200),
        (PATH, "text/plain", 200),
    ],
)
def test_discovery_reads_only_what_it_writes(api: Any, path: str, sent: str, status: int) -> None:
    """A Content-Type that a path does not read is refused even without a body; resources look at it with the body."""
    seen = api.call("GET", path, content_type=sent)

    assert seen.status == status
    refusal = "406: Not Acceptable\n\nAvailable representations: "
    assert status == 200 or (seen.message, seen.body["details"]) == (refusal, {})
