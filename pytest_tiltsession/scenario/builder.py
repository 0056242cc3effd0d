"""``Scenario``: the whole life of a Tilt session in a few lines of Python; knows neither clocks nor sockets."""

import dataclasses
import pathlib
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from pytest_tiltsession import errors, times
from pytest_tiltsession import faults as faults_room
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import assembling, files, source, steps, telling_process
from pytest_tiltsession.scenario.relative import (
    expansion,
    reading,
    relating,
    script,
    telling_events,
    telling_resources,
    telling_values,
    words,
    writing,
)
from pytest_tiltsession.scenario.relative.words import (
    active,
    after,
    container,
    disabled,
    failed,
    inactive,
    pod,
    ready,
    removed,
    succeeded,
    waiting,
)

__all__ = [
    "Scenario",
    "active",
    "after",
    "container",
    "disabled",
    "failed",
    "inactive",
    "pod",
    "ready",
    "removed",
    "succeeded",
    "waiting",
]


class Scenario(telling_resources.TellingResources, telling_events.TellingEvents, telling_process.TellingProcess):
    """A scenario that is being told; each method gives a new one and leaves the one before as it was.

    ``timeout``, ``readiness_timeout`` and ``k8s_grace_period`` are Go durations, as texts or timedeltas, None where
    ``spec.ci`` has none; ``start`` is an RFC 3339 time. ``start_up="full"`` begins with the Session's creation and the
    first load of the Tiltfile, which takes ``load``; otherwise the Tiltfile is loaded at 0s. ``pace`` is what Tilt's
    engine takes from one of its own steps to the next; with ``"0s"`` they are one commit, as when Tilt batches them.
    What comes after the session's verdict is left out, since ``tilt ci`` exits then, unless the scenario ``goes_on``.
    Raises :class:`errors.InvalidScenario` for what cannot be, here and in every method.
    """

    def __init__(
        self,
        title: str = "",
        *,
        exit_condition: str = "ci",
        timeout: times.Span | None = "30m",
        readiness_timeout: times.Span | None = "5m",
        k8s_grace_period: times.Span | None = None,
        tiltfile_path: str = "/app/Tiltfile",
        start: str = "2026-01-01T00:00:00Z",
        start_up: Literal["loaded", "full"] = "loaded",
        load: words.Duration = "20ms",
        pace: words.Duration = "1ms",
        max_parallel_updates: int = script.DEFAULT_PARALLEL,
        goes_on: bool = False,
        description: str = "",
        pid: int = steps.DEFAULT_PID,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        ci = telling_values.ci(
            None, timeout=timeout, readiness_timeout=readiness_timeout, k8s_grace_period=k8s_grace_period
        )
        path = telling_values.text(tiltfile_path, "a Tiltfile has a path")
        telling_values.one_of("start_up", start_up, ("loaded", "full"))
        self._header = script.Script(
            base=steps.Scenario(
                title=title,
                spec=session.SessionSpec(path, telling_values.exit_condition(exit_condition), ci),
                start=telling_values.start(start),
                targets={},
                steps=(),
                description=description,
                pid=pid,
                labels=labels,
                annotations=annotations,
            ),
            start_up=start_up,
            load=words.duration("load", load),
            pace=words.duration("pace", pace),
            max_parallel_updates=max_parallel_updates,
            goes_on=goes_on,
        )

    @classmethod
    def of(cls, told: "script.Script | steps.Scenario") -> Self:
        """Give the scenario of values, or of absolute steps, whose targets are then told state by state."""
        scenario = object.__new__(cls)
        scenario._header = relating.relate(told) if isinstance(told, steps.Scenario) else told
        return scenario

    @classmethod
    def read(cls, where: pathlib.Path | str, **parameters: str) -> Self:
        """Read a scenario file, or a named scenario, with values of its parameters, to go on from."""
        return cls.of(files.read_script(where, parameters))

    @classmethod
    def parse(cls, text: str, **parameters: str) -> Self:
        """Read the text of a scenario file, with values of its parameters, to go on from."""
        return cls.of(reading.parse_script(text, values=parameters))

    def __repr__(self) -> str:
        told = self.script
        return f"<Scenario {told.base.title!r}: {len(told.entries)} resources, {len(told.events)} events>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show the scenario as its file, for IPython and for what Hypothesis finds; it can be copied either way."""
        printer.text(repr(self) if cycle else source.call(self.to_yaml()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.script == other.script

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # it holds mappings

    def build(self) -> steps.Scenario:
        """Give the scenario in absolute steps, which the player plays.

        Raises :class:`errors.InvalidScenario` for what Tilt never shows and for what can never come about.
        """
        return expansion.expand(self.script)

    def to_yaml(self) -> str:
        """Write the scenario as the text of a ``*.tilt.yaml`` file, in the form in which it was told."""
        return writing.document(self.script)

    def save(self, path: pathlib.Path | str) -> None:
        """Write the scenario to a file, once it is known that it can be played.

        Raises :class:`errors.InvalidScenario` for that, and where the file cannot be written.
        """
        self.build()
        text = writing.document(telling_process.named_from(self.script, pathlib.Path(path).parent))
        try:
            pathlib.Path(path).write_text(text, encoding="utf-8")
        except OSError as problem:
            raise errors.InvalidScenario(
                f"{path}: the scenario cannot be saved: {problem.strerror}; name a file in a folder that exists and "
                "that this user may write to"
            ) from None

    def expect(
        self,
        outcome: steps.Outcome | None = None,
        *,
        error: str | None = None,
        match: str | None = None,
        at: words.Duration | None = None,
        exit_code: int | None = None,
    ) -> Self:
        """Say how the session is to end: ``succeeded``, ``failed`` or ``running``; its error or a pattern, and when.

        With a process that is told before, this is of its last life; ``at`` counts from the first start all the same.
        """
        if outcome is not None:
            telling_values.one_of("outcome", outcome, ("succeeded", "failed", "running"))
        expected = steps.Expectation(outcome, error, match, None if at is None else words.duration("at", at), exit_code)
        for _, text in assembling.contradictions(expected, ended=bool(self._header.base.process)):
            raise errors.InvalidScenario(text)
        return self._rebased(expect=expected)

    def consumer(
        self,
        *command: str,
        timeout: words.Duration = "60s",
        env: Mapping[str, str] | None = None,
        exit_code: int = 0,
        stdout: str | None = None,
        stderr: str | None = None,
    ) -> Self:
        """Name a program that is run while the session plays; its ``timeout`` is of the machine's clock."""
        expected = steps.ConsumerExpectation(exit_code, stdout, stderr)
        limit = words.duration("timeout", timeout) * 1_000
        words_ = telling_values.names("consumer", command)
        return self._rebased(consumer=steps.Consumer(words_, limit, expected, env or {}))

    def fault(self, *faults: faults_room.Fault) -> Self:
        """Add what goes wrong, after what does already: ``.fault(CutWatch(2, times=1), Refuse(503, for_="10s"))``."""
        try:
            found = faults_room.checked(faults)
        except errors.InvalidValue as problem:
            raise errors.InvalidScenario(str(problem)) from None
        return self._rebased(faults=(*self._header.base.faults, *found))

    def _rebased(self, **changed: Any) -> Self:
        base = dataclasses.replace(self._header.base, **changed)
        return self._with(header=dataclasses.replace(self._header, base=base))
