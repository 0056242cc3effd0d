"""``scenarios``: what a session shows from its beginning on, in absolute steps; legal by its making, not by rejection.

What happens is drawn step by step without looking back, so that it shrinks well; ``composing`` then makes a history
of it, and ``endings`` brings it to the outcome that was asked for.
"""

from collections.abc import Sequence

from hypothesis import strategies as st

from pytest_tiltsession.models import session
from pytest_tiltsession.rules import exit_conditions
from pytest_tiltsession.scenario import builder, steps
from pytest_tiltsession.scenario.relative import script
from pytest_tiltsession.strategies import asking, composing, declaring, endings, happenings, spans


def scenarios(
    *,
    targets: int | Sequence[str] = 4,
    max_steps: int = 8,
    exit_condition: str | None = None,
    outcome: steps.Outcome | None = None,
    names: st.SearchStrategy[str] | None = None,
    errors: st.SearchStrategy[str] | None = None,
) -> st.SearchStrategy[builder.Scenario]:
    """Give legal histories of sessions, step by step.

    Jobs and servers wait, run, get ready, fail and start again, are disabled, enabled and removed; the Tiltfile is
    loaded again and gives other timeouts, a cluster cannot be reached, the Session is deleted and comes again.

    ``targets`` is how many there are at most besides the Tiltfile's own, or names: ``["db:update", "web:serve"]``.
    ``exit_condition`` is ``ci`` or ``manual``, either without it. ``outcome`` is how the session ends when it is played
    out: ``failed``, ``succeeded`` or ``running`` after the last step, by Tilt's own rules; each scenario then has an
    ``expect`` that says so. A session of ``tilt ci`` ends with its first verdict. ``names`` gives the names of
    resources, ``errors`` the words of jobs and builds that fail; without them, simple and odd ones. Raises
    InvalidValue for what cannot be asked together.

    >>> @hypothesis.given(strategies.scenarios(outcome="failed", targets=2))
    ... def test_it_says_why(scenario): ...
    """
    return _histories(
        asking.Asked(
            targets=targets,
            max_steps=max_steps,
            exit_condition=exit_condition,
            outcome=outcome,
            names=names,
            errors=errors,
        )
    )


@st.composite
def _histories(draw: st.DrawFn, asked: asking.Asked) -> builder.Scenario:
    declared = draw(asked.declarations)
    condition = draw(asked.conditions)
    ci = draw(spans.settings_of_ci())
    scenario = steps.Scenario(
        title="",
        spec=session.SessionSpec(steps.DEFAULT_SPEC.tiltfile_path, condition, ci),
        start=steps.DEFAULT_START,
        targets={declaration.name: declaration for declaration in declared},
        steps=(),
        expect=None if asked.outcome is None else steps.Expectation(asked.outcome),
    )
    history = composing.History(scenario)
    if asked.max_steps >= composing.START_UP + int(asked.outcome is not None) and draw(st.booleans()):
        history.start_up(draw(st.lists(spans.gaps(), min_size=3, max_size=3)))
    decided = asked.outcome is not None and condition == exit_conditions.CI
    told = happenings.happenings(asked, declared, _kept_back(asked, declared), decided=decided)
    # The last of them is the one that brings the outcome.
    most = asked.max_steps - len(history.steps) - int(asked.outcome is not None)
    for gap, happening in draw(st.lists(st.tuples(spans.gaps(), told), max_size=max(0, most))):
        history.add(gap, happening)
    if asked.outcome is not None:
        endings.end(draw, asked, history, decided=decided)
    return builder.Scenario.of(script.Script(base=history.scenario()))


def _kept_back(asked: asking.Asked, declared: declaring.Declared) -> steps.Declaration | None:
    """Give the target that keeps a session from succeeding before its time; None where it may."""
    return declared[0] if declared and asked.outcome in ("failed", "running") else None
