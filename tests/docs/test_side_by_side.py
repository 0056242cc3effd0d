"""Where a page shows Python and YAML side by side, both say the same."""

import pathlib
import re

import pytest

from pytest_tiltsession import Scenario, active, after, failed, ready, succeeded, waiting

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "how-to" / "writing-scenarios.md"
_ROW = re.compile(r"^\|.*?`((?:\.|\w+=).*?)` \| `(.*?)`(?: and `(.*?)`)? \|$", re.MULTILINE)
_KINDS = {"update": "local", "serve": "local", "pods": "kubernetes", "container": "compose"}
_WORDS = {word.__name__: word for word in (active, after, failed, ready, succeeded, waiting)}
# What rows leave out: the resources that are waited for.
_OTHERS = {"db": "db: {local: {serve: ready}}", "migrate": "migrate: {local: {update: 3s}}"}


def rows():
    """Give each row's Python and YAML; a row that tells what a resource goes through is made one of a resource."""
    for python, *files in _ROW.findall(PAGE.read_text(encoding="utf-8")):
        if python.startswith("."):
            yield python, [file for file in files if file]
        else:
            kind = _KINDS[python.partition("=")[0]]
            yield f".{kind}('it', {python})", [f"it: {{{kind}: {{{files[0]}}}}}"]


def file(lines):
    """Give the text of a file with resources, or with what the lines hold themselves."""
    resources = [] if lines and lines[0].startswith("targets:") else ["resources:"] * bool(lines)
    return "\n".join(["version: 1", *resources, *(f"{'  ' * bool(resources)}{line}" for line in lines)])


def test_all_rows_are_found():
    """None is passed over because it is written otherwise."""
    assert 15 == len(list(rows()))


@pytest.mark.parametrize(("python", "files"), list(rows()))
def test_both_columns_say_the_same(python, files):
    """A row of the page gives one and the same session in both forms."""
    others = [text for name, text in _OTHERS.items() if re.search(rf"after[=(].*['\"]{name}", python)]
    told = Scenario.parse(file(others)) if others else Scenario()
    said = eval(f"told{python}", {"told": told, **_WORDS})  # the page is ours
    assert said.build().steps == Scenario.parse(file([*others, *files])).build().steps
