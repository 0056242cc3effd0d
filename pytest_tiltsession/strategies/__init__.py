"""Hypothesis strategies for users' own property tests: sessions as Tilt shows them, whole scenarios, faults.

Needs the extra ``strategies``; nothing else of the package imports this room. Knows no server and no pytest. What they
give shrinks to few targets with names such as ``a:update``, whole seconds and short texts; a failing scenario is shown
as the YAML of its file, and as a call of ``Scenario.parse`` for ``@hypothesis.example``.

>>> @hypothesis.given(strategies.scenarios(outcome="failed"))
... def test_the_report_says_why(scenario):
...     with FakeTilt(scenario=scenario) as tilt:
...         tilt.clock.advance("1h")
...         assert tilt.session.status.error in report(tilt.url)
"""

try:
    import hypothesis as _hypothesis  # noqa: F401  an extra
except ImportError:
    raise ModuleNotFoundError(
        "pytest_tiltsession.strategies needs hypothesis, which is an extra; "
        "install it with: pip install 'pytest-tiltsession[strategies]'",
        name="hypothesis",
    ) from None

from pytest_tiltsession.strategies.fault_plans import fault_plans
from pytest_tiltsession.strategies.histories import scenarios
from pytest_tiltsession.strategies.objects import sessions, target_states, targets
from pytest_tiltsession.strategies.scripts import resources, scripts

__all__ = ["fault_plans", "resources", "scenarios", "scripts", "sessions", "target_states", "targets"]
