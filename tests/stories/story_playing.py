"""Plays a recorded story against the API in process: each request is a call, each watch a cursor. No sockets."""

import base64
import copy
import dataclasses
import gzip
import json
import re
from typing import Any

import story_comparing as comparing
import yaml

from pytest_tiltsession.api import application, messages, watching
from pytest_tiltsession.clock import simulated

TOKEN = "the-token-of-these-stories"


@dataclasses.dataclass
class Player:
    """One story on its way: the API, the saved values and the open watch."""

    api: application.Application
    clock: simulated.SimulatedClock
    comparison: comparing.Comparison = dataclasses.field(default_factory=lambda: comparing.Comparison({"TOKEN": TOKEN}))
    watch: watching.Watch | None = None

    def play(self, story: dict[str, Any]) -> list[str]:
        """Do every step; give the differences, each with its step in front."""
        found: list[str] = []
        for number, step in enumerate(story["steps"], 1):
            self.comparison.differences.clear()
            self._step(step)
            asked = step.get("request") or step.get("watch_open") or {}
            said = f"{asked.get('method', '')} {asked.get('path', '')}?{asked.get('query', '')}"
            found += [f"step {number} {said}: {difference}" for difference in self.comparison.differences]
            if found and step.get("setup"):
                break
        if self.watch is not None:
            self.watch.close()
        return found

    def _step(self, step: dict[str, Any]) -> None:
        if "settle_ms" in step:
            self.clock.advance(step["settle_ms"] / 1000)
        elif "watch_open" in step:
            answer = self.api(self.request(step["watch_open"]))
            if isinstance(answer, watching.Watch):
                self.watch = answer
                self._compare(step, {"status": answer.status, "headers": headers_of(answer)})
            else:
                self._compare(step, seen(answer, "GET"))
        elif "watch_read" in step:
            assert self.watch is not None
            lines = [json.loads(line) for line in self.watch.pull(1 << 30).split(b"\n") if line]
            self._compare(step, {"expect_lines": lines})
        elif "watch_close" in step:
            assert self.watch is not None
            self.watch.close()
        else:
            request = self.request(step["request"])
            self._compare(step, seen(self.api(request), request.method))

    def request(self, asked: dict[str, Any]) -> messages.Request:
        """Make the request that a story describes."""
        names = self.comparison.names
        body = self._body(asked)
        headers: dict[str, str | None] = {"User-Agent": "kit/1.0"}
        authorization = asked.get("auth", "token")
        if authorization != "none":
            literal = authorization.removeprefix("literal:")
            headers["Authorization"] = f"Bearer {TOKEN}" if authorization == "token" else literal
        if body is not None:
            headers["Content-Type"] = "application/json"
        headers |= comparing.filled(asked.get("headers", {}), names)
        sent = tuple((name.lower(), value) for name, value in headers.items() if value is not None)
        path, query = comparing.filled(asked["path"], names), comparing.filled(asked.get("query", ""), names)
        return messages.Request(asked.get("method", "GET"), path, query, (("host", "127.0.0.1:1"), *sent), body or b"")

    def _body(self, asked: dict[str, Any]) -> bytes | None:
        names = self.comparison.names
        if "body_base64" in asked:
            return base64.b64decode(asked["body_base64"])
        if "body_text" in asked:
            return str(comparing.filled(asked["body_text"], names)).encode()
        if "body_from" in asked:
            edit = comparing.filled(asked["body_from"], names)
            return json.dumps(edited(names[edit["saved"]], edit.get("set", {}), edit.get("remove", []))).encode()
        if asked.get("body") is None:
            return None
        return json.dumps(comparing.filled(asked["body"], names), ensure_ascii=False).encode()

    def _compare(self, step: dict[str, Any], found: dict[str, Any]) -> None:
        comparison = self.comparison
        for pointer, pattern in step.get("filter", {}).items():
            keep_matching(found.get("body"), pointer, pattern)
        self._save(step, found)
        expected = step.get("expect") or step.get("watch_read") or {}
        root = next((key for key in ("expect_lines", "body_lines") if key in expected), "body")
        volatile = {f"/{root}{pointer}" for pointer in step.get("volatile", ())}
        if "watch_read" in step:
            comparison.value(expected.get("expect_lines", []), found["expect_lines"], "/expect_lines", volatile)
            return
        if expected.get("status") != found["status"]:
            comparison.differ("/status", expected.get("status"), (found["status"], found.get("body")))
        if step.get("setup"):
            return
        for name, value in expected.get("headers", {}).items():
            got = found["headers"].get(name.lower())
            if got is not None or value is not None:
                comparison.value(value, comparing.ABSENT if got is None else got, f"/headers/{name}")
        for key in ("body", "body_lines", "body_text", "body_base64", "layout", "format"):
            if key in expected and key in found:
                comparison.value(expected[key], found[key], f"/{key}", volatile)
            elif key in expected or (key in found and key.startswith("body")):
                comparison.differ(f"/{key}", expected.get(key, comparing.ABSENT), found.get(key, comparing.ABSENT))

    def _save(self, step: dict[str, Any], found: dict[str, Any]) -> None:
        for name, source in step.get("save", {}).items():
            if source.startswith("header:"):
                value = found["headers"].get(source.removeprefix("header:").lower())
            else:
                value = at_pointer(found.get("body"), source)
            self.comparison.names[name] = value
            kind = source.rsplit("/", 1)[-1]
            body = found.get("body")
            listed = isinstance(body, dict) and str(body.get("kind")).endswith("List")
            if kind in comparing.BOUND and not listed:
                self.comparison.owners.setdefault((kind, value), name)


def headers_of(answer: messages.Answer) -> dict[str, Any]:
    """Give the headers of an answer by lower-case name; repeated ones as a list."""
    gathered: dict[str, list[str]] = {}
    for name, value in answer.headers:
        gathered.setdefault(name.lower(), []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in gathered.items()}


def seen(answer: messages.Answer, method: str) -> dict[str, Any]:
    """Give an answer as a client sees it: a watch with a timeout until its end, a HEAD without a body."""
    headers = headers_of(answer)
    found: dict[str, Any] = {"status": answer.status, "headers": headers}
    if isinstance(answer, messages.Response):
        raw = b"" if method == "HEAD" else answer.body
    else:
        raw = answer.pull(1 << 30)
        answer.close()
    if headers.get("content-encoding") == "gzip":
        raw = gzip.decompress(raw)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return {**found, "body_base64": base64.b64encode(raw).decode()}
    if "yaml" in str(headers.get("content-type")):
        return {**found, "body": yaml.load(text, _TextLoader), "format": "yaml"}
    try:
        body = json.loads(text)
    except ValueError:
        return {**found, **_lines(text)}
    if isinstance(body, dict) and set(body) == {"type", "object"}:
        return {**found, "body_lines": [body]}
    return {**found, "body": body, "layout": "pretty" if "\n" in text.strip() else "compact"}


def _lines(text: str) -> dict[str, Any]:
    try:
        lines = [json.loads(line) for line in text.split("\n") if line.strip()]
    except ValueError:
        return {"body_text": text}
    return {"body_lines": lines} if lines else {"body_text": text}


class _TextLoader(yaml.SafeLoader):
    """Reads times as the texts that they are."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _keys(pointer: str) -> list[str]:
    return [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]


def at_pointer(value: Any, pointer: str) -> Any:
    """Give what a JSON pointer names, or None."""
    for key in _keys(pointer):
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def edited(value: Any, changes: dict[str, Any], removed: list[str]) -> Any:
    """Give a copy of a document with pointers set and others removed."""
    result = copy.deepcopy(value)
    for pointer, new in [*changes.items(), *((pointer, comparing.ABSENT) for pointer in removed)]:
        *path, last = _keys(pointer)
        node = result
        for key in path:
            node = node[int(key)] if isinstance(node, list) else node.setdefault(key, {})
        if new == comparing.ABSENT:
            node.pop(int(last) if isinstance(node, list) else last, None)
        elif isinstance(node, list):
            node[int(last)] = new
        else:
            node[last] = new
    return result


def keep_matching(body: Any, pointer: str, pattern: str) -> None:
    """Keep only the entries of one big list or map that a story is about."""
    *path, last = _keys(pointer)
    node = at_pointer(body, "".join(comparing.step_down("", key) for key in path))
    try:
        entries = node[int(last)] if isinstance(node, list) else node[last]
    except (KeyError, IndexError, TypeError):
        return
    if isinstance(entries, dict):
        kept: Any = {key: value for key, value in entries.items() if re.search(pattern, key)}
    else:
        kept = [entry for entry in entries if re.search(pattern, str(entry.get("name") or entry.get("resource")))]
    node[int(last) if isinstance(node, list) else last] = kept
