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

`python -m benchmarks NAME …` measures some of it ({names}), and `--tilt BINARY` a real Tilt too.
{machine}.

{table}

**What the columns say.** *beside* is the peer, measured in the same minutes, *ratio* is ours to the peer's, *aim*
is the ratio or the value not to exceed. The peers take turns with the fake, and the least of several rounds counts,
so that a machine that is busy for a while is so for all; of the runs of pytest with a plugin it is the mean of the
fastest quarter. *The limit* is a bare asyncio protocol that answers fixed bytes, parses nothing and routes nothing: a
server in Python on asyncio cannot do better at one request. Its clients, its connections and its loop in another
thread are the fake's. It writes each event to each watcher as it comes; the fake writes together what has come since a
watcher was last served, and so can take less for each. pytest-httpserver closes each connection after its answer, so
that its TLS figures contain a handshake; its plain ones stand beside them. kmock has no TLS, runs in its client's own
loop where a life is measured, and has no watch open there.

**What is not reached.**{missed}

**A real Tilt.** {tilt}

The rows named *soak* also prove something, and the run fails where it does not hold: every watcher is shown every
version in order while ten others do not read, and these get theirs afterwards; 10,000 fakes leave no thread,
socket, file, folder or memory; 100,000 Sessions are listed in one response, in a time that grows as they do. CI
runs the same parts with smaller numbers (`tests/soak`).
"""
WITHOUT = """None was measured in this run, since that needs its binary. With one,
`python -m benchmarks --tilt BINARY` starts it in a folder, with a home and on a port of its own, with two local
resources and no cluster, and adds rows: the CPU and the time of a GET, a PATCH to its event (both times at most half
of Tilt's), 100 watchers of 1,000 PATCHes, and the start. Without one, the aim for a PATCH is half of what a Tilt took
in an earlier measurement on another machine: 0.95 ms in the median; a GET over TLS cost that one 320–470 µs of CPU.
So far `--tilt` itself was run on stand-ins only, programs with Tilt's command line that serve the fake
(`tests/benchmarks`), and on no real Tilt."""
WITH = """Measured in this run: {version}, with two local resources and no cluster, in a folder, with a home and on a
port of its own. It took turns with the fake. Its start is the quickest of three, until its API answers with the
Session; the fake's is one in a process that has imported it."""


def written(found: Sequence[figures.Figure], table: str, names: Sequence[str], tilt: str | None = None) -> str:
    """Write the page; ``tilt`` is the version of the real Tilt that was measured."""
    machine = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return PAGE.format(
        names=", ".join(f"`{name}`" for name in names),
        machine=machine,
        table=table,
        missed=missed(found),
        tilt=WITHOUT if tilt is None else WITH.format(version=tilt),
    )


def missed(found: Sequence[figures.Figure]) -> str:
    """Tell of each figure that is not reached by how much, and how far from the limit it is."""
    told = [f"- {_told(figure)}{_from_the_limit(figure, found)}." for figure in found if figure.reached is False]
    return "\n\n" + "\n".join(told) if told else " Nothing."


def _told(figure: figures.Figure) -> str:
    ratio = figure.ratio
    if ratio is None:
        return f"*{figure.what}* is {figures.number(figure.ours)} {figure.unit}, not {figure.at_most:g}"
    return f"*{figure.what}* is {ratio:.2f} times as much as {figure.peer}, not {figure.at_most:g}"


def _from_the_limit(figure: figures.Figure, found: Sequence[figures.Figure]) -> str:
    """Say what part of it is the limit's, which has a row of the same name where it was measured."""
    limit = next((one for one in found if one.what == figure.what and one.peer.startswith(figures.LIMIT)), None)
    if limit is None or limit.ratio is None or limit.theirs is None or figure.at_most is None:
        return "; no limit was measured beside it"
    said = f"; it is {limit.ratio:.2f} times the limit, which takes {figures.number(limit.theirs)} {limit.unit}"
    aim = figure.at_most * (1 if figure.theirs is None else figure.theirs)
    if limit.theirs > aim:
        return f"{said} itself and so is above the aim of {figures.number(aim)} {figure.unit} too"
    return f"{said} of the {figures.number(aim)} {figure.unit} that are the aim"
