"""Each point in which the two profiles write differently, in both of them."""

import re
from typing import Any

from pytest_tiltsession.engine import changes
from pytest_tiltsession.models import session

PATH = "/apis/tilt.dev/v1alpha1/sessions"


def test_dry_run(api: Any, strict: Any) -> None:
    """dryRun=All takes effect on Tilt; on Kubernetes the answer shows it and nothing is stored."""
    assert api.create("a", "dryRun=All").status == strict.create("a", "dryRun=All").status == 201
    assert api.get("a").status == 200
    assert strict.get("a").status == 404

    strict.create("b")
    before = strict.get("b").body
    watch = strict.watch("fieldSelector=metadata.name%3Db")
    watch.events()
    assert strict.merge("b", {"metadata": {"labels": {"x": "y"}}}, "dryRun=All").body["metadata"]["labels"] == {
        "x": "y"
    }
    assert strict.put({**before, "spec": {**before["spec"], "tiltfilePath": "/x"}}, "dryRun=All").status == 200
    assert strict.delete("b", "dryRun=All").status == 200
    assert strict.delete("", "dryRun=All").status == 200
    assert strict.get("b").body == before
    assert watch.events() == []


def test_preconditions(api: Any, strict: Any) -> None:
    """A wrong uid or resourceVersion in a delete is ignored by Tilt and a conflict on Kubernetes."""
    for server in (api, strict):
        server.create("a")
    wrong = {"preconditions": {"uid": "zzz"}}

    assert api.delete("a", body=wrong).status == 200
    refused = strict.delete("a", body=wrong)
    assert (refused.status, refused.body["details"]["kind"]) == (409, "Session")
    assert 'on Session.tilt.dev "a": the UID in the precondition (zzz) does not match ' in refused.message
    assert strict.delete("a", body={"preconditions": {"resourceVersion": "1"}}).status == 409
    meta = strict.get("a").body["metadata"]
    right = {"preconditions": {"uid": meta["uid"], "resourceVersion": meta["resourceVersion"]}}
    assert strict.delete("a", body=right).status == 200


def test_uid_preconditions(api: Any, strict: Any) -> None:
    """Another uid in a PUT is invalid on Tilt and a conflict on Kubernetes, also through the status; not in a patch."""
    for server, status, status_of_status in ((api, 422, 200), (strict, 409, 409)):
        server.create("a")
        value = server.get("a").body
        value["metadata"]["uid"] = "another"
        assert server.put(value).status == status
        refused = server.put(value, subresource="/status")
        assert refused.status == status_of_status
        assert server.merge("a", {"metadata": {"uid": "another"}}).status == 422
    assert "Key: /registry/tilt.dev/sessions/a, ResourceVersion: 0, AdditionalErrorMsg: Pre" in refused.message


def test_unconditional_update(api: Any, strict: Any) -> None:
    """An update without resourceVersion, or with 0, conflicts on Tilt and is done on Kubernetes."""
    for server, status in ((api, 409), (strict, 200)):
        server.create("a")
        value = server.get("a").body
        del value["metadata"]["resourceVersion"]
        value["spec"]["tiltfilePath"] = "/other"
        assert server.put(value).status == status
        assert server.put(value, subresource="/status").status == status
        for version in (None, "", "0", "00"):
            assert server.merge("a", {"metadata": {"resourceVersion": version}}).status == status
    assert strict.get("a").body["spec"]["tiltfilePath"] == "/other"


def test_update_validation(api: Any, strict: Any) -> None:
    """An exitCondition that there is not can be written to Tilt, which then is done with an error."""
    for server, status in ((api, 200), (strict, 422)):
        server.create("a")
        assert server.merge("a", {"spec": {"exitCondition": "bogus"}}).status == status
    assert api.done == [("a", "unsupported exit condition: bogus")]
    assert strict.done == []


def test_field_paths(api: Any, strict: Any) -> None:
    """Causes of an invalid spec name the field within the spec on Tilt, and the whole path on Kubernetes."""
    for server, field in ((api, "exitCondition"), (strict, "spec.exitCondition")):
        found = server.create("a", spec={"tiltfilePath": "/w", "exitCondition": "x"}).body
        assert [cause["field"] for cause in found["details"]["causes"]] == [field]


def test_generated_names(api: Any, strict: Any) -> None:
    """generateName alone is a 500 on Tilt; Kubernetes appends five characters, others each time."""
    refused = api.create("", generateName="run-")
    assert (refused.status, refused.message) == (500, "Internal error occurred: metadata.name was not generated")
    names = {strict.create("", generateName="run-").body["metadata"]["name"] for _ in range(5)}
    assert len(names) == 5
    assert all(re.fullmatch("run-[bcdfghjklmnpqrstvwxz2456789]{5}", name) for name in names)
    for server, told in ((api, ""), (strict, ", the server was not able to generate a unique name for the object")):
        server.create("a", generateName="run-")
        taken = server.create("a", generateName="run-")
        assert (taken.status, taken.message) == (409, f'sessions.tilt.dev "a" already exists{told}')
        assert taken.headers.get("retry-after") == ("1" if told else None)


def test_version_on_create(api: Any, strict: Any) -> None:
    """A resourceVersion in a create is ignored by Tilt and refused by Kubernetes."""
    assert api.create("a", resourceVersion="7").status == 201
    assert strict.create("a", resourceVersion="7").status == 400
    assert strict.create("a", resourceVersion="0").status == 201


def test_status_on_create(api: Any, strict: Any) -> None:
    """A status in a create shows on Tilt; on Kubernetes it is dropped, and nobody manages it."""
    shown = api.create("a", status={"pid": 7}).body
    assert shown["status"]["pid"] == 7
    dropped = strict.create("a", status={"pid": 7}).body
    assert dropped["status"]["pid"] == 0
    assert "f:status" not in dropped["metadata"]["managedFields"][0]["fieldsV1"]


def test_apply_creates(api: Any, strict: Any) -> None:
    """Server-side apply of what is not there is a 500 on Tilt and creates on Kubernetes."""
    body = b"apiVersion: tilt.dev/v1alpha1\nkind: Session\nmetadata: {name: a}\n"
    body += b"spec: {tiltfilePath: /a, exitCondition: manual}\n"

    def apply(server: Any, content: bytes = body, path: str = "/a", query: str = "") -> Any:
        kind = "application/apply-patch+yaml"
        return server.call("PATCH", PATH + path, f"fieldManager=m{query}", content, content_type=kind)

    assert (apply(api).status, apply(api).message) == (500, "object does not implement the Object interfaces")
    assert apply(strict, query="&dryRun=All").status == 201
    assert strict.get("a").status == 404
    created = apply(strict)
    assert created.status == 201
    assert created.body["metadata"]["managedFields"][0]["operation"] == "Apply"
    assert [apply(server, b"kind: x", "/b/status").status for server in (api, strict)] == [400, 404]
    assert created.body["metadata"]["uid"]
    assert apply(strict).status == 200
    versioned = body.replace(b"name: a", b"name: v, resourceVersion: '7'")
    assert [apply(server, versioned, "/v").status for server in (api, strict)] == [409, 201]
    assert apply(strict, body.replace(b"manual", b"bogus").replace(b"name: a", b"name: b"), "/b").status == 422
    assert apply(strict, body.replace(b"name: a", b"name: c"), "/c/status").status == 404


def test_generation(api: Any, strict: Any) -> None:
    """Tilt keeps what the client sent as generation; Kubernetes counts the changes of the spec."""
    for server, first, second, third in ((api, 9, 9, 9), (strict, 1, 1, 2)):
        created = server.create("a", generation=9).body
        assert created["metadata"]["generation"] == first
        assert server.merge("a", {"metadata": {"labels": {"a": "b"}}}).body["metadata"]["generation"] == second
        assert server.merge("a", {"spec": {"tiltfilePath": "/x"}}).body["metadata"]["generation"] == third
    assert "generation" not in api.create("b").body["metadata"]


def test_self_links(api: Any, strict: Any) -> None:
    """Tilt keeps a selfLink that an update brings; Kubernetes drops it, as both do on create."""
    for server, kept in ((api, "/x"), (strict, None)):
        assert "selfLink" not in server.create("a", selfLink="/x").body["metadata"]
        assert server.merge("a", {"metadata": {"selfLink": "/x"}}).body["metadata"].get("selfLink") == kept
        assert server.get("a").body["metadata"].get("selfLink") == kept


def test_generation_of_the_tiltfile(api: Any, strict: Any) -> None:
    """Tilt's own Session has no generation on Tilt; on Kubernetes it counts what Tilt and clients make of its spec."""
    for server, told in ((api, [None, None, None]), (strict, [1, 2, 4])):
        seen = [server.get("Tiltfile").body["metadata"].get("generation")]
        spec = session.SessionSpec("/app/Tiltfile", "ci")
        server.gate.submit(changes.TiltChange(spec=spec))
        seen.append(server.get("Tiltfile").body["metadata"].get("generation"))
        server.merge("Tiltfile", {"spec": {"exitCondition": "manual"}})
        server.gate.submit(changes.TiltChange(labels={"a": "b"}))
        assert server.get("Tiltfile").body["spec"]["exitCondition"] == "ci"
        seen.append(server.get("Tiltfile").body["metadata"].get("generation"))
        assert seen == told


def test_managed_status(api: Any, strict: Any) -> None:
    """A write to the status leaves no managed fields on Tilt, and an entry of its own on Kubernetes."""
    for server, subresources in ((api, [None]), (strict, [None, "status"])):
        server.create("a")
        shown = server.merge("a", {"status": {"pid": 5}}, subresource="/status").body
        assert shown["status"]["pid"] == 5
        assert [entry.get("subresource") for entry in shown["metadata"]["managedFields"]] == subresources


def test_managed_ignored(api: Any, strict: Any) -> None:
    """A status sent to the main resource is ignored by both, but Tilt notes who sent it and moves the version on."""
    for server, moved in ((api, True), (strict, False)):
        server.create("a")
        before = server.get("a").body
        after = server.merge("a", {"status": {"pid": 5}}).body
        assert after["status"]["pid"] == 0
        assert (after["metadata"]["resourceVersion"] != before["metadata"]["resourceVersion"]) == moved
        assert ("f:status" in after["metadata"]["managedFields"][0]["fieldsV1"]) == moved


def test_quiet_no_ops(api: Any, strict: Any) -> None:
    """A write that changes nothing is a MODIFIED event on Tilt, with the same version, and no event on Kubernetes."""
    for server, types in ((api, ["MODIFIED"] * 3), (strict, [])):
        server.create("a", finalizers=["a/b"])
        server.delete("a")
        value = server.get("a").body
        watch = server.watch("fieldSelector=metadata.name%3Da")
        watch.events()
        assert server.put(value).body == value
        assert server.merge("a", {}).body == value
        assert server.delete("a").body == value
        events = watch.events()
        assert [event["type"] for event in events] == types
        assert all(event["object"] == value for event in events)


def test_delete_status(api: Any, strict: Any) -> None:
    """A delete is answered with the Session on Tilt, and with a Status on Kubernetes once it is done."""
    for server in (api, strict):
        server.create("a")
        server.create("held", finalizers=["a/b"])
    value = api.get("a").body
    assert api.delete("a").body == value
    uid = strict.get("a").body["metadata"]["uid"]
    details = {"name": "a", "group": "tilt.dev", "kind": "sessions", "uid": uid}
    expected = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
    assert strict.delete("a").body == expected
    assert strict.delete("held").body["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:00Z"


def test_delete_version(api: Any, strict: Any) -> None:
    """A delete moves the counter on Kubernetes only, where the DELETED event shows the new version."""
    for server, step in ((api, 0), (strict, 1)):
        server.create("a")
        watch = server.watch("fieldSelector=metadata.name%3Da")
        before = int(server.get().body["metadata"]["resourceVersion"])
        last = int(server.get("a").body["metadata"]["resourceVersion"])
        server.delete("a")
        assert int(server.get().body["metadata"]["resourceVersion"]) == before + step
        assert int(watch.events()[-1]["object"]["metadata"]["resourceVersion"]) == last + step


def test_delete_version_of_the_tiltfile(api: Any, strict: Any) -> None:
    """When Tilt itself removes its Session, a watch from the version before learns of it on Kubernetes."""
    for server, step in ((api, 0), (strict, 1)):
        before = server.get().body["metadata"]["resourceVersion"]
        server.gate.submit(changes.TiltChange(session="absent"))
        assert int(server.get().body["metadata"]["resourceVersion"]) == int(before) + step
    watch = strict.watch(f"resourceVersion={before}")
    assert watch.told() == [("DELETED", "Tiltfile")]


def test_collection_status(api: Any, strict: Any) -> None:
    """deletecollection is answered with a list of what was removed on Tilt, and with a Status on Kubernetes."""
    for server in (api, strict):
        server.create("a", labels={"g": "1"})
    assert api.delete("", "labelSelector=g").names == ["a"]
    assert strict.delete("", "labelSelector=g").body["status"] == "Success"


def test_collection_finalizers(api: Any, strict: Any) -> None:
    """Finalizers hold a Session against deletecollection on Kubernetes only."""
    for server, status in ((api, 404), (strict, 200)):
        server.create("a", labels={"g": "1"}, finalizers=["a/b"])
        assert server.delete("", "labelSelector=g").status == 200
        assert server.get("a").status == status
    assert "deletionTimestamp" in strict.get("a").body["metadata"]


def test_collection_events(api: Any, strict: Any) -> None:
    """deletecollection sends no events on Tilt; on Kubernetes each Session has its own."""
    for server, told in ((api, []), (strict, [("DELETED", "a"), ("MODIFIED", "b")])):
        server.create("a", labels={"g": "1"})
        server.create("b", labels={"g": "1"}, finalizers=["a/b"])
        watch = server.watch("labelSelector=g")
        watch.events()
        server.delete("", "labelSelector=g")
        assert watch.told() == told
