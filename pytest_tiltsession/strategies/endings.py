"""What comes last, so that a session ends as it was asked for; Tilt's own exit decision says what brings it about."""

from hypothesis import strategies as st

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.strategies import asking, composing, happenings, spans, states

# A target or the Tiltfile fails, the cluster is lost, or a timeout comes due after the last step.
_CAUSES = st.sampled_from(("error", "cluster", "timeout", "readiness"))


def end(draw: st.DrawFn, asked: asking.Asked, history: composing.History, *, decided: bool) -> None:
    """Add the last step to a history in which nothing was ``decided`` before, or which can only go on."""
    # What is not there is neither done nor running.
    last = steps.Step(0, session=None if history.present else "recreated")
    if decided and asked.outcome == "succeeded":
        last = happenings.merged(last, _success(draw, history))
    elif decided and asked.outcome == "failed":
        last = happenings.merged(last, _failure(draw, asked, history))
    history.add(draw(spans.gaps()), last)
    if decided and asked.outcome != "failed":
        history.without_limits_before_the_end()


def _success(draw: st.DrawFn, history: composing.History) -> steps.Step:
    """Bring everything that is shown to a good end, and one target at least besides the Tiltfile's."""
    shown = [target for target in history.declared if target.name in history.shown] or list(history.declared[:1])
    if history.shown.get(steps.TILTFILE.name) != steps.ScriptedState("terminated"):
        shown.append(steps.TILTFILE)
    return steps.Step(0, set={target.name: draw(states.meaning(target, "good")) for target in shown})


def _failure(draw: st.DrawFn, asked: asking.Asked, history: composing.History) -> steps.Step:
    cause = draw(_CAUSES)
    if cause == "error":
        target = draw(st.sampled_from((*history.declared, steps.TILTFILE)))
        state = draw(states.meaning(target, "fatal", errors=asked.said))
        return steps.Step(0, set={target.name: state}, reload=target == steps.TILTFILE)
    if cause == "cluster":
        return steps.Step(0, cluster_error=True)
    limits = _limits(history)
    servers = [target for target in history.declared if target.type == session.SERVER]
    if cause == "readiness" and servers:
        unready = steps.ScriptedState("active", ready=False)
        limits = happenings.merged(limits, steps.Step(0, set={draw(st.sampled_from(servers)).name: unready}))
    return limits


def _limits(history: composing.History) -> steps.Step:
    """Give what it takes for timeouts to come due: limits, where the session has none."""
    ci = history.spec.ci
    if ci is not None and (ci.timeout or 0) > 0:
        return steps.Step(0)
    # Only its settings of tilt ci are looked at.
    return steps.Step(0, spec=session.SessionSpec("", "", spans.USUAL))
