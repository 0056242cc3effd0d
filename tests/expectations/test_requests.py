"""Claims about what clients asked. Their texts are golden files."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import lettering, selection

from . import stories

SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"
HTTPX = "python-httpx/0.28.1"


@pytest.fixture
def story() -> stories.Story:
    """Give a session that kubectl lists and watches, httpx polls and one client changes."""
    told = stories.Story()
    told.asked("GET /apis")
    told.asked(f"GET {SESSIONS}", version=7)
    told.asked(f"GET {SESSIONS}?watch=true&resourceVersion=7", events=3, version=12, ended="2s")
    for _ in range(3):
        told.asked(f"GET {SESSIONS}/Tiltfile", client=HTTPX, name="Tiltfile")
        told.clock.advance("1s")
    told.asked(f"GET {SESSIONS}?watch=1&resourceVersion=12", events=1, version=13)
    told.asked(f"PATCH {SESSIONS}/Tiltfile/status", client="curl/7.88.1", status=409)
    return told


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"GET {SESSIONS}", "list"),
        (f"GET {SESSIONS}/", "list"),
        (f"GET {SESSIONS}?watch=true", "watch"),
        ("GET /apis/tilt.dev/v1alpha1/watch/sessions?watch=1", "watch"),
        (f"GET {SESSIONS}/a", "get"),
        (f"GET {SESSIONS}/a/status", "get status"),
        (f"POST {SESSIONS}", "create"),
        (f"PUT {SESSIONS}/a", "update"),
        (f"PUT {SESSIONS}/a/status", "update status"),
        (f"PATCH {SESSIONS}/a", "patch"),
        (f"DELETE {SESSIONS}/a", "delete"),
        (f"DELETE {SESSIONS}", "deletecollection"),
        ("GET /version", ""),
        ("GET /apis/tilt.dev/v1alpha1/sessionsx", ""),
    ],
)
def test_the_operation_follows_from_the_request_line(line, expected):
    """Where a record names no operation, method, path and query tell it."""
    told = stories.Story()
    told.asked(line)
    assert expected == selection.operation_of(told.requests[0])


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({}, 8),
        ({"operation": "list"}, 1),
        ({"operation": ("list", "watch")}, 3),
        ({"operation": "patch_status"}, 1),
        ({"client": "kubectl"}, 4),
        ({"client": "HTTPX", "name": "Tiltfile"}, 3),
        ({"status": 409}, 1),
        ({"status": "4xx"}, 1),
        ({"status": (200, 409)}, 8),
        ({"status": range(200, 300)}, 7),
        ({"method": "patch"}, 1),
        ({"path": "/apis"}, 8),
        ({"path": "Tiltfile/status"}, 1),
        ({"since": "1s"}, 4),
        ({"since": "1s", "until": 2}, 2),
        ({"where": lambda record: record.events > 1}, 1),
        ({"operation": "create"}, 0),
    ],
)
def test_requests_are_chosen_and_counted(story, chosen, count):
    """Conditions choose requests; count is exact, at_least and at_most are limits."""
    expect = story.expectations.expect_requests
    expect(**chosen, count=count)
    expect(**chosen, at_most=count)
    expect(**chosen, at_least=count)
    expect(**chosen, at_least=count, at_most=count)
    story.refusal(lambda: expect(**chosen, count=count + 1))
    story.refusal(lambda: expect(**chosen, at_least=count + 1))
    if count:
        expect(**chosen)
        story.refusal(lambda: expect(**chosen, at_most=count - 1))
    else:
        story.refusal(lambda: expect(**chosen))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"operation": "lst"}, "'lst' is no operation on Sessions; did you mean 'list'?"),
        ({"status": "4x"}, 'or a class such as "4xx"'),
        ({"count": 1, "at_most": 2}, "count= is exact"),
        ({"count": -1}, "-1 is no number of requests"),
        ({"at_most": True}, "True is no number of requests"),
        ({"since": "soon"}, "'soon' is not a duration"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(story, asked, why):
    """A slip in a condition never chooses nothing in silence."""
    with pytest.raises(errors.InvalidValue) as caught:
        story.expectations.expect_requests(**asked)
    assert why in str(caught.value)


def test_the_condition_that_keeps_all_out_is_named(story):
    """When nothing is chosen, the failure tells which one condition is to blame."""
    text = story.refusal(lambda: story.expectations.expect_requests("get", client="httpx", status=500))
    assert "hint: without the condition 'answered 500' there are 3 requests" in text


HOLD = [
    lambda expect: expect(client="kubectl").resumed_from_the_last_version(),
    lambda expect: expect(client="kubectl").came_in_order("list", "watch", "watch"),
    lambda expect: expect(client="httpx").spaced("1s", at_most="1s"),
    lambda expect: expect(client="httpx").wrote_nothing().used_the_token(),
    lambda expect: expect("watch", until="1s").closed_the_watches(),
]


@pytest.mark.parametrize("claim", HOLD)
def test_good_conduct_is_expected(story, claim):
    """Claims about the chosen requests that are so hold, one after the other."""
    claim(story.expectations.expect_requests)


FAIL = [
    (
        lambda expect: expect("watch").closed_the_watches(),
        "leave no watch open, but 1 watch of kubectl/v1.33.1 is open",
    ),
    (lambda expect: expect("get").closed_the_watches(), "but none is a watch"),
    (lambda expect: expect().wrote_nothing(), "but 1 request is a write (none accepted)"),
    (lambda expect: expect("get").resumed_from_the_last_version(), "no watch follows a list or a watch"),
    (lambda expect: expect("get").spaced("1.5s"), "request 5 came 1s after request 4"),
    (lambda expect: expect("get").spaced(at_most="0.5s"), "come at most 500ms apart, but request 5 came 1s after"),
    (lambda expect: expect("list").spaced(), "no client made two"),
    (lambda expect: expect("get").backed_off(), "none failed and was followed by another"),
    (lambda expect: expect(client="kubectl").came_in_order("watch", "list"), "there is no list after request 3"),
    (lambda expect: expect().came_in_order("create"), "but there is no create\n"),
    (lambda expect: expect().relisted_after_410(), "but none was answered 410"),
]


@pytest.mark.parametrize(("claim", "text"), FAIL)
def test_bad_conduct_is_told(story, claim, text):
    """A claim that is not so says what a client did instead, and shows the requests."""
    message = story.refusal(lambda: claim(story.expectations.expect_requests))
    assert text in message
    assert "requests made" in message


def gone(story: stories.Story, *then: str, status: int = 410) -> None:
    """Let a client be told 410 Gone, and then ask other things."""
    story.asked(f"GET {SESSIONS}?watch=1&resourceVersion=3", status=status, message="Expired: too old")
    for line in then:
        story.asked(f"GET {SESSIONS}{line}")


@pytest.mark.parametrize("status", [410, 200])
def test_a_client_lists_again_after_410(status):
    """After a 410, by status or as an ERROR event in a watch, the next request is a list."""
    story = stories.Story()
    gone(story, "", "?watch=1&resourceVersion=9", status=status)
    story.asked(f"GET {SESSIONS}/Tiltfile", client=HTTPX)
    story.expectations.expect_requests().relisted_after_410()


@pytest.mark.parametrize(
    ("then", "text"),
    [
        ((), "request 1 was the last of its client"),
        (("?watch=1&resourceVersion=0",), "request 2 after the 410 is a watch"),
        (("/Tiltfile", ""), "request 2 after the 410 is a get"),
    ],
)
def test_a_client_that_does_not_list_again_is_told(then, text):
    """Anything but a list after a 410 fails."""
    story = stories.Story()
    gone(story, *then)
    assert text in story.refusal(lambda: story.expectations.expect_requests().relisted_after_410())


@pytest.mark.parametrize(
    ("second", "text"),
    [
        ("watch=1", "request 3 watches with no resourceVersion after version 12"),
        ("watch=1&resourceVersion=0", "request 3 watches with resourceVersion=0 after version 12"),
        ("watch=1&resourceVersion=7", "request 3 watches from 7, when the client had seen 12"),
    ],
)
def test_a_watch_that_does_not_resume_is_told(second, text):
    """A watch goes on from the last event of the watch before it."""
    story = stories.Story()
    story.asked(f"GET {SESSIONS}", version=7)
    story.asked(f"GET {SESSIONS}?watch=1&resourceVersion=7", version=12)
    story.asked(f"GET {SESSIONS}?{second}", version=13)
    assert text in story.refusal(lambda: story.expectations.expect_requests().resumed_from_the_last_version())


def test_clients_are_not_mixed_up():
    """What one client saw is not what another has to resume from."""
    story = stories.Story()
    story.asked(f"GET {SESSIONS}", version=7)
    story.asked(f"GET {SESSIONS}", client=HTTPX, version=9)
    story.asked(f"GET {SESSIONS}?watch=1&resourceVersion=7", version=12)
    story.expectations.expect_requests().resumed_from_the_last_version()


def failing(*gaps: str, statuses: tuple[int, ...]) -> stories.Story:
    """Let a client be answered with these statuses, with these gaps between its requests."""
    story = stories.Story()
    for status, gap in zip(statuses, [*gaps, "0s"], strict=True):
        story.asked(f"GET {SESSIONS}", status=status)
        story.clock.advance(gap)
    return story


def test_a_client_backs_off_in_simulated_time():
    """The time after each failed request is measured; what follows a success is free."""
    story = failing("1s", "2s", "4s", "0s", "0s", statuses=(500, 503, 429, 200, 409, 200))
    story.expectations.expect_requests().backed_off("1s", at_most="4s", growing=True)
    story.expectations.expect_requests().backed_off()
    text = story.refusal(lambda: story.expectations.expect_requests().backed_off("2s"))
    assert "that back off at least 2s, but request 2 came 1s after request 1" in text
    text = story.refusal(lambda: story.expectations.expect_requests().backed_off(at_most="3s"))
    assert "request 4 came 4s after request 3" in text


def test_a_client_that_waits_for_shorter_and_shorter_is_told():
    """growing=True wants no shorter wait while the failures go on, and starts anew after a success."""
    story = failing("2s", "1s", statuses=(500, 500, 500))
    text = story.refusal(lambda: story.expectations.expect_requests().backed_off(growing=True))
    assert "request 3 came 1s after request 2, and it had waited 2s before" in text
    failing("4s", "0s", "1s", statuses=(500, 200, 500, 200)).expectations.expect_requests().backed_off(growing=True)


def test_a_client_that_comes_back_at_once_is_told():
    """Without a number, backing off means that some time passes."""
    story = failing("0s", statuses=(500, 500))
    text = story.refusal(lambda: story.expectations.expect_requests().backed_off())
    assert "request 2 came 0s after request 1" in text


def test_a_request_without_the_token_is_told():
    """used_the_token names the requests that came without it."""
    story = stories.Story()
    story.asked("GET /version", status=403, authorized=False)
    text = story.refusal(lambda: story.expectations.expect_requests().used_the_token())
    assert "that carry the token, but 1 request came without it" in text
    assert "no valid token" in text


def test_records_that_go_on_changing_are_copied(story):
    """A failure tells of the moment at which it was looked, though a watch goes on."""
    seen = story.expectations.look()
    before = seen.requests[2].events
    story.requests[2].events = 99
    assert before == seen.requests[2].events


def test_polls_that_repeat_themselves_are_one_line():
    """Equal requests that follow one another are one line; with others between them they are not."""
    story = stories.Story()
    for _ in range(3):
        story.asked(f"GET {SESSIONS}")
        story.clock.advance("1s")
    story.asked(f"GET {SESSIONS}/a")
    story.asked(f"GET {SESSIONS}")
    text = story.refusal(lambda: story.expectations.expect_requests("list", count=0))
    assert [line[:22] for line in text.splitlines()[3:]] == ["  1-3  00:00:00.000000", "    5  00:00:03.000000"]
    assert "3 times, until 2s" in text


def test_only_the_last_requests_are_shown():
    """Of many requests the last ones are shown, with their number."""
    story = stories.Story()
    for number in range(100):
        story.asked(f"GET {SESSIONS}/s{number}")
    text = story.expectations.render_requests()
    assert text.startswith("  requests made (the last 20 of 100):\n   81  ")
    assert len(text.splitlines()) == 21


def test_what_the_fake_says_of_a_request_is_read_in_full():
    """A diagnosis goes on in further lines; of a very long one the middle is left out."""
    story = stories.Story()
    story.asked("", status=0, message="the TLS handshake failed: the client does not trust the certificate's authority")
    narrow = lettering.Style(width=64)
    assert story.expectations.render_requests(narrow).splitlines()[2:] == [
        "     the TLS handshake failed: the client does not trust the",
        "     certificate's authority",
    ]
    story.asked("", status=0, message=" ".join(map(str, range(1000))))
    *_, last = lines = story.expectations.render_requests(narrow).splitlines()
    assert len(lines) <= 4 + 6
    assert last.endswith(" 999")
    assert max(map(len, lines)) <= 64
