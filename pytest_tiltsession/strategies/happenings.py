"""What may happen at one instant of a session, as a step without its time; knows nothing of what was before."""

import functools

from hypothesis import strategies as st

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import instants, steps
from pytest_tiltsession.strategies import asking, declaring, spans, states, texts

# Targets move far more often than all the rest comes about.
_CALM = ("set", "set", "set", "set", "set", "set", "reload", "remove", "session", "labels", "annotations")
_ALL = (*_CALM, "cluster")
_SESSION: st.SearchStrategy[steps.SessionWord] = st.sampled_from(("absent", "recreated"))
_COMES_AND_GOES = st.sampled_from(("", "back", "gone"))
_OTHER_SETTINGS = st.none() | spans.settings_of_ci()
_AT_ONCE = st.sampled_from((1, 1, 2, 3))


@st.composite
def happenings(
    draw: st.DrawFn,
    asked: asking.Asked,
    declared: declaring.Declared,
    kept_back: steps.Declaration | None,
    *,
    decided: bool,
) -> steps.Step:
    """Give what may happen at one instant: one thing, or a few at once.

    Where a verdict is ``decided`` by what comes last, nothing fails before; the target that is ``kept_back`` never
    does well and is never removed.
    """
    happening = _one(draw, asked, declared, kept_back, decided=decided)
    for _ in range(draw(_AT_ONCE) - 1):
        happening = merged(happening, _one(draw, asked, declared, kept_back, decided=decided))
    return happening


def merged(first: steps.Step, second: steps.Step) -> steps.Step:
    """Make one step of two that happen at once; of what both say, the second counts."""
    return instants.merge(first, second)


def _one(
    draw: st.DrawFn,
    asked: asking.Asked,
    declared: declaring.Declared,
    kept_back: steps.Declaration | None,
    *,
    decided: bool,
) -> steps.Step:
    held = kept_back if decided else None
    match draw(_words(_CALM if decided else _ALL)):
        case "set":
            target = draw(_targets((*declared, steps.TILTFILE)))
            return steps.Step(0, set={target.name: draw(_shown(asked, target, held, decided=decided))})
        case "reload":
            return _reload(draw, asked, declared, held, decided=decided)
        case "remove":
            gone = draw(_targets(declared)) if declared else None
            return steps.Step(0, remove=(gone.name,) if gone is not None and gone != held else ())
        case "session":
            return steps.Step(0, session=draw(_SESSION))
        case "labels":
            return steps.Step(0, labels=draw(texts.labels()))
        case "annotations":
            return steps.Step(0, annotations=draw(texts.labels()))
    return steps.Step(0, cluster_error=draw(st.booleans()))


@functools.cache
def _words(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(words)


@functools.lru_cache(maxsize=256)
def _targets(targets: tuple[steps.Declaration, ...]) -> st.SearchStrategy[steps.Declaration]:
    return st.sampled_from(targets)


def _shown(
    asked: asking.Asked, target: steps.Declaration, held: steps.Declaration | None, *, decided: bool
) -> states.States:
    if not decided:
        return states.any_state(target, asked.said)
    return states.meaning(target, *(("blocking",) if target == held else ("blocking", "good")), errors=asked.said)


def _reload(
    draw: st.DrawFn,
    asked: asking.Asked,
    declared: declaring.Declared,
    held: steps.Declaration | None,
    *,
    decided: bool,
) -> steps.Step:
    """Give a Tiltfile that is loaded again: with other settings, targets that come and go, or in vain."""
    if not decided and draw(st.booleans()):
        failed = draw(states.meaning(steps.TILTFILE, "fatal", errors=asked.said))
        return steps.Step(0, set={steps.TILTFILE.name: failed}, reload=True)
    shown = {steps.TILTFILE.name: steps.ScriptedState("terminated")}
    gone: tuple[str, ...] = ()
    for target in declared:
        word = draw(_COMES_AND_GOES)
        if word == "back":
            shown[target.name] = steps.ScriptedState("waiting", "tiltfile-reload")
        elif word == "gone" and target != held:
            gone = (*gone, target.name)
    ci = draw(_OTHER_SETTINGS)
    # Only its settings of tilt ci are looked at: path and condition stay those of the session.
    spec = None if ci is None else session.SessionSpec("", "", ci)
    return steps.Step(0, set=shown, remove=gone, spec=spec, reload=True)
