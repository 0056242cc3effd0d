"""Headers and bodies of answers."""

import pytest

from pytest_tiltsession.api import messages, negotiation, refusals, rendering, shown


def test_warnings_are_quoted_and_told_once() -> None:
    """Quotes and backslashes are escaped; what is empty or holds control characters is left out."""
    assert rendering.warnings(['a "b" \\ c', 'a "b" \\ c', "", "x\ny", "é"]) == (
        ("Warning", '299 - "a \\"b\\" \\\\ c"'),
        ("Warning", '299 - "é"'),
    )


def test_many_warnings_are_cut() -> None:
    """Beyond 4,096 letters each is cut to 256, and the rest is left out."""
    texts = [f"{number:03d}" + "x" * 500 for number in range(40)]

    found = rendering.warnings(texts)

    assert len(found) == 16
    assert all(len(value) == len('299 - ""') + 256 for _, value in found)


def test_a_refusal_without_a_plain_form_is_indented_json() -> None:
    """Where the client accepts nothing plain it gets JSON all the same."""
    request = messages.Request("GET", "/", headers=(("accept", "text/html"),))

    response = rendering.refusal(request, {}, refusals.bad_request("no"))

    assert (response.status, response.headers) == (400, (("Content-Type", "application/json"),))
    assert response.body.startswith(b'{\n  "kind": "Status"')
    assert not response.body.endswith(b"\n")


def test_a_refusal_that_can_be_retried_says_when() -> None:
    """retryAfterSeconds is a header as well."""
    response = rendering.refusal(messages.Request("GET", "/"), {}, refusals.version_to_come(9, 1))

    assert ("Retry-After", "1") in response.headers


@pytest.mark.parametrize(("status", "expected"), [(200, 406), (201, 406), (404, 404)])
def test_an_object_without_the_form_turns_a_success_into_a_refusal(status: int, expected: int) -> None:
    """A status that is no success is kept."""
    content = shown.Many((), refusals.bad_request("x").status.metadata)
    media = negotiation.MediaType("application/vnd.kubernetes.protobuf")

    response = rendering.answer(messages.Request("GET", "/"), {}, status, content, media)

    assert response.status == expected
    assert b"object *v1alpha1.SessionList does not implement the protobuf" in response.body
