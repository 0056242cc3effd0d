"""Options that have no effect beside others are refused with both named, wherever they are given."""

import pathlib

import pytest

from pytest_tiltsession import InvalidValue, Scenario, Settings, settings

GREEN = "ci/green"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scenario": GREEN, "exit_condition": "ci"}, "exit_condition='ci' beside scenario='ci/green'"),
        ({"scenario": GREEN, "timeout": "30m"}, "the scenario says that itself, as session.ci.timeout; say it there"),
        ({"scenario": GREEN, "timeout": None}, "timeout=None beside scenario='ci/green'"),
        ({"scenario": GREEN, "readiness_timeout": "1m"}, "as session.ci.readinessTimeout"),
        ({"scenario": GREEN, "k8s_grace_period": "1m"}, "as session.ci.k8sGracePeriod"),
        ({"scenario": GREEN, "tiltfile_path": "/app/Tiltfile"}, "as session.tiltfilePath"),
        ({"scenario": GREEN, "start": "2026-01-01T00:00:00Z"}, "as start;"),
        ({"scenario": Scenario("mine"), "timeout": "1m"}, "timeout='1m' beside scenario=Scenario(…)"),
        ({"scenario": pathlib.Path("a.tilt.yaml"), "timeout": "1m"}, "beside scenario='a.tilt.yaml'"),
        ({"speed": 1}, "speed=1 goes with progress='wall', found progress='manual'"),
        ({"speed": 2, "progress": "auto"}, "found progress='auto'"),
        (
            {"patience": "30s", "progress": "wall"},
            "goes with progress='manual' or progress='reads' or progress='auto', found progress='wall'",
        ),
    ],
)
def test_what_has_no_effect_is_refused(options, message):
    """Also where the value is the one that would be the default: whoever writes it means it."""
    with pytest.raises(InvalidValue) as refused:
        Settings(**options)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    "options",
    [
        {"scenario": GREEN},
        {"scenario": GREEN, "k8s_grace_period": None},
        {"speed": 2, "progress": "wall"},
        {"patience": "1s", "progress": "reads"},
        {"patience": "1s", "progress": "auto"},
        {"patience": "1s"},
        {"patience": None},
        {"timeout": "1m", "exit_condition": "manual"},
    ],
    ids=str,
)
def test_what_has_an_effect_is_taken(options):
    """And settings made of settings know what was given."""
    made = Settings(**options)
    assert made == settings.made(made, {})
    if "scenario" in options:
        with pytest.raises(InvalidValue, match="timeout='5m' beside scenario="):
            settings.made(made, {"timeout": "5m"})
