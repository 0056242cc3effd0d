"""The page of the commands, from their parsers."""

import argparse
from collections.abc import Iterator

from pytest_tiltsession import cli
from writers import markdown

_BEGIN = """\
`tiltsession COMMAND`, or `python -m pytest_tiltsession COMMAND`. The exit code is

- 0 when all is well;
- 1 where a file was judged and found wanting: `check` found it wrong, or its session ends otherwise than its `expect` says; `verify` found that it
  disagrees; `diff` found a difference;
- 2 where a command cannot do its work: no such file, name, option or command, a file that cannot be read, and, for commands other than `check`, a
  file that is no scenario.

`serve` and `record` have, beside 2, the exit codes of what they serve and record.
"""
_EXAMPLES = {
    "serve": ("tiltsession serve ci/never-ready --progress wall --speed 10", "tiltsession serve --control"),
    "check": ("tiltsession check tests/scenarios/*.tilt.yaml",),
    "show": ("tiltsession show ci/never-ready", "tiltsession show mine.tilt.yaml --html mine.html"),
    "scenarios": ("tiltsession scenarios",),
    "record": ("tiltsession record --out ci.tilt.yaml -- tilt ci", "tiltsession record --out up.tilt.yaml"),
    "verify": ("tiltsession verify tilt_sessions/**/*.tilt.yaml",),
    "diff": ("tiltsession diff before.tilt.yaml after.tilt.yaml",),
}


def text() -> str:
    """Give the page."""
    parser = cli._parser()
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    helps = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    if set(helps) != set(_EXAMPLES):
        raise SystemExit(f"docs/writers/commands.py: give examples of {sorted(set(helps) ^ set(_EXAMPLES))}")
    return markdown.page(
        "Commands", _BEGIN, *(_section(name, helps[name], commands.choices[name]) for name in commands.choices)
    )


def _section(name: str, brief: str, parser: argparse.ArgumentParser) -> str:
    told = markdown.plain(parser.description or f"{brief[0].upper()}{brief[1:]}.")
    examples = "<!-- shown: examples of its use -->\n" + markdown.block("sh", "\n".join(_EXAMPLES[name]))
    rows = list(_arguments(parser))
    return "\n\n".join(
        [f"## `{name}`", told, examples, *([markdown.table(("argument", "meaning"), rows)] if rows else [])]
    )


def _arguments(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        value = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
        shown = " ".join(value) if isinstance(value, tuple) else value
        if action.nargs == "+":
            shown += " …"
        name = action.option_strings[0] if action.option_strings else ""
        yield markdown.code(" ".join(filter(None, (name, shown)))), markdown.plain(action.help or "A scenario file.")
