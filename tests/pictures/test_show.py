"""``tiltsession show``: in the terminal, and as files."""

import io
import os
import pty
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from pytest_tiltsession import cli, errors
from pytest_tiltsession.commands import show
from pytest_tiltsession.scenario import naming

NAME = "ci/never-ready"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "TERM")}


def in_terminal(columns):
    """Run the command in a terminal of a width and give what it wrote."""
    inside, outside = pty.openpty()
    command = [sys.executable, "-m", "pytest_tiltsession", "show", NAME]
    variables = ENVIRONMENT | {"TERM": "xterm", "COLUMNS": str(columns), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, stdout=outside, env=variables) as process:
        os.close(outside)
        written = b""
        while True:
            try:
                part = os.read(inside, 65_536)
            except OSError:  # Linux: the other side is closed
                break
            if not part:
                break
            written += part
        os.close(inside)
        assert 0 == process.wait()
    return written.decode().replace("\r\n", "\n")


def test_a_terminal_has_colours_and_is_filled():
    """The drawing is as wide as the terminal, and in colour."""
    text = in_terminal(150)
    assert "\x1b[35m▒" in text
    assert max(map(len, text.splitlines())) > 120


@pytest.mark.parametrize(
    ("variables", "colour"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colours_can_be_had_not(variables, colour, monkeypatch):
    """Where the user or the terminal does not want them there are none; an empty NO_COLOR says nothing."""
    for name in ("TERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    assert colour == show.style_of(stream).colour


def test_a_pipe_gets_plain_text():
    """Whatever the terminal is that the command was called from."""
    command = [sys.executable, "-m", "pytest_tiltsession", "show", NAME]
    made = subprocess.run(command, env=ENVIRONMENT | {"TERM": "xterm"}, capture_output=True, check=True)
    text = made.stdout.decode()
    assert "web" in text
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 100


def test_files_are_written_where_asked(tmp_path, capsys):
    """Both kinds at once, each whole, and nothing in the terminal."""
    page, image = tmp_path / "out.html", tmp_path / "out.svg"
    assert 0 == cli.main(["show", NAME, "--html", str(page), "--svg", str(image), "--width", "900"])
    assert ("", "") == capsys.readouterr()
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "900" == ET.parse(image).getroot().get("width")


@pytest.mark.parametrize(("option", "begin"), [("--html", b"<!DOCTYPE html>"), ("--svg", b"<?xml ")])
def test_a_dash_is_standard_output(option, begin, monkeypatch):
    """In UTF-8, whatever the encoding of the terminal."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert 0 == cli.main(["show", NAME, option, "-"])
    assert stream.buffer.getvalue().startswith(begin)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--html", "-", "--svg", "-"], "cannot share standard output"),
        (["--html", "nowhere/out.html"], "nowhere/out.html cannot be written: No such file or directory"),
        (["--svg", "-", "--width", "10"], "an image is 480 to 10000 pixels wide"),
        (["--width", "900"], "--width goes with --svg"),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments, message, capsys, monkeypatch, tmp_path):
    """The exit code is 2, and a sentence says what to write instead."""
    monkeypatch.chdir(tmp_path)
    assert 2 == cli.main(["show", NAME, *arguments])
    assert message in capsys.readouterr().err


def test_an_unknown_scenario_is_refused(tmp_path):
    """Before anything is written."""
    with pytest.raises(errors.InvalidScenario, match="did you mean ci/never-ready"):
        show.drawn("ci/never-readi")


def test_the_gallery_has_a_picture_of_every_named_scenario():
    """Each is a well-formed image that names its scenario and its verdict."""
    found = {named.name: image for named, image in show.gallery()}
    assert naming.names() == tuple(found)
    for name, image in found.items():
        title = ET.fromstring(image.encode())[0].text
        assert title.startswith(f"{naming.named(name).title}: "), name
