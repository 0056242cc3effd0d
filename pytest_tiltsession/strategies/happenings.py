"""What may happen at one instant of a session, as a step without its time; knows nothing of what was before."""

import functools

from hypothesis import strategies as st

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import instants, steps
from pytest_tiltsession.strategies import asking, declaring, spans, states, texts

Happenings = st.SearchStrategy[steps.Step]
_LONGEST = 3


def happenings(
    asked: asking.Asked, declared: declaring.Declared, kept_back: steps.Declaration | None, *, decided: bool
) -> Happenings:
    """Give what may happen at one instant: one thing, or a few at once.

    Where a verdict is ``decided`` by what comes last, nothing fails before; the target that is ``kept_back`` never
    does well and is never removed.
    """
    meanings: tuple[states.Meaning, ...] = ("blocking", "good") if decided else ("blocking", "good", "fatal")
    found: list[Happenings] = []
    for target in declared:
        held = decided and target == kept_back
        found.append(_set(target, ("blocking",) if held else meanings, asked.said()))
        if not held:
            found.append(st.just(steps.Step(0, remove=(target.name,))))
    found.append(_set(steps.TILTFILE, meanings, asked.said()))
    found.append(_reloads(asked, declared, kept_back if decided else None, meanings))
    found.append(st.sampled_from((steps.Step(0, session="absent"), steps.Step(0, session="recreated"))))
    found.append(st.builds(lambda texts_: steps.Step(0, labels=texts_), texts.labels()))
    found.append(st.builds(lambda texts_: steps.Step(0, annotations=texts_), texts.labels()))
    if not decided:
        found.append(st.booleans().map(lambda broken: steps.Step(0, cluster_error=broken)))
    return st.lists(st.one_of(found), min_size=1, max_size=_LONGEST).map(lambda all_: functools.reduce(merged, all_))


def merged(first: steps.Step, second: steps.Step) -> steps.Step:
    """Make one step of two that happen at once; of what both say, the second counts."""
    return instants.merge(first, second)


def _set(target: steps.Declaration, meanings: tuple[states.Meaning, ...], said: st.SearchStrategy[str]) -> Happenings:
    found = states.meaning(target, *meanings, errors=said)
    return found.map(lambda state: steps.Step(0, set={target.name: state}))


@st.composite
def _reloads(
    draw: st.DrawFn,
    asked: asking.Asked,
    declared: declaring.Declared,
    kept_back: steps.Declaration | None,
    meanings: tuple[states.Meaning, ...],
) -> steps.Step:
    """Give a Tiltfile that is loaded again: with other settings, resources that come and go, or in vain."""
    if "fatal" in meanings and draw(st.booleans()):
        failed = draw(states.meaning(steps.TILTFILE, "fatal", errors=asked.said()))
        return steps.Step(0, set={steps.TILTFILE.name: failed}, reload=True)
    shown = {steps.TILTFILE.name: steps.ScriptedState("terminated")}
    gone: tuple[str, ...] = ()
    if declared:
        words = draw(st.lists(st.sampled_from(("", "back", "gone")), min_size=len(declared), max_size=len(declared)))
        for target, word in zip(declared, words, strict=True):
            if word == "back":
                shown[target.name] = steps.ScriptedState("waiting", "tiltfile-reload")
            elif word == "gone" and target != kept_back:
                gone = (*gone, target.name)
    # Only its settings of tilt ci are looked at: path and condition stay those of the session.
    spec = draw(st.none() | spans.settings_of_ci().map(lambda ci: session.SessionSpec("", "", ci)))
    return steps.Step(0, set=shown, remove=gone, spec=spec, reload=True)
