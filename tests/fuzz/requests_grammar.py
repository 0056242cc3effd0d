"""Well-formed requests of the Session API: every path, parameter, header and media type, with nasty values too."""

import dataclasses
import json
import urllib.parse

from hypothesis import strategies as st

from . import patches, texts

ROOT = "/apis/tilt.dev/v1alpha1"
SESSIONS = f"{ROOT}/sessions"
_PATHS = (
    *("/apis", "/apis/", "/apis/tilt.dev", ROOT, f"{ROOT}/uiresources", f"{ROOT}/uiresources/x", f"{ROOT}/watch"),
    *(f"{ROOT}/watch/sessions", f"{ROOT}/watch/uiresources", f"{ROOT}/namespaces/n/sessions", f"{ROOT}/proxy/x"),
    *(f"{ROOT}/bogus", "/apis/a/b/c/d", "/version", "/healthz", "/livez/ping", "/readyz", "/metrics", "/openapi/v2"),
    *("/openapi/v3", "/openapi/v3/apis/tilt.dev/v1alpha1", "/openapi/v3/x", "/api", "/", "/swagger", "/apis//x/../y"),
    *(f"{SESSIONS}/a/b/c", f"{SESSIONS}/", f"{SESSIONS}/%00", f"{SESSIONS}/%FF%FE", f"{SESSIONS}/a%2Fb", "/apis%2F"),
    *(
        "/apis/tilt.dev/v2/sessions",
        f"{ROOT}/sessions/a/scale",
        f"{SESSIONS}?",
        "/healthz/nosuch",
        "/openapi/v2?timeout=x",
    ),
)
_MEDIA = ("application/json", "application/yaml", "application/vnd.kubernetes.protobuf")
_ACCEPTS = (
    *_MEDIA,
    *(
        "*/*",
        "application/*",
        "text/html",
        "",
        "application/cbor",
        "a",
        ";",
        "application/json;q=0",
        "*/*;q=0.1,application/yaml",
    ),
    "application/json;as=Table;g=meta.k8s.io;v=v1",
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1beta1",
    "application/yaml;as=Table;g=meta.k8s.io;v=v1",
    "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    "application/json;stream=watch",
    "application/json;as=Table;g=x;v=v1,application/json",
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
)
_CONTENT_TYPES = (
    *_MEDIA,
    *(
        "text/plain",
        "",
        "application/json; charset=utf-8",
        "application/x",
        "json",
        ";",
        'a/b; c="d',
        "application/json;",
    ),
)
_PATCHES = {
    "application/json-patch+json": patches.json_patches,
    "application/merge-patch+json": patches.merge_patches,
    "application/strategic-merge-patch+json": patches.strategic_patches,
}
_APPLY = "application/apply-patch+yaml"
_OTHER_HEADERS = (
    *(("Accept-Encoding", "gzip"), ("Accept-Encoding", "*;q=0"), ("If-None-Match", "*"), ("User-Agent", "curl/8.0")),
    *(("User-Agent", "\u00fc" * 300), ("User-Agent", ""), ("Audit-Id", 'x\u00e9"'), ("Authorization", "Basic eDp5")),
    *(
        ("Authorization", "Bearer  x"),
        ("Authorization", "Bearer \u00fc"),
        ("Content-Encoding", "gzip"),
        ("Origin", "http://x"),
    ),
    *(
        ("X-Forwarded-For", "1"),
        ("Impersonate-User", "root"),
        ("Cookie", "a=b;;"),
        ("Range", "bytes=0-1"),
        ("X-HTTP-Method-Override", "PUT"),
    ),
)
_VALUES = {
    "pretty": ("true", "1", "0", "x", ""),
    "dryRun": ("All", "x", ""),
    "fieldManager": ("m1", "m2", "x" * 129, "\x00", "", "a\nb"),
    "fieldValidation": ("Strict", "Warn", "Ignore", "x", ""),
    "force": ("true", "false", "x", ""),
    "labelSelector": (
        "a",
        "!a",
        "a=b",
        "a!=b",
        "a in (b,c)",
        "a notin ()",
        "a>1",
        "a<x",
        "a=b,",
        ",",
        "a in b",
        "((",
        "ü=1",
        "tilt.dev/x=1",
    ),
    "fieldSelector": (
        "metadata.name=a",
        "metadata.name!=a",
        "metadata.namespace=",
        "spec.x=1",
        "metadata.name=a,",
        r"metadata.name=\x",
        "=",
    ),
    "limit": ("1", "2", "-1", "0", "abc", "9223372036854775808", "+1"),
    "continue": ("x", "", "eyJydiI6MX0", "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0", "bnVsbA", "WzFd"),
    "resourceVersion": ("0", "1", "2", "99", "abc", "-1", "", "99999999999999999999", "٣"),
    "resourceVersionMatch": ("Exact", "NotOlderThan", "x", ""),
    "timeoutSeconds": ("1", "0", "-1", "abc", "9223372036854775807"),
    "watch": ("1", "true", "false", "0", "", "x"),
    "allowWatchBookmarks": ("true", "0"),
    "sendInitialEvents": ("true", "false", ""),
    "gracePeriodSeconds": ("0", "-1", "x"),
    "propagationPolicy": ("Foreground", "Background", "Orphan", "x", ""),
    "orphanDependents": ("true", "false"),
    "includeObject": ("None", "Metadata", "Object", "x"),
    "timeout": ("5s", "x", "", "-1s", "99999999999h"),
    "export": ("true", "false"),
    "preconditions": ("x",),
    "shardSelector": ("x",),
    "ignoreStoreReadErrorWithClusterBreakingPotential": ("true",),
    "bogus": ("x",),
}
_USUAL = {
    "GET": (
        "labelSelector=a",
        "fieldSelector=metadata.name%3Da",
        "limit=1",
        "resourceVersion=0",
        "allowWatchBookmarks=true",
    ),
    "POST": ("fieldValidation=Strict", "fieldValidation=Ignore", "dryRun=All"),
    "PUT": ("fieldValidation=Strict", "fieldValidation=Ignore", "dryRun=All"),
    "PATCH": ("fieldValidation=Strict", "fieldValidation=Ignore", "dryRun=All", "force=true"),
    "DELETE": ("propagationPolicy=Background", "gracePeriodSeconds=0", "dryRun=All", "labelSelector=a"),
}
_RAW = (
    "%zz=1",
    "a;b=c",
    "=",
    "&&",
    "labelSelector=%ff",
    "watch",
    "labelSelector=a%00",
    "fieldManager=%F0%9F%98%80",
    "limit=1&limit=2",
)


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request without its token. ``name`` is the Session it is about; ``chunked`` tells how its body is framed."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    chunked: bool = False
    name: str = ""

    def bytes(self, token: str, version: str = "") -> bytes:
        """Write it as HTTP/1.1, with the Session's version where the body asks for it.

        Headers of its own replace the usual ones.
        """
        own = {name.lower() for name, _ in self.headers}
        usual = (("Host", "127.0.0.1"), ("Authorization", f"Bearer {token}"), ("User-Agent", "fuzz/1"))
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += [f"{name}: {value}" for name, value in usual if name.lower() not in own]
        body = self.body.replace(texts.VERSION.encode(), version.encode())
        if self.chunked:
            lines.append("Transfer-Encoding: chunked")
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        elif body or self.method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join((*lines, "", "")).encode() + body


_OBJECT = {
    "apiVersion": "tilt.dev/v1alpha1",
    "kind": "Session",
    "metadata": {
        "name": "a",
        "labels": {"a": "b"},
        "finalizers": ["a/b", "tilt.dev/x"],
        "ownerReferences": [{"apiVersion": "v1", "kind": "k", "name": "n", "uid": "u1"}],
    },
    "spec": {"tiltfilePath": "/w", "exitCondition": "ci", "ci": {"timeout": "30m0s"}},
}
FURNITURE = (
    Asked("POST", SESSIONS, (), json.dumps(_OBJECT).encode()),
    Asked("POST", SESSIONS, (), b'{"metadata":{"name":"b"},"spec":{"tiltfilePath":"/w","exitCondition":"manual"}}'),
    Asked("PATCH", f"{SESSIONS}/a?fieldManager=m2", (("Content-Type", _APPLY),), json.dumps(_OBJECT).encode()),
)


def _query(method: str) -> st.SearchStrategy[str]:
    usual = _USUAL.get(method, ())
    pair = st.sampled_from(sorted(_VALUES)).flatmap(
        lambda name: st.sampled_from(_VALUES[name]).map(lambda value: urllib.parse.urlencode({name: value}))
    )
    odd = st.lists(pair | st.sampled_from(_RAW), min_size=1, max_size=3)
    some = st.lists(st.sampled_from(usual), max_size=2) if usual else st.just([])
    applies = st.just(["fieldManager=m1"] if method == "PATCH" else [])
    return st.tuples(applies, some, texts.rarely(odd, st.just([]), 3)).map(lambda found: "&".join(sum(found, [])))


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """One request."""
    name = draw(texts.rarely(texts.plain, st.sampled_from(["a", "a", "b", "Tiltfile", "new"]), 8))
    method, target = draw(_lines(name))
    headers, body = draw(_contents(method, name))
    accept = draw(texts.rarely(st.sampled_from(_ACCEPTS), st.none(), 3))
    if accept is not None:
        headers = [*headers, ("Accept", accept)]
    headers += draw(texts.rarely(st.lists(st.sampled_from(_OTHER_HEADERS), min_size=1, max_size=2), st.just([]), 6))
    query = draw(_query(method))
    if query:
        target += ("&" if "?" in target else "?") + query
    return Asked(method, target, tuple(headers), body, draw(st.booleans()), name)


def _lines(name: str) -> st.SearchStrategy[tuple[str, str]]:
    quoted = urllib.parse.quote(name, safe="")
    one, status = f"{SESSIONS}/{quoted}", f"{SESSIONS}/{quoted}/status"
    right = [
        *(
            ("GET", SESSIONS),
            ("POST", SESSIONS),
            ("POST", SESSIONS),
            ("DELETE", SESSIONS),
            ("GET", f"{SESSIONS}?watch=1"),
        ),
        *((method, one) for method in ("GET", "PUT", "PUT", "PATCH", "PATCH", "PATCH", "DELETE")),
        *((method, status) for method in ("GET", "PUT", "PATCH", "PATCH")),
        *(("GET", f"{ROOT}/watch/sessions/{quoted}"), ("GET", f"{ROOT}/watch/sessions")),
    ]
    any_method = st.sampled_from(["GET", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO"])
    odd = st.tuples(any_method, st.sampled_from([*_PATHS, SESSIONS, one, status]))
    return texts.rarely(odd, st.sampled_from(right), 6)


def _contents(method: str, name: str) -> st.SearchStrategy[tuple[list[tuple[str, str]], bytes]]:
    """Content-Type and body that fit a method, or not."""
    named = texts.rarely(texts.plain.map(texts.quoted), st.just(texts.quoted(name)), 10)
    if method == "PATCH":
        kinds = [st.tuples(st.just(kind), _encoded(content)) for kind, content in _PATCHES.items()]
        kinds.append(st.tuples(st.just(_APPLY), _encoded(patches.applied(name), yaml=True)))
        odd = st.tuples(st.sampled_from(_CONTENT_TYPES), _encoded(patches.merge_patches))
        return texts.rarely(odd, st.one_of(*kinds), 10).map(lambda found: ([("Content-Type", found[0])], found[1]))
    if method in ("POST", "PUT"):
        whole = texts.sessions(named, versioned=method == "PUT")
        usual = st.one_of(
            st.tuples(st.none() | st.just("application/json"), _encoded(whole)),
            st.tuples(st.just("application/yaml"), _encoded(whole, yaml=True)),
        )
        odd = st.one_of(
            st.tuples(st.sampled_from(_CONTENT_TYPES), _encoded(whole) | st.binary(max_size=20)),
            st.tuples(st.just(_MEDIA[2]), st.binary(max_size=20).map(lambda data: b"k8s\x00" + data)),
        )
        typed = texts.rarely(odd, usual, 8)
        return typed.map(lambda found: ([("Content-Type", found[0])] if found[0] is not None else [], found[1]))
    if method == "DELETE":
        typed = texts.rarely(st.sampled_from(_CONTENT_TYPES).map(lambda kind: [("Content-Type", kind)]), st.just([]), 6)
        return st.tuples(typed, texts.rarely(_encoded(texts.delete_options), st.just(b""), 3))
    return st.just(([], b""))


_YAML = (
    "a: &x [*x]\n",
    "a: &x 1\nb: *x\n",
    "<<: {a: 1}\n",
    "--- {}\n--- {}\n",
    "%YAML 1.2\n---\n{}",
    "!!binary aGk=",
    "!x {}",
    "? [a]\n: b\n",
    "a:\n\t- b\n",
    "a: |\n  b\n c",
    "{a: b, a: c}",
    "- a\n- b\n",
    "a: 0o17\nb: 0x1F\nc: 1_000\nd: .inf\ne: .nan\nf: 2001-01-01\n",
    "\ufeffa: b\n",
    "a: \x07\n",
    "a: \x85\n",
    "",
    "# nothing",
    "...",
    "&a [&b [&c [*a]]]",
    "metadata: {name: a}\nspec: {tiltfilePath: /w, exitCondition: manual}\n",
    "metadata:\n  name: a\n  labels: {1: 2}\nspec:\n  tiltfilePath: yes\n  exitCondition: manual\n",
)


def _encoded(content: texts.Texts, *, yaml: bool = False) -> st.SearchStrategy[bytes]:
    """Bytes of a text: as UTF-8 as a rule, else cut, padded, or in another encoding."""
    usual = content.map(lambda text: text.encode("utf-8", "surrogatepass"))
    right = st.one_of(usual, content.map(_as_yaml), content.map(_as_yaml)) if yaml else usual
    odd = st.one_of(
        st.tuples(usual, st.integers(0, 40)).map(lambda pair: pair[0][: -pair[1] or None]),
        st.tuples(usual, st.sampled_from([b" ", b"\x00", b"{}", b"\xff", b"\n---\n{}"])).map(b"".join),
        st.tuples(st.sampled_from([b"\xef\xbb\xbf", b" ", b"\xff\xfe", b"k8s\x00"]), usual).map(b"".join),
        content.map(lambda text: text.encode("utf-16", "replace")),
        content.map(lambda text: text.encode("latin-1", "replace")),
        st.sampled_from([b"", b"null", b"{}", b"[]", b'"x"', b"[" * 20_000, b'{"a":' * 12_000, b"1" * 5_000]),
    )
    return texts.rarely(st.one_of(odd, st.sampled_from(_YAML).map(str.encode)) if yaml else odd, right, 10)


def _as_yaml(text: str) -> bytes:
    """Write a text of JSON as YAML in blocks, where it is JSON."""
    try:
        value = json.loads(text)
    except ValueError:
        return text.encode("utf-8", "surrogatepass")
    return "\n".join(_block(value, "")).encode("utf-8", "surrogatepass")


def _block(value: object, indent: str) -> list[str]:
    if isinstance(value, dict) and value:
        lines = []
        for key, item in value.items():
            lines += _entry(f"{indent}{key or texts.quoted(key)}:", item, indent)
        return lines
    if isinstance(value, list) and value:
        return [line for item in value for line in _entry(f"{indent}-", item, indent)]
    return [f"{indent}{value if isinstance(value, str) else json.dumps(value)}"]


def _entry(lead: str, item: object, indent: str) -> list[str]:
    if isinstance(item, dict | list) and item:
        return [lead, *_block(item, f"{indent}  ")]
    return [f"{lead} {_block(item, '')[0]}"]
