"""YAML bodies are read as the API server reads them."""

import pytest

from pytest_tiltsession.api import yaml_bodies


def read(text):
    """Read the first document of a text."""
    return yaml_bodies.read(text if isinstance(text, bytes) else text.encode()).value


def refused(text):
    """Give the words with which a text is refused."""
    with pytest.raises(yaml_bodies.Unreadable) as caught:
        read(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("y Y yes Yes YES true True TRUE on On ON", True),
        ("n N no No NO false False FALSE off Off OFF", False),
        ("~ null Null NULL", None),
        ("10 +10 0xA 0XA 0b1010 012 0o12 1_0 10.0 1e1", 10),
        ("-16 -0x10 -0b10000 -020", -16),
        ("1.5 +1.5 1.50 15e-1 1_5e-1", 1.5),
        ("105 1_0.5e0_1", 105),
        (".5 0.5 5e-1", 0.5),
    ],
)
def test_words_and_numbers_have_the_meaning_of_yaml_1_1(words, value):
    """Bools have many spellings, integers four bases, and underscores count for nothing."""
    for word in words.split():
        found = read(word)
        assert (value, isinstance(value, bool)) == (found, isinstance(found, bool)), word


@pytest.mark.parametrize(
    "word",
    ["yEs", "tRUE", "nuLL", "0x", "0xg", "0b2", "1__0x", "09x", "1.2.3", "1e", "e1", "<", "=", "a b", "_1", ".", "..",
     "-.", "2026-01-01", "2026-13-01", "2026-01-01T25:00:00Z", "2026-01-01x", "2026-01-01T00:00:00Z",
     "2026-01-01 00:00:00", "1:30", "5m0s", "/w/Tiltfile",
     "18446744073709551616x"],
)  # fmt: skip
def test_other_words_are_texts(word):
    """Times, versions, sexagesimals and words that only look like others stay texts."""
    assert word == read(word)


def test_large_numbers():
    """Integers reach to uint64; what is beyond is a float, and floats without a fraction are written as integers."""
    assert [18446744073709551615, -9223372036854775808] == [read("18446744073709551615"), read("-9223372036854775808")]
    assert ["18446744073709552000", "1e+21"] == [str(read("18446744073709551616")), read("1e21").text]
    assert "1e+30" == read("1000000000000000000000000000000").text


def test_tags_say_what_a_scalar_is():
    """A text may be told to be a text or a float, and binary data is decoded."""
    assert {"a": "5", "b": 5, "c": "yes", "d": "hi"} == read(
        "{a: !!str 5, b: !!float 5, c: !!str yes, d: !!binary aGk=}"
    )
    assert "yaml: cannot decode !!str `x` as a !!int" == refused("!!int x")
    assert "yaml: cannot decode !!int `5` as a !!bool" == refused("!!bool 5")
    assert "yaml: !!binary value contains invalid base64 data" == refused("!!binary x")


def test_quoted_scalars_are_texts():
    """In quotes or as a block, a number is a text; lines are folded as YAML says."""
    text = 'a: \'5\'\nb: "5"\nc: |\n  5\nd: >-\n  x\n  y\n\n  z\ne: "a\\\n  b\\u00fc"\n'
    assert {"a": "5", "b": "5", "c": "5\n", "d": "x y\nz", "e": "ab\u00fc"} == read(text)


def test_only_the_first_document_counts():
    """What comes behind it is not looked at, not even for errors in its structure."""
    assert {"a": 1} == read("---\na: 1\n---\nb: 2\n") == read("a: 1\n...\nb: 2\n")
    assert [None, None, None] == [read(""), read("# nothing\n"), read("---\n")]


def test_anchors_and_merge_keys():
    """Aliases repeat what their anchor names; merge keys bring in mappings, of which earlier ones win."""
    text = "a: &x {k: 1, l: 2}\nb: *x\nc:\n  <<: *x\n  l: 3\nd:\n  <<: [{k: 7}, *x]\n"
    ones = {"k": 1, "l": 2}
    assert {"a": ones, "b": ones, "c": {"k": 1, "l": 3}, "d": {"k": 7, "l": 2}} == read(text)
    assert "yaml: unknown anchor 'y' referenced" == refused("a: *y")
    assert "yaml: anchor 'x' value contains itself" == refused("a: &x [*x]")
    assert "yaml: map merge requires map or sequence of maps as the value" == refused("<<: 5")


def test_aliases_may_not_multiply():
    """A small text that stands for a very large value is refused."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "yaml: document contains excessive aliasing" == refused("\n".join(lines))


def test_keys_become_texts():
    """Numbers and bools as keys are written as texts; keys come in the order of the alphabet."""
    assert ["-5", "1", "1.5", "a", "false", "true"] == list(read("{a: 1, 1: 2, 1.5: 3, yes: 4, off: 5, -5: 6}"))
    assert 'yaml: invalid map key: map[interface {}]interface {}{"a":1}' == refused("? {a: 1}\n: x\n")
    assert "Unsupported map key of type: %!s(<nil>), key: <nil>, value: 1" == refused("~: 1")
    words = (
        'Unsupported map key of type: uint64, key: 0xffffffffffffffff, value: []interface {}{interface {}(nil), "x"}'
    )
    assert words == refused("18446744073709551615: [~, x]")


def test_doubled_keys_are_told():
    """The last value counts; each double is told with its line."""
    document = yaml_bodies.read(b"a: 1\nb: {c: 1, c: 2}\na: 3\n1: x\n1: z\n")
    assert {"a": 3, "b": {"c": 2}, "1": "z"} == document.value
    expected = [
        'line 2: key "c" already set in map',
        'line 3: key "a" already set in map',
        "line 5: key 1 already set in map",
    ]
    assert tuple(expected) == document.doubled_keys


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "line 1: did not find expected node content"),
        ("a:\n\tb: 1\n", "line 2: found character that cannot start any token"),
        ("a: b: c", "mapping values are not allowed in this context"),
        ("a: 1\n b: 2\n", "line 2: mapping values are not allowed in this context"),
        ("a: {b: 1", "line 1: did not find expected ',' or '}'"),
        ("a: 'x", "found unexpected end of stream"),
        ("- a\nb: 1\n", "line 1: did not find expected '-' indicator"),
        ("%YAML 1.2\n---\na: 1\n", "found incompatible YAML document"),
        ("%YAML 1.3\n---\na: 1\n", "found incompatible YAML document"),
        (b"a: \x01", "control characters are not allowed"),
        (b"a: \xff", "invalid leading UTF-8 octet"),
        ("a: @x", "found character that cannot start any token"),
    ],
)
def test_what_is_no_yaml_is_told(text, words):
    """The words are those of the server's parser, with a line where it has one."""
    assert f"yaml: {words}" == refused(text)


def test_numbers_that_json_lacks_are_refused():
    """Infinities and NaN are numbers in YAML only."""
    assert ["json: unsupported value: +Inf", "json: unsupported value: NaN"] == [refused(".inf"), refused("[.nan]")]


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_number_of_thousands_of_digits_is_a_text(sign):
    """It fits into no number, however long it is; hexadecimal zeros do not count."""
    digits = f"{sign}{'1' * 5_000}"
    assert digits == read(f"a: {digits}")["a"]
    assert 1 == read(f"a: 0x{'0' * 5_000}1")["a"]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_documents_may_nest_as_deeply_as_json(opening, closing):
    """Ten thousand levels are read, one more is refused, with its line where that is not the first."""
    value = read(opening * 10_000 + closing * 10_000)
    depth = 0
    while value:
        (value,) = value if isinstance(value, list) else value.values()
        depth += 1
    assert depth in (9_999, 10_000)
    too_deep = opening * 10_001 + closing * 10_001
    assert "yaml: exceeded max depth of 10000" == refused(too_deep)
    assert "yaml: line 2: exceeded max depth of 10000" == refused(f"\n{too_deep}")


def test_a_key_that_is_a_deep_document_is_refused():
    """Where the refusal would quote it, it says less."""
    assert refused("? " + "[" * 5_000 + "]" * 5_000).startswith("yaml: invalid map key")
