"""How the OpenAPI documents are asked for and answered."""

import gzip
import json
import pathlib

import pytest

from pytest_tiltsession.api import messages, openapi, openapi_contents

RECORDED = pathlib.Path(__file__).parents[1] / "recorded" / "discovery.json"
INDEX = json.loads(RECORDED.read_text("utf-8"))["/openapi/v3"]
SESSIONS = "apis/tilt.dev/v1alpha1"
V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
V3_PROTOBUF = "application/com.github.proto-openapi.spec.v3.v1.0+protobuf"
NOW = 1_795_500_224


def _answer(path, query="", method="GET", **headers):
    sent = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return openapi.answer(messages.Request(method, path, query, sent), NOW)


def test_the_tag_of_the_index_is_made_as_tilt_makes_it():
    """The recorded tag is the SHA-512 of the recorded bytes."""
    content = openapi_contents.as_json(INDEX["body"])

    assert f'"{content.tag}"' == INDEX["headers"]["Etag"]


def test_the_index_names_the_documents_with_their_hashes():
    """The index has the recorded paths and headers, and each address in it leads to the document it hashes."""
    answer = _answer("/openapi/v3")
    paths = json.loads(answer.body)["paths"]

    assert list(paths) == list(INDEX["body"]["paths"])
    assert {name for name, _ in answer.headers} == set(INDEX["headers"]) - {"Audit-Id", "Content-Length", "Date"}
    assert dict(answer.headers)["Last-Modified"] == "Tue, 24 Nov 2026 06:03:44 GMT"
    for root, entry in paths.items():
        path, _, query = entry["serverRelativeURL"].partition("?")
        assert path == f"/openapi/v3/{root}"
        assert _answer(path, query).body == openapi_contents.v3(root).body


def test_a_document_asked_for_by_its_hash_may_be_kept():
    """With the right hash the answer is public, immutable and good for a year; without one it is not to be kept."""
    by_hash = dict(_answer(f"/openapi/v3/{SESSIONS}", f"hash={openapi_contents.v3(SESSIONS).tag}").headers)
    plain = dict(_answer(f"/openapi/v3/{SESSIONS}").headers)

    assert (by_hash["Cache-Control"], by_hash["Expires"]) == ("public, immutable", "Wed, 24 Nov 2027 06:03:44 GMT")
    assert (plain["Cache-Control"], plain.get("Expires")) == ("no-cache, private", None)


def test_a_wrong_hash_is_redirected_to_the_right_one():
    """A client with an old hash is sent to the document as it now is."""
    answer = _answer(f"/openapi/v3/{SESSIONS}", "timeout=32s&hash=0123")

    assert (answer.status, answer.body) == (301, b"")
    assert dict(answer.headers)["Location"] == f"/openapi/v3/{SESSIONS}?hash={openapi_contents.v3(SESSIONS).tag}"


@pytest.mark.parametrize(
    ("encoding", "compressed"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("deflate", False), ("*", False), ("", False)],
)
def test_the_second_version_is_compressed_for_whom_asks(encoding, compressed):
    """It alone is, and says so to caches; a compressed document is too long to be counted before it is sent."""
    plain, answer = _answer("/openapi/v2"), _answer("/openapi/v2", accept_encoding=encoding)
    headers = [pair for pair in answer.headers if pair[0] in ("Content-Encoding", "Vary")]
    assert headers[:2] == [("Vary", "Accept-Encoding"), ("Vary", "Accept")]
    assert headers[2:] == ([("Content-Encoding", "gzip")] if compressed else [])
    assert (gzip.decompress(answer.body) if compressed else answer.body) == plain.body
    assert answer.measured is not compressed
    assert _answer(f"/openapi/v3/{SESSIONS}", accept_encoding=encoding) == _answer(f"/openapi/v3/{SESSIONS}")


@pytest.mark.parametrize("path", ["/openapi/v3/apis/nosuch", "/openapi/v3/", f"/openapi/v3/{SESSIONS}/"])
def test_an_unknown_document_is_an_empty_success(path):
    """Tilt answers 200 with nothing, not even a content type."""
    assert _answer(path) == messages.Response(200, (("Cache-Control", "no-cache, private"), ("Vary", "Accept")))


@pytest.mark.parametrize("path", ["/openapi/v2", "/openapi/v3", f"/openapi/v3/{SESSIONS}"])
@pytest.mark.parametrize("form", ['"{}"', 'W/"{}"', '"a", "{}"', "*"])
def test_a_client_that_has_a_document_is_told_so(path, form):
    """A tag that matches gives 304 without body, content type and date of change."""
    tag = dict(_answer(path).headers)["Etag"].strip('"')

    answer = _answer(path, if_none_match=form.format(tag))

    assert (answer.status, answer.body) == (304, b"")
    assert {"Content-Type", "Last-Modified"}.isdisjoint(dict(answer.headers))
    assert _answer(path, if_none_match='"other"').status == 200
    assert _answer(path, method="POST", if_none_match=form.format(tag)).status == 412


@pytest.mark.parametrize("path", ["/openapi/v2", f"/openapi/v3/{SESSIONS}"])
@pytest.mark.parametrize(
    ("accepted", "protobuf"),
    [
        ("", False),
        ("*/*", False),
        ("application/*", False),
        ("application/json;as=Table, text/html", False),
        ("{}", True),
        ("{},application/json", True),
        ("application/json;q=0.5,{}", True),
    ],
)
def test_the_form_follows_the_accept_header(path, accepted, protobuf):
    """JSON unless protobuf is asked for first, in the new or the old spelling; both forms have one tag."""
    spelled = V2_PROTOBUF if path == "/openapi/v2" else V3_PROTOBUF
    for spelling in (spelled, spelled.replace(".v1.0", "@v1.0")):
        answer = _answer(path, accept=accepted.format(spelling))

        assert dict(answer.headers)["Content-Type"] == (spelled if protobuf else "application/json")
        assert answer.body.startswith(b"{") is not protobuf
        assert dict(answer.headers)["Etag"] == dict(_answer(path).headers)["Etag"]
        assert ("Vary", "Accept") in answer.headers


@pytest.mark.parametrize("path", ["/openapi/v2", f"/openapi/v3/{SESSIONS}", "/openapi/v3/apis/nosuch"])
def test_other_forms_are_not_acceptable(path):
    """An Accept that names neither JSON nor protobuf is refused with 406 and nothing else."""
    answer = _answer(path, accept="text/html, application/yaml")

    assert (answer.status, answer.body) == (406, b"")


def test_an_accept_that_names_no_type_is_an_empty_success_below_v3():
    """Kubernetes gives up before it has found that the header accepts nothing."""
    assert _answer(f"/openapi/v3/{SESSIONS}", accept="json").body == b""
    assert _answer("/openapi/v2", accept="json").status == 406


@pytest.mark.parametrize("path", ["/openapi", "/openapi/", "/openapi/v2/", "/openapi/v4", "/openapi/v33"])
def test_other_paths_are_left_to_others(path):
    """Nothing is answered for a path that is none of OpenAPI's."""
    assert _answer(path) is None
