"""Tracebacks that end in the test: the package's own frames are left out of the errors that it raises on purpose.

Imports the standard library only.
"""

import sys
import types
from collections.abc import Set

_PACKAGE = "pytest_tiltsession"
_OWN = frozenset({_PACKAGE, "functools"})  # the latter calls the package's cached properties
_OF_PYTEST = frozenset({"_pytest", "pluggy"})


def is_on_purpose(error: "BaseException | None") -> bool:
    """Tell whether the package means an error for the test, as a refusal or a failed claim. Loads nothing."""
    errors = sys.modules.get(f"{_PACKAGE}.errors")
    return errors is not None and isinstance(error, errors.TiltSessionError)


def shorten(error: BaseException, plugins: frozenset[str] = frozenset()) -> bool:
    """Leave the package's frames out of an error that it raised on purpose, and out of those that led to it.

    Gives False, and leaves all frames, where the others are only of pytest and its installed ``plugins`` (names of
    packages): then the error came before the test's own code.
    """
    shortened = True
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        if is_on_purpose(found):
            kept = _without_package(found.__traceback__, _OF_PYTEST | plugins)
            if kept is not None:
                found.__traceback__ = kept
            elif found is error:
                shortened = False
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return shortened


def _without_package(first: types.TracebackType | None, machinery: frozenset[str]) -> types.TracebackType | None:
    """Link the frames that are not the package's to each other; give the first, None where all are machinery."""
    frames = []
    while first is not None:
        if not _is_of(_OWN, first):
            frames.append(first)
        first = first.tb_next
    if all(_is_of(machinery, frame) for frame in frames):
        return None
    for frame, after in zip(frames, [*frames[1:], None], strict=True):
        frame.tb_next = after
    return frames[0]


def _is_of(packages: Set[str], entry: types.TracebackType) -> bool:
    return str(entry.tb_frame.f_globals.get("__name__", "")).partition(".")[0] in packages
