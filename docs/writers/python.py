"""The page of the Python API: every public name, from its signature and its docstring.

In the repository it is Markdown throughout; when the pages are built, Sphinx's own directives take its place.
"""

import dataclasses
from collections.abc import Callable, Sequence
from types import ModuleType

import pytest_tiltsession
from pytest_tiltsession import errors, faults, strategies
from pytest_tiltsession.scenario import builder
from writers import markdown, members

_FROM = """\
All of these are imported from `pytest_tiltsession`, faults from `pytest_tiltsession.faults`, strategies from `pytest_tiltsession.strategies`.
[Errors](errors.md) have a page of their own.
"""
_BEGIN = """
Types and further details stand beside the code: `help(pytest_tiltsession.FakeTilt)` in a Python shell, or the built pages (`sphinx-build docs build/docs`).
"""
_GROUPS = {
    "The fake": ("FakeTilt", "TiltSessionFactory", "Settings", "SimulatedClock"),
    "Drivers": ("JobDriver", "ServerDriver", "LocalDriver", "KubernetesDriver", "ComposeDriver"),
    "Scripts": ("Scenario",),
    "What Tilt says": ("Session", "SessionSpec", "SessionStatus", "Target", "TargetState"),
    "What expectations show": ("Entry", "State", "Style"),
}

_ELSEWHERE = {
    "FakeTilt": "The options are [the marker's arguments](options.md#the-markers-arguments).",
    "Settings": "The fields are [the marker's arguments](options.md#the-markers-arguments).",
}

# What rooms of the package ask of each other, and no test.
_WITHIN = {
    "FakeTilt": ("activity", "comes_back", "is_about", "pacing", "serving", "take_over"),
    "SimulatedClock": ("move_on_to", "on_move", "on_planned", "on_settled", "run_due", "step_unless_moving"),
}


def text() -> str:
    """Give the page as the repository shows it: how each is called, and what it says of itself."""
    return _page(_BEGIN, _classes, _functions)


def with_directives() -> str:
    """Give the page as it is built: Sphinx puts types and whole texts in."""
    return _page("", _autoclasses, _autofunctions)


_Section = Callable[[ModuleType, Sequence[str]], str]


def _page(begin: str, classes: _Section, functions: _Section) -> str:
    words = [name for name in pytest_tiltsession.__all__ if name.islower() and hasattr(builder, name)]
    placed = [*errors.__all__, *words, *(name for names in _GROUPS.values() for name in names)]
    if left := set(pytest_tiltsession.__all__) - set(placed):
        raise SystemExit(f"docs/writers/python.py: give these a place: {sorted(left)}")
    parts = [(title, classes(pytest_tiltsession, names)) for title, names in _GROUPS.items()]
    parts.insert(3, ("The words of a script", functions(pytest_tiltsession, words)))
    kinds = [name for name in faults.__all__ if isinstance(getattr(faults, name), type) and _is_a_fault(name)]
    parts.append(("Faults", classes(faults, ("Fault", *kinds))))
    parts.append(("Strategies", functions(strategies, strategies.__all__)))
    return markdown.page("Python", _FROM + begin, *(f"## {title}\n\n{told}" for title, told in parts))


def _is_a_fault(name: str) -> bool:
    return bool(getattr(getattr(faults, name), "NAME", ""))


# -- as the repository shows it -----------------------------------------------------------------------------------


def _classes(module: ModuleType, names: Sequence[str]) -> str:
    if module is faults:
        first, *kinds = (getattr(module, name) for name in names)
        told = [(markdown.code(members.made(kind, without=first)), markdown.prose(kind.__doc__)) for kind in kinds]
        limits = f"{markdown.code(members.made(first))}\n\n{markdown.prose(first.__doc__)}"
        return f"All take what `Fault` takes: {limits}\n\n{markdown.table(('fault', 'what happens'), told)}"
    return "\n\n".join(_class(getattr(module, name)) for name in names)


def _class(kind: type) -> str:
    said = markdown.prose(kind.__doc__)
    head = [f"### `{kind.__name__}`", members.first_paragraph(kind.__doc__) if "::" in said else said]
    if kind.__name__ in _ELSEWHERE:
        head.append(_ELSEWHERE[kind.__name__])
    elif dataclasses.is_dataclass(kind):
        head.append(markdown.code(members.made(kind)))
    found = list(members.rows(kind, _WITHIN.get(kind.__name__, ())))
    return "\n\n".join([*head, markdown.table(("member", "what it is or does"), found)] if found else head)


def _functions(module: ModuleType, names: Sequence[str]) -> str:
    found = ((name, getattr(module, name)) for name in names)
    told = ((markdown.code(members.called(thing, name)), markdown.prose(thing.__doc__)) for name, thing in found)
    return markdown.table(("function", "what it gives"), told)


# -- as it is built -----------------------------------------------------------------------------------------------


def _autofunctions(module: ModuleType, names: Sequence[str]) -> str:
    return markdown.block("{eval-rst}", "\n".join(f".. autofunction:: {module.__name__}.{name}\n" for name in names))


def _autoclasses(module: ModuleType, names: Sequence[str]) -> str:
    lines = []
    for name in names:
        lines += [f".. autoclass:: {module.__name__}.{name}", *_options(module, name), ""]
    return markdown.block("{eval-rst}", "\n".join(lines))


def _options(module: ModuleType, name: str) -> list[str]:
    if module is not pytest_tiltsession:
        return []
    kind = getattr(module, name)
    within = [it for it in _WITHIN.get(name, ()) if hasattr(kind, it)]
    excluded = [f"   :exclude-members: {', '.join(within)}"] if within else []
    return ["   :members:", "   :inherited-members:", *excluded]
