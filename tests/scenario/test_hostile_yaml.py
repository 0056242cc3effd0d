"""Files that are no YAML, no text, or made to hurt."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import file_format


def refused(text):
    """Give what is said of a bad file."""
    with pytest.raises(errors.InvalidScenario) as caught:
        file_format.parse_scenario(text, "x.tilt.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("version: 1\nsteps:\n\t- at: 1s", "x.tilt.yaml:3: this is not YAML"),
        ("version: 1\nsteps:\n\t- at: 1s", "indent with spaces, not with tabs"),
        (
            "version: 1\ntitle: a: b",
            "x.tilt.yaml:2: this is not YAML: mapping values are not allowed in this context; put",
        ),
        ("version: 1\ntitle: 'x", "x.tilt.yaml:2: this is not YAML"),
        ("version: 1\ntargets: {a", "this is not YAML"),
        ("version: 1\ntitle: \x07", "x.tilt.yaml:2: this is not a text"),
        ("version: 1\ntitle: *x", "x.tilt.yaml:2: *x: no anchor &x stands before it"),
        ("version: 1\nsteps: &x [*x]", "x.tilt.yaml:2: *x stands inside &x"),
        ("[" * 100_000, "x.tilt.yaml:1: nested deeper than 40 levels"),
        ("- " * 100_000, "nested deeper than 40 levels"),
    ],
)
def test_bad_yaml_is_told_with_its_line(text, told):
    """What is no YAML, or hurts a YAML parser, is an InvalidScenario with file and line."""
    assert told in refused(text)


def test_aliases_cannot_blow_a_file_up():
    """A small file whose aliases stand for far too much is refused instead of being read for ever."""
    targets = "".join(f"  t{index}:update: active\n" for index in range(3000))
    steps_ = "".join(f"- {{at: {index}s, set: *all}}\n" for index in range(1, 3000))
    declared = "".join(f"  t{index}:update:\n" for index in range(3000))
    text = f"version: 1\ntargets:\n{declared}steps:\n- at: 0s\n  set: &all\n{targets.replace('  t', '    t')}{steps_}"
    assert "aliases repeat more than 200000 entries" in refused(text)
    laughs = "a: &a [x, x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "'a' is no key of a scenario" in refused("version: 1\n" + laughs)


def test_a_file_is_read_as_utf8(tmp_path):
    """A byte order mark is passed over; other encodings are refused with the line."""
    path = tmp_path / "x.tilt.yaml"
    path.write_bytes("\ufeffversion: 1\ntitle: naïve\n".encode())
    assert file_format.read_scenario(path).title == "naïve"
    path.write_bytes("version: 1\ntitle: naïve\n".encode("latin-1"))
    with pytest.raises(errors.InvalidScenario, match=r"x\.tilt\.yaml:2: this is not UTF-8"):
        file_format.read_scenario(path)


def test_a_missing_file_is_told(tmp_path):
    """A path that cannot be read is an InvalidScenario that names it."""
    with pytest.raises(
        errors.InvalidScenario, match=r"none\.tilt\.yaml: the scenario file cannot be read: No such file"
    ):
        file_format.read_scenario(tmp_path / "none.tilt.yaml")
