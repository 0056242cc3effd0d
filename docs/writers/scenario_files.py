"""The page of the file format: every key, from the tables by which files are read."""

import dataclasses
from collections.abc import Iterator

from pytest_tiltsession.faults import naming
from pytest_tiltsession.scenario import description as absolute
from pytest_tiltsession.scenario import kinds, shapes, state_kind
from pytest_tiltsession.scenario.relative import description, phase_kind, phase_shapes
from writers import kinds as words
from writers import markdown

_BEGIN = """\
A scenario is the life of one session. It stands in a file that ends in `.tilt.yaml`, and is told in one of two forms, which may
also be mixed. The *absolute* form sets targets at instants; a recording has it too:

<!-- file: absolute.tilt.yaml -->
```yaml
version: 1
title: ci fails late
targets:
  migrate:update: {type: job, resources: [migrate]}
steps:
  - {at: 1s, set: {migrate:update: active}}
  - {at: 4s, set: {migrate:update: {terminated: {error: exit status 1}}}, note: the migration breaks}
expect: {outcome: failed, error: exit status 1, at: 4s}
```

The *relative* form tells what each resource goes through. What follows from that is Tilt's own doing: holds, targets, times.

<!-- file: relative.tilt.yaml -->
```yaml
version: 1
title: ci fails late
resources:
  db: {local: {serve: 2s}}
  migrate: {local: {update: [{active: {}, for: 3s}, {failed: exit status 1}], after: [db]}}
expect: {outcome: failed, error: exit status 1}
```

<!-- run -->
```console
$ tiltsession check absolute.tilt.yaml relative.tilt.yaml
absolute.tilt.yaml: ok
relative.tilt.yaml: ok
```

Durations are Go durations (`300ms`, `2.5s`, `30m0s`); a number without a unit is refused. Offsets count from the session's start. A text that
YAML would read as something else stands between quotes. [`scenario.schema.json`](scenario.schema.json) says the same for editors: begin
a file with `# yaml-language-server: $schema=…` and its path. How to use it all: [write scenarios](../how-to/writing-scenarios.md).
A key in **bold** must be there.
"""
_PHASES = """\
What a resource goes through, one after the other: a duration, a phase, or a list of phases. A duration is, of a build, how long it takes;
of what runs, how long until it is ready. A phase is one of the words {words}, or a mapping of one of them to its
details, with `for`, how long it lasts, and `podName` beside it. Without `for` it lasts for good. In its place may stand a wait.
"""
_STATES = """\
A state of a target, in Tilt's own words: one of {words}, or a mapping of one of them to its details. `waiting` takes its reason,
as in `{{waiting: waiting-for-dep}}`.
"""
_FAULTS = """\
`{fault: cut-watch, events: 2, times: 1}`: the name of a fault, its own arguments, and its limits. All take `operation`, `client`, `times`, `after`,
`until` and `for`, as long as it makes sense; [faults](../how-to/faults.md) tells how to use them.
"""


def text() -> str:
    """Give the page."""
    found = dict(_shapes(description.SCENARIO))
    parts = [_section(shape) for shape in found.values()]
    states = [_details(state_kind.State().schema()["anyOf"][1], word) for word in ("active", "terminated")]
    phases = [_section(shape) for shape in _of_phases()]
    return markdown.page(
        "Scenario files",
        _BEGIN,
        "## Keys",
        *parts,
        "## States\n\n" + _STATES.format(words=_listed(state_kind.WORDS)),
        *states,
        "## Phases\n\n" + _PHASES.format(words=_listed(phase_kind.WORDS)),
        *phases,
        "## Faults\n\n" + _FAULTS,
        markdown.table(("fault", "what it does", "its own arguments"), _faults()),
        "### Arguments of faults",
        markdown.table(("key", "value", "meaning"), _arguments()),
    )


def _shapes(shape: shapes.Shape) -> Iterator[tuple[str, shapes.Shape]]:
    """Give a shape and those below it, the outer ones first."""
    yield shape.article, shape
    for key in shape.keys.values():
        for below in _below(key.kind):
            yield from _shapes(below)


def _below(kind: object) -> Iterator[shapes.Shape]:
    """Give the shapes that a kind leads to at once."""
    if isinstance(kind, shapes.Shape):
        yield kind
    elif isinstance(kind, shapes.MapOf | shapes.ListOf):
        yield from _below(kind.kind)
    elif isinstance(kind, absolute.OrNull):
        yield absolute.CI
    elif isinstance(kind, description.Included):
        yield description.INCLUDED


def _section(shape: shapes.Shape) -> str:
    rows = []
    for key in shape.keys.values():
        name = f"**`{key.name}`**" if key.required else f"`{key.name}`"
        rows.append((name, _kind(key.kind), markdown.plain(key.doc)))
    return f"### {_heading(shape)}\n\n" + markdown.table(("key", "value", "meaning"), rows)


def _heading(shape: shapes.Shape) -> str:
    return shape.article[0].upper() + shape.article[1:]


def _kind(kind: object) -> str:
    """Say what a kind takes, with links to what is told further down."""
    if isinstance(kind, shapes.Shape):
        return f"[{kind.article}](#{markdown.anchor(_heading(kind))})"
    if isinstance(kind, shapes.MapOf):
        return f"each {kind.named} with its value: {_kind(kind.kind)}"
    if isinstance(kind, shapes.ListOf):
        return f"a list, each {_kind(kind.kind)}"
    if isinstance(kind, absolute.OrNull):
        return f"{_kind(absolute.CI)} or `null`"
    if isinstance(kind, phase_kind.Phases):
        return "[phases](#phases)"
    if isinstance(kind, state_kind.State):
        return "[a state](#states)"
    if isinstance(kind, absolute.fault_kind.Fault):
        return "[a fault](#faults)"
    if isinstance(kind, description.Included):
        return f"a path, a name, or {_kind(description.INCLUDED)}"
    if isinstance(kind, description.Cluster):
        return "`default`, `docker`, or a mapping of one of them to an error"
    if isinstance(kind, kinds.Pattern):
        return "a text or a pattern between slashes" if kind.slashed else "a regular expression"
    if isinstance(kind, kinds.Command):
        return "a line, or a list of words"
    return words.said(kind.schema())  # type: ignore[attr-defined]  # every kind has one


def _details(states: kinds.Schema, word: str) -> str:
    properties = states["properties"][word]["properties"]
    rows = [(f"`{name}`", words.said(it), markdown.plain(it.get("description", ""))) for name, it in properties.items()]
    return f"### Details of `{word}`\n\n" + markdown.table(("key", "value", "meaning"), rows)


def _of_phases() -> Iterator[shapes.Shape]:
    yield phase_shapes.WAIT
    for word in phase_kind.WORDS:
        shape = phase_shapes.of_word(word)
        if shape.keys:
            yield shape
    yield phase_shapes.CONTAINER


def _faults() -> Iterator[tuple[str, str, str]]:
    for name, fault in naming.BY_NAME.items():
        limits = {field.name for field in dataclasses.fields(naming.scope.Fault)}
        own = [key for key, argument in naming.keys(fault).items() if argument not in limits]
        does = markdown.prose(fault.__doc__).split("\n\n")[0].split(". ")[0].rstrip(".") + "."
        for key, argument in naming.keys(fault).items():
            does = does.replace(f"`{argument}`", f"`{key}`")
        yield f"`{name}`", does, ", ".join(f"`{key}`" for key in own) or "none"


def _arguments() -> Iterator[tuple[str, str, str]]:
    for name, it in absolute.fault_kind.Fault().schema()["properties"].items():
        if name != "fault":
            yield f"`{name}`", words.said(it), markdown.plain(it["description"])


def _listed(found: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in found)
