"""Recording: observations in, a scenario out."""

import pytest

from pytest_tiltsession import errors, times
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import recorder, steps

BASE = steps.DEFAULT_START


def at(micros):
    """Give an offset as the API writes it."""
    return times.format_micro_time(BASE + micros)


def seen(version, *targets, uid="u-1", spec=None, created=0, written=None, **status):
    """Make a Session as a watch shows it."""
    spec = spec or {"tiltfilePath": "/home/ann/app/Tiltfile", "exitCondition": "ci", "ci": {"timeout": "4s"}}
    entry = {"manager": "tilt", "operation": "Update", "time": times.format_time(BASE // 10**6 + (written or created))}
    return {
        "kind": "Session",
        "apiVersion": "tilt.dev/v1alpha1",
        "metadata": {
            "name": "Tiltfile",
            "uid": uid,
            "resourceVersion": str(version),
            "creationTimestamp": times.format_time(BASE // 10**6 + created),
            "managedFields": [entry],
        },
        "spec": spec,
        "status": {"pid": 77, "startTime": at(0), "targets": list(targets) or None, "done": False, **status},
    }


def job(name="a", **state):
    """Make a job's target."""
    return {"name": f"{name}:update", "type": "job", "resources": [name], "state": state}


def record(*observations, **told):
    """Record observations and tell them."""
    made = recorder.Recorder()
    for offset, type_, document in observations:
        made.observe(offset, type_, document)
    return made.scenario("recorded", **told)


WAITS = job(waiting={"waitReason": "unknown"})


def test_versions_come_in_their_own_order_each_once_and_as_early_as_it_was_seen():
    """A late watch, a poll that was faster, a repeated event: the resourceVersions put them in order."""
    found = record(
        (900_000, "ADDED", seen(5)),
        (500_000, "POLL", seen(5)),
        (700_000, "POLL", seen(8, WAITS)),
        (900_000, "MODIFIED", seen(8, WAITS)),
        (950_000, "MODIFIED", seen(8, WAITS)),
        (600_000, "MODIFIED", seen(7)),
    )
    assert [(step.at, step.recorded.revision, step.session) for step in found.steps] == [
        (500_000, 5, "present"),
        (600_000, 7, None),
        (700_000, 8, None),
    ]
    assert found.steps[2].set == {"a:update": steps.ScriptedState("waiting")}


def test_a_version_was_there_before_the_one_that_was_seen_earlier():
    """No version can be younger than one that follows it, and no two share an instant."""
    found = record((800_000, "ADDED", seen(5)), (800_000, "POLL", seen(6)), (700_000, "POLL", seen(9)))
    assert [step.at for step in found.steps] == [699_998, 699_999, 700_000]


def test_times_are_written_where_they_do_not_follow_from_the_step():
    """The watcher saw the states late, so their own times are offsets; what follows by itself is left out."""
    running = {"startTime": at(300_000), "ready": False, "lastReadyTime": None}
    ended = {"startTime": at(300_000), "finishTime": at(650_000), "error": "boom"}
    found = record(
        (350_000, "ADDED", seen(5, job(active=running))),
        (700_000, "MODIFIED", seen(6, job(terminated=ended), done=True, error="boom")),
        exit_code=1,
    )
    assert found.steps[0].set["a:update"] == steps.ScriptedState("active", start_time=300_000)
    assert found.steps[1].set["a:update"] == steps.ScriptedState("terminated", error="boom", finish_time=650_000)
    assert found.steps[1].recorded == steps.Recorded(True, "boom", 6)
    assert found.expect == steps.Expectation("failed", "boom", exit_code=1)
    assert found.targets == {"a:update": steps.Declaration("a:update", "job", ("a",))}


def test_what_the_tiltfile_says_otherwise_is_recorded():
    """Changes of spec, labels and annotations, and targets that go, are part of their step."""
    later = seen(6, spec={"tiltfilePath": "/home/ann/app/Tiltfile", "exitCondition": "manual"})
    later["metadata"] |= {"labels": {"team": "web"}, "annotations": {"tilt.dev/resource": "(Tiltfile)", "why": "x"}}
    last = seen(7, spec=later["spec"])
    found = record((1, "ADDED", seen(5, WAITS)), (2, "MODIFIED", later), (3, "MODIFIED", last))

    assert found.spec == session.SessionSpec("/app/Tiltfile", "ci", session.SessionCISpec(timeout=4 * times.SECOND))
    assert found.steps[1].spec == session.SessionSpec("/app/Tiltfile", "manual", None)
    assert (found.steps[1].labels, found.steps[1].annotations) == ({"team": "web"}, {"why": "x"})
    assert found.steps[1].remove == ("a:update",)
    assert (found.steps[2].labels, found.steps[2].annotations, found.steps[2].spec) == ({}, {}, None)


def test_a_session_that_goes_and_comes_back_is_recorded():
    """A DELETED event, a new one afterwards, and one whose DELETED event was missed."""
    found = record(
        (1, "ADDED", seen(5)),
        (2, "DELETED", seen(5)),
        (3, "ADDED", seen(9, uid="u-2")),
        (4, "ADDED", seen(12, uid="u-3")),
        (5, "DELETED", seen(12, uid="u-3")),
    )
    assert [step.session for step in found.steps] == ["present", "absent", "present", "recreated", "absent"]
    assert found.expect is None


def test_an_object_says_in_which_second_it_was_written():
    """A version that Tilt wrote is placed within the second of its stamp, with all that came before it."""
    found = record(
        (1_040_000, "ADDED", seen(5, created=0)),
        (1_050_000, "MODIFIED", seen(6, WAITS, created=0)),
        (
            2_100_000,
            "MODIFIED",
            seen(7, WAITS, created=0, written=1, spec={"tiltfilePath": "/T", "exitCondition": "ci"}),
        ),
    )
    assert [step.at for step in found.steps] == [999_999, 1_050_000, 1_999_999]


def test_a_watcher_that_came_late_does_not_move_the_past():
    """An object that was created long before it was seen first appears when it was seen."""
    running = {"startTime": at(9_000_000), "ready": False, "lastReadyTime": None}
    found = record((9_100_000, "ADDED", seen(50, job(active=running))))
    assert found.steps[0].at == 9_100_000


def test_what_was_seen_undecided_had_not_timed_out():
    """A state without a verdict came about before the deadline of the state before, however late it was seen."""
    ended = {"startTime": at(0), "finishTime": at(3_990_000)}
    found = record(
        (100_000, "ADDED", seen(5, WAITS)),
        (4_060_000, "MODIFIED", seen(6, job(terminated=ended))),
        (4_070_000, "MODIFIED", seen(7, job(terminated=ended), done=True, error="Timeout after 4s: nothing")),
    )
    assert [step.at for step in found.steps] == [100_000, 4_000_000, 4_070_000]


def test_times_before_the_start_are_the_start():
    """An observation that seems to lie before the session's start is put at it."""
    found = record((-50, "ADDED", seen(5)), (-20, "MODIFIED", seen(6, WAITS)))
    assert [step.at for step in found.steps] == [0, 1]


def test_other_objects_bookmarks_and_errors_are_passed_over():
    """Only events of the session itself are recorded."""
    other = seen(6)
    other["metadata"]["name"] = "mine"
    found = record((1, "ADDED", seen(5)), (2, "ADDED", other), (3, "BOOKMARK", {}), (4, "ERROR", {"code": 410}))
    assert len(found.steps) == 1


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (job(waiting={"waitReason": "x"}, active={"startTime": None, "ready": True}), "is waiting and active at once"),
        ({"name": "a:update", "type": "task", "resources": ["a"], "state": {}}, "is of type 'task'"),
        ({"name": "b", "type": "job", "resources": None, "state": {}}, "with resources None"),
        ({"name": "a:update", "type": "job", "resources": ["b"], "state": {}}, "has another type or other resources"),
    ],
)
def test_what_only_a_client_can_have_written_is_left_out_and_told(target, told):
    """A status that no Tilt shows, which its controller rewrites at once, is no step."""
    made = recorder.Recorder()
    for version, shown in ((5, WAITS), (6, target), (7, WAITS)):
        made.observe(version, "MODIFIED", seen(version, shown))
    found = made.scenario("x", description="what it is")
    assert [step.recorded.revision for step in found.steps] == [5, 7]
    assert told in made.left_out[0]
    assert found.description.startswith("what it is\nLeft out, since only a client can have written it: version 6: ")


def test_a_target_that_stands_there_twice_is_left_out():
    """A list that names a target twice is a client's."""
    made = recorder.Recorder()
    made.observe(1, "ADDED", seen(5, WAITS, WAITS))
    made.observe(2, "MODIFIED", seen(6, WAITS))
    assert len(made.scenario("x").steps) == 1
    assert made.left_out == ("version 5: target a:update twice",)


def test_a_condition_that_only_an_update_may_hold_is_kept_in_a_step():
    """A session that is first seen with an unsupported condition has a header that can be read, and a step with it."""
    spec = {"tiltfilePath": "/T", "exitCondition": "bogus"}
    found = record((1, "ADDED", seen(5, spec=spec, done=True, error="unsupported exit condition: bogus")))
    assert found.spec.exit_condition == "ci"
    assert found.steps[0].spec.exit_condition == "bogus"


@pytest.mark.parametrize(
    ("observations", "told"),
    [
        ([], "no Session 'Tiltfile' was seen"),
        ([(1, "ADDED", seen(5, startTime=None))], "had a null startTime"),
        ([(1, "ADDED", seen("x5"))], "the resourceVersion 'x5'"),
        ([(1, "ADDED", {"status": {"pid": "no"}})], "what was observed at 1 µs is no Session"),
        ([(1, "ADDED", seen(5)), (2, "ADDED", seen(3, uid="u-2", pid=78))], "sessions of several Tilts"),
    ],
)
def test_what_cannot_be_recorded_is_told(observations, told):
    """No session, no start, two Tilts, or no Session at all: each is an error that says so."""
    with pytest.raises(errors.TiltSessionError, match=told):
        record(*observations)


@pytest.mark.parametrize(
    ("status", "exit_code", "expected"),
    [
        ({"done": True}, 0, steps.Expectation("succeeded", exit_code=0)),
        ({"done": True}, None, steps.Expectation("succeeded")),
        ({"done": True}, 130, steps.Expectation("succeeded")),
        ({"done": True, "error": "boom"}, 1, steps.Expectation("failed", "boom", exit_code=1)),
        ({}, 1, steps.Expectation("running")),
    ],
)
def test_the_expectation_follows_from_the_last_status(status, exit_code, expected):
    """The exit code is expected where the session's own verdict explains it."""
    assert record((1, "ADDED", seen(5, **status)), exit_code=exit_code).expect == expected


def test_a_secret_is_refused_and_not_repeated():
    """An error text with a token in it is not written, and the message does not hold it either."""
    secret = "ghp_0123456789abcdefghijABCDEFGHIJ"
    ended = {"startTime": at(0), "finishTime": at(1), "error": f"push with {secret} failed"}
    with pytest.raises(errors.TiltSessionError, match="looks like an access token, in the step at 9") as caught:
        record((9, "ADDED", seen(5, job(terminated=ended))))
    assert secret not in str(caught.value)


def test_notes_go_to_the_step_that_follows():
    """What was done during the recording is noted at the first step after it."""
    found = record(
        (10, "ADDED", seen(5)),
        (20, "MODIFIED", seen(6, WAITS)),
        notes=[(11, "tilt trigger a"), (12, "edit /home/ann/app/x"), (30, "too late")],
    )
    assert [step.note for step in found.steps] == ["", "tilt trigger a; edit /app/x"]
