"""Options that would have no effect beside others: each is refused, with both named; knows the options by name only."""

import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

from pytest_tiltsession import errors

# What a scenario says itself, and where its file says it.
OF_THE_SCENARIO = {
    "exit_condition": "session.exitCondition",
    "timeout": "session.ci.timeout",
    "readiness_timeout": "session.ci.readinessTimeout",
    "k8s_grace_period": "session.ci.k8sGracePeriod",
    "tiltfile_path": "session.tiltfilePath",
    "start": "start",
}
_GO_WITH = {"speed": ("wall",), "patience": ("manual", "reads", "auto")}


class Default(str):
    """A text as a default, which is told by its identity from the same text when somebody gives it."""

    __slots__ = ()


def refuse(options: Mapping[str, Any], given: Iterable[str]) -> None:
    """Raise InvalidValue where one of the ``given`` options has no effect; ``options`` are all of them."""
    for name in given:
        value, scenario, progress = options[name], options["scenario"], options["progress"]
        if name in OF_THE_SCENARIO and scenario is not None:
            shown = repr(str(scenario)) if isinstance(scenario, str | pathlib.PurePath) else "Scenario(…)"
            raise errors.InvalidValue(
                f"{name}={value!r} beside scenario={shown}: the scenario says that itself, as {OF_THE_SCENARIO[name]}; "
                "say it there, or leave one of the two out"
            )
        if name in _GO_WITH and value is not None and progress not in _GO_WITH[name]:
            wanted = " or ".join(f"progress={word!r}" for word in _GO_WITH[name])
            raise errors.InvalidValue(f"{name}={value!r} goes with {wanted}, found progress={progress!r}")
