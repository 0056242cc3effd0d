"""YAML bodies are written as the API server writes them."""

import json

import hypothesis
import pytest
from hypothesis import strategies

from pytest_tiltsession.api import yaml_bodies


def read(text):
    """Read the first document of a text."""
    return yaml_bodies.read(text.encode()).value


SESSION = """\
apiVersion: tilt.dev/v1alpha1
kind: Session
metadata:
  annotations:
    tilt.dev/resource: (Tiltfile)
  creationTimestamp: "2026-11-24T05:54:30Z"
  name: Tiltfile
  ownerReferences:
  - apiVersion: tilt.dev/v1alpha1
    blockOwnerDeletion: true
    controller: true
    kind: Tiltfile
    name: (Tiltfile)
    uid: 9cf8ecdb-7ae4-4c05-9cff-f8ae9995dd5b
  resourceVersion: "56"
  uid: 6b523092-4b83-4709-83cd-189967512439
spec:
  ci:
    readinessTimeout: 5m0s
    timeout: 30m0s
  exitCondition: manual
  tiltfilePath: /home/dev/app/Tiltfile
status:
  done: false
  pid: 27231
  startTime: "2026-11-24T05:54:30.372282Z"
  targets:
  - name: job:update
    resources:
    - job
    state:
      terminated:
        finishTime: "2026-11-24T05:54:32.039280Z"
        startTime: "2026-11-24T05:54:31.785745Z"
    type: job
  - name: web:serve
    resources:
    - web
    state:
      active:
        lastReadyTime: "2026-11-24T05:54:32.046653Z"
        ready: true
        startTime: "2026-11-24T05:54:32.043331Z"
    type: server
"""


def test_a_session_is_written_as_tilt_writes_it():
    """This is what ``tilt get session Tiltfile -o yaml`` showed; reading and writing leaves each letter of it."""
    assert SESSION == yaml_bodies.to_yaml(read(SESSION))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", '""'), ("true", '"true"'), ("yes", '"yes"'), ("y", '"y"'), ("null", '"null"'), ("~", '"~"'), ("1", '"1"'),
        ("0x1F", '"0x1F"'), ("1_000", '"1_000"'), ("1.5", '"1.5"'), ("1e3", '"1e3"'), (".inf", '".inf"'),
        ("1:30", '"1:30"'),
        ("12:30:45", '"12:30:45"'), ("2026-01-01", '"2026-01-01"'), ("2026-01-01T00:00:00Z", '"2026-01-01T00:00:00Z"'),
        ("\ta", '"\\ta"'), ("a\tb", '"a\\tb"'), ("a\rb", '"a\\rb"'), ("\x1b", '"\\e"'), ("\x00", '"\\0"'),
        ("\ufeff", '"\\uFEFF"'), ("\U0001f600", '"\\U0001F600"'),
        ("-", "'-'"), ("- a", "'- a'"), ("a: b", "'a: b'"), ("a:", "'a:'"), ("a #b", "'a #b'"), ("#a", "'#a'"),
        ("*a", "'*a'"),
        ("&a", "'&a'"), ("!a", "'!a'"), ("%a", "'%a'"), ("@a", "'@a'"), ("`a", "'`a'"), ("{a", "'{a'"), ("[a", "'[a'"),
        ("?", "'?'"), ("'a", "'''a'"), ('"a"', "'\"a\"'"), (" a", "' a'"), ("a ", "'a '"), ("---", "'---'"),
        ("2026-01-01 00:00:00", '"2026-01-01 00:00:00"'), ("2026-01-01t23:59:59+01:00", '"2026-01-01t23:59:59+01:00"'),
        ("2026-01-01T24:00:00Z", "2026-01-01T24:00:00Z"), ("2026-01-01T00:60:00Z", "2026-01-01T00:60:00Z"),
        ("2026-01-01T00:00:60Z", "2026-01-01T00:00:60Z"), ("2026-02-29", "2026-02-29"), ("2024-02-29", '"2024-02-29"'),
        ("a", "a"), ("1.2.3", "1.2.3"), ("<<", "<<"), ("=", "="), ("-a", "-a"), ("?a", "?a"), ("a:b", "a:b"),
        ("a#b", "a#b"),
        ("a, b", "a, b"), ("it's", "it's"), ("a\\b", "a\\b"), ("\u00fc", "\u00fc"), ("a\u00a0b", "a\u00a0b"),
        ("it is: it's", "'it is: it''s'"),
    ],
)  # fmt: skip
def test_texts_have_quotes_where_they_need_them(text, written):
    """Double quotes for what would be read as no text, single ones where signs stand in the way, none otherwise."""
    assert f"{written}\n" == yaml_bodies.to_yaml(text)
    assert text == read(written)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb", "|-\n  a\n  b\n"),
        ("a\nb\n", "|\n  a\n  b\n"),
        ("a\n\n", "|+\n  a\n\n"),
        ("\n", "|2+\n\n"),
        (" a\nb", "|2-\n   a\n  b\n"),
        ("a\n  b\n", "|\n  a\n    b\n"),
        ("a \nb", '"a \\nb"\n'),
        ("a\nb ", '"a\\nb "\n'),
        ("a\n\tb", '"a\\n\\tb"\n'),
    ],
)
def test_lines_are_written_as_blocks(text, written):
    """A text of several lines is a literal block, unless blanks or tabs would be lost."""
    assert written == yaml_bodies.to_yaml(text)
    assert text == read(written)


def test_long_lines_are_broken_at_blanks():
    """Behind column 80, where the next single blank is; a text without blanks stays whole."""
    words = " ".join(["word"] * 20)
    assert f"a: {' '.join(['word'] * 16)}\n  {' '.join(['word'] * 4)}\n" == yaml_bodies.to_yaml({"a": words})
    assert f"a: {'x' * 200}\n" == yaml_bodies.to_yaml({"a": "x" * 200})
    quoted = ": ".join(["word"] * 20)
    expected = f"a: '{': '.join(['word'] * 13)}:\n  {': '.join(['word'] * 7)}'\n"
    assert (expected, quoted) == (yaml_bodies.to_yaml({"a": quoted}), read(expected)["a"])


def test_broken_lines_keep_double_blanks():
    """In double quotes a broken line that goes on with a blank says so; plain lines are not broken there."""
    text = "\u00fc\t" + "word " * 16 + " word"
    assert '"\u00fc\\t' + " ".join(["word"] * 16) + '\n  \\ word"\n' == yaml_bodies.to_yaml(text)
    text = "it is  " * 15 + "it"
    assert f"{text}\n" == yaml_bodies.to_yaml(text).replace("\n  ", " ")


@pytest.mark.parametrize(
    ("text", "written"),
    [("a\u2028b", "'a\u2028  b'"), ("a \u2029b", '"a \\Pb"'), ("\ufeffa b", '"\\uFEFF\\x61\\x20\\x62"')],
)
def test_rare_characters_are_written_as_the_server_does(text, written):
    """Other line breaks stand in single quotes, and a byte order mark makes all that follows escaped."""
    assert f"{written}\n" == yaml_bodies.to_yaml(text)


def test_keys_are_in_a_natural_order():
    """Digits are compared as numbers, and letters come behind all else."""
    keys = ["a110", "a109", "a10", "a2", "B", "a", "_", "1", "10", "9", "a-b", "ab", "a01"]
    lines = yaml_bodies.to_yaml(dict.fromkeys(keys, 1)).splitlines()
    expected = ["_", '"1"', '"9"', '"10"', "B", "a", "a-b", "a01", "a2", "a10", "a109", "a110", "ab"]
    assert expected == [line.removesuffix(": 1") for line in lines]
    lines = yaml_bodies.to_yaml(dict.fromkeys(["a0100", "a01", "a001", "a100", "a10"], 1)).splitlines()
    assert ["a01", "a001", "a10", "a100", "a0100"] == [line.removesuffix(": 1") for line in lines]


def test_very_long_keys_are_marked():
    """A key beyond 128 bytes, or of several lines, stands behind a question mark."""
    assert f"? {'k' * 129}\n: 1\n" == yaml_bodies.to_yaml({"k" * 129: 1})
    assert f"{'k' * 128}: 1\n" == yaml_bodies.to_yaml({"k" * 128: 1})
    assert "? |-\n  a\n  b\n: 1\n" == yaml_bodies.to_yaml({"a\nb": 1})


def test_other_values_are_written():
    """Nothing, empty collections, nested sequences and numbers."""
    value = {"a": None, "b": {}, "c": [], "d": [[1, [2]], {"x": 1, "y": [3]}], "e": 1.5, "f": 1e21}
    expected = 'a: null\nb: {}\nc: []\nd:\n- - 1\n  - - 2\n- x: 1\n  "y":\n  - 3\ne: 1.5\nf: 1e+21\n'
    assert expected == yaml_bodies.to_yaml(value)
    assert ["null\n", "{}\n", "[]\n", "true\n", "5\n"] == [
        yaml_bodies.to_yaml(each) for each in (None, {}, [], True, 5)
    ]


@pytest.mark.parametrize("char", ["\x7f", "\x80", "\x9f", "\ufffe", "\uffff"])
def test_some_control_characters_cannot_be_written(char):
    """The server itself fails on them, in values and in keys."""
    for value in (char, [f"a{char}"], {char: 1}):
        with pytest.raises(yaml_bodies.Unreadable, match=r"^yaml: control characters are not allowed$"):
            yaml_bodies.to_yaml(value)


def test_one_control_character_is_taken_for_a_line_break():
    """U+0085 becomes a blank as in a folded line, and each further one a line break."""
    assert "a b\n" == yaml_bodies.to_yaml("a\x85b")
    assert "- a b\n" == yaml_bodies.to_yaml(["a\x85b"])
    assert {"k l": "a\nb"} == read(yaml_bodies.to_yaml({"k\x85l": "a \x85 \x85b"}))


_letters = strategies.characters(exclude_categories=("Cs", "Cc"), exclude_characters="<\ufffe\uffff")
_texts = strategies.text(_letters | strategies.sampled_from("\n\t \"'\\:#-"))
_values = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers(-(2**63), 2**63 - 1) | _texts,
    lambda inner: strategies.lists(inner, max_size=4) | strategies.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)


@hypothesis.given(_values)
def test_what_is_written_is_read_back(value):
    """Any value survives writing and reading."""
    written = yaml_bodies.to_yaml(value)
    assert json.dumps(value, sort_keys=True) == json.dumps(read(written), sort_keys=True), written
