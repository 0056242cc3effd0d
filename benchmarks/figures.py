"""One measured point: what was measured of whom, what is to be reached, and how it is written down."""

import dataclasses
from collections.abc import Sequence

LIMIT = "the limit"  # how each peer's name begins that is a server of fixed bytes


def number(value: float) -> str:
    """Write a value in three digits, or in as many as it has before its point."""
    return f"{value:,.0f}" if value >= 999.5 else f"{value:.3g}"


@dataclasses.dataclass(frozen=True)
class Figure:
    """A row: ``ours`` beside ``theirs`` in one unit; ``at_most`` is the ratio, or the value, to stay under."""

    what: str
    unit: str
    ours: float
    peer: str = ""
    theirs: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times as much as the peer ours is."""
        return None if not self.theirs else self.ours / self.theirs

    @property
    def reached(self) -> bool | None:
        """Whether the aim is reached; None without one."""
        if self.at_most is None:
            return None
        return (self.ours if self.theirs is None else self.ours / self.theirs) <= self.at_most

    def cells(self) -> tuple[str, ...]:
        """Give the cells of the row."""
        ratio = self.ratio
        aim = "" if self.at_most is None else f"≤ {self.at_most:g}" + ("" if self.theirs is None else " ×")
        return (
            self.what,
            f"{number(self.ours)} {self.unit}",
            "" if self.theirs is None else f"{number(self.theirs)} {self.unit} ({self.peer})",
            "" if ratio is None else f"{ratio:.2f} ×",
            aim,
            {None: "", True: "yes", False: "**no**"}[self.reached],
        )


HEADINGS = ("what", "ours", "beside", "ratio", "aim", "reached")


def table(figures: Sequence[Figure]) -> str:
    """Write figures as a table in Markdown."""
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)
