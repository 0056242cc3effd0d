"""The page of the Python API: every public name, documented by its docstring when the pages are built."""

import pytest_tiltsession
from pytest_tiltsession import errors, faults, strategies
from pytest_tiltsession.scenario import builder
from writers import markdown

_BEGIN = """\
All of these are imported from `pytest_tiltsession`, faults from `pytest_tiltsession.faults`, strategies from `pytest_tiltsession.strategies`. The texts stand beside the code and are put in when the
pages are built: `sphinx-build docs build/docs`, or `help(pytest_tiltsession.FakeTilt)` in a Python shell. [Errors](errors.md) have a page of their own.
"""
_GROUPS = {
    "The fake": ("FakeTilt", "TiltSessionFactory", "Settings", "SimulatedClock"),
    "Drivers": ("JobDriver", "ServerDriver", "LocalDriver", "KubernetesDriver", "ComposeDriver"),
    "Scripts": ("Scenario",),
    "What Tilt says": ("Session", "SessionSpec", "SessionStatus", "Target", "TargetState"),
    "What expectations show": ("Entry", "State", "Style"),
}

# What rooms of the package ask of each other, and no test.
_WITHIN = {
    "FakeTilt": ("activity", "comes_back", "is_about", "pacing", "serving", "take_over"),
    "SimulatedClock": ("move_on_to", "on_move", "on_planned", "on_settled", "run_due", "step_unless_moving"),
}


def text() -> str:
    """Give the page."""
    words = [name for name in pytest_tiltsession.__all__ if name.islower() and hasattr(builder, name)]
    placed = [*errors.__all__, *words, *(name for names in _GROUPS.values() for name in names)]
    if left := set(pytest_tiltsession.__all__) - set(placed):
        raise SystemExit(f"docs/writers/python.py: give these a place: {sorted(left)}")
    parts = [_section(title, names) for title, names in _GROUPS.items()]
    parts.insert(3, _section("The words of a script", words, "autofunction"))
    kinds = [name for name in faults.__all__ if isinstance(getattr(faults, name), type) and _is_a_fault(name)]
    return markdown.page(
        "Python",
        _BEGIN,
        *parts,
        _section("Faults", ("Fault", *kinds), module=faults.__name__),
        _section("Strategies", strategies.__all__, "autofunction", strategies.__name__),
    )


def _is_a_fault(name: str) -> bool:
    return bool(getattr(getattr(faults, name), "NAME", ""))


def _section(
    title: str, names: "tuple[str, ...] | list[str]", directive: str = "autoclass", module: str = "pytest_tiltsession"
) -> str:
    lines = []
    for name in names:
        lines += [f".. {directive}:: {module}.{name}", *_members(name, directive, module), ""]
    return f"## {title}\n\n" + markdown.block("{eval-rst}", "\n".join(lines))


def _members(name: str, directive: str, module: str) -> list[str]:
    if directive != "autoclass" or module != pytest_tiltsession.__name__:
        return []
    kind = getattr(pytest_tiltsession, name)
    within = [it for it in _WITHIN.get(name, ()) if hasattr(kind, it)]
    excluded = [f"   :exclude-members: {', '.join(within)}"] if within else []
    return ["   :members:", "   :inherited-members:", *excluded]
