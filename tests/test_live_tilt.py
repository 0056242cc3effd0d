"""The face of a fake on a real Tilt; what stands for the real one is a fake that is reached over HTTPS alone."""

import contextlib
import threading

import pytest

from pytest_tiltsession import (
    ClockError,
    ExpectationFailed,
    FakeTilt,
    NotAFake,
    Scenario,
    TiltSessionError,
    UnknownTarget,
    active,
    failed,
    kubeconfig,
    live_tilt,
)
from pytest_tiltsession.live import finding

PATIENCE = 20  # seconds of the machine's clock, never reached when all is well
SCRIPT = Scenario("breaks").job("migrate", active(for_="3s"), failed("exit status 1"))


def on(upstream, **options):
    """Give a live Tilt that finds a fake as it would find a real one."""
    where = finding.Whereabouts(upstream.context, upstream.kubeconfig)
    return live_tilt.LiveTilt(where, **{"patience": PATIENCE, **options})


@pytest.fixture
def real(tmp_path):
    """A function that starts what stands for the real Tilt, whose time the test moves."""
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(FakeTilt(directory=tmp_path, **options))


@contextlib.contextmanager
def meanwhile(action):
    """Do something on another thread."""
    thread = threading.Thread(target=action)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_what_is_observed_can_be_expected(real):
    """Session, outcome, targets, timeline and exit code are those of the Tilt that is watched."""
    upstream = real(scenario=SCRIPT)
    with on(upstream) as live:
        live.expect_running()
        with meanwhile(lambda: upstream.clock.advance("1m")):
            assert "exit status 1" == live.run_until_done(limit=PATIENCE).status.error
        live.expect_failed("exit status 1")
        live.expect_exit_code(1)
        live.expect_timeline([("migrate", "active"), ("migrate", "failed: exit status 1"), ("session", "done")])
        live.expect_never("disabled")
        assert upstream.session == live.session
        assert [commit.version for commit in live.commits] == [commit.version for commit in upstream.commits]


def test_a_wait_ends_with_the_event_that_it_waits_for(real):
    """``eventually`` looks again with every event, and ``run_until`` gives the Session that answers the question."""
    upstream = real(exit_condition="manual")
    api = upstream.server("api")
    with on(upstream) as live:
        with meanwhile(api.start):
            live.eventually(PATIENCE).expect_target("api").was("active")
        with meanwhile(api.ready):
            found = live.run_until(lambda session: session.status.targets[0].state.active.ready)
    assert "api:serve" == found.status.targets[0].name


def test_a_wait_is_bounded_in_real_time(real):
    """The failure says how long it was waited, and what is in the way."""
    upstream = real()
    upstream.server("api").start()
    with on(upstream) as live:
        with pytest.raises(ExpectationFailed, match=r"of real time which is the limit of 50ms") as told:
            live.run_until_done(limit="50ms")
        assert "not ready  api:serve" in str(told.value)
        assert "request" not in str(told.value)
        with pytest.raises(UnknownTarget, match="of real time"):
            live.eventually("50ms").expect_target("nobody").was("active")


def test_a_wait_ends_where_no_time_can_help(real):
    """A session that failed is not waited for to succeed."""
    upstream = real(scenario=SCRIPT)
    upstream.clock.advance("1m")
    with on(upstream) as live, pytest.raises(ExpectationFailed, match="expected the session to succeed"):
        live.eventually("1h").expect_succeeded()


def test_a_tilt_that_has_ended_is_waited_for_no_longer(real):
    """Its listeners are told, late ones at once, its entry is taken away, and what it showed last stays known."""
    upstream = real()
    upstream.server("api").start()
    told = threading.Event()
    with on(upstream) as live:
        live.on_exit(told.set)
        config = live.kubeconfig
        with meanwhile(upstream.stop), pytest.raises(ExpectationFailed, match="and Tilt has ended"):
            live.run_until_done(limit="1h")
        assert told.wait(PATIENCE)
        late = threading.Event()
        live.on_exit(late.set)
        assert (True, True) == (live.exited, late.is_set())
        assert () == kubeconfig.contexts(config)
        assert "api:serve" in {target.name for target in live.session.status.targets}
        assert live.exit_code is None


@pytest.mark.anyio
async def test_waits_can_be_awaited(real):
    """The twins wait while the loop's other tasks go on."""
    import anyio

    upstream = real(scenario=SCRIPT)
    with on(upstream) as live:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.to_thread.run_sync, upstream.clock.advance, "1m")
            await live.aeventually(PATIENCE).expect_target("migrate").was("active")
            assert (await live.arun_until_done(limit=PATIENCE)).status.done
        assert (await live.arun_until(lambda session: session.status.error)).status.error
        with pytest.raises(ExpectationFailed, match="the session to succeed"):
            await live.aeventually(PATIENCE).expect_succeeded()


@pytest.mark.parametrize(
    "drive",
    [
        lambda live: live.job("migrate"),
        lambda live: live.server("api"),
        lambda live: live.target("api"),
        lambda live: live.local("api", serve=True),
        lambda live: live.kubernetes("api"),
        lambda live: live.compose("api"),
        lambda live: live.reload(timeout="1m"),
        lambda live: live.cluster_fails(),
        lambda live: live.together(),
    ],
)
def test_drivers_refuse(real, drive):
    """Each says what it is, and how to keep a test to the fake."""
    with on(real()) as live, pytest.raises(NotAFake, match=r'a real Tilt is behind this session.*mode="fake"'):
        drive(live)


@pytest.mark.parametrize(
    "move",
    [
        lambda live: live.clock.advance("1s"),
        lambda live: live.clock.advance_to("2h"),
        lambda live: live.clock.step(),
        lambda live: live.step(),
        lambda live: live.follow(),
        lambda live: live.clock.call_at(0, print),
        lambda live: live.clock.hold("mine").__enter__(),
    ],
)
def test_the_clock_is_not_moved(real, move):
    """Nor is it held; the message says how to wait instead."""
    with on(real()) as live, pytest.raises(ClockError, match="neither moved nor held: wait with eventually"):
        move(live)


@pytest.mark.parametrize(
    "claim",
    [
        lambda live: live.expect_requests("list"),
        lambda live: live.eventually("1s").expect_requests("list"),
        lambda live: live.of("mine"),
    ],
)
def test_what_is_not_seen_is_not_claimed(real, claim):
    """Requests of clients and other Sessions are refused, not found missing."""
    with on(real()) as live, pytest.raises(NotAFake):
        claim(live)


def test_it_is_found_where_a_fake_would_be(real):
    """Kubeconfig, environment and addresses lead to the Tilt; its own file is left as it is."""
    upstream = real(current_context=False)
    before = upstream.kubeconfig.read_bytes()
    with on(upstream) as live:
        entry = kubeconfig.find(live.kubeconfig)
        assert (upstream.url, upstream.token, upstream.context) == (entry.server, entry.token, entry.context)
        assert (live.url, live.token, live.context) == (entry.server, entry.token, entry.context)
        assert live.env["TILT_PORT"] == upstream.env["TILT_PORT"]
        assert upstream.web_url == live.web_url
        assert live.ca.read_bytes() == entry.ca_pem
        assert str(live.kubeconfig) == live.env["KUBECONFIG"]
        assert (True, False) == (live.live, upstream.live)
        assert upstream.url == live.describe()["url"]
        assert not hasattr(live, "activity")
    assert before == upstream.kubeconfig.read_bytes()
    assert not live.kubeconfig.exists()


def test_no_tilt_is_said_within_the_patience(tmp_path):
    """The message names what was looked for and where, and what to do."""
    where = finding.Whereabouts("tilt-7", tmp_path / "config")
    looking = live_tilt.LiveTilt(where, patience=0.05)
    with pytest.raises(TiltSessionError, match=r"no Tilt answers: .*'tilt-7' in .*config.*tilt up"):
        looking.start()
    with pytest.raises(TiltSessionError, match="was not found yet"):
        _ = looking.url


def test_the_time_is_that_of_the_tilt(real):
    """A clock that lives in another year is read as such, and deadlines count from there."""
    upstream = real(start="2031-05-06T07:08:09Z")
    upstream.server("api").start()
    with on(upstream) as live:
        assert str(live.clock).startswith("2031-05-06T07:08:09")
        (due,) = live.blocked().planned
        assert "deadline of Tiltfile" == due.what
        assert "not ready  api:serve" in str(live.blocked())


@pytest.mark.parametrize("name", ["exit", "crash", "restart", "appear", "acrash", "arestart", "play_step"])
def test_the_life_of_a_real_tilt_is_its_own(real, name):
    """A test neither ends nor starts it again, and is told so as drivers tell it."""
    with on(real()) as live, pytest.raises(NotAFake, match=rf"{name}\(\): a real Tilt is behind this session"):
        getattr(live, name)()


@pytest.mark.parametrize("name", ["faults", "requests", "marks"])
def test_what_a_real_tilt_has_not_is_refused(real, name):
    """By an error of this package, which is an AttributeError too, so that ``hasattr`` tells it."""
    with on(real()) as live:
        assert not hasattr(live, name)
        with pytest.raises(NotAFake, match=f"there is no '{name}' of a real Tilt"):
            getattr(live, name)
