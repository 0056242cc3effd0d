"""What happened, as single events of targets and session in the journal's order; pure."""

import dataclasses

from pytest_tiltsession.expectations import states, timeline

SESSION = "session"


@dataclasses.dataclass(frozen=True, slots=True)
class Happening:
    """A target entered a state, or something happened to the session. ``at`` is microseconds since its start."""

    at: int
    seq: int
    name: str
    words: tuple[str, ...]
    detail: str

    def __str__(self) -> str:
        return f"{self.words[-1]}: {self.detail}" if self.detail else self.words[-1]


def read(value: timeline.Timeline, wanted: frozenset[str]) -> list[Happening]:
    """Give what happened to the targets of these names, and to the session, in the order of the journal."""
    found = [
        Happening(item.begin, item.seq, row.name, states.words_of(item.state), states.detail_of(item.state))
        for row in value.rows
        if row.name in wanted
        for item in row.segments
    ]
    for event in value.events:
        words = (event.word, states.FAILED if event.text else states.SUCCEEDED) if event.word == timeline.DONE else ()
        found.append(Happening(event.at, event.seq, SESSION, words or (event.word,), event.text))
    return sorted(found, key=lambda item: item.seq)
