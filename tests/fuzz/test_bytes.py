"""Any bytes at all, at the socket of a whole fake."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_tiltsession import FakeTilt

from . import bytes_grammar, conversing, hosting, judging

FUZZ = settings.get_profile("fuzz")
WATCH = b"GET /apis/tilt.dev/v1alpha1/sessions?watch=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\n\r\n"
ENDS = ("half-close", "half-close", "half-close", "close", "reset")


def say(fake: FakeTilt, packets: list[bytes], end: str) -> None:
    """Send packets, end the conversation, and judge all that came back, where somebody was there to read it."""
    with conversing.conversation(fake) as talk:
        for packet in packets:
            talk.send(packet.replace(bytes_grammar.TOKEN, fake.token.encode()))
        if end == "reset":
            talk.reset()
        elif end == "half-close":
            talk.half_close()
            heads = b"HEAD" in b"".join(packets)
            for answer in conversing.answers(talk.rest(), heads=heads):
                judging.judge(answer)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("profile", ["tilt", "kubernetes"])
@FUZZ
@given(st.lists(st.tuples(bytes_grammar.streams(), st.sampled_from(ENDS)), min_size=1, max_size=3))
@example([([2 * WATCH], "half-close")])  # the second one was never ended
@example([([b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"], "half-close"), ([b"\r\n"], "half-close")])
def test_no_bytes_break_a_fake(profile: str, tls: bool, clients: list[tuple[list[bytes], str]]) -> None:
    """Whatever clients send and however they leave, each answer is whole and one of Tilt's, and nothing remains."""
    with hosting.sound(profile=profile, tls=tls) as fake:
        for packets, end in clients:
            say(fake, packets, end)


@FUZZ
@given(bytes_grammar.greetings(), st.sampled_from(ENDS))
def test_no_greeting_breaks_tls(greeting: bytes, end: str) -> None:
    """What is no handshake, or half of one, or one gone wrong, ends the connection, and nothing remains."""
    with hosting.sound() as fake, conversing.conversation(fake, secure=False) as talk:
        talk.send(greeting)
        if end == "reset":
            talk.reset()
        elif end == "half-close":
            talk.half_close()
            talk.rest()
