"""Gets and lists beyond the recorded stories."""

import json
from typing import Any

PATH = "/apis/tilt.dev/v1alpha1/sessions"
PARTIAL = "application/json;as=PartialObjectMetadata{};v=v1;g=meta.k8s.io"


def test_lists_are_in_the_order_of_names_by_bytes(api: Any) -> None:
    """The order is the same in every call: upper case first, other scripts last."""
    for name in ("b", "B", "é", "a-1", "a"):
        api.create(name)

    assert api.get().names == api.get().names == ["B", "Tiltfile", "a", "a-1", "b", "é"]


def test_a_lists_version_is_the_counter(api: Any) -> None:
    """The list shows the newest version that there is, whatever is selected."""
    api.create("a")
    newest = api.get("a").body["metadata"]["resourceVersion"]

    assert api.get("", "labelSelector=none").body["metadata"] == {"resourceVersion": newest}


def test_export_is_refused(api: Any) -> None:
    """The parameter is gone from Kubernetes, with a word of farewell."""
    refused = api.get("Tiltfile", "export=1")

    assert (refused.status, refused.message) == (
        400, "the export parameter, deprecated since v1.14, is no longer supported",
    )  # fmt: skip
    assert api.get("Tiltfile", "export=false").status == 200


def test_a_list_gives_metadata_alone(api: Any) -> None:
    """Items and list are of meta.k8s.io; a list without items has none at all."""
    listed = api.get(accept=PARTIAL.format("List")).body
    assert (listed["kind"], listed["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
    assert [list(item) for item in listed["items"]] == [["kind", "apiVersion", "metadata"]]
    assert api.get("", "labelSelector=none", accept=PARTIAL.format("List")).body["items"] is None
    refused = api.get(accept=PARTIAL.format(""))
    assert refused.message == (
        "you requested PartialObjectMetadata, but the requested object is a list (*v1alpha1.SessionList)"
    )


def test_a_table_shows_what_is_included(api: Any) -> None:
    """Rows carry metadata, the whole object, or nothing."""
    table = "application/json;as=Table;v=v1;g=meta.k8s.io"
    kinds = {"": "PartialObjectMetadata", "Metadata": "PartialObjectMetadata", "Object": "Session"}
    for include, kind in kinds.items():
        (row,) = api.get("", f"includeObject={include}", accept=table).body["rows"]
        assert row["object"]["kind"] == kind
    (row,) = api.get("", "includeObject=None", accept=table).body["rows"]
    assert (row["cells"], row["object"]) == (["Tiltfile", "2026-01-01T00:00:00Z"], None)
    assert api.get("", "includeObject=x", accept=table).status == 400
    assert api.get("", "includeObject=x").status == 200


def test_big_answers_are_compressed_when_asked(api: Any) -> None:
    """More than 128 KiB is compressed for a client that accepts gzip without conditions."""
    api.create("big", spec={"tiltfilePath": "/" + "x" * 140_000, "exitCondition": "manual"})
    for accepted, compressed in (("gzip", True), ("deflate, gzip", True), ("gzip;q=1", False), ("", False)):
        seen = api.get("big", accept_encoding=accepted)
        assert (seen.headers.get("content-encoding") == "gzip", "vary" in seen.headers) == (compressed, compressed)
        assert (len(seen.raw) < 10_000) == compressed
    assert "content-encoding" not in api.get("Tiltfile", accept_encoding="gzip").headers


def test_pretty_json_has_no_final_newline(api: Any) -> None:
    """Compact bodies end with a newline, indented ones do not; both are the same value."""
    compact, pretty = api.get("Tiltfile"), api.get("Tiltfile", "pretty=1")

    assert compact.raw.endswith(b"}\n")
    assert compact.raw.count(b"\n") == 1
    assert pretty.raw.endswith(b"\n}")
    assert json.loads(compact.raw) == json.loads(pretty.raw)


def test_a_get_on_the_status_shows_the_whole_object(api: Any) -> None:
    """There is no Table of a status, but its metadata alone."""
    assert api.get("Tiltfile/status").body == api.get("Tiltfile").body
    assert api.get("Tiltfile/status", accept=PARTIAL.format("")).body["kind"] == "PartialObjectMetadata"
    assert api.get("Tiltfile/status", accept="application/json;as=Table;v=v1;g=meta.k8s.io").status == 406
