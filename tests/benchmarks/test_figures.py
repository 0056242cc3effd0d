"""The page says what is reached, and how far from the limit the rest is; the command line says what it cannot do."""

import subprocess
import sys

import pytest

from benchmarks import __main__ as command
from benchmarks import figures, measures_requests, measures_tilt, page
from benchmarks.figures import Figure


def test_what_is_not_reached_is_set_beside_the_limit():
    """By how much the aim is missed, what part the limit takes, and whether the aim lies below it."""
    told = page.missed(
        [
            Figure("a GET", "µs", 60, "Tilt", 100, 0.5),
            Figure("a GET", "µs", 60, "the limit, TLS", 20),
            Figure("a PATCH", "µs", 800, at_most=475),
            Figure("a PATCH", "µs", 800, "the limit, TLS", 500),
            Figure("growth", "µs", 3, "the first ones", 2, 1.1),
            Figure("fine", "µs", 1, "others", 2, 1),
        ]
    )
    assert [
        "- *a GET* is 0.60 times as much as Tilt, not 0.5; it is 3.00 times the limit, which takes 20 µs of the 50 µs "
        "that are the aim.",
        "- *a PATCH* is 800 µs, not 475; it is 1.60 times the limit, which takes 500 µs itself and so is above the aim "
        "of 475 µs too.",
        "- *growth* is 1.50 times as much as the first ones, not 1.1; no limit was measured beside it.",
    ] == told.strip().splitlines()
    assert " Nothing." == page.missed([])


@pytest.mark.parametrize(
    ("version", "told"), [(None, "on no real Tilt"), ("v1.2.3, built today", "v1.2.3, built today")]
)
def test_the_page_says_whether_a_tilt_was_measured(version, told):
    """With its version where one was, and how to where none was."""
    found = [Figure("a GET", "µs", 60)]
    text = page.written(found, figures.table(found), command.NAMES, version)
    assert told in text
    assert "`tilt`" in text
    assert "| a GET |" in text


def test_the_rows_of_a_tilt(stand_ins):
    """GETs and PATCHes with their aims of a half, events and the start; here in few rounds."""
    sizes = {"rounds": 1, "requests": 20, "watchers": 3, "transitions": 8, "lives": 1}
    rows = list(measures_tilt.of_a_real_tilt(stand_ins.tilt(), **sizes))
    assert [
        (measures_requests.GET_CPU, None),
        (measures_requests.GET_P50, 0.5),
        (measures_requests.PATCH, 0.5),
        ("3 watchers × 8 PATCHes: CPU per event", None),
        ("3 watchers × 8 PATCHes: CPU per event", None),
        ("from the start to the Session's first answer", None),
    ] == [(row.what, row.at_most) for row in rows]
    assert ["a real Tilt"] * 4 + ["the limit", "a real Tilt"] == [row.peer for row in rows]
    assert all(row.ours > 0 and row.theirs for row in rows), rows
    assert (False, False) == stand_ins.left()


def test_a_patch_stands_beside_the_limit():
    """Fixed bytes answer a PATCH and tell the watcher, over TLS as the fake does."""
    with measures_requests.peer.running("tiltsession") as ours, measures_requests.peer.running("limit") as limit:
        taken, least = measures_requests.patches_to_events([ours, limit], count=20, rounds=2)
    assert 0 < least < taken


def test_the_aim_measured_elsewhere_gives_way_to_a_tilt(stand_ins):
    """What to measure: a Tilt only where one is given, and then the fake's PATCH has no aim but half of that Tilt's."""
    assert "tilt" not in command.measures(None)
    given = command.measures(stand_ins.tilt())
    assert list(command.NAMES) == list(given)
    assert (None,) == given["patch"].args


def test_it_measures_what_is_named_and_keeps_what_was_found():
    """A measure that fails is named at the end, and the figures of the others are there."""
    row = Figure("a GET", "µs", 60)

    def fails():
        raise RuntimeError("no server")

    assert ([row], ["bad"]) == command.measure({"bad": fails, "good": lambda: iter([row])})


def bad(stand_ins, what):
    """Give something that is no Tilt, and what is said of it."""
    return {
        "missing": lambda: ("/no/such/tilt", "there is no such file"),
        "not in PATH": lambda: ("no-such-tilt", "there is none in PATH"),
        "a folder": lambda: (str(stand_ins.trace.parent), "that is a folder"),
        "not executable": lambda: (stand_ins.program("tilt", "#!/bin/sh\n", 0o644), "may not be executed"),
        "no program": lambda: (stand_ins.program("tilt", "\0\0"), "cannot be run as a Tilt"),
        "another program": lambda: (
            stand_ins.program("tilt", "#!/bin/sh\necho tilt 2.0.11, a template engine\n"),
            "is something else than Tilt",
        ),
        "ends at once": lambda: (stand_ins.tilt(more="sys.exit('no such flag')"), "no such flag"),
    }[what]()


@pytest.mark.parametrize(
    "what", ["missing", "not in PATH", "a folder", "not executable", "no program", "another program", "ends at once"]
)
def test_a_bad_binary_is_refused_before_anything_is_measured(stand_ins, what):
    """The message says what was asked for, what was found and what to give instead."""
    given, told = bad(stand_ins, what)
    with pytest.raises(measures_tilt.Unusable) as caught:
        measures_tilt.check(given)
    assert told in str(caught.value)
    assert given in str(caught.value)


def test_a_good_binary_is_known_by_its_version(stand_ins):
    """It is started once, and nothing of that stays."""
    binary = stand_ins.tilt()
    assert (binary, "v0.37.6, built 2026-11-24") == measures_tilt.check(binary)
    assert (False, False) == stand_ins.left()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--help"], "--tilt BINARY"),
        (["gett"], "there is no measure 'gett'; there are: plugin, life"),
        (["tilt"], "say where one is, by --tilt BINARY"),
        (["get", "--tilt", "tilt"], "--tilt has no effect on get: name 'tilt' too"),
        (["--tilt", "/no/such/tilt"], "there is no such file. Name the program itself"),
    ],
)
def test_the_command_line(capsys, words, told):
    """It says what there is, and refuses what would have no effect."""
    with pytest.raises(SystemExit):
        command.main(words)
    assert told in " ".join("".join(capsys.readouterr()).split())


def test_without_the_option_nothing_of_it_is_imported():
    """Neither the module that starts a Tilt nor what it needs."""
    program = "import sys, benchmarks.__main__; print([name for name in sys.modules if 'tilt' in name.split('.')[-1]])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "measures_tilt" not in ran.stdout
    assert "benchmarks.peers.tilt'" not in ran.stdout
