"""A fake with its control interface, and a client that holds each answer to the OpenAPI document."""

import contextlib
import functools
import json
import ssl
import urllib.request

import jsonschema
import pytest

from pytest_tiltsession import FakeTilt
from pytest_tiltsession.control import openapi, serving, table
from pytest_tiltsession.control.refusals import MEANINGS


class Answer:
    """An answer: its status and its body."""

    def __init__(self, status, body, headers):
        self.status = status
        self.body = body
        self.headers = headers

    def __getitem__(self, name):
        return self.body[name]


class Client:
    """Uses the control interface as a program in another language does, and checks what comes back."""

    def __init__(self, control, context=None):
        self.control = control
        self.context = context

    def send(self, method, path, body=None, headers=None):
        """Make a request as it is."""
        given = {"Authorization": f"Bearer {self.control.token}"} if headers is None else headers
        request = urllib.request.Request(self.control.url + path, body, given, method=method)
        try:
            response = urllib.request.urlopen(request, context=self.context, timeout=30)
        except urllib.error.HTTPError as refused:
            response = refused
        with response:
            return Answer(response.status, json.loads(response.read()), response.headers)

    def __call__(self, method, path, /, **fields):
        """Make a request with these fields; the answer is one that the document describes."""
        answer = self.send(method, path, json.dumps(fields).encode() if fields else None)
        self._check(method, path, answer)
        return answer

    def get(self, path):
        return self("GET", path)

    def post(self, path, /, **fields):
        return self("POST", path, **fields)

    def _check(self, method, path, answer):
        schema = "Refusal"
        if answer.status not in MEANINGS or answer.status == 200:
            verb, _ = table.find(method, path.partition("?")[0])
            assert verb.status == answer.status
            schema = verb.answer
        elif answer.status not in (404, 405):
            verb, _ = table.find(method, path.partition("?")[0])
            assert str(answer.status) in described()["paths"][verb.path][method.lower()]["responses"]
        validator(schema).validate(answer.body)


@functools.cache
def described():
    """Give the document."""
    return openapi.document(table.VERBS, "https://127.0.0.1:1")


@functools.cache
def validator(schema):
    """Give what holds an answer to the schema of a name."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": closed(described()["components"])}
    return jsonschema.Draft202012Validator(whole)


def closed(schema):
    """Give a schema that allows no field beside those that it describes."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(item) for name, item in schema.items()}
    if "properties" in schema and "additionalProperties" not in schema:
        found["additionalProperties"] = False
    return found


@pytest.fixture
def controlled():
    """Serve fakes with their control interfaces: ``controlled(progress="auto")`` gives a client."""
    with contextlib.ExitStack() as stack:

        def serve(**options):
            fake = FakeTilt(**{"tls": False, **options}).start()
            control = serving.Control(fake)
            stack.callback(lambda: control.fake.stop())
            stack.enter_context(control)
            context = ssl.create_default_context(cafile=fake.ca) if fake.ca else None
            return Client(control, context)

        yield serve


@pytest.fixture
def control(controlled):
    """Serve a CI session without a scenario, and give a client of its control interface."""
    return controlled()
