"""How recordings are named, and which of them are nobody's."""

import types

import pytest

from pytest_tiltsession.plugin import modes, recordings
from pytest_tiltsession.scenario import file_format, files

assert modes  # loaded before any inner run, as in conftest.py
TESTS = {
    "test_a": "def test_one(tilt_session): pass\ndef test_two(tilt_session): pass",
    "test_b": "import pytest\n@pytest.mark.slow\ndef test_three(tilt_session): pass",
}
OF_TESTS = ("test_a/test_one", "test_a/test_two", "test_b/test_three")


@pytest.fixture(autouse=True)
def few_plugins(pytester, monkeypatch):
    """Load no other plugins into inner runs: all that are installed take most of a run's time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p pytest_tiltsession.plugin")


@pytest.fixture
def suite(pytester):
    """Three tests with their recordings, and a recording that belongs to none."""
    pytester.makeini("[pytest]\nmarkers = slow\ntilt_session_mode = replay\ntilt_session_strict = true")
    pytester.makepyfile(**TESTS)
    text = file_format.write_scenario(files.read("ci/never-ready"))
    for name in (*OF_TESTS, "test_a/test_gone"):
        path = pytester.path / "tilt_sessions" / f"{name}.tilt.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return pytester


def summary(result):
    """Give the line that counts the recordings."""
    return next(line for line in result.outlines if line.startswith("recordings: "))


@pytest.mark.parametrize("arguments", [(), (".",), ("test_a.py", "test_b.py", "."), ("-p", "no:cacheprovider")])
def test_a_full_run_fails_for_what_no_test_uses(suite, arguments):
    """Under strict; the closing summary names the files, and says what to do."""
    result = suite.runpytest(*arguments)
    assert pytest.ExitCode.TESTS_FAILED == result.ret
    assert "recordings: 3 played, 0 made, 0 rewritten, 1 unused" == summary(result)
    result.stdout.fnmatch_lines(
        ["  unused     tilt_sessions/test_a/test_gone.tilt.yaml", "ERROR: 1 recording unused, *"]
    )


def test_without_strict_it_is_told_only(suite):
    """The run passes."""
    assert pytest.ExitCode.OK == suite.runpytest("-o", "tilt_session_strict=false").ret


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("-k", "one"), "-k selects a part of the tests"),
        (("-k", "test"), "-k selects a part of the tests"),
        (("-m", "slow"), "-m selects a part of the tests"),
        (("--deselect", "test_b.py"), "--deselect selects a part of the tests"),
        (("--ignore", "test_b.py"), "--ignore selects a part of the tests"),
        (("--lf",), "--lf selects a part of the tests"),
        (("test_a.py",), "the command line names a part of the tests"),
        (("test_a.py::test_one",), "the command line names a part of the tests"),
    ],
)
def test_a_part_of_the_tests_tells_nothing_of_the_others(suite, arguments, reason):
    """Nothing is reported as unused where a part was selected, and the summary says why."""
    result = suite.runpytest(*arguments)
    assert pytest.ExitCode.OK == result.ret
    assert summary(result).endswith(f"unused ones not looked for ({reason})")


def test_a_run_that_was_stopped_tells_nothing(suite):
    """With -x, the tests after the first failure have not run."""
    suite.makepyfile(test_a="def test_one(tilt_session): assert False")
    assert summary(suite.runpytest("-x")).endswith("unused ones not looked for (the run was stopped)")


def test_all_testpaths_are_a_full_run(suite):
    """What pytest would collect without arguments may also be named."""
    suite.makeini("[pytest]\nmarkers = slow\ntilt_session_mode = replay\ntestpaths = test_a.py test_b.py")
    assert summary(suite.runpytest("test_b.py", "test_a.py")).endswith("1 unused")
    assert summary(suite.runpytest()).endswith("1 unused")


def test_what_was_skipped_as_a_whole_or_broken_keeps_its_recordings(suite):
    """Nobody knows which tests such a file has."""
    suite.makepyfile(test_a="import pytest\npytest.skip(allow_module_level=True)")
    assert summary(suite.runpytest()).endswith("0 unused")
    suite.makepyfile(test_a="1 / 0")
    assert "did not come to its end" in summary(suite.runpytest())
    assert summary(suite.runpytest("--continue-on-collection-errors")).endswith("0 unused")


def test_a_skipped_test_keeps_its_recording(suite):
    """It belongs to a test of the run, played or not."""
    suite.makepyfile(test_b="import pytest\n@pytest.mark.skip\ndef test_three(tilt_session): pass")
    assert summary(suite.runpytest("-o", "tilt_session_strict=false")).startswith("recordings: 2 played")
    assert summary(suite.runpytest()).endswith("1 unused")


def test_a_recording_that_is_asked_for_at_run_time_is_used(suite):
    """The fixture may be asked for by a name that nobody knows beforehand."""
    suite.makepyfile(test_b="def test_three(request): request.getfixturevalue('tilt_session')")
    assert summary(suite.runpytest()).startswith("recordings: 3 played, 0 made, 0 rewritten, 1 unused")


def test_a_run_on_fakes_looks_at_no_recordings(suite):
    """Where nothing is recorded or replayed there is no summary of recordings."""
    result = suite.runpytest("--tilt-session-mode=fake")
    assert pytest.ExitCode.OK == result.ret
    assert "recordings: " not in result.stdout.str()


def name_of(pytester, code, index=0):
    """Give the file of a test's recording, from the folder of all of them."""
    item = pytester.getitems(code)[index]
    return str(recordings.path_of(item).relative_to(recordings.folder(item.config)))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("def test_plain(): pass", "test_plain"),
        ("class TestIt:\n class TestMore:\n  def test_deep(self): pass", "TestIt.TestMore.test_deep"),
        ("import pytest\n@pytest.mark.parametrize('x', [1])\ndef test_one(x): pass", "test_one-1"),
        ("import pytest\n@pytest.mark.parametrize('x', ['a.b-c'])\ndef test_one(x): pass", "test_one-a.b-c"),
        ("import pytest\n@pytest.mark.parametrize('x', ['a/b'])\ndef test_one(x): pass", "test_one-a-b-c14cddc0"),
        ("import pytest\n@pytest.mark.parametrize('x', ['A'])\ndef test_one(x): pass", "test_one-A-559aead0"),
        ("import pytest\n@pytest.mark.parametrize('x', ['..'])\ndef test_one(x): pass", "test_one-5ec1f7e7"),
        ("import pytest\n@pytest.mark.parametrize('x', [''])\ndef test_one(x): pass", "test_one"),
    ],
)
def test_a_recording_is_named_by_class_and_test(pytester, code, name):
    """Ids of parameters are cleaned; where that loses something, they are told apart by a digest."""
    found = name_of(pytester, code)
    assert f"test_a_recording_is_named_by_class_and_test/{name}.tilt.yaml" == found


def test_long_names_are_cut_and_stay_apart(pytester):
    """No file system takes names of any length."""
    code = "import pytest\n@pytest.mark.parametrize('x', ['a' * 300, 'a' * 301])\ndef test_one(x): pass"
    names = {name_of(pytester, code, index) for index in (0, 1)}
    assert 2 == len(names)
    assert all(len(name) < 200 for name in names)


def test_the_command_is_for_where_the_run_was_started(tmp_path):
    """Options of the command line are in it, and the path is seen from the folder of the invocation."""
    given = {"tilt_session_context": "tilt 7", "tilt_session_recordings": None}
    config = types.SimpleNamespace(
        getoption=given.get, rootpath=tmp_path, invocation_params=types.SimpleNamespace(dir=tmp_path / "sub")
    )
    item = types.SimpleNamespace(
        config=config, path=tmp_path / "tests/test_a.py", nodeid="tests/test_a.py::test_it[a b]"
    )
    assert recordings.command(item) == (
        "pytest --tilt-session-mode=record '--tilt-session-context=tilt 7' '../tests/test_a.py::test_it[a b]'"
    )
