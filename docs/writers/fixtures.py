"""The page of the fixtures and hooks, from their docstrings."""

import ast
import inspect

from pytest_tiltsession.plugin import fixtures, hookspecs
from writers import markdown

_BEGIN = """\
They are there as soon as the package is installed, with or without `--tilt-session`. `pytest --fixtures` lists them too.
"""


def text() -> str:
    """Give the page."""
    tree = ast.parse(inspect.getsource(fixtures))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and _fixture(node) is not None]
    hooks = [node for node in ast.parse(inspect.getsource(hookspecs)).body if isinstance(node, ast.FunctionDef)]
    return markdown.page("Fixtures and hooks", _BEGIN, *map(_section, found), *map(_hook, hooks))


def _fixture(node: ast.FunctionDef) -> ast.expr | None:
    return next((it for it in node.decorator_list if ast.unparse(it).startswith("pytest.fixture")), None)


def _section(node: ast.FunctionDef) -> str:
    assert node.returns is not None
    decorator = _fixture(node)
    scope = next(
        (ast.literal_eval(word.value) for word in getattr(decorator, "keywords", ()) if word.arg == "scope"),
        "function",
    )
    gives = ast.unparse(node.returns).strip("'\"").removeprefix("Iterator[").removesuffix("]")
    gives = f"{gives}]" if gives.count("[") > gives.count("]") else gives
    lives = "for one test" if scope == "function" else "for the whole run"
    return f"## `{node.name}`\n\n*Gives a `{gives}`, {lives}.*\n\n{markdown.prose(ast.get_docstring(node))}"


def _hook(node: ast.FunctionDef) -> str:
    arguments = ", ".join(argument.arg for argument in node.args.args)
    told = f"*A hook for `conftest.py` or a plugin: `def {node.name}({arguments})`; take the arguments that you need.*"
    return f"## `{node.name}`\n\n{told}\n\n{markdown.prose(ast.get_docstring(node))}"
