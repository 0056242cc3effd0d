"""What a recording does not tell."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.models import metadata, session
from pytest_tiltsession.scenario import redaction, secrecy


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
        ("listen tcp :8080: bind: in use", "listen tcp :10350: bind: in use"),
        ("another process on port 10351, port=80", "another process on port 10350, port=10350"),
        ("port 3.5 of it, ports closed", "port 3.5 of it, ports closed"),
        ("open /tmp/tilt-918273/x: no; /tmp/tilt-918273/y", "open /tmp/dir1/x: no; /tmp/dir1/y"),
        ("/var/folders/ab/c_d/T/tmpab12cd_3/x and /tmp/ready", "/tmp/dir1/x and /tmp/ready"),
        ("/tmp/pytest-of-ann/pytest-7/x", "/tmp/dir1/x"),
        (f"container {'ab' * 32} and container {'ab' * 6}", f"container {1:012d}{0:052d} and container {1:012d}"),
        (f"docker://{'cd' * 32}", f"docker://{1:012d}{0:052d}"),
        ("Pod web-6d4cf56db6-x7k2m in error", "Pod web-0000000001-00001 in error"),
        ("web-6d4cf56db6-x7k2m web-6d4cf56db6-b9c4z", "web-0000000001-00001 web-0000000001-00002"),
        ("Pod job-x7k2m then pod/job-x7k2m", "Pod job-00001 then pod/job-00001"),
        ("Pod web-0 of my-first-world", "Pod web-0 of my-first-world"),
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
        ("client-key-data: LS0tLS1CRUdJTiBSU0E", "a key of a kubeconfig"),
        ("LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo", "a private key"),
        ("sk_live_abcdefghij0123456789", "an access token"),
        ("npm_abcdefghijklmnopqrstuvwxyz012345", "an access token"),
        ("q0Wm/3eR+5tY7uI9oP1aS3dF5gH7jK9lZ1xC3vB5nM7q9W1e3R5t7Y9u1I3o5P7a==", "a token"),
    ],
)
def test_what_looks_like_a_secret_is_refused(text, kind):
    """Tokens, keys and passwords are refused by kind and place, and are not in the message."""
    with pytest.raises(errors.TiltSessionError, match=f"looks like {kind}, in the title") as caught:
        secrecy.refuse_secrets([("the title", text)])
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
    secrecy.refuse_secrets([("the title", text)])


def test_a_secret_in_a_name_is_not_told_with_its_place():
    """The place of what looks like one is told only as far as it does not look like one itself."""
    with pytest.raises(errors.TiltSessionError, match="in the step at 1s; it is not written") as caught:
        secrecy.refuse_secrets([("the step at 1s, ghp_abcdefghijklmnopqrst12345", "ghp_abcdefghijklmnopqrst12345=x")])
    assert "ghp_" not in str(caught.value)


def failed(name, error, *, verdict=None):
    """Give a Session with one target that failed."""
    state = session.TargetState(terminated=session.TargetStateTerminated(1, 2, error))
    status = session.SessionStatus(77, 0, (session.Target(name, "job", (name,), state),), True, verdict or error)
    return session.Session(metadata.ObjectMeta(name="Tiltfile"), session.SessionSpec("/acme/Tiltfile", "ci"), status)


def test_a_users_own_redaction_sees_each_text_before_ours_and_says_which_it_is():
    """Its fields are those that a scenario has."""
    fields = {}

    def own(field, text):
        fields.setdefault(field, text)
        return text.replace("acme", "shop")

    value = failed("acme-web:update", "acme on 10.0.0.1 failed")
    value = session.Session(
        metadata.ObjectMeta(labels={"acme": "acme"}, annotations={"a": "acme"}), value.spec, value.status
    )
    found = redaction.Redactor(77, own).redacted(value)
    assert (
        set(fields) == {"tiltfilePath", "target", "resource", "error", "label", "annotation"} <= set(redaction.FIELDS)
    )
    assert fields["error"] == "acme on 10.0.0.1 failed"
    target = found.status.targets[0]
    assert (target.name, target.resources) == ("shop-web:update", ("shop-web:update",))
    assert found.status.error == target.state.terminated.error == "shop on 192.0.2.1 failed"
    assert (found.metadata.labels, found.metadata.annotations) == ({"shop": "shop"}, {"a": "shop"})


def test_the_names_in_a_timeout_are_those_of_the_targets():
    """So that judging gives the same text as was written down."""
    names = {"acme:update": "one:update"}
    value = failed("acme:update", "", verdict="Timeout after 3s: 1 resources not ready (acme:update), acme:updates")
    found = redaction.Redactor(77, lambda _, text: names.get(text, text)).redacted(value)
    assert found.status.error == "Timeout after 3s: 1 resources not ready (one:update), acme:updates"


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (lambda *_: None, "the redaction gave None for a text that is"),
        (lambda *_: 1 / 0, "the redaction raised ZeroDivisionError for a text that is"),
    ],
)
def test_a_redaction_that_fails_is_told(own, told):
    """With what the text was, and not the text."""
    with pytest.raises(errors.TiltSessionError, match=told) as caught:
        redaction.Redactor(77, own).redacted(failed("acme:update", "boom"))
    assert "boom" not in str(caught.value)


def test_two_targets_must_not_become_one():
    """A redaction that gives both one name is refused."""
    redactor = redaction.Redactor(77, lambda field, text: "x" if field == "target" else text)
    redactor.redacted(failed("a:update", "boom"))
    with pytest.raises(errors.TiltSessionError, match="gives two targets the name 'x'"):
        redactor.redacted(failed("b:update", "boom"))
