"""Creates, updates and patches beyond the recorded stories."""

from typing import Any

import pytest

PATH = "/apis/tilt.dev/v1alpha1/sessions"


def test_a_padded_version_passes_and_is_repeated_in_the_answer(api: Any) -> None:
    """Versions are compared as numbers; the answer and the event repeat what the client wrote, the store does not."""
    api.create("a")
    value = api.get("a").body
    version = value["metadata"]["resourceVersion"]
    value["metadata"]["resourceVersion"] = f"00{version}"
    watch = api.watch("fieldSelector=metadata.name%3Da")
    watch.events()

    answered = api.put(value)

    assert answered.body["metadata"]["resourceVersion"] == f"00{version}"
    assert [event["object"]["metadata"]["resourceVersion"] for event in watch.events()] == [f"00{version}"]
    assert api.get("a").body["metadata"]["resourceVersion"] == version


@pytest.mark.parametrize(
    ("version", "code", "message"),
    [
        ("abc", 500, 'strconv.ParseUint: parsing "abc": invalid syntax'),
        ("-1", 500, 'strconv.ParseUint: parsing "-1": invalid syntax'),
        ("+1", 500, 'strconv.ParseUint: parsing "+1": invalid syntax'),
        ("18446744073709551616", 500, 'strconv.ParseUint: parsing "18446744073709551616": value out of range'),
    ],
)
def test_a_version_that_is_no_number_is_a_500(api: Any, version: str, code: int, message: str) -> None:
    """The message of Go's parser comes through without a reason."""
    api.create("a")
    value = api.get("a").body
    value["metadata"]["resourceVersion"] = version

    refused = api.put(value)

    assert (refused.status, refused.message) == (code, message)
    assert "reason" not in refused.body


def test_a_wrong_version_is_told_before_a_wrong_label(api: Any) -> None:
    """The store compares versions before it validates."""
    api.create("a")
    patch = {"metadata": {"resourceVersion": "1", "labels": {"-x": "y"}}}

    assert api.merge("a", patch).status == 409


def test_an_update_cannot_change_who_the_object_is(api: Any) -> None:
    """uid, creation, generation and namespace are kept when they are missing, and silently when they may be."""
    before = api.create("a", generation=3).body["metadata"]
    value = api.get("a").body
    changes = {"uid": "", "creationTimestamp": "2001-01-01T00:00:00Z", "generation": 9, "namespace": "default"}
    value["metadata"].update(changes)

    after = api.put(value).body["metadata"]

    assert {key: after.get(key) for key in changes} == {**{key: before.get(key) for key in changes}, "namespace": None}


def test_a_deletion_timestamp_cannot_be_set_or_taken_back(api: Any) -> None:
    """Setting it is invalid; on an object that is being deleted it stays what it is."""
    api.create("a", finalizers=["a/b"])
    refused = api.merge("a", {"metadata": {"deletionTimestamp": "2001-01-01T00:00:00Z"}})
    assert (refused.status, refused.body["details"]["causes"][0]["field"]) == (422, "metadata.deletionTimestamp")
    grace = api.merge("a", {"metadata": {"deletionGracePeriodSeconds": 5}})
    assert "metadata.deletionGracePeriodSeconds: Invalid value: 5: field is immutable" in grace.message
    api.delete("a")
    kept = api.merge("a", {"metadata": {"deletionTimestamp": None, "deletionGracePeriodSeconds": None}})
    assert kept.body["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:00Z"
    assert kept.body["metadata"]["deletionGracePeriodSeconds"] == 0


def test_the_last_finalizer_takes_the_object_with_it(api: Any) -> None:
    """Its removal deletes at once: the answer shows the object, watches see DELETED and no MODIFIED."""
    api.create("a", finalizers=["a/b", "c/d"])
    api.delete("a")
    watch = api.watch("fieldSelector=metadata.name%3Da")
    watch.events()
    one = api.merge("a", {"metadata": {"finalizers": ["c/d"]}}).body["metadata"]
    last = api.merge("a", {"metadata": {"finalizers": []}}).body["metadata"]

    assert int(last["resourceVersion"]) == int(one["resourceVersion"]) + 1
    assert "finalizers" not in last
    assert watch.told() == [("MODIFIED", "a"), ("DELETED", "a")]
    assert api.get("a").status == 404


def test_repeated_owners_are_taken_out_with_a_warning(api: Any) -> None:
    """Create and update drop an owner that stands there twice; a patch says that it happened later."""
    owner = {"apiVersion": "v1", "kind": "K", "name": "n", "uid": "u"}
    other = {**owner, "controller": True}
    created = api.create("a", ownerReferences=[owner, other, owner])
    assert created.body["metadata"]["ownerReferences"] == [owner, other]
    assert created.warnings[0].startswith('299 - ".metadata.ownerReferences contains duplicate entries; ')
    patched = api.merge("a", {"metadata": {"ownerReferences": [owner, owner]}})
    assert "contains duplicate entries after mutating admission happens; " in patched.warnings[0]
    assert patched.body["metadata"]["ownerReferences"] == [owner]


def test_names_must_fit_the_url(api: Any) -> None:
    """A body without a name, or with another one, is a 400 through both paths."""
    api.create("a")
    for subresource in ("", "/status"):
        nameless = api.call("PUT", f"{PATH}/a{subresource}", body={"metadata": {}})
        assert nameless.message == ("the name of the object (a based on URL) was undeterminable: name must be provided")
        other = api.call("PUT", f"{PATH}/a{subresource}", body={"metadata": {"name": "b"}})
        assert other.message == "the name of the object (b) does not match the name on the URL (a)"


def test_the_manager_is_the_parameter_or_the_program(api: Any) -> None:
    """Without fieldManager the User-Agent names the manager."""
    assert api.create("a").body["metadata"]["managedFields"][0]["manager"] == "tests"
    named = api.create("b", "fieldManager=me").body
    assert named["metadata"]["managedFields"][0]["manager"] == "me"


def test_bytes_that_are_no_text_may_name_a_manager(api: Any) -> None:
    """A byte that is no UTF-8 counts as a printable letter of one byte, and is shown as U+FFFD."""
    assert api.create("a", "fieldManager=m%FF").body["metadata"]["managedFields"][0]["manager"] == "m\ufffd"
    refused = api.create("b", "fieldManager=%FF%00")
    problem = r'fieldManager: Invalid value: "\xff\x00": invalid character U+0000 (at position 1)'
    assert refused.message == f'CreateOptions.meta.k8s.io "" is invalid: {problem}'


def test_a_status_write_keeps_pid_and_start_time_alone(api: Any) -> None:
    """done, error and targets are the controller's, in a commit of its own that follows."""
    api.create("a")
    value = api.get("a").body
    value["status"].update(pid=7, startTime="2025-01-01T00:00:00.000001Z", done=True, error="x", targets=None)
    value["spec"]["tiltfilePath"] = "/ignored"
    answered = api.put(value, subresource="/status").body
    assert (answered["status"]["done"], answered["status"]["targets"]) == (True, None)
    settled = api.get("a").body
    assert int(settled["metadata"]["resourceVersion"]) == int(answered["metadata"]["resourceVersion"]) + 1
    assert (settled["status"]["pid"], settled["status"]["startTime"]) == (7, "2025-01-01T00:00:00.000001Z")
    assert (settled["status"]["done"], len(settled["status"]["targets"])) == (False, 1)
    assert settled["spec"]["tiltfilePath"] == "/w/Tiltfile"


def test_empty_maps_and_lists_are_no_change(api: Any) -> None:
    """Labels and annotations that are empty are not stored, so that writing them changes nothing."""
    api.create("a", labels={}, finalizers=[])
    before = api.get("a").body

    after = api.merge("a", {"metadata": {"labels": {}, "annotations": {}, "ownerReferences": []}}).body

    assert after["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]
    assert "labels" not in after["metadata"]


def test_a_body_that_is_too_large_is_refused_where_it_is_read(api: Any) -> None:
    """413 comes after 406 and, on create, after 415, but before everything else; a get does not read its body."""
    huge = b"x" * ((20 << 20) + 1)
    refused = api.call("PUT", f"{PATH}/a", "dryRun=x", huge)
    assert (refused.status, refused.message) == (413, "Request entity too large: limit is 20971520")
    assert api.call("POST", PATH, "", huge, content_type="text/plain").status == 415
    assert api.call("PUT", f"{PATH}/a", "", huge, accept="text/html").status == 406
    assert api.call("GET", f"{PATH}/Tiltfile", "", huge).status == 200


def test_options_are_told_before_the_type_of_an_updates_body(api: Any) -> None:
    """An update's handler looks at its options first, a create's at the body's type."""
    assert api.call("PUT", f"{PATH}/a", "dryRun=x", b"x", content_type="text/plain").status == 422
    assert api.call("POST", PATH, "dryRun=x", b"x", content_type="text/plain").status == 415


def test_protobuf_answers_come_too_late_for_a_write(api: Any) -> None:
    """The write is done before it turns out that it cannot be shown."""
    protobuf = "application/vnd.kubernetes.protobuf"
    body = {"metadata": {"name": "a"}, "spec": {"tiltfilePath": "/w", "exitCondition": "manual"}}
    assert api.call("POST", PATH, "", body, accept=protobuf).status == 406
    assert api.get("a").status == 200
    assert api.call("DELETE", f"{PATH}/a", accept=protobuf).status == 406
    assert api.get("a").status == 404


def test_warnings_accompany_refusals(api: Any) -> None:
    """What was found while the body was read is told although the write is refused."""
    refused = api.create("a", spec={"tiltfilepath": "/w", "exitCondition": "manual"})

    assert (refused.status, refused.warnings) == (422, ['299 - "unknown field \\"spec.tiltfilepath\\""'])


def test_an_apply_to_nothing_tells_what_stands_in_its_way(api: Any) -> None:
    """Uid, name and version are compared before Tilt's store gives up."""

    def apply(meta: str) -> Any:
        body = f"apiVersion: tilt.dev/v1alpha1\nkind: Session\nmetadata: {{{meta}}}\n".encode()
        kind = "application/apply-patch+yaml"
        return api.call("PATCH", f"{PATH}/a", "fieldManager=m", body, content_type=kind)

    assert apply("name: a, uid: u").status == 409
    assert apply("name: b").status == 400
    assert apply("name: a, resourceVersion: '7'").status == 409
    assert apply("name: a, resourceVersion: x").status == 500
    assert apply("name: a").message == "object does not implement the Object interfaces"
