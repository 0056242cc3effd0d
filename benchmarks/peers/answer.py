"""What the peers answer: the bytes of a Session as this project's fake gives them, and the certificate they show."""

import ssl
import tempfile

import trustme

PATH = "/apis/tilt.dev/v1alpha1/sessions/Tiltfile"
TOKEN = "a-token-that-is-as-long-as-the-tokens-of-tilt-which-have-eighty-eight-characters-in-all="
STATE = {"active": {"startTime": "2026-01-01T00:00:00.000000Z", "ready": False}}
SESSION = {
    "kind": "Session",
    "apiVersion": "tilt.dev/v1alpha1",
    "metadata": {
        "name": "Tiltfile",
        "uid": "5e6b8a57-38f6-4a44-9a9f-7b0a8c4b1f10",
        "resourceVersion": "4",
        "creationTimestamp": "2026-01-01T00:00:00Z",
    },
    "spec": {
        "tiltfilePath": "/app/Tiltfile",
        "exitCondition": "manual",
        "ci": {"timeout": "30m0s", "readinessTimeout": "5m0s"},
    },
    "status": {
        "pid": 4242,
        "startTime": "2026-01-01T00:00:00.000000Z",
        "targets": [
            {"name": "api:serve", "type": "server", "resources": ["api"], "state": STATE},
            {"name": "migrate:update", "type": "job", "resources": ["migrate"], "state": STATE},
            {"name": "tiltfile:update", "type": "job", "resources": ["(Tiltfile)"], "state": STATE},
        ],
        "done": False,
    },
}


def certified() -> tuple[ssl.SSLContext, str]:
    """Make a certificate for the loopback address; give the server's context and the path of the authority's PEM."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    context.num_tickets = 1
    with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
        file.write(authority.cert_pem.bytes())
    return context, file.name
