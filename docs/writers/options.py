"""The page of the options: command line, ini file, marker; names, types and defaults come from the code."""

import ast
import dataclasses
import inspect
from collections.abc import Iterator

from pytest_tiltsession import settings
from pytest_tiltsession.plugin import options
from writers import markdown

_BEGIN = """\
A value comes from the marker, else from the command line, else from the ini file (`pytest.ini`, `pyproject.toml`, …). A wrong one ends the run
before the first test, with the name of the test and what would do.

## Command line and ini file

Each option has an ini twin of the same name: `--tilt-session-progress=reads` is `tilt_session_progress = reads`.
"""
_MARKER = """\
## The marker's arguments

`@pytest.mark.tilt_session(…)` on a test, a class or a module (`pytestmark`); the nearest one's arguments count. All of them but `mode` and
`recording` are also the arguments of [`tilt_session_factory`](fixtures.md), of `FakeTilt(…)` and of `Settings(…)`.

A duration is a Go duration as text, such as `"2.5s"` or `"1h30m"`, or a `datetime.timedelta`; on the command line and in the ini file it is text. A number would have no
unit here: seconds as numbers are for calls that take a moment or a span, `clock.advance(300)` and `active(for_=3)`.
"""
_WORDS = {
    "profile": settings.PROFILES,
    "progress": settings.PROGRESS,
    "exit_condition": settings.EXIT_CONDITIONS,
    "starts": settings.STARTS,
    "allow": settings.ALLOWANCES,
}
_MEANINGS = {
    "scenario": "What happens: a `*.tilt.yaml` file (from the test's folder), a name that `tiltsession scenarios` lists, or a `Scenario`.",
    "parameters": "The values of `${…}` in the scenario file.",
    "exit_condition": "`ci` is done as soon as all is well or anything has failed; `manual` (a `tilt up`) never is. Not beside a scenario.",
    "timeout": "Limit of the whole session; None: none is shown. Not beside a scenario.",
    "readiness_timeout": "Limit for a server to become ready; None: none is shown. Not beside a scenario.",
    "k8s_grace_period": "How long errors of Kubernetes are tolerated. Not beside a scenario.",
    "tiltfile_path": "What the Session says of its Tiltfile. Not beside a scenario.",
    "start": "When the session starts, as an RFC 3339 time. Not beside a scenario.",
    "profile": "Bug for bug as Tilt, or as the API is published: see [profiles](profiles.md).",
    "progress": "How time moves: see [who moves time](../explanation/time.md).",
    "speed": "Under `wall`, how many times as fast as the machine's clock; 1 without it.",
    "limit": "How far from its start the clock goes by itself under `auto`, and how far a wait moves it.",
    "patience": "After how long, on the machine's clock, an idle watch is told that the clock stands, and a poll loop under `reads` that nothing "
    "will come; None: never. Under `manual` nobody is told unless it is given; not under `wall`.",
    "verbatim": "Play a recording as it was recorded, instead of judging it by Tilt's rules.",
    "offset": "How long the session has been going on when the fake begins to serve: what was to happen by then has happened.",
    "tls": "HTTPS, as Tilt; else plain HTTP.",
    "port": "Port of the API; 0 takes a free one.",
    "context": "Name of the context in the kubeconfig; without it `tilt-<web port>`.",
    "current_context": "Whether the kubeconfig names it as current. Tilt does not; many clients need it.",
    "exit_when_done": "End as `tilt ci` does, when the session is done: watches end, connections are refused.",
    "starts": "What is there at first: a Tilt (`now`), none (`later`), a dead port (`dead`), no Session yet (`empty`). "
    "See [the life of a Tilt](../how-to/life-of-a-tilt.md).",
    "freeze": "The test's own `datetime.now()` and `time.time()` follow the session's clock.",
    "sleeps": "The test process's own sleeps move the session's clock, and last no time.",
    "faults": "What goes wrong, from the start: see [faults](../how-to/faults.md).",
    "allow": "What does not fail the test at its end.",
    "mode": "What stands behind `tilt_session` in this test: see [recording](../how-to/recording.md).",
    "recording": "The name of its recording, beside its own; with a slash, from the folder of all recordings.",
}
_TYPES = {
    "scenario": "path, name or `Scenario`",
    "parameters": "mapping of texts",
    "faults": "a fault, or a list",
    "mode": ", ".join(markdown.code(word) for word in options.MODES),
    "recording": "text",
}
_WORD_OF = {
    "str": "text",
    "bool": "`True` or `False`",
    "int": "whole number",
    "float": "number",
    "times.Span": "duration",
    "None": "None",
}


def text() -> str:
    """Give the page."""
    return markdown.page(
        "Options",
        _BEGIN,
        markdown.table(("option", "meaning"), _of_the_run()),
        _MARKER,
        markdown.table(("argument", "value", "without it", "meaning"), _of_the_marker()),
    )


def _of_the_run() -> Iterator[tuple[str, str]]:
    yield markdown.code(f"--{options.FLAG.replace('_', '-')}"), markdown.plain(options.FLAG_HELP)
    for name, told in {**options.VALUED, **options.RUN_VALUED}.items():
        yield markdown.code(f"--{name.replace('_', '-')}=VALUE"), markdown.plain(told)
    yield markdown.code(f"--{options.STRICT.replace('_', '-')}"), markdown.plain(options.STRICT_HELP)


def _of_the_marker() -> Iterator[tuple[str, str, str, str]]:
    known = {field.name: field for field in dataclasses.fields(settings.Settings)}
    expected = {*known, *options.MODE_ARGUMENTS}
    if expected != set(_MEANINGS):
        raise SystemExit(f"docs/writers/options.py: say what these mean: {sorted(expected ^ set(_MEANINGS))}")
    annotated = {
        node.target.id: ast.unparse(node.annotation)
        for node in ast.walk(ast.parse(inspect.getsource(settings.Settings)))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    for name, meaning in _MEANINGS.items():
        default = markdown.code(repr(known[name].default)) if name in known else ""
        yield markdown.code(name), _type(name, annotated.get(name, "")), default, meaning


def _type(name: str, annotation: str) -> str:
    if name in _WORDS:
        return ", ".join(f'`"{word}"`' for word in _WORDS[name])
    if name in _TYPES:
        return _TYPES[name]
    return " or ".join(_WORD_OF[word.strip()] for word in annotation.strip("'\"").split("|"))
