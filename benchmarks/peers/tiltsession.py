"""The fake of this project, with TLS, token and routing, as a test gets it."""

import http.client
import json
import ssl

from benchmarks.peers import telling
from pytest_tiltsession import FakeTilt

SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"


def main() -> None:
    """Serve one fake with two targets."""
    with FakeTilt(allow=("stalled-watches",), patience=None, exit_condition="manual") as fake:
        fake.job("migrate")
        api = fake.server("api")
        api.start()

        def drive(transitions: int) -> None:
            """Make so many commits, each an event for every watcher."""
            for number in range(transitions):
                (api.unready if number % 2 else api.ready)()

        def store(count: int) -> None:
            """Have so many Sessions more."""
            where = fake.url.removeprefix("https://")
            client = http.client.HTTPSConnection(where, context=ssl.create_default_context(cafile=fake.ca))
            headers = {"Authorization": f"Bearer {fake.token}"}
            for number in range(count):
                made = {
                    "apiVersion": "tilt.dev/v1alpha1",
                    "kind": "Session",
                    "metadata": {"name": f"stored-{number}"},
                    "spec": {"tiltfilePath": "/app/Tiltfile", "exitCondition": "manual"},
                }
                client.request("POST", SESSIONS, json.dumps(made), headers)
                answer = client.getresponse()
                if answer.status != 201:
                    raise RuntimeError(f"POST answered {answer.status}: {answer.read()!r}")
                answer.read()
            client.close()

        where = {"url": fake.url, "ca": str(fake.ca), "token": fake.token, "path": f"{SESSIONS}/Tiltfile"}
        telling.serve({**where, "watch": f"{SESSIONS}?watch=true"}, {"drive": drive, "store": store})


if __name__ == "__main__":
    main()
