"""What must hold of everything that is stored, however it came there: it can be read in each form, and put back."""

import json
import urllib.parse
from typing import Any

from pytest_tiltsession import FakeTilt
from pytest_tiltsession.api import messages

from . import requests_grammar

FORMS = (
    "application/json;as=Table;g=meta.k8s.io;v=v1",
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
)
WITHOUT_EFFECT = (
    ("application/merge-patch+json", b"{}"),
    ("application/strategic-merge-patch+json", b"{}"),
    ("application/json-patch+json", b"[]"),
)


def ask(fake: FakeTilt, method: str, target: str, body: bytes = b"", **headers: str) -> messages.Response:
    """Make a request without a socket."""
    path, _, query = target.partition("?")
    named = {"authorization": f"Bearer {fake._app.token}", "user-agent": "fuzz/1"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    answer = fake._app(messages.Request(method, path, query, tuple(named.items()), body))
    assert isinstance(answer, messages.Response)
    return answer


def examine(fake: FakeTilt) -> None:
    """Read every Session in every form, and write back what was read, which must change nothing.

    Tilt's controller looks at each Session that is written, if only in vain: that may change it once, before.
    """
    for item in json.loads(ask(fake, "GET", requests_grammar.SESSIONS).body)["items"]:
        ask(fake, "PATCH", _target(item), b"{}", content_type=WITHOUT_EFFECT[0][0])
    listed = json.loads(ask(fake, "GET", requests_grammar.SESSIONS).body)
    for item in listed["items"]:
        _examine(fake, item)
    assert listed == json.loads(ask(fake, "GET", requests_grammar.SESSIONS).body)


def _examine(fake: FakeTilt, listed: dict[str, Any]) -> None:
    target = _target(listed)
    found = ask(fake, "GET", target)
    assert listed == {key: value for key, value in json.loads(found.body).items() if key in listed}
    assert [200] * len(FORMS) == [ask(fake, "GET", target, accept=form).status for form in FORMS]
    unchanged = (200, found.body)
    written = [ask(fake, "PUT", target, found.body), ask(fake, "PUT", f"{target}/status", found.body)]
    written += [ask(fake, "PATCH", target, body, content_type=kind) for kind, body in WITHOUT_EFFECT]
    as_yaml = ask(fake, "GET", target, accept="application/yaml")
    # Control characters cannot be written as YAML, and U+0085 comes out of it as a space.
    if as_yaml.status != 500 and "\x85" not in found.body.decode():
        written.append(ask(fake, "PUT", target, as_yaml.body, content_type="application/yaml"))
    assert [unchanged] * len(written) == [(answer.status, answer.body) for answer in written]


def _target(item: dict[str, Any]) -> str:
    return f"{requests_grammar.SESSIONS}/{urllib.parse.quote(item['metadata']['name'], safe='')}"
