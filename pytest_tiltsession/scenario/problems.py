"""What is wrong with one scenario file, collected so that all of it is told at once; knows no YAML."""

import difflib
from collections.abc import Iterable

from pytest_tiltsession import errors

# More than a reader would work through at once; reading stops there, since what follows is mostly the same mistake.
_SHOWN = 20


class Problems:
    """The problems of one file, each at a line (from 1)."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: list[tuple[int, str]] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, line: int, text: str) -> None:
        """Note a problem. Raises :class:`errors.InvalidScenario` at once where there are too many already."""
        if (line, text) not in self._found:
            self._found.append((line, text))
        if len(self._found) > _SHOWN:
            self.settle("… and reading stopped here")

    def fail(self, line: int, text: str) -> errors.InvalidScenario:
        """Give the error of a problem after which nothing more can be read, with those found before."""
        self._found.append((line, text))
        return self._error()

    def settle(self, closing: str = "") -> None:
        """Raise :class:`errors.InvalidScenario` with every problem in the order of lines, or do nothing."""
        if self._found:
            raise self._error(closing)

    def _error(self, closing: str = "") -> errors.InvalidScenario:
        lines = [f"{self.path}:{line}: {text}" for line, text in sorted(self._found, key=lambda item: item[0])]
        return errors.InvalidScenario("\n".join([*lines, closing] if closing else lines))


def near(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that was probably meant: one that is alike, or has the same letters."""
    choices = list(known)
    alike = difflib.get_close_matches(word, choices, 1, 0.6)
    if alike:
        return alike[0]
    folded = {choice.replace("_", "").casefold(): choice for choice in choices}
    same = folded.get(word.replace("_", "").replace("-", "").casefold())
    return same or next((choice for choice in choices if sorted(choice) == sorted(word)), None)


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, or list them all."""
    choices = list(known)
    meant = near(word, choices)
    if meant is not None:
        return f"did you mean {meant}?"
    if len(choices) > 12:
        return f"there are {len(choices)}, such as {', '.join(choices[:6])}"
    return f"there is {', '.join(choices)}" if choices else "there is none"
