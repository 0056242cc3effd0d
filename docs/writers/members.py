"""What a class or a function of the API takes and says, as cells of a table; knows no page."""

import ast
import dataclasses
import functools
import inspect
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from writers import markdown

_ATTRIBUTE = re.compile(r"#: (.+)\n\s+(?:self\.)?(\w+)(?:: | = )")
_HIDDEN = ("self", "cls")


def called(thing: Any, name: str) -> str:
    """Give how a function is called: its parameters with their defaults, without types."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(thing)))
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef), name
    arguments = node.args
    arguments.posonlyargs = [it for it in arguments.posonlyargs if it.arg not in _HIDDEN]
    arguments.args = [it for it in arguments.args if it.arg not in _HIDDEN]
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    values = inspect.signature(thing).parameters
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    arguments.defaults = [
        _default(node, values[it.arg]) for it, node in zip(with_default, arguments.defaults, strict=True)
    ]
    arguments.kw_defaults = [
        None if node is None else _default(node, values[it.arg])
        for it, node in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    awaited = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
    return f"{awaited}{name}({ast.unparse(arguments).removeprefix('/, ')})"


def _default(node: ast.expr, parameter: inspect.Parameter) -> ast.expr:
    """Give a default as its reader would write it: of a name of the package's own, what it stands for."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return node
    value = parameter.default
    return ast.Constant(value) if isinstance(value, str | int) else ast.Name("…")


def made(kind: type, *, without: type | None = None) -> str:
    """Give how a class is called; of a dataclass its fields, ``without`` those that it has from another."""
    if not dataclasses.is_dataclass(kind):
        return called(kind.__init__, kind.__name__)
    left_out = {field.name for field in dataclasses.fields(without)} if without is not None else set()
    parameters = inspect.signature(kind).parameters.values()
    return f"{kind.__name__}({', '.join(_parameter(it) for it in parameters if it.name not in left_out)})"


def _parameter(it: inspect.Parameter) -> str:
    if it.default is it.empty:
        return it.name
    if isinstance(it.default, str):
        return f"{it.name}={str.__repr__(it.default)}"
    return f"{it.name}={it.default!r}" if isinstance(it.default, int | tuple | None) else f"{it.name}=…"


def rows(kind: type, within: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give each public member with its first paragraph: attributes, then properties and methods of each base.

    ``within`` are those that no test asks for.
    """
    seen = set(within)
    bases = [base for base in kind.__mro__ if base.__module__.startswith("pytest_tiltsession")]
    for base in bases:
        for told, name in _ATTRIBUTE.findall(inspect.getsource(base)):
            if name not in seen:
                seen.add(name)
                yield markdown.code(name), markdown.prose(told)
    for base in bases:
        for name, member in vars(base).items():
            if name.startswith("_") or name in seen:
                continue
            found = member.__func__ if isinstance(member, classmethod | staticmethod) else member
            if isinstance(found, property | functools.cached_property):
                seen.add(name)
                yield markdown.code(name), first_paragraph(found.__doc__)
            elif inspect.isfunction(found):
                seen.add(name)
                yield markdown.code(called(found, name)), first_paragraph(found.__doc__)


def first_paragraph(docstring: str | None) -> str:
    """Give the first paragraph of a docstring."""
    return markdown.prose(docstring).split("\n\n", maxsplit=1)[0]
