"""What a recording does not tell."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.models import metadata, session
from pytest_tiltsession.scenario import redaction


@pytest.fixture
def redactor():
    """A redactor that has met the Tiltfile of a Tilt with pid 77."""
    made = redaction.Redactor(77)
    made.path("/home/ann/shop/Tiltfile")
    return made


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Process 77 exited with non-zero status", "Process 4242 exited with non-zero status"),
        ("Process 0 exited with non-zero status", "Process 0 exited with non-zero status"),
        ("Process 31 then Process 32 and pid=31", "Process 4243 then Process 4244 and pid=4243"),
        ('Command "exit 7" failed: exit status 7', 'Command "exit 7" failed: exit status 7'),
        ("/home/ann/shop/Tiltfile:2:5: in <toplevel>", "/app/Tiltfile:2:5: in <toplevel>"),
        ("/home/ann/shop: no; /home/ann/shopping", "/app: no; /home/dev/shopping"),
        ("open /root/.kube/config, /rooted", "open /home/dev/.kube/config, /rooted"),
        ("/Users/bob/x C:\\Users\\bob\\x", "/home/dev/x C:\\Users\\dev\\x"),
        ("dial tcp 10.1.2.3:6443: refused", "dial tcp 192.0.2.1:10350: refused"),
        ("dial tcp: lookup db.corp on 10.0.0.2:53: no", "dial tcp: lookup host.example on 192.0.2.1:10350: no"),
        ("Get https://me:pw@k8s.corp:6443/api", "Get https://host.example:10350/api"),
        ("http://localhost:8080 and 127.0.0.1:22", "http://localhost:10350 and 127.0.0.1:10350"),
        ("[fe80::1]:90 [::1]:80 [12:30:45]", "[2001:db8::1]:10350 [::1]:10350 [12:30:45]"),
        ("Check out https://docs.tilt.dev/tutorial.html", "Check out https://docs.tilt.dev/tutorial.html"),
        ("at 7c4a5548-5bb9-4c48-a0d3-6439b6e33a70", "at 00000000-0000-4000-8000-000000000001"),
        ("fork/exec /no/such/binary: no such file", "fork/exec /no/such/binary: no such file"),
    ],
)
def test_texts_keep_what_tilt_says_and_lose_what_the_machine_is(redactor, text, told):
    """Pids, paths, hosts, ports and uids become placeholders; everything else stays."""
    assert redactor.text(text) == told


def test_tiltfiles_keep_their_names(redactor):
    """Folders are replaced in the order in which they are met; a relative path stays."""
    assert redactor.path("/home/ann/shop/Tiltfile") == "/app/Tiltfile"
    assert redactor.path("/home/ann/shop/sub/Tiltfile") == "/app/sub/Tiltfile"
    assert redactor.path("/srv/other/Tiltfile.ci") == "/app3/Tiltfile.ci"
    assert redactor.path("/Tiltfile") == "/app/Tiltfile"
    assert redactor.path("Tiltfile") == "Tiltfile"


def test_a_session_is_redacted_field_by_field(redactor):
    """pid, path, errors, labels and annotations are replaced; names of targets are what the session is about."""
    failed = session.TargetState(terminated=session.TargetStateTerminated(1, 2, "Process 31 exited"))
    value = session.Session(
        metadata.ObjectMeta(name="Tiltfile", labels={"a": "10.0.0.1"}, annotations={"b": "/home/ann/x"}),
        session.SessionSpec("/home/ann/shop/Tiltfile", "ci"),
        session.SessionStatus(
            77, 0, (session.Target("localhost:80:serve", "server", ("x",), failed),), True, "Process 31 exited"
        ),
    )
    found = redactor.redacted(value)
    assert found.status.pid == 4242
    assert found.status.error == found.status.targets[0].state.terminated.error == "Process 4243 exited"
    assert found.status.targets[0].name == "localhost:80:serve"
    assert (found.metadata.labels, found.metadata.annotations) == ({"a": "192.0.2.1"}, {"b": "/home/dev/x"})
    assert found.spec.tiltfile_path == "/app/Tiltfile"


def test_a_timeout_names_targets_as_they_are(redactor):
    """The error of a timeout is made of target names, which are kept, so that judging gives the same text."""
    error = "Timeout after 3s: 1 resources waiting (localhost:80:serve unknown)"
    value = session.Session(metadata.ObjectMeta(), session.SessionSpec(), session.SessionStatus(77, 0, (), True, error))
    assert redactor.redacted(value).status.error == error


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-----BEGIN EC PRIVATE KEY-----", "a private key"),
        ("Authorization: Bearer abcdefghijklmnop123", "a bearer token"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.abc", "a JSON web token"),
        ("ghp_abcdefghijklmnopqrst12345", "an access token"),
        ("AKIAIOSFODNN7EXAMPLE", "an access token"),
        ("DB_PASSWORD='hunter22!'", "a password"),
        ("api_key = k3y-k3y-k3y", "a password"),
        ("aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9n", "a token"),
        ("q0Wm/3eR+5tY7uI9oP1aS3dF5gH7jK9lZ1xC3vB5nM7q9W1e3R5t7Y9u1I3o5P7a==", "a token"),
    ],
)
def test_what_looks_like_a_secret_is_refused(text, kind):
    """Tokens, keys and passwords are refused by kind and place, and are not in the message."""
    with pytest.raises(errors.TiltSessionError, match=f"looks like {kind}, in the title") as caught:
        redaction.refuse_secrets([("the title", text)])
    assert text not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "invalid token: unexpected end",
        "0123456789abcdef0123456789abcdef01234567",
        "tilt-abcdef-1234567890-abcdefghijklmnopqrstuvwxyz-0123",
        "TestReconcilerHandlesVeryLongIdentifierNamesToo2",
        "a/very/long/path/with/many/Folders/And/1234/Digits/in/it/before/the/End",
        "token = os.environ",
    ],
)
def test_long_names_and_digests_are_no_secrets(text):
    """Hexadecimal digests, long names and talk about tokens can be written."""
    redaction.refuse_secrets([("the title", text)])
