"""What scripts cost: scenarios of many targets and steps, built, written, read and played, per step."""

import functools
import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from benchmarks import figures
from pytest_tiltsession import FakeTilt, Scenario, active, failed, succeeded, waiting
from pytest_tiltsession.api import messages
from pytest_tiltsession.scenario import files, steps

T = TypeVar("T")
TARGETS = 1_000
SMALL, LARGE = 10, 50  # runs of each target; a run has two states of a second each
SECONDS = 2 * LARGE + 2
WATCHED = "/apis/tilt.dev/v1alpha1/sessions"


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Give what some work gives, and the seconds of CPU that it took."""
    gc.collect()
    begun = time.process_time()
    return work(), time.process_time() - begun


def told(runs: int) -> Scenario:
    """Tell a session of 1,000 jobs that each run so often; their lives are out of step with each other."""
    scenario = Scenario("many targets", exit_condition="manual", timeout=None, readiness_timeout=None)
    for number in range(TARGETS):
        lives = [waiting("waiting-for-dep", for_=f"{number + 1}ms")]
        for run in range(runs):
            lives += [active(for_="1s"), failed("exit status 1", for_="1s") if run % 2 else succeeded(for_="1s")]
        lives[-1] = succeeded()
        scenario = scenario.job(f"job-{number:04d}", *lives)
    return scenario


def play(scenario: steps.Scenario, *, watched: bool, traced: bool = False) -> tuple[float, int]:
    """Play a scenario to its end; give the seconds of CPU, and where it is traced the growth of memory in bytes.

    The watcher is the API's own stream, read to its end after each second of the session, without a socket.
    """
    with FakeTilt(scenario=scenario, allow=("stalled-watches",), patience=None) as fake:
        headers = (("authorization", f"Bearer {fake.token}"),)
        answered = fake._app(messages.Request("GET", WATCHED, "watch=true", headers)) if watched else None
        stream = cast("messages.WatchStream | None", answered)
        if traced:
            tracemalloc.start()

        def run() -> int:
            told = 0
            for _ in range(SECONDS):
                fake.clock.advance("1s")
                while stream is not None and (piece := stream.pull()):
                    told += piece.count(b"\n")
            return told

        told, spent = timed(run)
        grown = tracemalloc.get_traced_memory()[0] if traced else 0
        tracemalloc.stop()
        if stream is not None:
            stream.close()
            assert told >= len(scenario.steps), (told, len(scenario.steps))
    return spent, grown


def of_scale() -> Iterator[figures.Figure]:
    """A scenario five times as long takes five times as long, and as much memory, for each step."""
    costs: dict[str, list[float]] = {}
    for runs in (SMALL, LARGE):
        scenario = told(runs)
        built, building = timed(scenario.build)
        text, writing = timed(scenario.to_yaml)
        _, reading = timed(functools.partial(files.parse, text, "many.tilt.yaml"))
        alone, _ = play(built, watched=False)
        watched, _ = play(built, watched=True)
        _, memory = play(built, watched=False, traced=True)
        taken = {"built": building, "written": writing, "read": reading, "played": alone, "played and watched": watched}
        for what, seconds in taken.items():
            costs.setdefault(what, []).append(seconds / len(built.steps) * 1e6)
        costs.setdefault("memory while played", []).append(memory / len(built.steps))
    for what, (small, large) in costs.items():
        unit = "bytes" if what.startswith("memory") else "µs"
        name = f"{TARGETS:,} targets, {len(built.steps):,} steps, {what}: per step"
        yield figures.Figure(name, unit, large, "a fifth of the steps", small, 1.3)
