"""An objection to a script, with the place in a file that it is about."""

from typing import NamedTuple

from pytest_tiltsession.scenario.relative import script


class Objection(NamedTuple):
    """What is wrong, and where it stands; without a place in a script that was built in Python."""

    where: script.Where | None
    text: str

    def told(self, path: str = "") -> str:
        """Say it as a line: ``path:line: text``; ``path`` serves where no line is known."""
        if self.where is not None:
            return f"{self.where.path}:{self.where.line}: {self.text}"
        return f"{path}: {self.text}" if path else self.text
