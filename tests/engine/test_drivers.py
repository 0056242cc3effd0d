"""Drivers make the transitions that Tilt shows, and refuse the others with what to call instead."""

import threading

import pytest

from pytest_tiltsession import errors

START = 1_767_225_600_000_000


def test_a_jobs_life_carries_its_times(the_world, declare):
    """Start and finish are the instants of the calls, on the simulated clock."""
    job = declare("migrate:update", "job")
    the_world.clock.advance("1s")
    job.start()
    the_world.clock.advance("2.5s")
    job.succeed()
    ended = job.state.terminated
    assert (START + 1_000_000, START + 3_500_000, "") == (ended.start_time, ended.finish_time, ended.error)


def test_a_server_that_loses_readiness_remembers_when_it_was_ready(the_world, declare):
    """lastReadyTime stays when readiness is lost, and the start time stays throughout."""
    api = declare("api:serve", "server").start()
    the_world.clock.advance("3s")
    api.ready()
    the_world.clock.advance("1s")
    api.unready()
    active = api.state.active
    assert (START, False, START + 3_000_000) == (active.start_time, active.ready, active.last_ready_time)


def test_a_restart_is_a_new_run(the_world, declare):
    """A restarted server has a new start time and has not been ready yet."""
    api = declare("api:serve", "server").start()
    api.ready()
    the_world.clock.advance("1s")
    api.restart()
    active = api.state.active
    assert (START + 1_000_000, False, None) == (active.start_time, active.ready, active.last_ready_time)


def test_a_server_ends_with_the_error_that_tilt_shows(declare):
    """Without a text the error is Tilt's own, with process 0 where the server never started."""
    started, never = declare("a:serve", "server").start(), declare("b:serve", "server")
    assert ("Process 4243 exited with non-zero status", "Process 0 exited with non-zero status") == (
        started.fail().state.terminated.error,
        never.fail().state.terminated.error,
    )


def test_tilt_batches_so_a_finish_may_follow_waiting_at_once(the_world, declare):
    """waiting → terminated is seen in real runs; the start can be given where it was not shown."""
    the_world.clock.advance("5s")
    job = declare("a:update", "job")
    job.succeed(started="2s")
    assert START + 2_000_000 == job.state.terminated.start_time


def test_disabled_targets_can_be_enabled_and_wait_again(declare):
    """disable and enable are the way of ``tilt disable`` and ``tilt enable``."""
    job = declare("a:update", "job").disable()
    assert "disabled" == job.state.word
    assert "unknown" == job.enable().state.waiting.wait_reason


@pytest.mark.parametrize(
    ("type_", "call", "message"),
    [
        ("job", lambda d: d.ready(), r"a job is never ready; call succeed\(\), or declare it with server\(\)"),
        ("job", lambda d: d.unready(), r"a job is never ready; call start\(\)"),
        ("server", lambda d: d.succeed(), r"always an error, with exit code 0 too; call ready\(\)"),
        ("server", lambda d: d.unready(), r"it is waiting; call start\(\) or ready\(\) first"),
        ("job", lambda d: d.fail(""), r"a failure always has an error text; found ''"),
        ("job", lambda d: d.enable(), r"is waiting, not disabled: enable\(\) follows disable\(\)"),
        ("job", lambda d: d.start(started="9s"), r"lies after the present instant, 00:00:00.000000"),
    ],
)
def test_what_tilt_never_shows_is_refused_with_what_to_call_instead(the_world, declare, type_, call, message):
    """The refusal names the target's trouble and the way out, and nothing is committed."""
    driver = declare("x:update" if type_ == "job" else "x:serve", type_)
    before = len(the_world.journal)
    with pytest.raises(errors.ImpossibleTransition, match=message):
        call(driver)
    assert before == len(the_world.journal)


def test_a_finish_before_its_start_is_refused(declare):
    """A job cannot end now when it is said to have started later; the refusal shows the offset."""
    job = declare("a:update", "job")
    with pytest.raises(errors.ImpossibleTransition, match="started='3s' lies after the present instant"):
        job.fail("boom", started="3s")


def test_a_target_is_declared_once(declare):
    """A second declaration of a name is refused."""
    declare("a:update", "job")
    with pytest.raises(errors.ImpossibleTransition, match="target a:update is declared already"):
        declare("a:update", "job")


def test_an_unknown_target_names_the_nearest(the_drivers, declare):
    """The error asks for the near one and says how to declare one."""
    declare("migrate:update", "job")
    with pytest.raises(
        errors.UnknownTarget, match=r"no target 'migrat:update' in this session; did you mean 'migrate:update'\?"
    ):
        the_drivers.driver("migrat:update")


def test_a_resource_names_its_target_where_it_has_one_only(the_drivers, declare):
    """``target("migrate")`` means ``migrate:update``, and of several targets each is named."""
    declare("migrate:update", "job")
    assert "migrate:update" == the_drivers.driver("migrate").name
    with pytest.raises(errors.UnknownTarget, match=r"'Migrate' in this session; did you mean 'migrate:update'\?"):
        the_drivers.driver("Migrate")
    declare("web:update", "job")
    declare("web:serve", "server")
    with pytest.raises(
        errors.UnknownTarget, match="'web' is a resource of 2 targets: write 'web:serve' or 'web:update'"
    ):
        the_drivers.driver("web")
    declare("web", "job")
    assert "web" == the_drivers.driver("web").name, "the target's own name comes first"


def test_a_target_of_an_open_batch_is_found_by_its_resource(the_drivers, declare):
    """What a batch declares is there for the rest of the batch."""
    with the_drivers.together():
        declare("migrate:update", "job")
        assert "migrate:update" == the_drivers.driver("migrate").name


def test_a_removal_is_part_of_a_batch(the_world, the_drivers, declare):
    """The target is gone for the rest of the batch, its name is free, and nothing is done where the block raises."""
    declare("a:update", "job")
    declare("b:update", "job")
    before = len(the_world.journal)

    def start_what_is_gone():
        with the_drivers.together():
            the_drivers.driver("a:update").remove()
            the_drivers.driver("a:update").start()

    with pytest.raises(errors.UnknownTarget, match="a:update"):
        start_what_is_gone()
    assert (0, "waiting") == (len(the_world.journal) - before, the_drivers.driver("a:update").state.word)
    with the_drivers.together():
        for name in ("a:update", "b:update"):
            the_drivers.driver(name).remove()
        declare("b:update", "job").start()
    assert 1 == len(the_world.journal) - before
    assert [("b:update", "active")] == [
        (it.name, it.state.word) for it in the_world.tilt.targets if it.name != "tiltfile:update"
    ]


def test_a_batch_is_that_of_its_thread(the_world, the_drivers, declare):
    """What another thread does meanwhile is committed when it is done, and stays where the block raises."""
    mine, theirs = declare("a:update", "job"), declare("b:update", "job")

    def interrupted():
        with the_drivers.together():
            mine.start()
            other = threading.Thread(target=theirs.start)
            other.start()
            other.join()
            shown.update((target.name, target.state.word) for target in the_world.tilt.targets)
            raise KeyError

    shown = {}
    with pytest.raises(KeyError):
        interrupted()
    assert ("waiting", "active") == (shown["a:update"], shown["b:update"])
    assert ("waiting", "active") == (mine.state.word, theirs.state.word)
