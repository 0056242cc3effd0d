"""Every change passes the gate: one commit with its verdict, deadlines that come due on the simulated clock."""

import dataclasses

from pytest_tiltsession.engine import changes
from pytest_tiltsession.models import session

MINUTE = 60_000_000


def test_a_step_and_its_verdict_are_one_commit(the_world, tiltfile, declare, done):
    """The commit that ends the last target is the one that says done."""
    migrate = declare("migrate:update", "job")
    migrate.start()
    before = len(the_world.journal)
    migrate.fail("exit status 1")
    status = tiltfile().status
    assert (1, True, "exit status 1") == (len(the_world.journal) - before, status.done, status.error)
    assert [("Tiltfile", "exit status 1")] == done


def test_several_targets_of_one_instant_are_one_commit(the_world, the_drivers, declare, tiltfile):
    """Transitions made together are seen together, and judged together."""
    first, second = declare("a:update", "job"), declare("b:update", "job")
    before = len(the_world.journal)
    with the_drivers.together():
        first.start()
        first.succeed()
        second.succeed()
    assert (1, True, "") == (len(the_world.journal) - before, tiltfile().status.done, tiltfile().status.error)


def test_nothing_is_committed_together_when_the_block_raises(the_world, the_drivers, declare):
    """A block that fails half way leaves no trace."""
    first = declare("a:update", "job")
    before = len(the_world.journal)
    try:
        with the_drivers.together():
            first.start()
            raise KeyError
    except KeyError:
        pass
    assert (0, "waiting") == (len(the_world.journal) - before, first.state.word)


def test_the_readiness_timeout_comes_exactly_at_its_instant(the_world, declare, tiltfile):
    """Five minutes after a server started without becoming ready the session fails, not a microsecond earlier."""
    api = declare("api:serve", "server")
    the_world.clock.advance("7s")
    api.start()
    the_world.clock.advance("299.999999s")
    assert not tiltfile().status.done
    the_world.clock.advance("1us")
    error = "Readiness timeout after 5m0s: target api:serve not ready"
    entry = the_world.journal.read(0)[-1]
    assert (True, error, "deadline") == (tiltfile().status.done, tiltfile().status.error, entry.cause)
    assert 307_000_000 == entry.at - the_world.clock.start


def test_one_advance_over_the_deadline_brings_the_same_verdict(the_world, declare, tiltfile):
    """A long move stops at the deadline on its way and stamps the verdict with it."""
    declare("api:serve", "server").start()
    the_world.clock.advance("2h")
    assert 5 * MINUTE == the_world.journal.read(0)[-1].at - the_world.clock.start


def test_a_server_that_becomes_ready_at_the_very_deadline_is_in_time(the_world, declare, tiltfile):
    """Timeouts are strict: a step of the same instant comes first, and then there is nothing to complain about."""
    api = declare("api:serve", "server")
    job = declare("job:update", "job")
    job.start()
    api.start()
    the_world.clock.call_at(the_world.clock.start + 5 * MINUTE, api.ready)
    the_world.clock.advance("5m")
    assert (False, True) == (tiltfile().status.done, api.state.active.ready)


def test_the_global_timeout_lists_what_was_in_the_way(the_world, declare, tiltfile):
    """After thirty minutes the error counts and names what waited, what ran and what was not ready."""
    declare("a:update", "job").wait("waiting-for-dep")
    declare("b:update", "job").start()
    the_world.clock.advance("30m")
    expected = "Timeout after 30m0s: 1 resources waiting (a:update waiting-for-dep), 1 resources not ready (b:update)"
    assert expected == tiltfile().status.error


def test_a_manual_session_is_never_done(the_world, the_gate, declare, tiltfile, spec):
    """With exitCondition manual neither an error nor a timeout ends the session."""
    the_gate.submit(changes.TiltChange(spec=dataclasses.replace(spec, exit_condition="manual")))
    declare("a:update", "job").fail("boom")
    the_world.clock.advance("1h")
    assert (False, "") == (tiltfile().status.done, tiltfile().status.error)


def test_done_is_taken_back_when_a_target_starts_again(the_world, declare, tiltfile):
    """The verdict is about the present targets: a new run of a failed job leaves the session running."""
    job = declare("a:update", "job")
    job.fail("boom")
    job.start()
    assert (False, "") == (tiltfile().status.done, tiltfile().status.error)


def test_a_lost_cluster_ends_the_session(the_gate, tiltfile, declare):
    """The cluster error is looked at first, and beats a target's own error."""
    declare("a:update", "job").fail("boom")
    the_gate.submit(changes.TiltChange(cluster_error=True))
    assert "cluster connection failed" == tiltfile().status.error


def test_a_change_that_changes_nothing_is_no_commit(the_world, the_drivers, declare):
    """A driver that sets the state a target is in already leaves the journal alone."""
    job = declare("a:update", "job")
    before = len(the_world.journal)
    job.wait("tiltfile-reload")
    assert before == len(the_world.journal)


def test_a_session_can_vanish_and_come_back_with_a_new_uid(the_gate, tiltfile, the_world):
    """Absent removes the object with a DELETED event; re-created has another uid, the same pid and start time."""
    first = tiltfile()
    the_gate.submit(changes.TiltChange(session="absent"))
    gone = tiltfile()
    the_gate.submit(changes.TiltChange(session="recreated"))
    again = tiltfile()
    kinds = [entry.type for entry in the_world.journal.read(0)]
    assert (None, ["ADDED", "DELETED", "ADDED"]) == (gone, kinds)
    assert first.metadata.uid != again.metadata.uid
    assert (first.status.pid, first.status.start_time) == (again.status.pid, again.status.start_time)


def test_targets_are_sorted_by_name_in_byte_order(declare, tiltfile):
    """``t2:update`` comes before ``t:update``, upper case before lower, as Tilt sorts."""
    for name in ("t:update", "t2:update", "B:serve", "ä:update"):
        declare(name, "job")
    names = [target.name for target in tiltfile().status.targets]
    assert ["B:serve", "t2:update", "t:update", "tiltfile:update", "ä:update"] == names


def test_a_reload_writes_back_what_the_tiltfile_says(the_gate, the_world, tiltfile):
    """Labels and spec that somebody wrote on the object are gone after a reload, and so are their managed fields."""
    touched = tiltfile()
    touched = dataclasses.replace(
        touched,
        metadata=dataclasses.replace(touched.metadata, labels={"a": "b"}),
        spec=session.SessionSpec("/other", "manual"),
    )
    the_world.objects.commit(touched, at=0, cause="client")
    the_gate.submit(changes.TiltChange(reload=True))
    restored = tiltfile()
    assert (None, "/app/Tiltfile", ["tilt"]) == (
        restored.metadata.labels,
        restored.spec.tiltfile_path,
        [entry.manager for entry in restored.metadata.managed_fields],
    )


def test_a_session_that_waits_for_its_finalizers_is_left_alone(the_world, the_gate, declare, tiltfile):
    """Tilt's controller does not look at a Session that is being deleted: no change, no deadline shows in it."""
    api = declare("api:serve", "server")
    held = dataclasses.replace(tiltfile().metadata, finalizers=("a/b",), deletion_timestamp=1)
    the_world.objects.commit(dataclasses.replace(tiltfile(), metadata=held), at=the_world.clock.now, cause="client")
    left = tiltfile()
    api.fail("it broke")
    the_world.clock.advance("31m")
    assert left == tiltfile()
    the_gate.submit(changes.TiltChange(reload=True))
    assert left.status == tiltfile().status
