"""Who manages which fields of a Session after creates and updates."""

import copy
import dataclasses
import json
import pathlib

import pytest

from pytest_tiltsession.api import managed_fields
from pytest_tiltsession.models import decoding, encoding, metadata
from pytest_tiltsession.models import session as session_models

STORIES = pathlib.Path(__file__).parent.parent / "recorded" / "stories" / "stories.jsonl"
SPEC = {"tiltfilePath": "/w/Tiltfile", "exitCondition": "manual"}
TARGET = {"name": "a", "type": "job", "resources": ["a"], "state": {}}


def a_session(*, spec=SPEC, status=None, **meta):
    """Give a Session as a request's JSON would make it."""
    wire = {"metadata": {"name": "up", **meta}, "spec": spec, "status": status}
    return decoding.decode(session_models.Session, wire).value


def created(given=None, *, manager="kit", now=100):
    """Give a Session as stored after its creation."""
    recorded = managed_fields.record_update(None, given or a_session(), manager=manager, now=now)
    return dataclasses.replace(recorded, metadata=dataclasses.replace(recorded.metadata, uid="uid-1"))


def changed(before, *, manager="kit", now=200, subresource="", ignored=(), **changes):
    """Give a stored Session after an update that changes its spec, status or single metadata attributes."""
    parts = {name: changes.pop(name) for name in ("spec", "status") if name in changes}
    after = dataclasses.replace(before, metadata=dataclasses.replace(before.metadata, **changes), **parts)
    return managed_fields.record_update(
        before, after, manager=manager, now=now, subresource=subresource, ignored=ignored
    )


def entries(session):
    """Give managedFields as (manager, operation, time, fields), one per entry."""
    return [
        (entry.manager, entry.operation, entry.time, entry.fields_v1) for entry in session.metadata.managed_fields or ()
    ]


def fields_of(session, manager="kit"):
    """Give the fields that one manager has by updates."""
    return next((fields for name, kind, _, fields in entries(session) if (name, kind) == (manager, "Update")), None)


def entry(manager, fields, *, operation="Update", time=50, version="tilt.dev/v1alpha1", subresource=""):
    """Give one entry of managedFields as a client would send it."""
    return metadata.ManagedFieldsEntry(manager, operation, version, time, "FieldsV1", fields, subresource)


BOTH = {"f:spec": {"f:exitCondition": {}, "f:tiltfilePath": {}}}


def recorded_creations():
    """Give the JSON bodies that were posted to the real server, with the managedFields that it answered."""
    for line in STORIES.read_text().rstrip("\n").split("\n"):
        story = json.loads(line)
        for position, step in enumerate(story["steps"]):
            request, expect = step.get("request", {}), step.get("expect", {})
            body, answer = request.get("body"), expect.get("body")
            if request.get("method") == "POST" and isinstance(body, dict) and isinstance(answer, dict):
                found = answer.get("metadata", {}).get("managedFields")
                # Repetitions are written short in the stories, and some answers are YAML, whose keys are sorted.
                if found and "${" not in json.dumps(request):
                    yield pytest.param(request, found, id=f"{story['id']}-{position}")


@pytest.mark.parametrize(("request_", "expected"), list(recorded_creations()))
def test_a_creation_is_recorded_as_on_the_real_server(request_, expected):
    """Each posted Session gets the managedFields that the real server recorded for it."""
    agent = (request_.get("headers") or {}).get("User-Agent", "kit/1.0")
    manager = request_.get("query", "").removeprefix("fieldManager=")
    if not manager or "=" in manager:
        manager = managed_fields.manager_from_user_agent(agent)
    given = decoding.decode(session_models.Session, request_["body"]).value
    cleared = {"uid": "", "deletion_timestamp": None, "deletion_grace_period_seconds": None, "self_link": ""}
    given = dataclasses.replace(given, metadata=dataclasses.replace(given.metadata, **cleared))
    recorded = managed_fields.record_update(None, given, manager=manager, now=1_800_000_000)
    found = encoding.to_wire(recorded)["metadata"]["managedFields"]
    without_time = [{name: part for name, part in item.items() if name != "time"} for item in expected]
    assert without_time == [{name: part for name, part in item.items() if name != "time"} for item in found]


def test_a_creator_manages_what_differs_from_an_empty_session():
    """Fields with Go's zero value (pid 0, done false, no targets) are managed by nobody."""
    session = created(a_session(status={"pid": 7, "done": False, "targets": None, "startTime": None}))
    assert [("kit", "Update", 100, BOTH | {"f:status": {"f:pid": {}}})] == entries(session)


def test_system_fields_are_never_managed():
    """Name, uid, versions and times of the object belong to no one, and generateName does."""
    session = created(a_session(uid="x", generation=3, resourceVersion="5", generateName="up-"))
    assert {"f:metadata": {"f:generateName": {}}} | BOTH == fields_of(session)


def test_containers_are_managed_item_by_item():
    """Labels and annotations are managed by key, finalizers by value, owners by uid, and targets as a whole."""
    owners = [{"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "b"}]
    session = created(
        a_session(
            labels={"b": "1", "a": "2"},
            annotations={"k<": "v"},
            finalizers=["z/y", "a/b"],
            ownerReferences=owners,
            status={"targets": [TARGET]},
        )
    )
    meta = {
        "f:annotations": {".": {}, "f:k<": {}},
        "f:finalizers": {".": {}, 'v:"a/b"': {}, 'v:"z/y"': {}},
        "f:labels": {".": {}, "f:a": {}, "f:b": {}},
        "f:ownerReferences": {".": {}, 'k:{"uid":"b"}': {}},
    }
    expected = {"f:metadata": meta} | BOTH | {"f:status": {"f:targets": {}}}
    assert json.dumps(expected) == json.dumps(fields_of(session))


def test_an_empty_struct_is_one_field():
    """``ci: {}`` is managed as a whole; with a timeout the struct and the timeout are."""
    empty = created(a_session(spec=SPEC | {"ci": {}}))
    filled = created(a_session(spec=SPEC | {"ci": {"timeout": "90s"}}))
    assert {} == fields_of(empty)["f:spec"]["f:ci"]
    assert {".": {}, "f:timeout": {}} == fields_of(filled)["f:spec"]["f:ci"]


def test_a_change_moves_a_field_to_who_made_it():
    """Who writes another value takes the field from the earlier manager, and keeps nothing else."""
    session = created(manager="alice")
    session = changed(session, manager="bob", spec=dataclasses.replace(session.spec, tiltfile_path="/2"))
    alice = ("alice", "Update", 100, {"f:spec": {"f:exitCondition": {}}})
    assert [alice, ("bob", "Update", 200, {"f:spec": {"f:tiltfilePath": {}}})] == entries(session)


def test_writing_the_same_value_changes_no_manager_and_no_time():
    """An update without effect leaves managedFields as they are, times included."""
    session = created(manager="alice")
    assert entries(session) == entries(changed(session, manager="bob"))


def test_a_changed_field_renews_the_time_of_its_manager():
    """A manager that changes a field which it already manages gets a new time."""
    session = created()
    again = changed(session, now=300, spec=dataclasses.replace(session.spec, tiltfile_path="/2"))
    assert [("kit", "Update", 300, BOTH)] == entries(again)


def test_a_map_stays_with_its_maker_when_its_last_key_goes_to_another():
    """The recorded take-over of a label leaves the labels themselves with the manager that brought them."""
    session = created(a_session(labels={"a": "1"}), manager="alice")
    session = changed(session, manager="bob", labels={"a": "2"})
    assert {"f:metadata": {"f:labels": {}}} | BOTH == fields_of(session, "alice")
    assert {"f:metadata": {"f:labels": {"f:a": {}}}} == fields_of(session, "bob")


def test_a_removed_field_is_managed_by_nobody():
    """What an update removes leaves every manager's set, and a manager of nothing leaves the list."""
    session = created(manager="alice")
    session = changed(session, manager="bob", labels={"a": "1"})
    session = changed(session, manager="carol", labels=None)
    assert [("alice", "Update", 100, BOTH)] == entries(session)


def test_a_finalizer_named_twice_is_one_field():
    """A value that a set holds twice is managed once, and giving up one of the two marks it as gone."""
    session = changed(created(), finalizers=("a/b", "a/b"))
    assert {".": {}, 'v:"a/b"': {}} == fields_of(session)["f:metadata"]["f:finalizers"]
    session = changed(dataclasses.replace(session), manager="bob", finalizers=("a/b",))
    assert {"f:metadata": {"f:finalizers": {'v:"a/b"': {}}}} == fields_of(session, "bob")


def test_an_attempt_on_the_status_is_recorded_although_it_has_no_effect():
    """What a client writes into the status of the object itself shows in its managedFields."""
    session = created()
    session = changed(session, status=session_models.SessionStatus(pid=7, done=True, error="hacked"))
    assert {"f:done": {}, "f:error": {}, "f:pid": {}} == fields_of(session)["f:status"]


def test_reset_fields_are_recorded_for_nobody():
    """Where the endpoint resets the status, as Kubernetes resources do, writing it there changes no manager."""
    session = changed(created(), manager="dave", subresource="status", status=session_models.SessionStatus(pid=7))
    again = changed(session, status=session_models.SessionStatus(pid=8), ignored=("status",))
    assert entries(session) == entries(again)


def test_a_subresource_has_an_entry_of_its_own():
    """The status writer's entry names the subresource, and managedFields of its body do not count."""
    session = created()
    status = session_models.SessionStatus(pid=7)
    written = changed(session, status=status, subresource="status", managed_fields=())
    found = [(entry.subresource, entry.fields_v1) for entry in written.metadata.managed_fields]
    assert [("", BOTH), ("status", {"f:status": {"f:pid": {}}})] == found


@pytest.mark.parametrize("wipe", [(), (metadata.ManagedFieldsEntry(),)])
def test_an_empty_list_ends_the_tracking_for_good(wipe):
    """``[]`` and ``[{}]`` wipe managedFields, and later updates do not bring them back."""
    wiped = changed(created(), managed_fields=wipe)
    assert wiped.metadata.managed_fields is None
    assert changed(wiped, labels={"a": "1"}).metadata.managed_fields is None


@pytest.mark.parametrize("wipe", [(), (metadata.ManagedFieldsEntry(),)])
def test_a_creation_is_tracked_whatever_its_body_says(wipe):
    """An empty list in the body of a create does not keep the creator out."""
    given = a_session()
    given = dataclasses.replace(given, metadata=dataclasses.replace(given.metadata, managed_fields=wipe))
    assert [("kit", "Update", 100, BOTH)] == entries(created(given))


def test_a_body_without_managed_fields_keeps_the_stored_ones():
    """Clients that drop managedFields do no harm."""
    session = created()
    assert entries(session) == entries(changed(session, managed_fields=None))


def test_managed_fields_of_the_body_count_where_they_can_be_read():
    """A client may rewrite managedFields; its entries are kept beside what the update itself changes."""
    given = (entry("x", {"f:spec": {}}, time=50), entry("gone", {}))
    session = changed(created(), labels={"a": "1"}, managed_fields=given)
    labels = {"f:metadata": {"f:labels": {".": {}, "f:a": {}}}}
    assert [("x", "Update", 50, {"f:spec": {}}), ("kit", "Update", 200, labels)] == entries(session)


UNREADABLE = [
    entry("x", {}, operation="Bogus"),
    entry("x", {}, version=""),
    dataclasses.replace(entry("x", {}), fields_type=""),
    dataclasses.replace(entry("x", {}), fields_type="FieldsV2"),
    entry("x", ["f:spec"]),
    entry("x", {"f:spec": 5}),
    entry("x", {"spec": {}}),
    entry("x", {"i:one": {}}),
    entry("x", {"v:": {}}),
    entry("x", {"k:[]": {}}),
]


@pytest.mark.parametrize("given", UNREADABLE)
def test_managed_fields_that_cannot_be_read_give_way_to_the_stored_ones(given):
    """One unreadable entry in a body makes all its managedFields count for nothing."""
    session = created()
    assert entries(session) == entries(changed(session, managed_fields=(entry("y", {"f:spec": {}}), given)))


def test_path_elements_are_read_and_written_in_kubernetes_order():
    """Fields come before keys, values and indices, each sorted in its own way; unknown sorts are dropped."""
    given = {"i:10": {}, "i:9": {}, 'v:"b"': {}, 'v:"a/b"': {}, "v:2": {}, "f:b": {".": 1, "f:x": None}, "x:y": {}}
    given |= {'k:{"b":1,"a":"z"}': {}, "f:a": {}}
    session = changed(created(), managed_fields=(entry("x", {"f:other": given}),))
    names = ["f:a", "f:b", 'k:{"a":"z","b":1}', "v:2", 'v:"a/b"', 'v:"b"', "i:9", "i:10"]
    found = fields_of(session, "x")["f:other"]
    assert names == list(found)
    assert {".": {}, "f:x": {}} == found["f:b"]


def test_entries_of_other_api_versions_are_dropped():
    """A Session has one version; entries in another leave with the next update that is tracked."""
    session = changed(created(), managed_fields=(entry("x", {"f:a": {}}, version="tilt.dev/v2"), entry("y", BOTH)))
    assert ["y"] == [name for name, *_ in entries(session)]


def test_a_version_that_is_none_keeps_the_stored_managed_fields():
    """With an API version that cannot even be read the update is stored without being tracked."""
    session = created()
    assert entries(session) == entries(changed(session, managed_fields=(entry("x", {}, version="a/b/c"),)))


def test_paths_inside_an_atomic_field_become_the_field():
    """Targets are one value, so that managing a part of them is managing them."""
    given = (entry("x", {"f:status": {"f:targets": {"i:0": {}, 'k:{"name":"a"}': {"f:type": {}}}}}),)
    session = changed(created(), managed_fields=given)
    assert {"f:status": {"f:targets": {}}} == fields_of(session, "x")


def test_what_a_request_stamps_comes_after_the_rest_of_its_second():
    """On a frozen clock all writes are of one second: the latest still comes last, whatever its manager is called."""
    first = created(manager="zed", now=100)
    second = changed(first, manager="ann", now=100, labels={"a": "b"})
    third = changed(second, manager="mia", now=100, labels={"a": "b", "c": "d"})
    assert [name for name, *_ in entries(second)] == ["zed", "ann"]
    assert [name for name, *_ in entries(third)] == ["zed", "ann", "mia"]


def test_a_write_without_effect_leaves_the_order_alone():
    """Entries of one second are not turned round by their names when somebody writes what is there already."""
    session = changed(created(manager="zed", now=100), manager="ann", now=100, labels={"a": "b"})
    assert session == changed(session, manager="ann", now=100)
    assert session == changed(session, manager="bea", now=107)


def test_entries_are_sorted_by_operation_time_and_name():
    """Appliers come first, then older entries, then names; an entry without time counts as the oldest."""
    given = (
        entry("b", {"f:b": {}}, time=7),
        entry("a", {"f:a": {}}, time=7),
        entry("z", {"f:z": {}}, time=None),
        entry("y", {"f:y": {}}, operation="Apply", time=9),
    )
    assert ["y", "z", "a", "b"] == [name for name, *_ in entries(changed(created(), managed_fields=given))]


def test_no_more_than_ten_updaters_are_kept_apart():
    """From the eleventh updater on the two oldest are joined as ancient-changes, with the later of their times."""
    session = created(manager="m00", now=0)
    for number in range(1, 12):
        labels = {**(session.metadata.labels or {}), f"l{number:02}": "x"}
        session = changed(session, manager=f"m{number:02}", now=number, labels=labels)
    names = [name for name, *_ in entries(session)]
    assert ["ancient-changes", *(f"m{number:02}" for number in range(3, 12))] == names
    joined = {"f:metadata": {"f:labels": {".": {}, "f:l01": {}, "f:l02": {}}}} | BOTH
    assert ("ancient-changes", "Update", 2, joined) == entries(session)[0]


def test_the_manager_is_named_by_the_user_agent():
    """What stands before the first slash names the manager, cut to 128 bytes; nothing there is unknown."""
    assert "my agent" == managed_fields.manager_from_user_agent("my agent/1.0 (x)")
    assert "é" * 64 == managed_fields.manager_from_user_agent("\x00é" + "é" * 99)
    assert "" == managed_fields.manager_from_user_agent("/1.0")
    assert "unknown" == entries(created(manager=""))[0][0]


def test_times_are_kept_where_a_write_has_no_other_effect():
    """Kubernetes' store takes a new time back when nothing else of the object differs."""
    session = created()
    later = dataclasses.replace(
        session,
        metadata=dataclasses.replace(
            session.metadata,
            managed_fields=tuple(dataclasses.replace(item, time=999) for item in session.metadata.managed_fields),
        ),
    )
    assert session == managed_fields.keep_times(session, later)
    other = dataclasses.replace(later, status=session_models.SessionStatus(pid=1))
    assert other == managed_fields.keep_times(session, other)


def test_entries_that_a_write_does_not_touch_are_those_that_are_stored():
    """What one manager does to its fields costs the entries of others nothing."""
    before = changed(created(manager="one"), manager="two", labels={"a": "1"})
    after = changed(before, manager="two", now=300, labels={"a": "2"})
    (one, two), (still, renewed) = before.metadata.managed_fields, after.metadata.managed_fields
    assert still is one
    assert renewed.fields_v1 is two.fields_v1
    assert (200, 300) == (two.time, renewed.time)


def test_a_written_session_can_be_copied_as_any_other():
    """``dataclasses.asdict`` and ``copy.deepcopy`` give the trees of fields as they are."""
    written = changed(created(), labels={"a": "1"})
    trees = [fields for *_, fields in entries(written)]
    assert trees == [item["fields_v1"] for item in dataclasses.asdict(written)["metadata"]["managed_fields"]]
    assert written == copy.deepcopy(written)
