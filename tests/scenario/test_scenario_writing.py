"""Writing scenario files: nothing is lost, and people can read the result."""

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import file_format, steps, yaml_text

NASTY = ["", "yes", "No", "y", "~", "null", "1:30", "0x1F", "1e3", "2026-01-01", "=", "<<", "a: b", "a:", "x #y", "- a"]
NASTY += [
    "[a]",
    "{a",
    "a, b",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
    "'a'",
    '"a"',
    "a'b",
    'a"b',
    "a\\b",
    " a",
    "a ",
    "\n",
    "a\nb",
]
NASTY += [
    "a\nb\n",
    "a\n\nb",
    " a\nb",
    "a \nb",
    "a\n\n",
    "a\tb",
    "a\r\nb",
    "\x00",
    "\x85",
    "\u2028",
    "\ufeff",
    "😀",
    "naïve",
]
NASTY += [
    "---",
    "...",
    "? a",
    "| a",
    "> a",
    "`a`",
    "a" * 300,
    "b c " * 60,
    "/x: y/",
    "${A:-b}",
    "--- a\nb",
    "#a\n#b",
    "\ufffe",
]

texts = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
names = texts.filter(bool)
mappings = st.none() | st.dictionaries(names, texts, max_size=3)
durations = st.none() | st.integers(-(10**18), 10**18)
specs = st.builds(
    session.SessionSpec, texts, texts, st.none() | st.builds(session.SessionCISpec, durations, durations, durations)
)
offsets = st.just(steps.NATURAL) | st.none() | st.integers(-(10**12), 10**12)


@st.composite
def states(draw):
    """Any state that can be written."""
    word = draw(st.sampled_from(["waiting", "active", "terminated", "disabled", "inactive"]))
    if word == "waiting":
        return steps.ScriptedState(word, wait_reason=draw(texts))
    if word == "active":
        ready = draw(st.none() | st.booleans())
        return steps.ScriptedState(word, ready=ready, start_time=draw(offsets), last_ready_time=draw(offsets))
    if word == "terminated":
        grace = draw(st.sampled_from(["", "Tolerated", "Exceeded"]))
        return steps.ScriptedState(
            word, error=draw(texts), grace_status=grace, start_time=draw(offsets), finish_time=draw(offsets)
        )
    return steps.ScriptedState(word)


recordings = st.builds(steps.Recorded, st.booleans(), texts, st.none() | st.integers(1, 10**15))


@st.composite
def expectations(draw):
    """Any expectation without contradictions."""
    outcome = draw(st.sampled_from([None, "succeeded", "failed", "running"]))
    ends = {"error": draw(names)} if draw(st.booleans()) else {"match": "^a(b|c)*$"} if draw(st.booleans()) else {}
    exits = {"succeeded": 0, "failed": 1}.get(outcome, 7)
    return steps.Expectation(
        outcome=outcome,
        at=draw(st.none() | st.integers(0, 10**15)),
        exit_code=None if outcome == "running" else draw(st.sampled_from([None, exits])),
        **(ends if outcome in (None, "failed") else {}),
    )


consumers = st.builds(
    steps.Consumer,
    st.lists(texts, min_size=1, max_size=3).filter(lambda words: words[0]).map(tuple),
    st.integers(1, 10**15),
    st.builds(steps.ConsumerExpectation, st.integers(-64, 255), st.none() | texts, st.none() | texts),
    st.dictionaries(names, texts, max_size=2),
)


@st.composite
def scenarios(draw):
    """Any scenario that can be played: each step is told as recorded, so that no state and no label is refused."""
    declared = {
        name: steps.Declaration(
            name, draw(st.sampled_from(["job", "server"])), tuple(draw(st.lists(texts, max_size=2)))
        )
        for name in draw(st.lists(names, unique=True, max_size=4))
    }
    tells = draw(st.booleans())
    shown = set() if tells else set(declared)
    words = ["present"] if tells else ["absent", "recreated"]
    at, result = -1, []
    for _ in range(draw(st.integers(0, 4))):
        at += draw(st.integers(1, 10**13))
        chosen = draw(st.sets(st.sampled_from(sorted(declared)), max_size=3)) if declared else set()
        gone = tuple(name for name in sorted(shown - chosen) if draw(st.booleans()))
        shown = (shown | chosen) - set(gone)
        word = draw(st.none() | st.sampled_from(words))
        words = ["present", "absent", "recreated"] if word else words
        result.append(
            steps.Step(
                at=at,
                set={name: draw(states()) for name in sorted(chosen)},
                remove=gone,
                spec=draw(st.none() | specs),
                labels=draw(mappings),
                annotations=draw(mappings),
                session=word,
                reload=draw(st.booleans()),
                cluster_error=draw(st.none() | st.booleans()),
                recorded=draw(recordings),
                note=draw(texts),
            )
        )
    header = draw(specs.filter(lambda spec: spec.tiltfile_path))
    return steps.Scenario(
        title=draw(texts),
        spec=session.SessionSpec(header.tiltfile_path, draw(st.sampled_from(["ci", "manual"])), header.ci),
        start=draw(st.integers(0, 10**17)),
        targets=declared,
        steps=tuple(result),
        description=draw(texts),
        pid=draw(st.integers(-(1 << 63), (1 << 63) - 1)),
        labels=draw(mappings) if result else None,
        annotations=draw(mappings) if result else None,
        expect=draw(st.none() | expectations()),
        consumer=draw(st.none() | consumers),
        source=draw(texts),
    )


@settings(max_examples=150, deadline=None)
@given(scenarios())
def test_what_is_written_reads_back_the_same(scenario):
    """Any scenario that can be played is lost nothing of by writing and reading it, and is written the same again."""
    text = file_format.write_scenario(scenario)
    again = file_format.parse_scenario(text)
    assert again == scenario
    assert file_format.write_scenario(again) == text


@settings(max_examples=300, deadline=None)
@given(
    texts, st.recursive(texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
)
@example("k" * 2000, {"k" * 2000: "v"})
def test_other_yaml_readers_agree(key, value):
    """Texts, lists and mappings read back as themselves in an ordinary YAML reader, with no type guessed into them."""
    text = "\n".join(yaml_text.entry(key, value)) + "\n"
    assert yaml.safe_load(text) == {key: value}
    assert yaml.safe_load("\n".join(yaml_text.item({key: value})) + "\n") == [{key: value}]


def test_short_things_stand_on_one_line_and_long_ones_in_blocks():
    """The file is laid out as a person would: short steps on a line, long ones key by key, long texts as blocks."""
    scenario = steps.Scenario(
        title="ci fails late",
        spec=steps.DEFAULT_SPEC,
        start=steps.DEFAULT_START,
        targets={"a:update": steps.Declaration("a:update", "job", ("a",))},
        steps=(
            steps.Step(1_500_000, {"a:update": steps.ScriptedState("active")}),
            steps.Step(
                4_000_000,
                {"a:update": steps.ScriptedState("terminated", error="Traceback:\n  Tiltfile:1\nError: no")},
                note="it breaks",
            ),
            steps.Step(5_000_000, note="x" * 100),
        ),
        expect=steps.Expectation("failed", match="Error: no"),
        consumer=steps.Consumer(("my-tool", "wait"), 60_000_000_000),
    )
    assert file_format.write_scenario(scenario) == (
        "version: 1\n"
        "title: ci fails late\n"
        "session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}\n"
        "start: 2026-01-01T00:00:00.000000Z\n"
        "targets:\n"
        "  a:update: {type: job, resources: [a]}\n"
        "steps:\n"
        "  - {at: 1.5s, set: {a:update: active}}\n"
        "  - at: 4s\n"
        "    set:\n"
        "      a:update:\n"
        "        terminated:\n"
        "          error: |-\n"
        "            Traceback:\n"
        "              Tiltfile:1\n"
        "            Error: no\n"
        "    note: it breaks\n"
        "  - at: 5s\n"
        f"    note: {'x' * 100}\n"
        'expect: {outcome: failed, match: "Error: no"}\n'
        "consumer: {command: [my-tool, wait], timeout: 1m0s, expect: {exit_code: 0}}\n"
    )


def test_what_some_reader_takes_for_something_else_is_quoted():
    """Words of YAML 1.1 and numbers of YAML 1.2 that PyYAML reads as texts are quoted for the readers that do not."""
    assert [yaml_text.scalar(text) for text in ("y", "N", "1e3", "0o17", "1_0")] == [
        '"y"',
        '"N"',
        '"1e3"',
        '"0o17"',
        '"1_0"',
    ]
    assert [yaml_text.scalar(text) for text in ("yes!", "a:update", "/app/x y", "it's")] == [
        "yes!",
        "a:update",
        '"/app/x y"',
        "it's",
    ]
    assert yaml_text.scalar('say "no"') == 'say "no"'
    assert yaml_text.scalar('failed: "no"') == "'failed: \"no\"'"
