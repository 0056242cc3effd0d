"""What a caller asks of scenarios, checked before anything is drawn; knows no strategy of steps."""

import dataclasses
import functools
from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

from pytest_tiltsession import errors
from pytest_tiltsession.rules import exit_conditions
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.strategies import declaring, texts

OUTCOMES: Final = ("failed", "succeeded", "running")
CONDITIONS: Final = (exit_conditions.CI, exit_conditions.MANUAL)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """The parameters of :func:`scenarios`. Raises InvalidValue for what no session can be."""

    targets: int | Sequence[str]
    max_steps: int
    exit_condition: str | None
    outcome: steps.Outcome | None
    names: st.SearchStrategy[str] | None
    errors: st.SearchStrategy[str] | None

    def __post_init__(self) -> None:
        if isinstance(self.max_steps, bool) or not isinstance(self.max_steps, int) or self.max_steps < 0:
            raise errors.InvalidValue(f"max_steps={self.max_steps!r}: give a whole number of 0 or more")
        if not self.max_steps and self.outcome in ("failed", "succeeded"):
            raise errors.InvalidValue(f"max_steps=0 and outcome={self.outcome!r}: it takes a step; give 1 or more")
        one_of("exit_condition", self.exit_condition, CONDITIONS)
        one_of("outcome", self.outcome, OUTCOMES)
        if self.exit_condition == exit_conditions.MANUAL and self.outcome in ("failed", "succeeded"):
            raise errors.InvalidValue(
                f"outcome={self.outcome!r} and exit_condition='manual': tilt up is never done; ask for ci or running"
            )
        for name in ("names", "errors"):
            given = getattr(self, name)
            if given is not None and not isinstance(given, st.SearchStrategy):
                raise errors.InvalidValue(f"{name}={given!r}: give a strategy of texts, such as st.just('web')")
        _ = self.declarations  # which looks at the names

    @functools.cached_property
    def declarations(self) -> st.SearchStrategy[declaring.Declared]:
        """Give the targets of a session."""
        # Tilt never takes a session for successful that has no target beside the Tiltfile's own.
        return declaring.declarations(self.targets, self.names, int(self.outcome == "succeeded"))

    @functools.cached_property
    def conditions(self) -> st.SearchStrategy[str]:
        """Give exit conditions."""
        if self.exit_condition is not None:
            return st.just(self.exit_condition)
        decided = self.outcome in ("failed", "succeeded")
        return st.just(exit_conditions.CI) if decided else st.sampled_from(CONDITIONS)

    @functools.cached_property
    def said(self) -> st.SearchStrategy[str]:
        """Give the words of jobs that fail, which are never empty: an end without an error is a good one."""
        return texts.job_errors() if self.errors is None else self.errors.filter(bool)


def one_of(what: str, given: str | None, valid: Sequence[str]) -> None:
    """Raise InvalidValue for a word that is none of those that there are."""
    if given is not None and given not in valid:
        raise errors.InvalidValue(f"{what}={given!r}: write {', '.join(valid[:-1])} or {valid[-1]}")
