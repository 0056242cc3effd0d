"""``scripts`` and ``resources``: whole resources that depend on each other, and what happens to them.

Told with the builder; what Tilt makes of it, ``scenario.relative`` finds out.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

from hypothesis import strategies as st

from pytest_tiltsession import errors as exceptions
from pytest_tiltsession.models import resources as models
from pytest_tiltsession.scenario import builder
from pytest_tiltsession.scenario.relative import ending, script
from pytest_tiltsession.strategies import asking, phases, spans, texts

KINDS: Final = ("local", "kubernetes", "compose")
_OF_ENABLED: Final = ("disable", "trigger", "change", "reload")
_READINESS = (models.WAIT, models.SUCCEEDED, models.IGNORE)


def resources(
    *,
    most: int = 3,
    kinds: Sequence[str] = KINDS,
    names: st.SearchStrategy[str] | None = None,
    errors: st.SearchStrategy[str] | None = None,
) -> st.SearchStrategy[builder.Scenario]:
    """Give scenarios that tell of whole resources and of nothing else, each depending on some of those before it.

    ``most`` is how many there are at most, ``kinds`` some of ``local``, ``kubernetes`` and ``compose``; ``names`` and
    ``errors`` are as in :func:`scenarios`. They are to be told on, or to be what a reload adds. Raises InvalidValue.

    >>> strategies.resources(kinds=["local"]).map(lambda told: told.disable("a", at="2s"))
    """
    _check(most, kinds)
    return _resources(most, tuple(kinds), names, _said(errors), 0).map(builder.Scenario.of)


def scripts(
    *,
    most: int = 3,
    kinds: Sequence[str] = KINDS,
    max_events: int = 4,
    exit_condition: str | None = None,
    names: st.SearchStrategy[str] | None = None,
    errors: st.SearchStrategy[str] | None = None,
) -> st.SearchStrategy[builder.Scenario]:
    """Give scenarios of whole resources, as :func:`resources` does, and of what happens to them.

    They are disabled and enabled, triggered, their files change, and the Tiltfile is loaded again, in vain or with
    resources that come and go; ``max_events`` times at most. ``exit_condition`` is ``ci`` or ``manual``, either
    without it; a session of ``tilt ci`` ends with its first verdict. Raises InvalidValue.

    >>> @hypothesis.given(strategies.scripts(kinds=["kubernetes"], exit_condition="ci"))
    ... def test_pods(script): ...
    """
    _check(most, kinds)
    asking.one_of("exit_condition", exit_condition, asking.CONDITIONS)
    if isinstance(max_events, bool) or not isinstance(max_events, int) or max_events < 0:
        raise exceptions.InvalidValue(f"max_events={max_events!r}: give a whole number of 0 or more")
    return _scripts(most, tuple(kinds), max_events, exit_condition, names, _said(errors))


def _check(most: int, kinds: Sequence[str]) -> None:
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise exceptions.InvalidValue(f"most={most!r}: give a whole number of 0 or more")
    if isinstance(kinds, str) or not kinds:
        raise exceptions.InvalidValue(f"kinds={kinds!r}: give some of {', '.join(KINDS)}, such as ['local']")
    for kind in kinds:
        asking.one_of("kinds", kind, KINDS)


@st.composite
def _resources(
    draw: st.DrawFn,
    most: int,
    kinds: tuple[str, ...],
    names: st.SearchStrategy[str] | None,
    errors: st.SearchStrategy[str],
    first: int,
) -> script.Script:
    told = builder.Scenario()
    taken: list[str] = []
    odd = st.none() | texts.odd_names() if names is None else names.filter(bool)
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=most)):
        named = draw(odd)
        name = texts.letter(first + len(taken))
        if named is not None and named not in (*taken, "tiltfile", "(Tiltfile)"):
            name = named
        given = draw(_common(taken))
        taken.append(name)
        if kind == "local":
            told = draw(_local(told, name, errors, given))
        elif kind == "kubernetes":
            told = draw(_kubernetes(told, name, errors, given))
        else:
            build, container = draw(phases.builds(errors)), draw(phases.containers())
            told = told.compose(name, build=build, container=container, **given)
    return told.script


@st.composite
def _common(draw: st.DrawFn, before: Sequence[str]) -> dict[str, Any]:
    """Give what each resource may have; what is usual comes first."""
    seldom = st.sampled_from((False, False, False, True))
    return {
        "after": draw(st.lists(st.sampled_from(before), max_size=2, unique=True)) if before else [],
        "auto_init": not draw(seldom),
        "trigger_mode": "manual" if draw(seldom) else "auto",
        "disabled": draw(seldom),
    }


@st.composite
def _local(
    draw: st.DrawFn,
    told: builder.Scenario,
    name: str,
    errors: st.SearchStrategy[str],
    given: Mapping[str, Any],
) -> builder.Scenario:
    parts = draw(st.sampled_from((("update",), ("serve",), ("update", "serve"))))
    update = draw(phases.builds(errors)) if "update" in parts else None
    serve = draw(phases.processes()) if "serve" in parts else None
    return told.local(name, update=update, serve=serve, allow_parallel=draw(st.booleans()), **given)


@st.composite
def _kubernetes(
    draw: st.DrawFn,
    told: builder.Scenario,
    name: str,
    errors: st.SearchStrategy[str],
    given: Mapping[str, Any],
) -> builder.Scenario:
    mode = draw(st.sampled_from(_READINESS))
    build, pods = draw(phases.builds(errors)), draw(phases.pods(errors, mode))
    images = draw(st.lists(st.just("base"), max_size=1))
    return told.kubernetes(name, build=build, pods=pods, pod_readiness=mode, images=images, **given)


@st.composite
def _scripts(
    draw: st.DrawFn,
    most: int,
    kinds: tuple[str, ...],
    max_events: int,
    exit_condition: str | None,
    names: st.SearchStrategy[str] | None,
    errors: st.SearchStrategy[str],
) -> builder.Scenario:
    condition = draw(st.sampled_from(asking.CONDITIONS)) if exit_condition is None else exit_condition
    head = builder.Scenario(exit_condition=condition, start_up=draw(st.sampled_from(("loaded", "full")))).script
    ci = draw(spans.settings_of_ci())
    base = dataclasses.replace(head.base, spec=dataclasses.replace(head.base.spec, ci=ci))
    entries = draw(_resources(most, kinds, names, errors, 0)).entries
    told = builder.Scenario.of(dataclasses.replace(head, base=base, entries=entries, goes_on=True))
    # Which resources there are, each with whether it is disabled: what is asked of them depends on it.
    known, at = {entry.name: _disabled(entry) for entry in entries}, 0
    for number, gap in enumerate(draw(st.lists(st.integers(1, 10), max_size=max_events))):
        at += gap
        told = draw(_event(told, known, f"{at}s", f"new{number}", kinds, errors))
    end = ending.ending(told.build())
    # Nothing happens after the verdict, when tilt ci has exited.
    events = tuple(event for event in told.script.events if end is None or _instant(event) <= end.at)
    return builder.Scenario.of(dataclasses.replace(told.script, events=events, goes_on=False))


@st.composite
def _event(
    draw: st.DrawFn,
    told: builder.Scenario,
    known: dict[str, bool],
    at: str,
    new: str,
    kinds: tuple[str, ...],
    errors: st.SearchStrategy[str],
) -> builder.Scenario:
    """Tell of one event, and note in ``known`` what has come of it."""
    name = draw(st.sampled_from(list(known))) if known else ""
    possible = ("reload",) if not name else ("enable", "reload") if known[name] else _OF_ENABLED
    word = draw(st.sampled_from(possible))
    if word in ("disable", "enable"):
        known[name] = word == "disable"
    if word != "reload":
        found: builder.Scenario = getattr(told, word)(name, at=at)
        return found
    what = draw(st.sampled_from(("comes", "goes", "fails") if name else ("comes", "fails")))
    if what == "fails":
        return told.reload(at=at, error=draw(errors))
    if what == "goes":
        del known[name]
        return told.reload(at=at, remove=name)
    # A name that no resource had before: what a target is never changes.
    added = draw(_resources(1, kinds, st.just(new), errors, 0))
    known |= {entry.name: _disabled(entry) for entry in added.entries}
    return told.reload(at=at, add=builder.Scenario.of(added))


def _disabled(entry: script.Resource | script.Track) -> bool:
    return not isinstance(entry, script.Track) and entry.disabled


def _instant(event: script.Event) -> int:
    assert isinstance(event.at, int), event
    return event.at


def _said(errors: st.SearchStrategy[str] | None) -> st.SearchStrategy[str]:
    return texts.job_errors() if errors is None else errors.filter(bool)
