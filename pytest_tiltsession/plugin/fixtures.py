"""The fixtures. Imports the standard library and pytest only; the rest when a fixture is first used."""

import contextlib
import pathlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_tiltsession.plugin import options

if TYPE_CHECKING:
    from pytest_tiltsession.clock.simulated import SimulatedClock
    from pytest_tiltsession.fake_tilt import FakeTilt, TiltSessionFactory


@pytest.fixture
def tilt_session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[FakeTilt]":
    """A fake Tilt of this test's own: drive its targets, own its clock, and read it over real HTTPS.

    It serves sync, asyncio and trio tests, threads and subprocesses alike. ``@pytest.mark.tilt_session(...)`` says
    how it is to be. At the end, steps that were never played, faults that were never met and errors inside
    the fake fail the test.
    """
    from pytest_tiltsession import fake_tilt  # start-up cost
    from pytest_tiltsession.plugin import arguments, report  # start-up cost

    fake = None
    if options.in_modes(request.node):
        from pytest_tiltsession.plugin import modes  # start-up cost

        fake = modes.made(request.node, _folder(tmp_path_factory))
    # Its files are written where they are asked for, into a folder of its own that goes with it.
    fake = fake or fake_tilt.FakeTilt(arguments.for_item(request.node))
    report.attach(request.node, fake)
    with fake:
        yield fake
        problems = fake.problems()
    if problems and not report.failed(request.node):
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture
def tilt_clock(tilt_session: "FakeTilt") -> "SimulatedClock":
    """The clock of this test's fake Tilt: frozen until ``advance``, ``advance_to`` or ``step`` moves it."""
    return tilt_session.clock


@pytest.fixture
def tilt_kubeconfig(tilt_session: "FakeTilt") -> pathlib.Path:
    """The path of a kubeconfig that points to this test's fake Tilt."""
    return tilt_session.kubeconfig


@pytest.fixture
def tilt_env(tilt_session: "FakeTilt") -> dict[str, str]:
    """The environment of a Tilt for subprocesses.

    TILT_CONFIG, TILT_HOST, TILT_PORT, KUBECONFIG and NODE_EXTRA_CA_CERTS.
    """
    return dict(tilt_session.env)


@pytest.fixture(scope="session")
def tilt_session_factory(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> "Iterator[TiltSessionFactory]":
    """Makes started fake Tilts for fixtures of any scope, and several at once in one kubeconfig.

    Call it with the marker's arguments. Fakes that are still running when the run ends are stopped then; to end one
    earlier, call its ``stop()`` or use it in a ``with`` block. The fakes share one kubeconfig, with a context each.
    """
    from pytest_tiltsession import fake_tilt  # start-up cost
    from pytest_tiltsession.plugin import arguments, report  # start-up cost

    folder = _folder(tmp_path_factory)
    # One that cannot be stopped leaves none of the others running.
    with contextlib.ExitStack() as made:

        def make(*unnamed: object, **given: Any) -> "FakeTilt":
            if unnamed:
                raise pytest.UsageError(
                    f"tilt_session_factory(...) takes keyword arguments only, found {unnamed!r}; write what each is, "
                    'such as scenario="ci/never-ready"'
                )
            settings = arguments.make(given, where=lambda _: "tilt_session_factory(...)")
            fake = fake_tilt.FakeTilt(settings, directory=folder)
            made.callback(fake.stop)
            report.attach_to_run(request.config, fake)
            return fake.prepare()

        yield make


def _folder(factory: pytest.TempPathFactory) -> pathlib.Path:
    return factory.mktemp("tilt", numbered=True)
