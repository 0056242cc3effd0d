"""What comes last, so that a session ends as it was asked for; Tilt's own exit decision says what brings it about."""

from hypothesis import strategies as st

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.strategies import asking, composing, happenings, spans, states


@st.composite
def endings(draw: st.DrawFn, asked: asking.Asked, history: composing.History, *, decided: bool) -> None:
    """Add the last step to a history in which nothing was ``decided`` before, or which can only go on."""
    # What is not there is neither done nor running.
    last = steps.Step(0, session=None if history.present else "recreated")
    if decided and asked.outcome == "succeeded":
        last = happenings.merged(last, draw(_success(history)))
    elif decided and asked.outcome == "failed":
        last = happenings.merged(last, draw(_failure(asked, history)))
    history.add(draw(spans.gaps()), last)
    if decided and asked.outcome != "failed":
        history.without_limits_before_the_end()


@st.composite
def _success(draw: st.DrawFn, history: composing.History) -> steps.Step:
    """Bring everything that is shown to a good end, and one target at least besides the Tiltfile's."""
    shown = [target for target in history.declared if target.name in history.shown] or list(history.declared[:1])
    if history.shown.get(steps.TILTFILE.name) != steps.ScriptedState("terminated"):
        shown.append(steps.TILTFILE)
    return steps.Step(0, set={target.name: draw(states.meaning(target, "good")) for target in shown})


def _failure(asked: asking.Asked, history: composing.History) -> st.SearchStrategy[steps.Step]:
    """Let a target or the Tiltfile fail, the cluster be lost, or a timeout come due after the last step."""
    targets = (*history.declared, steps.TILTFILE)
    found = [
        states.meaning(target, "fatal", errors=asked.said()).map(
            lambda state, name=target.name: steps.Step(0, set={name: state}, reload=name == steps.TILTFILE.name)
        )
        for target in targets
    ]
    found.append(st.just(steps.Step(0, cluster_error=True)))
    found.append(st.just(_limited(history)))
    servers = [target for target in history.declared if target.type == session.SERVER]
    if servers:
        unready = steps.ScriptedState("active", ready=False)
        found.append(
            st.sampled_from(servers).map(
                lambda server: happenings.merged(_limited(history), steps.Step(0, set={server.name: unready}))
            )
        )
    return st.one_of(found)


def _limited(history: composing.History) -> steps.Step:
    """Give what it takes for timeouts to come due: limits, where the session has none."""
    ci = history.spec.ci
    if ci is not None and (ci.timeout or 0) > 0:
        return steps.Step(0)
    # Only its settings of tilt ci are looked at.
    return steps.Step(0, spec=session.SessionSpec("", "", spans.USUAL))
