"""What a user sees: a failing property shows a file that fails in the same way; without hypothesis, what to install."""

import re
import subprocess
import sys
import textwrap

from pytest_tiltsession import Scenario, cli, failed
from pytest_tiltsession.scenario import source

PROPERTY = """
import hypothesis

from pytest_tiltsession import FakeTilt, strategies

PHASES = (hypothesis.Phase.generate, hypothesis.Phase.shrink)
LITTLE = hypothesis.settings(max_examples=30, derandomize=True, database=None, deadline=None, phases=PHASES)

@LITTLE
@hypothesis.given(strategies.scenarios(outcome="failed", targets=["web:serve"]))
def test_no_server_fails(scenario):
    tilt = FakeTilt(scenario=scenario)
    while tilt.exit_code is None and tilt.clock.step():
        pass
    assert not tilt.session.status.error.startswith("Process")
"""


def test_a_failing_example_is_shown_as_a_file_that_fails_the_same(pytester, capsys):
    """The report holds the YAML of the smallest scenario; pasted into a file, check brings the same end."""
    pytester.makepyfile(PROPERTY)

    result = pytester.runpytest_subprocess("-p", "no:randomly")

    result.assert_outcomes(failed=1)
    report = "\n".join(re.sub(r"^E {1,3}", "", line) for line in result.outlines)
    shown = re.search(r"scenario=(Scenario\.parse\(r'''\n(.*?)'''\))", textwrap.dedent(report), re.DOTALL)
    assert shown, report
    text = textwrap.dedent(shown[2])
    assert "web:serve: {terminated: {error: Process 0 exited with non-zero status}}" in text
    pasted = pytester.path / "found.tilt.yaml"
    pasted.write_text(text.replace("outcome: failed", "outcome: succeeded"), encoding="utf-8")
    assert cli.main(["check", str(pasted)]) == 1
    assert "Process 0 exited with non-zero status" in capsys.readouterr().err
    pasted.write_text(text, encoding="utf-8")
    assert (
        subprocess.run([sys.executable, "-m", "pytest_tiltsession", "check", str(pasted)], check=False).returncode == 0
    )


def test_without_hypothesis_the_extra_is_named():
    """Importing the strategies says what to install; the rest of the package does without."""
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "import pytest_tiltsession.cli, pytest_tiltsession.plugin.hooks, pytest_tiltsession.fake_tilt\n"
        "try:\n    import pytest_tiltsession.strategies\n"
        "except ModuleNotFoundError as problem:\n    print(problem.name, problem)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("hypothesis pytest_tiltsession.strategies needs hypothesis, which is an extra")
    assert "pip install 'pytest-tiltsession[strategies]'" in ran.stdout


def test_the_shown_call_is_python_that_gives_the_scenario():
    """What is shown can be copied into @hypothesis.example as well, whatever quotes and escapes it holds."""
    for error in ("boom", "it's \\ '''", "three \"\"\" and '''", "two\nlines", "\x1b[31m"):
        told = Scenario("x").job("a:update", failed(error))
        shown = eval(source.call(told.to_yaml()), {"Scenario": Scenario})
        assert told == shown
