"""Well-formed requests of every kind, at a whole fake."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_tiltsession import FakeTilt

from . import conversing, examining, hosting, judging, requests_grammar

FUZZ = settings.get_profile("fuzz")


def ask(fake: FakeTilt, talk: conversing.Conversation, asked: requests_grammar.Asked) -> conversing.Answer:
    """Make a request, judge its answer, and see that one that is refused has changed nothing."""
    before = len(fake.commits), fake._world.objects.revision
    found = fake._world.objects.get(asked.name)
    talk.send(asked.bytes(fake.token, "1" if found is None else found.metadata.resource_version))
    answer = talk.answer(asked.method)
    judging.judge(answer, asked.method)
    if not judging.may_have_written(answer):
        assert before == (len(fake.commits), fake._world.objects.revision), answer
    return answer


def ask_all(fake: FakeTilt, requests: list[requests_grammar.Asked]) -> None:
    """Make requests one after the other, on one connection as long as it lasts."""
    while requests:
        with conversing.conversation(fake) as talk:
            while requests and not talk.over:
                answer = ask(fake, talk, requests.pop(0))
                if answer.header("connection") == "close" or talk.said_all:
                    break


@pytest.mark.parametrize("profile", ["tilt", "kubernetes"])
@FUZZ
@given(st.lists(requests_grammar.asked(), min_size=1, max_size=6))
def test_no_request_breaks_a_fake(profile: str, requests: list[requests_grammar.Asked]) -> None:
    """Whatever is asked, the answer is one of Tilt's; what is refused changes nothing; what is stored is sound."""
    with hosting.sound(profile=profile, tls=False) as fake:
        ask_all(fake, [*requests_grammar.FURNITURE, *requests])
        examining.examine(fake)
