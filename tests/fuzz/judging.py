"""What must hold of every answer of a fake, whatever was asked: above all, no failure that Tilt would not show."""

import json
import re

import yaml

from . import conversing

# A refused request writes nothing, except where Tilt has written when it finds that it cannot show the outcome.
_AFTERTHOUGHTS = (406,)
_UNWRITABLE = "yaml: control characters are not allowed"
_UNSHOWABLE = re.compile(r"Unable to convert to Table as requested|yaml: control characters are not allowed")

# Server errors of the real thing: status, media type's end or profile apart, and the text. Each has been recorded
# (stories conflict-values, strategic-bogus, apply-new, apply-unknown-field, escape-ctl) or follows from the same code.
SERVER_ERRORS = {
    500: (
        r'strconv\.ParseUint: parsing ".*": (invalid syntax|value out of range)',
        r"Internal error occurred: metadata\.name was not generated",
        r"object does not implement the Object interfaces",
        r"unknown patch type: .* in map: map\[.*\]",
        r"value for key \d+ is not a map\.",
        r"expected a \S.*, but received a \S.*",
        r"failed to create typed patch object \(.*; .*, Kind=.*\): .*",
        r"yaml: control characters are not allowed",
        r'unable to find api field in struct .* for the json field ".*"',
        r"failed to convert new object \(.*; .*, Kind=.*\) to proper version: unable to convert unstructured object .*",
        r'Internal Server Error: ".*": failed to create RequestInfo: unable to determine kind and namespace from url, .*',
    ),
    501: (r"Unsupported transfer encoding",),
    504: (r"Timeout: Too large resource version: \d+, current: \d+",),
    505: (r"505 HTTP Version Not Supported: unsupported protocol version",),
}


def judge(answer: conversing.Answer, method: str = "") -> None:
    """Fail for an answer that no Tilt would give."""
    if method == "HEAD":
        assert not answer.body
        return
    text = message_of(answer)
    if answer.status >= 500:
        text = text.removesuffix("\n")
        known = SERVER_ERRORS.get(answer.status, ())
        # Protobuf is not read: its message is somewhere in it.
        matches = re.search if "protobuf" in answer.header("content-type") else re.fullmatch
        assert any(matches(pattern, text, re.DOTALL) for pattern in known), f"{answer.status}: {text}"
    if answer.header("content-type") == "application/json" and answer.body:
        documents = answer.body.splitlines() if answer.is_watch else [answer.body]
        for document in documents:
            json.loads(document.decode())
    # A refusal that YAML cannot hold keeps its status, and its body tells of that instead (Go's SerializeObject).
    if answer.status >= 400 and text.rstrip("\n") != _UNWRITABLE:
        assert answer.status == (status_of(answer) or {}).get("code", answer.status)


def status_of(answer: conversing.Answer) -> dict[str, object] | None:
    """Give the Status that a refusal consists of, or None where it is none."""
    media_type = answer.header("content-type")
    if media_type not in ("application/json", "application/yaml") or not answer.body or answer.is_watch:
        return None
    found = json.loads(answer.body) if media_type == "application/json" else yaml.safe_load(answer.body)
    return found if isinstance(found, dict) and found.get("kind") == "Status" else None


def message_of(answer: conversing.Answer) -> str:
    """Give what an answer says: a Status's message, else its text."""
    found = status_of(answer)
    return answer.body.decode("utf-8", "replace") if found is None else str(found.get("message", ""))


def may_have_written(answer: conversing.Answer) -> bool:
    """Tell whether a request that is answered so may have changed something."""
    return answer.status < 400 or answer.status in _AFTERTHOUGHTS or bool(_UNSHOWABLE.search(message_of(answer)))
