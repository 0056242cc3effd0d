"""Which targets a drawn session has: resources of every kind with simple names, or those that the caller names."""

import functools
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from pytest_tiltsession import errors
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.strategies import texts

Declared = tuple[steps.Declaration, ...]
_TYPES: Mapping[str, tuple[str, ...]] = {
    "update": (session.JOB,),
    "serve": (session.SERVER,),
    # Of a Kubernetes Job a job, else a server.
    "runtime": (session.SERVER, session.JOB),
}
# The targets of a resource, by their names' ends: a job alone, a server alone, both, pods or a container.
_KINDS = (("update",), ("serve",), ("update", "serve"), ("update", "runtime"))


def declarations(
    targets: int | Sequence[str], names: st.SearchStrategy[str] | None, least: int
) -> st.SearchStrategy[Declared]:
    """Give targets: at most so many and at least ``least``, or those of these names.

    Raises InvalidValue for a number below ``least``, and for a name that does not tell what the target is.
    """
    if isinstance(targets, str) or not isinstance(targets, int | Sequence):
        raise errors.InvalidValue(f"targets={targets!r}: give the most that there are, or names, such as ['web:serve']")
    if not isinstance(targets, int):
        if len(targets) < least:
            raise errors.InvalidValue(f"targets={list(targets)!r}: such a session has {least} at least; name it")
        if len(set(targets)) < len(targets):
            raise errors.InvalidValue(f"targets={list(targets)!r}: a target is named twice; leave one out")
        return st.tuples(*map(_named, targets))
    if isinstance(targets, bool) or targets < least:
        raise errors.InvalidValue(f"targets={targets!r}: give a whole number of {least} or more")
    drawn = st.lists(st.tuples(st.sampled_from(_KINDS), _odd(names)), min_size=least, max_size=targets)
    return _of_resources(drawn, targets)


def type_of(name: str) -> st.SearchStrategy[str]:
    """Give the type that a target has by the end of its name. Raises InvalidValue where it says none."""
    found = _TYPES.get(name.rpartition(":")[2]) if name.rpartition(":")[0] else None
    if found is None:
        raise errors.InvalidValue(
            f"targets: {name!r} does not tell what it is; write {name}:update for a job, {name}:serve or "
            f"{name}:runtime for a server"
        )
    return _one_of(found)


@functools.cache
def _one_of(types: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(types)


def _odd(names: st.SearchStrategy[str] | None) -> st.SearchStrategy[str | None]:
    """Give a name, or None for the simple one."""
    return st.none() | texts.odd_names() if names is None else names.filter(bool)


def _named(name: str) -> st.SearchStrategy[steps.Declaration]:
    resource = name.rpartition(":")[0]
    if name == steps.TILTFILE.name:
        raise errors.InvalidValue(f"targets: every session has {name}; leave it out")
    return type_of(name).map(lambda type_: steps.Declaration(name, type_, (resource,)))


@st.composite
def _of_resources(
    draw: st.DrawFn, resources: st.SearchStrategy[list[tuple[tuple[str, ...], str | None]]], most: int
) -> Declared:
    """Give the targets of resources, up to so many, each resource with a name of its own."""
    taken: dict[str, Sequence[str]] = {}
    for kind, odd in draw(resources):
        # A resource that is named tiltfile would have the Tiltfile's own target.
        name = odd if odd is not None and odd not in (*taken, "tiltfile") else texts.letter(len(taken))
        taken.setdefault(name, kind)
    found = [(name, suffix) for name, kind in taken.items() for suffix in kind][:most]
    return tuple(
        steps.Declaration(f"{name}:{suffix}", draw(_one_of(_TYPES[suffix])), (name,)) for name, suffix in found
    )
