"""``--tilt-session-html``: a page for each failed test."""

import re

import pytest

from pytest_tiltsession.plugin import pictures

TESTS = """
import pytest

@pytest.mark.parametrize("name", ["a", "b/c"])
def test_fails(tilt_session, name):
    tilt_session.server("api").start()
    tilt_session.expect_succeeded()

def test_passes(tilt_session):
    pass

def test_fails_without_a_fake():
    assert False

class TestLate:
    @pytest.fixture
    def broken(self, tilt_session):
        tilt_session.job("migrate")
        yield
        assert 1 == 2

    def test_breaks_at_its_end(self, broken):
        pass

def test_has_two(tilt_session_factory):
    first, second = tilt_session_factory(), tilt_session_factory()
    assert first is second
"""
FAILED = 5


@pytest.fixture
def folder(pytester):
    """Write the tests and give the folder of the pages, which does not exist yet."""
    pytester.makepyfile(test_it=TESTS)
    return pytester.path / "pages"


def names(folder):
    """Give the names of the pages."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("workers", [0, 1], ids=["plain", "xdist"])
def test_each_failed_test_with_a_fake_has_its_pages(pytester, folder, workers):
    """Their paths are in the reports, and each page is of its test, in a run with workers too."""
    result = pytester.runpytest_inprocess("--tilt-session-html", "pages", "-n", str(workers))
    result.assert_outcomes(passed=2, failed=4, errors=1)
    found = names(folder)
    assert 5 == len(found)
    assert "test_it.py--test_has_two.html" in found
    assert "test_it.py--test_has_two.2.html" in found
    told = set(re.findall(r"^(/\S+\.html)$", result.stdout.str(), re.MULTILINE))
    assert {str(folder / name) for name in found} == told
    page = next(path for path in folder.iterdir() if "b-c" in path.name).read_text(encoding="utf-8")
    assert "test_it.py::test_fails[b/c]" in page
    assert "api:serve" in page
    assert "expected the session to succeed" in page


def test_the_ini_file_names_the_folder_from_where_it_stands(pytester, folder):
    """Pytest may be called from another folder."""
    pytester.makeini("[pytest]\ntilt_session_html = pages\n")
    below = pytester.mkdir("below")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(below)
        pytester.runpytest_inprocess("..", "-k", "test_has_two", "-c", "../tox.ini")
    assert ["test_it.py--test_has_two.2.html", "test_it.py--test_has_two.html"] == names(folder)


def test_a_file_in_the_place_of_the_folder_is_refused(pytester, folder):
    """Before the first test, by its name."""
    folder.write_text("")
    result = pytester.runpytest_inprocess("--tilt-session-html", "pages")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines("*--tilt-session-html pages: that is a file; name a folder*")


def test_a_page_that_cannot_be_written_hides_no_failure(pytester, folder):
    """The report says why, and the test's own failure is there."""
    folder.mkdir()
    (folder / "test_it.py--test_has_two.html").mkdir()
    result = pytester.runpytest_inprocess("--tilt-session-html", "pages", "-k", "test_has_two")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert first is second*", "*could not be written: IsADirectoryError*"])


@pytest.mark.parametrize(
    ("node_id", "name"),
    [
        ("test_it.py::test_one", "test_it.py--test_one.html"),
        ("tests/test_it.py::test_one", "tests-test_it.py--test_one.html"),
    ],
)
def test_plain_ids_have_plain_names(node_id, name):
    """They can be read, and lead back to the test."""
    assert name == pictures.file_name(node_id)


@pytest.mark.parametrize(
    "node_ids",
    [
        ("t.py::test[a/b]", "t.py::test[a-b]", "t.py::test[a::b]", "t.py::test[a b]"),
        ("a/b.py::test", "a-b.py::test"),
        ("t.py::test_A", "t.py::test_a"),
        (f"t.py::test[{'x' * 300}1]", f"t.py::test[{'x' * 300}2]"),
        ("t.py::test[../../etc/passwd]", "t.py::test[..]", "t.py::test[.]"),
        ("t.py::test[\x00]", "t.py::test[\ud800]", "t.py::test[é]", "t.py::test[]"),
    ],
)
def test_no_two_tests_share_a_page(node_ids):
    """Nor do they where a file system takes capitals for small letters; each name is short and of plain signs."""
    found = [pictures.file_name(node_id) for node_id in node_ids]
    assert len(node_ids) == len({name.lower() for name in found})
    for name in found:
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,150}\.html", name)
        assert not name.startswith(".")
