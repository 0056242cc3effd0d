"""Scenario files in relative form: ``*.tilt.yaml`` read into a script, with what it includes and its parameters.

Knows not the keys (``description``). Only of a scenario that a restart brings it asks what that comes to.
"""

import itertools
import pathlib
from collections.abc import Callable, Mapping

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import description as absolute
from pytest_tiltsession.scenario import kinds, problems, process_kind, shapes, steps, yaml_nodes
from pytest_tiltsession.scenario.relative import assembling, description, expansion, including, parameters, script

# Finds the file that an include names, from the file that it stands in.
Find = Callable[[str, pathlib.Path], pathlib.Path]
_LOOKED_AT = 1_000  # files of a folder in which a near one is looked for


def parse_script(
    text: str,
    path: str = "<string>",
    *,
    values: Mapping[str, str] | None = None,
    find: Find = including.beside,
    within: tuple[pathlib.Path, ...] = (),
) -> script.Script:
    """Read a script from the text of a file; ``values`` are those of its parameters.

    Raises :class:`errors.InvalidScenario`, with every problem as ``path:line: …``.
    """
    found = problems.Problems(path)
    composer = yaml_nodes.Composer(found)
    node = composer.compose(text)
    if not isinstance(node, yaml_nodes.Mapping):
        raise found.fail(1, f"a scenario is a mapping that starts with version: {absolute.VERSION}")
    node = _with_values(node, values or {}, found)
    document = description.SCENARIO.read(node, "a scenario", kinds.Reading(found, composer))
    included = [_included(item, path, find, within, found) for item in document.get("include", ())]
    play = played_from(path, find, within)
    told = assembling.assembled(document, [one for one in included if one is not None], found, play)
    found.settle()
    return told


def _included(
    item: shapes.Found, path: str, find: Find, within: tuple[pathlib.Path, ...], found: problems.Problems
) -> script.Script | None:
    """Give the script of an included file; its problems are told with its own path."""
    if "file" not in item.values:
        return None
    try:
        file = find(item.values["file"], pathlib.Path(path).parent)
    except errors.InvalidScenario as problem:
        raise found.fail(item.line, str(problem)) from None
    here = (*within, pathlib.Path(path).resolve())
    if file.resolve() in here:
        raise found.fail(item.line, f"{item.values['file']} includes itself: {' -> '.join(it.name for it in here)}")
    if not file.is_file():
        raise found.fail(item.line, f"there is no file {file} to include; paths count from {pathlib.Path(path).parent}")
    given: shapes.Found | None = item.get("with")
    return parse_script(
        including.text_of(file),
        str(file),
        values=given.values if given is not None else {},
        find=find,
        within=here,
    )


def played_from(path: str, find: Find, within: tuple[pathlib.Path, ...] = ()) -> process_kind.Play:
    """Give the function that reads the scenarios which restarts in a file bring, in absolute steps.

    It raises :class:`errors.InvalidScenario` for one that is not there, cannot be read or played, has no such
    parameters, or comes back to the file itself.
    """

    def play(name: str, values: Mapping[str, str]) -> steps.Scenario:
        folder = pathlib.Path(path).parent
        file = find(name, folder)
        here = (*within, pathlib.Path(path).resolve())
        if file.resolve() in here:
            round_trip = " -> ".join(it.name for it in (*here, file.resolve()))
            raise errors.InvalidScenario(
                f"{name} would be played again and again: {round_trip}; to play the same scenario once more, leave "
                "scenario out"
            )
        if not file.is_file():
            beside = [it.name for it in itertools.islice(file.parent.glob("*.y*ml"), _LOOKED_AT)]
            near = problems.nearest(file.name, beside)
            raise errors.InvalidScenario(f"there is no file {file}; paths count from {folder}, {near}")
        told = parse_script(including.text_of(file), str(file), values=values, find=find, within=here)
        return told.base if told.is_absolute else expansion.expand(told)

    return play


def read_script(
    path: pathlib.Path | str, *, values: Mapping[str, str] | None = None, find: Find = including.beside
) -> script.Script:
    """Read a script from a file. Raises as :func:`parse_script` does."""
    return parse_script(including.text_of(pathlib.Path(path)), str(path), values=values, find=find)


def _with_values(node: yaml_nodes.Mapping, values: Mapping[str, str], found: problems.Problems) -> yaml_nodes.Node:
    """Give the document with its parameters replaced, by the values given or else those that it declares."""
    declared = next((value for key, value in node.items if _is(key, "parameters")), None)
    known: dict[str, str] = {}
    if isinstance(declared, yaml_nodes.Mapping):
        for key, value in declared.items:
            if isinstance(key, yaml_nodes.Scalar) and isinstance(value, yaml_nodes.Scalar):
                known[key.text] = value.text
    for name in values:
        if name not in known:
            raise found.fail(1, f"it has no parameter {name!r}; {problems.nearest(name, known)}")
    if declared is None:
        return node
    return parameters.replaced(
        yaml_nodes.Mapping([pair for pair in node.items if not _is(pair[0], "parameters")], node.line),
        {**known, **values},
        found,
    )


def _is(node: yaml_nodes.Node, name: str) -> bool:
    return isinstance(node, yaml_nodes.Scalar) and node.text == name
