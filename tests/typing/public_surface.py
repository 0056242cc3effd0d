"""A user's test file, for type checkers only: each line says the type that the public surface has there."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import assert_type

import pytest

from pytest_tiltsession import (
    ComposeDriver,
    ExpectationFailed,
    FakeTilt,
    JobDriver,
    KubernetesDriver,
    LocalDriver,
    Scenario,
    ServerDriver,
    Session,
    SessionSpec,
    SessionStatus,
    Settings,
    SimulatedClock,
    State,
    Target,
    TargetState,
    TiltSessionError,
    TiltSessionFactory,
    UnknownTarget,
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
from pytest_tiltsession.expectations.requests import RequestsExpectation
from pytest_tiltsession.expectations.targets import TargetExpectation
from pytest_tiltsession.progress.awaiting import AwaitedRequests, AwaitedTarget


def test_drivers(tilt_session: FakeTilt) -> None:
    """A driver gives itself again, so that calls can be chained."""
    migrate = tilt_session.job("migrate", resources=["migrate"])
    assert_type(migrate, JobDriver)
    assert_type(migrate.wait("waiting-for-dep").start(started="1s").fail("exit status 1"), JobDriver)
    assert_type(migrate.restart().succeed(), JobDriver)
    api = tilt_session.server("api", auto_init=False)
    assert_type(api.start(ready=True).unready().ready().disable().enable(), ServerDriver)
    assert_type(tilt_session.target("api"), JobDriver | ServerDriver)
    assert_type(tilt_session.target("api").start().fail("exit status 1"), JobDriver | ServerDriver)
    assert_type(api.target, Target)
    assert_type(api.state, TargetState)
    assert_type(tilt_session.local("tests", serve=True).build_started().build_succeeded().serve_ready(), LocalDriver)
    assert_type(tilt_session.kubernetes("web").build_started().pod_running(ready=False), KubernetesDriver)
    assert_type(tilt_session.compose("db", after="web").container_created(), ComposeDriver)
    with tilt_session.together():
        migrate.start()
    tilt_session.reload(remove="api", timeout="7m")
    tilt_session.cluster_fails()


def test_time(tilt_session: FakeTilt, tilt_clock: SimulatedClock) -> None:
    """Durations are Go durations or seconds; instants are microseconds."""
    assert_type(tilt_session.clock, SimulatedClock)
    tilt_clock.advance("2.5s")
    tilt_clock.advance_to(4)
    assert_type(tilt_clock.now, int)
    assert_type(tilt_clock.step(), bool)
    with tilt_clock.hold("login"):
        assert_type(tilt_clock.holds, tuple[str, ...])
    assert_type(tilt_session.step(), bool)
    assert_type(tilt_session.run_until(lambda session: len(session.status.targets or ()) > 1, limit="1m"), Session)
    assert_type(tilt_session.run_until_done(limit=60.0), Session)
    assert_type(tilt_session.blocked().waiting, dict[str, str])


def test_what_there_is(tilt_session: FakeTilt, tilt_kubeconfig: pathlib.Path, tilt_env: dict[str, str]) -> None:
    """Where it is found, and what its session says."""
    assert_type(tilt_session.url, str)
    assert_type(tilt_session.token, str)
    assert_type(tilt_session.ca, pathlib.Path | None)
    assert_type(tilt_session.kubeconfig, pathlib.Path)
    assert_type(tilt_session.env, Mapping[str, str])
    assert_type(tilt_session.context, str)
    assert_type(tilt_session.exit_code, int | None)
    assert_type(tilt_session.exited, bool)
    assert_type(tilt_session.problems(), list[str])
    assert_type(tilt_session.session, Session)
    assert_type(tilt_session.session.spec, SessionSpec)
    assert_type(tilt_session.session.status, SessionStatus)
    assert_type(tilt_session.session.status.targets, tuple[Target, ...] | None)
    assert_type(tilt_session.session.status.start_time, int | None)
    assert_type(tilt_session.render_timeline(), str)
    assert_type([record.user_agent for record in tilt_session.requests], list[str])
    assert_type([commit.version for commit in tilt_session.commits], list[int])
    assert_type(tilt_session.settings, Settings)


def test_expectations(tilt_session: FakeTilt) -> None:
    """Claims of the session give nothing; those of targets and requests can be chained."""
    tilt_session.expect_succeeded()
    tilt_session.expect_failed("exit status 1")
    tilt_session.expect_failed(match=r"exit status \d")
    tilt_session.expect_running(waiting={"worker": "waiting-for-dep"}, not_ready=["api"], retrying=())
    tilt_session.expect_exit_code(1)
    tilt_session.expect_done_at("4s", within="100ms")
    tilt_session.expect_never("disabled")
    tilt_session.expect_never(lambda session: session.status.error)
    tilt_session.expect_timeline([("migrate", "active"), {("4s", "migrate", "failed"), ("session", "done")}])
    target = tilt_session.expect_target("api")
    assert_type(target, TargetExpectation)
    chained = target.was("waiting", State("failed", match="status")).within("5s", since="waiting").at("4s", within=1)
    assert_type(chained, TargetExpectation)
    target.was_only("waiting").never_was("disabled").is_("ready").lasted(at_least="1s", at_most=2)
    requests = tilt_session.expect_requests("list", count=1, status="4xx", client="kubectl", since="1s")
    requests.relisted_after_410().resumed_from_the_last_version().backed_off("1s", growing=True).spaced("1s")
    assert_type(requests.spaced("1s"), RequestsExpectation)
    requests.closed_the_watches().wrote_nothing().used_the_token().came_in_order("list", "watch")
    tilt_session.eventually("5m").expect_target("api").was("ready").within("5s")
    tilt_session.of("other").expect_running()


async def test_expectations_that_are_awaited(tilt_session: FakeTilt) -> None:
    """The twins take and give the same types."""
    assert_type(await tilt_session.aadvance("1s"), None)
    assert_type(await tilt_session.astep(), bool)
    assert_type(await tilt_session.arun_until(lambda session: session.status.done), Session)
    assert_type(await tilt_session.arun_until_done(limit="1m"), Session)
    eventually = tilt_session.aeventually("5m")
    assert_type(eventually.expect_target("api").was("active").within("5s"), AwaitedTarget)
    assert_type(eventually.expect_requests("watch").closed_the_watches(), AwaitedRequests)
    assert_type(await eventually.expect_succeeded(), None)
    assert_type(await eventually.expect_target("api").was("active", "ready").within("5s"), None)
    assert_type(await eventually.expect_requests("watch", at_least=1).closed_the_watches(), None)
    await eventually.expect_running(waiting="worker")
    await eventually.expect_timeline([("api", "ready")])


@pytest.fixture(scope="session")
def two(tilt_session_factory: TiltSessionFactory) -> Sequence[FakeTilt]:
    """Several fakes, each with options of its own."""
    one = tilt_session_factory(profile="kubernetes", exit_when_done=True)
    assert_type(one, FakeTilt)
    return [one, tilt_session_factory(scenario="ci/never-ready", allow="unplayed-steps")]


def fakes_without_pytest() -> None:
    """The same without pytest, and what is refused."""
    with FakeTilt(Settings(exit_condition="manual"), directory="somewhere", port=10350) as fake:
        assert_type(fake, FakeTilt)
    try:
        FakeTilt(scenario=pathlib.Path("late.tilt.yaml"), parameters={"seconds": "3"}).start().stop()
    except UnknownTarget as unknown:
        assert_type(str(unknown), str)
    except ExpectationFailed as refused:
        assert_type(refused.appendix, str)
    except TiltSessionError:
        pass


def scripts() -> Scenario:
    """The builder's words fit each other."""
    told = (
        Scenario("ci fails late", readiness_timeout="5m")
        .job("migrate", waiting("waiting-for-dep", for_="1s"), active(for_="3s"), failed("exit status 1"))
        .server("api", after("migrate", started="1s"), active(ready=False, for_="10s"), ready())
        .job("off", disabled(), inactive(), removed())
        .job("lint", active(for_="1s"), succeeded())
        .expect("failed", error="exit status 1", at="4s", exit_code=1)
    )
    assert_type(told, Scenario)
    assert_type(told.to_yaml(), str)
    return told.kubernetes("web", pods=(pod("Running", container(ready=True), for_="2s"),))
