"""Which target a test means: by its own name, or by its resource where that has one target only; knows no states."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from pytest_tiltsession import errors


class Named(Protocol):
    """What has the name of a target, and the resources that it belongs to."""

    @property
    def name(self) -> str:
        """The target's own name: ``api:serve``."""

    @property
    def resources(self) -> Sequence[str] | None:
        """The resources of the Tiltfile that it belongs to."""


Found = TypeVar("Found", bound=Named)


def find(targets: Iterable[Found], name: str) -> Found | None:
    """Give the target of that name, or the only one of the resource of that name; None where there is none.

    Raises :class:`errors.UnknownTarget` where the resource has several, naming them.
    """
    known = tuple(targets)
    exact = next((item for item in known if item.name == name), None)
    if exact is not None:
        return exact
    owned = [item for item in known if name in (item.resources or ())]
    if len(owned) > 1:
        choices = " or ".join(repr(item.name) for item in owned)
        raise errors.UnknownTarget(f"{name!r} is a resource of {len(owned)} targets: write {choices}")
    return owned[0] if owned else None


def get(targets: Iterable[Found], name: str) -> Found:
    """Give the target as :func:`find` does; raises :class:`errors.UnknownTarget` where there is none."""
    known = tuple(targets)
    found = find(known, name)
    if found is None:
        hint = meant(known, name) or f"declared: {', '.join(item.name for item in known) or 'none'}."
        raise errors.UnknownTarget(
            f'no target {name!r} in this session; {hint} Declare it first with job("name") or server("name").'
        )
    return found


def nearest(targets: Iterable[Named], name: str) -> str | None:
    """Give the name of a target or resource that was probably meant: one that differs in case only, or is alike."""
    known = [word for item in targets for word in (*(item.resources or ()), item.name)]
    by_case = [word for word in known if word.casefold() == name.casefold()]
    return next(iter(by_case or difflib.get_close_matches(name, known, 1, cutoff=0.5)), None)


def meant(targets: Iterable[Named], name: str) -> str:
    """Ask by their own names for the targets that were probably meant; an empty text where none is near."""
    known = tuple(targets)
    near = nearest(known, name)
    names = [item.name for item in known if item.name == near]
    names = names or [item.name for item in known if near in (item.resources or ())]
    return f"did you mean {' or '.join(map(repr, names))}?" if names else ""


def by_likeness(targets: Iterable[Named], name: str) -> list[str]:
    """Give the names of the targets, those first that are most like a name."""
    return sorted((item.name for item in targets), key=lambda word: -difflib.SequenceMatcher(None, word, name).ratio())


def named(what: str, given: str | Sequence[str]) -> tuple[str, ...]:
    """Give names as a tuple; one alone may be a text. Raises InvalidValue for anything else."""
    found = (given,) if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)
    if not all(isinstance(name, str) and name for name in found):
        raise errors.InvalidValue(f'{what}={given!r}: give one name as text, or several, such as ["a", "b"]')
    return found
