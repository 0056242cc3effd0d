"""A page of the documentation as what it tells its reader to do: files to write, commands to run, what comes out.

A mark, which is a comment that the reader does not see, says what the fenced block behind it is:

``<!-- file: NAME -->``          the block is written to that file;
``<!-- run -->``                 each ``$ command`` in it is run, and must say what stands below it; ``<!-- run: 1 -->``
                                 gives the exit status that the last one must have, 0 without;
``<!-- shown: WHY -->``          the block is only looked at, for that reason;
``<!-- main job -->``, ``<!-- tests -->``  the README's own commands, which ``.ci/run`` runs;
``<!-- given: PATH -->``         no block: the file of that path in the repository lies beside the page's own.
"""

import dataclasses
import pathlib
import re
from collections.abc import Iterator

_MARK = re.compile(r"^<!-- (file|run|shown|given|main job|tests)(?:: (.*?))? -->$")
_FENCE = re.compile(r"^(`{3,})(\S*)")


@dataclasses.dataclass(frozen=True)
class Block:
    """One thing to do; ``line`` is where it stands in the page."""

    line: int
    kind: str
    word: str
    text: str


def blocks(page: pathlib.Path) -> Iterator[Block]:
    """Give what a page tells its reader to do, in order; a block without a mark is ``unmarked``, or a ``directive``."""
    mark: tuple[str, str] | None = None
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), 1))
    for number, line in lines:
        if found := _MARK.match(line):
            mark = found[1], found[2] or ""
            if mark[0] == "given":
                yield Block(number, "given", mark[1], "")
                mark = None
        elif fence := _FENCE.match(line):
            text = []
            for _, inner in lines:
                if inner.startswith(fence[1]):
                    break
                text.append(inner)
            kind, word = mark or ("directive" if fence[2].startswith("{") else "unmarked", fence[2])
            yield Block(number, kind, word, "\n".join(text) + "\n")
            mark = None
        elif line.strip():
            mark = None


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Give the commands of a block, each with the lines that it is to print."""
    command, said = "", list[str]()
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, said
            command, said = line[2:], []
        else:
            said.append(line)
    if command:
        yield command, said


def differs(said: list[str], printed: str) -> str | None:
    """Say which line of a page is not what was printed; None where all are.

    The lines follow each other as printed. A line that is only ``…`` stands for any lines, also none; within a line
    ``…`` stands for any text. Blanks at the ends of lines do not count.
    """
    left = [line.rstrip() for line in printed.rstrip("\n").splitlines()]
    anywhere = False
    for line in said:
        if line.strip() == "…":
            anywhere = True
            continue
        pattern = re.compile(".*".join(map(re.escape, line.rstrip().split("…"))))
        at = next((at for at, found in enumerate(left) if pattern.fullmatch(found)), None)
        if at is None or (at and not anywhere):
            return line
        left, anywhere = left[at + 1 :], False
    return None if anywhere or not any(left) or not said else f"(the end; then came {left[0]!r})"
