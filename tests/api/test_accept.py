"""How Kubernetes reads an Accept header."""

import pytest

from pytest_tiltsession.api import accept, documents

V2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
V2BETA1 = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"


def _types(header):
    return [f"{clause.type}/{clause.subtype}" for clause in accept.parse(header)]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ("application/json", ["application/json"]),
        ("*", ["*/*"]),
        ("json", []),
        ("a/b/c, application/json", ["application/json"]),
        ("application/json;q=0.5,application/yaml", ["application/yaml", "application/json"]),
        ("*/*, application/json", ["application/json", "*/*"]),
        ("application/*, application/yaml", ["application/yaml", "application/*"]),
        ("text/a, text/b, text/c", ["text/a", "text/b", "text/c"]),
    ],
)
def test_clauses_are_sorted_by_quality_and_by_how_much_they_name(header, expected):
    """Better quality comes first, then named types before wildcards, then the order of the header."""
    assert _types(header) == expected


def test_a_named_type_stands_before_a_wildcard_of_better_quality():
    """Kubernetes' comparison lets a named type pass a wildcard even where its quality is lower."""
    assert _types("*/*;q=0.9, application/yaml;q=0.1") == ["application/yaml", "*/*"]


@pytest.mark.parametrize(("text", "expected"), [("0.5", 0.5), ("1", 1.0), ("", 1.0), ("x", 0.0), (" 0.5", 0.0)])
def test_a_quality_that_go_cannot_read_is_zero(text, expected):
    """A quality that is no number, or has a space in front, counts as 0; an empty one as none."""
    assert accept.parse(f"application/json;q={text}")[0].quality == expected


def test_parameters_are_kept_without_the_quality():
    """Parameters of a clause are kept, trimmed; those without a value, or with two, are not."""
    (clause,) = accept.parse("application/json; as=Table ;v=v1; x; y=a=b; q=0.3")

    assert clause.params == {"as": "Table", "v": "v1"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (V2, documents.JSON),
        (f"{V2},application/json", documents.JSON),
        (f"application/json,{V2}", documents.JSON),
        (f"{V2};profile=nopeer,application/json", documents.JSON),
        (f"{V2BETA1},{V2}", documents.JSON),
        (V2.replace("json", "yaml"), documents.YAML),
        (V2.replace("application/json", "*/*"), documents.JSON),
        (f"{V2};q=0.1,{V2.replace('json', 'yaml')}", documents.YAML),
        ("", None),
        ("application/json", None),
        (V2BETA1, None),
        (V2.replace(";as=APIGroupDiscoveryList", ""), None),
        (V2.replace("v2", "v3"), None),
        (V2.replace("json", "cbor"), None),
        (f"{V2};stream=other", None),
        (f"{V2};sv=1", None),
    ],
)
def test_aggregated_discovery_is_given_to_whoever_asks_for_its_second_version(header, expected):
    """One clause that names v2 of the aggregated form suffices, wherever it stands; v2beta1 is served no more."""
    assert accept.aggregated(header, documents.OBJECT_TYPES) == expected
