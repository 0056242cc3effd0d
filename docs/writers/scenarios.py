"""The page of the named scenarios, each drawn: as text here, as a picture where the pages are built."""

import contextlib
import io
from collections.abc import Callable

from pytest_tiltsession import cli
from pytest_tiltsession.scenario import naming
from writers import markdown

_BEGIN = """\
Use one by its name: `@pytest.mark.tilt_session(scenario="ci/never-ready")`, `tiltsession serve ci/never-ready`, or `include: [ci/never-ready]` in a file of
your own. Each is pinned to a recording of a real Tilt (in `tests/recorded/`) or to a thread of Tilt's tracker. A test that needs one a little different
takes its text from `pytest_tiltsession/scenario/library/`.
"""
_PIN = ("Recording: ", "Thread: ")


def text() -> str:
    """Give the page, with each scenario drawn as the terminal shows it."""
    return with_pictures(lambda name: "<!-- shown: tiltsession show -->\n" + markdown.block("text", _drawn(name)))


def with_pictures(picture: Callable[[str], str]) -> str:
    """Give the page with what ``picture`` gives for the name of a scenario."""
    found = [naming.named(name) for name in naming.names()]
    rows = [(f"[`{it.name}`](#{markdown.anchor(it.name)})", it.title) for it in found]
    listed = markdown.table(("name", "what happens"), rows)
    return markdown.page("Named scenarios", _BEGIN, listed, *(_section(it, picture(it.name)) for it in found))


def _section(it: naming.Named, picture: str) -> str:
    told = "\n".join(line for line in it.description.strip().splitlines() if not line.startswith(_PIN)).strip()
    pins = [markdown.code(name) for name in it.recordings] + [f"<{address}>" for address in it.threads]
    return "\n\n".join(
        filter(None, [f"## `{it.name}`", told, f"Pinned to {', '.join(pins)}." if pins else "", picture])
    )


def _drawn(name: str) -> str:
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(said):
        cli.main(["show", name])
    said.seek(0)
    return "\n".join(line.rstrip() for line in said.read().splitlines())
