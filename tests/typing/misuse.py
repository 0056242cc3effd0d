"""What a type checker tells a user before any test runs: each line marked here is wrong, and no other is."""

from pytest_tiltsession import FakeTilt, Scenario, Settings, State, TiltSessionFactory, active


def misuse(tilt_session: FakeTilt, tilt_session_factory: TiltSessionFactory) -> None:
    """Names that do not exist, and values that mean nothing."""
    FakeTilt(scenaro="late.tilt.yaml")  # type: ignore
    tilt_session_factory(profil="kubernetes")  # type: ignore
    Settings(port="10350")  # type: ignore
    tilt_session.job("migrate").start().finish()  # type: ignore
    tilt_session.server("api").fail(error=1)  # type: ignore
    tilt_session.clock.advance(None)  # type: ignore
    tilt_session.run_until("done")  # type: ignore
    tilt_session.expect_running(waiting=5)  # type: ignore
    tilt_session.expect_failed(matches="x")  # type: ignore
    tilt_session.expect_done_at(None)  # type: ignore
    tilt_session.expect_target("api").was(1)  # type: ignore
    tilt_session.expect_target("api").was("ready").within()  # type: ignore
    tilt_session.expect_requests("list", user_agent="kubectl")  # type: ignore
    tilt_session.expect_requests("list").backs_off()  # type: ignore
    tilt_session.aeventually().expect_target("api").wsa("active")  # type: ignore
    tilt_session.aeventually().expect_requests("list", clients="kubectl")  # type: ignore
    tilt_session.aeventually().expect_running(waits="api")  # type: ignore
    tilt_session.session.status.done = True  # type: ignore
    Scenario("x").job("migrate", active(during="3s"))  # type: ignore
    State("failed", matches="x")  # type: ignore
