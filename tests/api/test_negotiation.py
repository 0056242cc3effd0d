"""Which form answers and bodies take."""

import pytest

from pytest_tiltsession.api import documents, messages, negotiation, refusals

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


def patch_of(content_type: str | None) -> messages.Request:
    """Make a patch with a body of that Content-Type."""
    headers = () if content_type is None else (("content-type", content_type),)
    return messages.Request("PATCH", "/apis/tilt.dev/v1alpha1/sessions/x", "", headers, b"{}")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (None, documents.JSON),
        ("", documents.JSON),
        ("*/*", documents.JSON),
        ("application/*", documents.JSON),
        ("application/yaml", documents.YAML),
        ("application/json;q=0.5,application/yaml", documents.YAML),
        ("text/html,application/json", documents.JSON),
        ("application/json;stream=watch", documents.JSON),
        ("application/vnd.kubernetes.protobuf", documents.PROTOBUF),
        ("application/json;unknown=1", documents.JSON),
        ("application/json;sv=v1", documents.JSON),
    ],
)
def test_the_media_type_is_chosen(header: str | None, name: str) -> None:
    """The client's preference decides among the three that are served."""
    assert negotiation.output(header) == negotiation.MediaType(name)


@pytest.mark.parametrize(
    ("header", "convert", "version"),
    [
        (TABLE, "Table", "v1"),
        (f"{TABLE},application/json", "Table", "v1"),
        ("application/yaml;as=Table;v=v1beta1;g=meta.k8s.io", "Table", "v1beta1"),
        ("application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", "PartialObjectMetadata", "v1"),
        ("application/json;as=Table;v=v2;g=meta.k8s.io,application/json", "", ""),
        ("application/json;as=Pod;v=v1;g=meta.k8s.io,application/json", "", ""),
        ("application/json;as=Table;v=v1,application/json", "", ""),
    ],
)
def test_other_forms_are_chosen_by_their_parameters(header: str, convert: str, version: str) -> None:
    """A form that there is not is passed over for the next clause."""
    found = negotiation.output(header)

    assert (found.convert, found.version) == (convert, version)


@pytest.mark.parametrize(
    "header",
    [
        "application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io",
        "application/json;as=Table;v=v2;g=meta.k8s.io",
        "application/yaml;stream=watch",
        "application/json;stream=other",
        "application/json;sv=v2",
        "nothing",
    ],
)
def test_a_form_that_there_is_not_is_refused(header: str) -> None:
    """What no clause gives is a 406 with the types that are accepted."""
    with pytest.raises(refusals.Refusal) as refused:
        negotiation.output(header)

    assert refused.value.status.code == 406
    assert refused.value.status.message == (
        "only the following media types are accepted: "
        "application/json, application/yaml, application/vnd.kubernetes.protobuf"
    )


def test_a_status_has_no_table() -> None:
    """Where a path has no tables, the clause for one is passed over."""
    with pytest.raises(refusals.Refusal):
        negotiation.output(TABLE, tables=False)
    assert negotiation.output(f"{TABLE},application/json", tables=False).convert == ""


@pytest.mark.parametrize("header", ["application/yaml", "application/yaml,application/json"])
def test_a_preferred_yaml_refuses_a_watch(header: str) -> None:
    """Events are not written as YAML, and the second choice is not looked at."""
    with pytest.raises(refusals.Refusal) as refused:
        negotiation.output(header, streams=True)

    assert "application/json;stream=watch" in refused.value.status.message


@pytest.mark.parametrize("header", [None, "*/*", "text/html, application/json", "application/json;q=0"])
def test_the_router_lets_pass_what_a_path_offers(header: str | None) -> None:
    """Any clause with an offered type is enough."""
    negotiation.offered(header, documents.OBJECT_TYPES)


@pytest.mark.parametrize("header", ["text/html", "application/*", "application/cbor", "json"])
def test_the_router_refuses_the_rest(header: str) -> None:
    """The router knows no other wildcard than the whole one."""
    with pytest.raises(refusals.Refusal) as refused:
        negotiation.offered(header, documents.OBJECT_TYPES)

    assert refused.value.status.message.startswith("406: Not Acceptable\n\nAvailable representations: ")


@pytest.mark.parametrize(
    ("query", "agent", "pretty"),
    [
        ({}, "kit/1.0", False),
        ({}, "curl/8.0", True),
        ({}, "Wget/1", True),
        ({}, "Mozilla/5.0 (X11)", True),
        ({}, "Go-http-client/1.1", False),
        ({"pretty": ("true",)}, "kit", True),
        ({"pretty": ("1",)}, "kit", True),
        ({"pretty": ("yes",)}, "curl/8", False),
        ({"pretty": ("0",)}, "curl/8", False),
        ({"pretty": ("",)}, "curl/8", True),
        ({"pretty": ("false", "true")}, "kit", False),
    ],
)
def test_json_is_indented_for_people(query: dict[str, tuple[str, ...]], agent: str, pretty: bool) -> None:
    """The query decides, and without it the program that asks."""
    request = messages.Request("GET", "/", headers=(("user-agent", agent),))

    assert negotiation.wants_pretty(request, query) == pretty


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        ('application/json; a="b;c"; d=e', "application/json"),
        ("application/json;", "application/json"),
        ("application/json; charset", None),
        ("application/json; a=1; a=2", None),
        ("application/json, text/plain", None),
        ("/json", None),
        ("", None),
    ],
)
def test_media_types_are_parsed_as_go_does(header: str, name: str | None) -> None:
    """A malformed parameter makes the whole header worthless."""
    assert negotiation.parsed(header) == name


def test_a_body_without_a_type_is_json() -> None:
    """Many clients send none."""
    assert negotiation.body_type(None) == negotiation.body_type("") == documents.JSON


@pytest.mark.parametrize("header", ["text/plain", "text/yaml", "application/x-yaml", "application/json; charset"])
def test_other_bodies_are_refused(header: str) -> None:
    """What is not served is a 415 with the types that are."""
    with pytest.raises(refusals.Refusal) as refused:
        negotiation.body_type(header)

    assert (refused.value.status.code, refused.value.status.reason) == (415, "UnsupportedMediaType")


@pytest.mark.parametrize(
    "header",
    ["application/json-patch+json", "application/merge-patch+json; charset=utf-8", "application/apply-patch+yaml;"],
)
def test_patches_are_known_by_their_type(header: str) -> None:
    """Parameters do not matter."""
    negotiation.patch_offered(patch_of(header))
    assert negotiation.patch_type(header) == header.partition(";")[0]


@pytest.mark.parametrize("header", [None, "", "application/json", "application/apply-patch+cbor"])
def test_other_patches_are_refused(header: str | None) -> None:
    """A patch must say of which kind it is."""
    with pytest.raises(refusals.Refusal) as refused:
        negotiation.patch_offered(patch_of(header))

    assert refused.value.status.message == "415: Unsupported Media Type"


@pytest.mark.parametrize(
    ("method", "headers", "body", "message"),
    [
        ("PATCH", {"content-length": "0"}, b"", "406: Not Acceptable\n\nAvailable representations: "),
        ("PATCH", {}, b"", "415: Unsupported Media Type\n\nAvailable representations: "),
        (
            "PATCH",
            {"transfer-encoding": "chunked"},
            b"{}",
            "415: Unsupported Media Type\n\nAvailable representations: ",
        ),
        ("GET", {}, b"", "406: Not Acceptable\n\nAvailable representations: "),
        ("GET", {"content-length": "1"}, b"x", "415: Unsupported Media Type"),
    ],
)
def test_an_unread_type_without_an_announced_body_is_told_otherwise(
    method: str, headers: dict[str, str], body: bytes, message: str
) -> None:
    """The router refuses the type only where a length announces a body; else it finds nothing to answer with."""
    sent = (("content-type", "text/plain"), *headers.items())
    request = messages.Request(method, "/apis", "", sent, body)
    with pytest.raises(refusals.Refusal) as refused:
        negotiation.consumed(request, ("application/json",))

    assert refused.value.status.message == message
    assert f"{refused.value.status.code}: " == message[:5]


@pytest.mark.parametrize(
    "header", ["application/merge-patch+json ; charset=utf-8", "text/plain, application/json-patch+json"]
)
def test_a_patch_is_of_one_type_to_the_letter(header: str) -> None:
    """The router finds the type in a list, but what patches takes the header as a whole, and names its types."""
    negotiation.patch_offered(patch_of(header))
    with pytest.raises(refusals.Refusal) as refused:
        negotiation.patch_type(header)

    message = "the body of the request was in an unknown format - accepted media types include: "
    assert refused.value.status.message == message + ", ".join(negotiation.PATCH_TYPES)
    assert refused.value.status.code == 415
