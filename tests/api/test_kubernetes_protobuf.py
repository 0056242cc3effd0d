"""Discovery documents and refusals in Kubernetes' protobuf."""

import base64
import json
import pathlib

from pytest_tiltsession.api import discovery, kubernetes_protobuf

STORIES = pathlib.Path(__file__).parents[1] / "recorded" / "stories" / "stories.jsonl"


def _recorded_bodies():
    with STORIES.open(encoding="utf-8") as lines:
        steps = [step for line in lines for step in json.loads(line)["steps"]]
    found = {step["expect"]["body_base64"] for step in steps if "body_base64" in step.get("expect", {})}
    return {base64.b64decode(body) for body in found}


def _refusal(reason, code, message, **details):
    refusal = {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": reason, "code": code,
    }  # fmt: skip
    return {**refusal, "details": details} if details else refusal


def test_refusals_are_written_as_recorded():
    """The refusals that a real Tilt wrote as protobuf are written byte for byte."""
    unable = (
        "object *v1alpha1.{} does not implement the protobuf marshalling interface "
        "and cannot be encoded to a protobuf message"
    )
    refusals = [
        _refusal("NotAcceptable", 406, unable.format("Session")),
        _refusal("NotAcceptable", 406, unable.format("SessionList")),
        _refusal(
            "NotFound", 404, 'sessions.tilt.dev "nosuch" not found', name="nosuch", group="tilt.dev", kind="sessions"
        ),
    ]

    assert {kubernetes_protobuf.encode(refusal) for refusal in refusals} == _recorded_bodies()


def test_refusals_keep_their_details():
    """Details and causes are written with all their plain fields."""
    refusal = _refusal("Conflict", 409, "m", name="x", causes=[{"field": "f"}])

    assert bytes.fromhex("2a140a0178 1200 1a00 22070a0012001a0166 2800 3200") in kubernetes_protobuf.encode(refusal)


def test_the_list_of_groups_has_no_version():
    """The envelope of a group list says what it is with an empty apiVersion, as its JSON leaves it out."""
    written = kubernetes_protobuf.encode(discovery.groups("h:1"))

    assert written.startswith(b"k8s\x00\x0a\x10\x0a\x00\x12\x0cAPIGroupList\x12")
    assert written.endswith(b"\x0a\x090.0.0.0/0\x12\x03h:1\x1a\x00\x22\x00")


def test_a_group_is_written_with_its_versions():
    """Name, versions and the preferred version of a group are fields 1, 2 and 3."""
    version = b"\x0a\x11tilt.dev/v1alpha1\x12\x08v1alpha1"
    content = b"\x0a\x08tilt.dev\x12\x1d" + version + b"\x1a\x1d" + version

    assert content in kubernetes_protobuf.encode(discovery.group())


def test_resources_are_written_with_verbs_in_a_message_of_their_own():
    """The verbs of a resource are field 1 of field 4; empty texts are written."""
    status = (
        b"\x0a\x0fsessions/status\x10\x00\x1a\x07Session\x22\x14\x0a\x03get\x0a\x05patch\x0a\x06update"
        b"\x32\x00\x42\x00\x4a\x00\x52\x00"
    )

    assert status in kubernetes_protobuf.encode(discovery.resources())


def test_aggregated_discovery_is_written_with_its_subresources():
    """A subresource tells its kind and verbs; the group's metadata is written as Kubernetes writes an empty one."""
    written = kubernetes_protobuf.encode(discovery.aggregated_groups())
    kind = b"\x12\x0d\x0a\x00\x12\x00\x1a\x07Session"

    assert b"\x0a\x06status" + kind + b"\x22\x03get\x22\x05patch\x22\x06update" in written
    assert b"\x0a\x08tilt.dev\x12\x00\x1a\x00\x22\x00\x2a\x00\x32\x00\x38\x00\x42\x00" in written
    assert b"\x1a\x07Current" in written
