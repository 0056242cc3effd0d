"""The page of the documentation that shows the figures: how to measure them again, and what is not reached."""

import os
import platform
from collections.abc import Sequence

from benchmarks import figures

PAGE = """# Figures

What the fake costs, beside its peers and beside the limit, all measured in one run on one machine. Made by one
command, from a checkout, which writes this page:

<!-- shown: it takes minutes -->
```sh
pip install -e '.[benchmarks]' && python -m benchmarks --write docs/explanation/figures.md
```

`python -m benchmarks NAME …` measures some of it ({names}). {machine}.

{table}

**What the columns say.** *beside* is the peer, measured in the same minutes, *ratio* is ours to the peer's, *aim*
is the ratio or the value not to exceed. The peers take turns with the fake, and the least of several rounds counts,
so that a machine that is busy for a while is so for all. *The limit* is a bare asyncio protocol that answers fixed
bytes, parses nothing and routes nothing: a server in Python on asyncio cannot do better. pytest-httpserver closes
each connection after its answer, so that its TLS figures contain a handshake; its plain ones stand beside them.
kmock has no TLS, and no watch is open where it is measured.

**What is not reached.** {missed}

**What is not measured here.** A real Tilt needs its binary, which the command does not take: its own figures are
those of one earlier measurement on another machine (GET over TLS 320–470 µs of CPU, PATCH to event 0.95 ms in the
median), too far from this table to stand in it. The aim for a PATCH is half of that.

The rows named *soak* also prove something, and the run fails where it does not hold: every watcher is shown every
version in order while ten others do not read, and these get theirs afterwards; 10,000 fakes leave no thread,
socket, file, folder or memory; 100,000 Sessions are listed in one response, in a time that grows as they do. CI
runs the same parts with smaller numbers (`tests/soak`).
"""


def written(found: Sequence[figures.Figure], table: str) -> str:
    """Write the page."""
    from benchmarks.__main__ import MEASURES

    missed = "; ".join(_told(figure) for figure in found if figure.reached is False) or "Nothing"
    machine = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return PAGE.format(
        names=", ".join(f"`{name}`" for name in MEASURES), machine=machine, table=table, missed=f"{missed}."
    )


def _told(figure: figures.Figure) -> str:
    ratio = figure.ratio
    if ratio is None:
        return f"{figure.what} is {figure.ours:.3g} {figure.unit}, not {figure.at_most:g}"
    return f"{figure.what} is {ratio:.2f} times as much as {figure.peer}, not {figure.at_most:g}"
