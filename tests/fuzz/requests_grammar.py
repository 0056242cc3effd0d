"""Well-formed requests of the Session API: every path, parameter, header and media type, with nasty values too."""

import dataclasses
import json
import urllib.parse

from hypothesis import strategies as st

from . import patches, texts, words

ROOT, SESSIONS = words.ROOT, words.SESSIONS
_PATCHES = {
    "application/json-patch+json": patches.json_patches,
    "application/merge-patch+json": patches.merge_patches,
    "application/strategic-merge-patch+json": patches.strategic_patches,
}
_APPLY = "application/apply-patch+yaml"


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
    usual = words.USUAL.get(method, ())
    pair = st.sampled_from(sorted(words.VALUES)).flatmap(
        lambda name: st.sampled_from(words.VALUES[name]).map(lambda value: urllib.parse.urlencode({name: value}))
    )
    odd = st.lists(pair | st.sampled_from(words.RAW), min_size=1, max_size=3)
    some = st.lists(st.sampled_from(usual), max_size=2) if usual else st.just([])
    applies = st.just(["fieldManager=m1"] if method == "PATCH" else [])
    return st.tuples(applies, some, texts.rarely(odd, st.just([]), 3)).map(lambda found: "&".join(sum(found, [])))


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """One request."""
    name = draw(texts.rarely(texts.plain, st.sampled_from(["a", "a", "b", "Tiltfile", "new"]), 8))
    method, target = draw(_lines(name))
    headers, body = draw(_contents(method, name))
    accept = draw(texts.rarely(st.sampled_from(words.ACCEPTS), st.none(), 3))
    if accept is not None:
        headers = [*headers, ("Accept", accept)]
    headers += draw(
        texts.rarely(st.lists(st.sampled_from(words.OTHER_HEADERS), min_size=1, max_size=2), st.just([]), 6)
    )
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
    odd = st.tuples(any_method, st.sampled_from([*words.PATHS, SESSIONS, one, status]))
    return texts.rarely(odd, st.sampled_from(right), 6)


def _contents(method: str, name: str) -> st.SearchStrategy[tuple[list[tuple[str, str]], bytes]]:
    """Content-Type and body that fit a method, or not."""
    named = texts.rarely(texts.plain.map(texts.quoted), st.just(texts.quoted(name)), 10)
    if method == "PATCH":
        kinds = [st.tuples(st.just(kind), _encoded(content)) for kind, content in _PATCHES.items()]
        kinds.append(st.tuples(st.just(_APPLY), _encoded(patches.applied(name), yaml=True)))
        odd = st.tuples(st.sampled_from(words.CONTENT_TYPES), _encoded(patches.merge_patches))
        return texts.rarely(odd, st.one_of(*kinds), 10).map(lambda found: ([("Content-Type", found[0])], found[1]))
    if method in ("POST", "PUT"):
        whole = texts.sessions(named, versioned=method == "PUT")
        usual = st.one_of(
            st.tuples(st.none() | st.just("application/json"), _encoded(whole)),
            st.tuples(st.just("application/yaml"), _encoded(whole, yaml=True)),
        )
        odd = st.one_of(
            st.tuples(st.sampled_from(words.CONTENT_TYPES), _encoded(whole) | st.binary(max_size=20)),
            st.tuples(st.just(words.MEDIA[2]), st.binary(max_size=20).map(lambda data: b"k8s\x00" + data)),
        )
        typed = texts.rarely(odd, usual, 8)
        return typed.map(lambda found: ([("Content-Type", found[0])] if found[0] is not None else [], found[1]))
    if method == "DELETE":
        typed = texts.rarely(
            st.sampled_from(words.CONTENT_TYPES).map(lambda kind: [("Content-Type", kind)]), st.just([]), 6
        )
        return st.tuples(typed, texts.rarely(_encoded(texts.delete_options), st.just(b""), 3))
    return st.just(([], b""))


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
    return texts.rarely(st.one_of(odd, st.sampled_from(words.YAML).map(str.encode)) if yaml else odd, right, 10)


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
