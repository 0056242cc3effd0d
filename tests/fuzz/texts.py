"""Texts of JSON, YAML and protobuf, right and wrong, for the bodies of requests. Knows what a Session looks like."""

import json
from typing import Any

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]

NAMES = ("Tiltfile", "a", "b", "c", "ü", "A b", "x" * 300)
SPECIAL = (
    *(
        "",
        "..",
        "%",
        "a/b",
        "\x00",
        "a\nb",
        "\u2028<&>",
        "\U0001f600",
        "yes",
        "1e3",
        "null",
        "~",
        "- a",
        "#",
        "\x7f",
        "\x85",
    ),
    *("0", "-1", "abc", "9999999999999999999999", "30m0s", "1h", "-5s", "1e400", "2026-01-01T00:00:00Z"),
    *(
        "2026-01-01T00:00:00.000000Z",
        "2026-01-01T00:00:00.000000+23:59",
        "0001-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
    ),
)
_NUMBERS = (
    "0",
    "-0",
    "1",
    "-1",
    "4.5",
    "1e3",
    "1E+400",
    "-1e-400",
    "9223372036854775807",
    "-9223372036854775809",
    "01",
    "+1",
)
_WORDS = ("null", "true", "false", "NaN", "Infinity", "nul", "'a'", "")
_ESCAPED = (r'"\ud800"', r'"\udc00\ud800"', r'"\u0000"', r'"\x"', '"\n"', '"unended', r'"\u00e9\/\b"')

plain = st.sampled_from(NAMES) | st.sampled_from(SPECIAL)
label_keys = st.sampled_from(["a", "app", "tilt.dev/x", "a/b/c", "", "-", "x" * 64, "ü", "tilt.dev/resource"])


def quoted(text: str) -> str:
    """Write a text as JSON."""
    return json.dumps(text)


def scalars() -> Texts:
    """One value that is no list and no object."""
    return st.one_of(plain.map(quoted), st.sampled_from(_NUMBERS), st.sampled_from(_WORDS), st.sampled_from(_ESCAPED))


def values() -> Texts:
    """Any value."""
    return st.recursive(
        scalars(), lambda inner: arrays(inner) | objects(st.lists(pairs(plain, inner), max_size=3)), max_leaves=6
    )


def arrays(items: Texts) -> Texts:
    """A list of such items."""
    return st.lists(items, max_size=3).map(lambda found: f"[{','.join(found)}]")


def pairs(keys: st.SearchStrategy[str], inner: Texts) -> Texts:
    """A field."""
    return st.tuples(keys, inner).map(lambda pair: f"{quoted(pair[0])}:{pair[1]}")


def objects(fields: st.SearchStrategy[list[str]]) -> Texts:
    """An object with such fields, in that order, repetitions included."""
    return fields.map(lambda found: "{" + ",".join(found) + "}")


def mostly(right: Texts) -> Texts:
    """A right value, and now and then anything else."""
    return rarely(values(), right, 24)


def rarely(odd: st.SearchStrategy[Any], usual: st.SearchStrategy[Any], times: int) -> st.SearchStrategy[Any]:
    """Something odd once in so many times, else the usual; the usual is the simpler one."""
    return st.integers(1, times).flatmap(lambda number: odd if number == times else usual)


def _struct(required: dict[str, Texts], optional: dict[str, Texts]) -> Texts:
    """An object with the fields of a struct: some optional ones, now and then repeated, unknown or in another case."""
    odd = st.one_of(
        pairs(plain, values()),
        st.sampled_from([*required, *optional]).flatmap(lambda key: pairs(st.just(key.upper()), values())),
        st.sampled_from([*required, *optional]).flatmap(lambda key: pairs(st.just(key), values())),
    )
    chosen = [pairs(st.just(key), mostly(value)) for key, value in required.items()]
    listed = st.lists(st.sampled_from(sorted(optional)), max_size=3, unique=True) if optional else st.just([])
    extra = listed.flatmap(lambda keys: st.tuples(*(pairs(st.just(key), mostly(optional[key])) for key in keys)))
    odds = rarely(st.lists(odd, min_size=1, max_size=2), st.just([]), 16)
    return st.tuples(st.tuples(*chosen), extra, odds).map(
        lambda found: "{" + ",".join((*found[0], *found[1], *found[2])) + "}"
    )


def _text(*samples: str) -> Texts:
    return st.sampled_from(samples).map(quoted)


def string_maps() -> Texts:
    """Labels or annotations."""
    return objects(st.lists(pairs(label_keys, mostly(plain.map(quoted))), max_size=3))


_TIMES = _text(*(text for text in SPECIAL if "T" in text)) | st.just("null")
_DURATIONS = _text("30m", "1h0m0s", "0", "-5s", "1.5s", "9999999h", "", "1d", "5ns") | st.sampled_from(["null", "5"])
_OWNER = _struct(
    {"apiVersion": _text("v1", "tilt.dev/v1alpha1", ""), "kind": _text("Tiltfile", ""), "name": _text("o", "")},
    {
        "uid": _text("u1", "u2", ""),
        "controller": st.sampled_from(["true", "false"]),
        "blockOwnerDeletion": st.just("true"),
    },
)
_FIELDS_V1 = st.sampled_from(
    ['{"f:spec":{"f:tiltfilePath":{}}}', '{"f:metadata":{"f:labels":{".":{},"f:a":{}}}}', "{}", '{"x":1}', '{"k:{":{}}', '{"f:spec":1}']
)  # fmt: skip
_MANAGED = _struct(
    {"manager": plain.map(quoted), "operation": _text("Apply", "Update", "x"), "apiVersion": _text("tilt.dev/v1alpha1", "v1", "")},
    {"time": _TIMES, "fieldsType": _text("FieldsV1", "x"), "fieldsV1": _FIELDS_V1, "subresource": _text("status", "x")},
)  # fmt: skip


VERSION = "@version"  # stands for the resourceVersion that the Session of that name has when the request is sent
_VERSIONS = _text(*[VERSION] * 12, "", "0", "1", "2", "3", "04", "abc", "-1", "99999999999999999999")


def object_metas(names: Texts, *, versioned: bool = False) -> Texts:
    """Metadata with such a name; with a version, as an update needs it, if it is to be ``versioned``."""
    return _struct(
        {"name": names, "resourceVersion": _VERSIONS} if versioned else {"name": names},
        {
            "labels": string_maps(),
            "annotations": string_maps(),
            "finalizers": arrays(_text("a/b", "tilt.dev/x", "", "x", "foregroundDeletion", "orphan")),
            "ownerReferences": arrays(_OWNER),
            "managedFields": arrays(_MANAGED),
            "resourceVersion": _VERSIONS,
            "uid": plain.map(quoted),
            "generateName": plain.map(quoted),
            "generation": st.sampled_from(_NUMBERS),
            "creationTimestamp": _TIMES,
            "deletionTimestamp": _TIMES,
            "deletionGracePeriodSeconds": st.sampled_from(_NUMBERS),
            "namespace": plain.map(quoted),
            "selfLink": plain.map(quoted),
        },
    )


_CI = _struct({}, {"k8sGracePeriod": _DURATIONS, "timeout": _DURATIONS, "readinessTimeout": _DURATIONS}) | st.just(
    "null"
)
specs = _struct(
    {"tiltfilePath": _text("/w/Tiltfile", "relative", "", "\x00", "ü"), "exitCondition": _text("manual", "manual", "ci", "bogus", "")},
    {"ci": _CI},
)  # fmt: skip
_STATES = _struct(
    {},
    {
        "waiting": _struct({"waitReason": plain.map(quoted)}, {}),
        "active": _struct({"startTime": _TIMES, "ready": st.just("true"), "lastReadyTime": _TIMES}, {}),
        "terminated": _struct({"startTime": _TIMES}, {"finishTime": _TIMES, "error": plain.map(quoted), "graceStatus": _text("Tolerated", "x")}),
        "disabled": st.just("{}"),
    },
)  # fmt: skip
_TARGETS = _struct(
    {"name": plain.map(quoted), "type": _text("job", "server", ""), "resources": arrays(plain.map(quoted)), "state": _STATES}, {}
)  # fmt: skip
statuses = _struct(
    {},
    {
        "pid": st.sampled_from(_NUMBERS),
        "startTime": _TIMES,
        "targets": arrays(_TARGETS) | st.just("null"),
        "done": st.just("true"),
        "error": plain.map(quoted),
    },
)


_KINDS = rarely(_text("session", "Tiltfile", "DeleteOptions", "SessionList", ""), _text("Session"), 4)
_API_VERSIONS = rarely(_text("v1", "tilt.dev/v2", "a/b/c", "/", ""), _text("tilt.dev/v1alpha1"), 4)


def sessions(names: Texts, *, versioned: bool = False) -> Texts:
    """A Session with such a name, complete as a rule."""
    return _struct(
        {"metadata": object_metas(names, versioned=versioned), "spec": specs},
        {"status": statuses, "kind": _KINDS, "apiVersion": _API_VERSIONS},
    )


delete_options = _struct(
    {},
    {
        "kind": rarely(_text("Session", "Status", "x"), _text("DeleteOptions"), 6),
        "apiVersion": _text("v1", "v1", "meta.k8s.io/v1", "tilt.dev/v1alpha1", "x/y/z"),
        "gracePeriodSeconds": st.sampled_from(_NUMBERS),
        "preconditions": _struct({}, {"uid": plain.map(quoted), "resourceVersion": _text("1", "2", "abc", "")}),
        "orphanDependents": st.sampled_from(["true", "false", "null"]),
        "propagationPolicy": _text("Foreground", "Background", "Orphan", "x", ""),
        "dryRun": arrays(_text("All", "x")),
    },
)
