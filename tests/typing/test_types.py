"""Type checkers see the public surface as it is: mypy and pyright agree on a user's file, and find what is wrong."""

import inspect
import json
import os
import pathlib
import subprocess
import sys

import pytest_tiltsession

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
PYRIGHT = (sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable)


def run(*command, cwd=ROOT, expected=0):
    """Run a checker and give what it says; what it finds otherwise than expected is shown."""
    # Of an installed package its folder is known; a checker does not follow every kind of editable one.
    environment = {**os.environ, "PYTHONPATH": str(pathlib.Path(pytest_tiltsession.__file__).parent.parent)}
    ended = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert expected == ended.returncode, ended.stdout + ended.stderr
    return ended.stdout


def test_mypy_sees_the_types_that_users_rely_on():
    """``--strict`` accepts the whole surface in use, and refuses each line of misuse: no ignore there is unused."""
    found = run(sys.executable, "-m", "mypy", "--strict", HERE / "public_surface.py", HERE / "misuse.py")
    assert "Success: no issues found in 2 source files" in found


def test_pyright_sees_the_same():
    """In its strict mode too, where an ignore that is not needed is an error."""
    assert "0 errors, 0 warnings" in run(*PYRIGHT, "--project", HERE)


def test_each_public_name_is_typed_by_itself(tmp_path):
    """No function, attribute or property of a public class leaves its type to be guessed."""
    command = (*PYRIGHT, "--verifytypes", "pytest_tiltsession", "--ignoreexternal", "--outputjson")
    # What the rooms below keep for themselves may be inferred; that is why the whole is not complete.
    symbols = json.loads(run(*command, cwd=tmp_path, expected=1))["typeCompleteness"]["symbols"]
    names = {name for public in pytest_tiltsession.__all__ for name in defining(getattr(pytest_tiltsession, public))}
    own = [symbol for symbol in symbols if symbol["name"].rpartition(".")[0] in names or symbol["name"] in names]
    assert len(own) > 300
    guessed = [
        f"{symbol['name']}: {problem['message']}"
        for symbol in own
        for problem in symbol["diagnostics"]
        if "partially unknown" not in problem["message"]
    ]
    assert [] == guessed


def defining(value):
    """Give the names under which a public object, and the classes that it inherits from, are defined."""
    for item in value.__mro__ if inspect.isclass(value) else (value,):
        if item.__module__.startswith("pytest_tiltsession"):
            yield f"{item.__module__}.{item.__qualname__}"


def test_the_options_of_a_fake_are_those_of_its_settings():
    """What ``FakeTilt(...)`` takes as keywords is told to type checkers by the same names."""
    from pytest_tiltsession import settings
    from pytest_tiltsession.life import arguments

    assert set(settings.NAMES) == set(arguments.Options.__annotations__)
