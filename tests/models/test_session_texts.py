"""Sessions as text, with the texts of targets kept from one version to the next."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from pytest_tiltsession.models import encoding, metadata, session

PLACES = st.sampled_from(['"targets":[', '\\"targets\\":[]', '"', "]", "\u2028", "é", "<", ""])


@st.composite
def sessions(draw):
    """Make Sessions whose texts hold what looks like the list of targets."""
    names = draw(st.lists(st.tuples(PLACES, PLACES).map("".join), max_size=4))
    targets = tuple(session.Target(name, session.JOB, (name,)) for name in names) if draw(st.booleans()) else None
    entry = metadata.ManagedFieldsEntry(manager=draw(PLACES), fields_v1={draw(PLACES): {}, "targets": []})
    meta = metadata.ObjectMeta(name="x", annotations={draw(PLACES): draw(PLACES)}, managed_fields=(entry,))
    return session.Session(meta, status=session.SessionStatus(targets=targets, error=draw(PLACES)))


@given(st.lists(sessions(), max_size=4))
def test_the_text_is_that_of_the_whole_session(versions):
    """Whatever names and messages look like, and whatever was written before."""
    texts = encoding.SessionTexts()
    for value in (*versions, *versions):
        assert encoding.compact(encoding.session_to_wire(value)) == texts.text(value)


def test_what_is_kept_is_bounded():
    """Targets that come and go are not kept for ever, and none is taken for another one."""
    texts = encoding.SessionTexts()
    for number in range(3 * 4096):
        target = session.Target(f"job-{number}", session.JOB)
        value = session.Session(status=dataclasses.replace(session.SessionStatus(), targets=(target,)))
        assert f'"job-{number}"' in texts.text(value)
    assert len(texts._texts) <= 4097
