"""The config file by which Tilt's clients find it."""

import base64
import concurrent.futures
import os
import stat
import subprocess
import sys

import pytest
import yaml

from pytest_tiltsession import errors, kubeconfig
from pytest_tiltsession.kubeconfig import promised

CA = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
TOKEN = "t" * 86 + "=="


def entry(port=21357, **changes):
    """Give an entry as Tilt makes it."""
    given = {"context": f"tilt-{port}", "server": "https://127.0.0.1:46571", "ca_pem": CA, "token": TOKEN}
    return kubeconfig.Entry(**given | changes)


@pytest.fixture
def path(tmp_path):
    """Give a path in a folder that does not exist yet."""
    return tmp_path / "tilt-dev" / "config"


def test_the_file_is_what_tilt_writes(path):
    """The same keys in the same order, to the byte, with Tilt's empty current context."""
    kubeconfig.add_entry(path, entry(), current_context=False)
    assert path.read_text() == (
        "apiVersion: v1\n"
        "clusters:\n"
        "- cluster:\n"
        f"    certificate-authority-data: {base64.b64encode(CA).decode()}\n"
        "    server: https://127.0.0.1:46571\n"
        "  name: tilt-21357\n"
        "contexts:\n"
        "- context:\n"
        "    cluster: tilt-21357\n"
        "    user: tilt-21357\n"
        "  name: tilt-21357\n"
        'current-context: ""\n'
        "kind: Config\n"
        "users:\n"
        "- name: tilt-21357\n"
        "  user:\n"
        f"    token: {TOKEN}\n"
    )


def test_a_long_authority_stays_on_its_line(path):
    """Two certificates are more than a kilobyte of base64, which is not wrapped."""
    kubeconfig.add_entry(path, entry(ca_pem=CA * 40))
    assert f"certificate-authority-data: {base64.b64encode(CA * 40).decode()}\n" in path.read_text()


def test_after_the_last_entry_the_lists_are_null(path):
    """A Tilt that ends leaves the file that a real one leaves."""
    kubeconfig.add_entry(path, entry())
    kubeconfig.remove_entry(path, "tilt-21357")
    assert path.read_text() == (
        'apiVersion: v1\nclusters: null\ncontexts: null\ncurrent-context: ""\nkind: Config\nusers: null\n'
    )


def test_what_is_written_can_be_found(path):
    """An entry comes back as it went in, by name and as the current one."""
    kubeconfig.add_entry(path, entry())
    assert kubeconfig.find(path, "tilt-21357") == kubeconfig.find(path) == entry()
    assert TOKEN not in repr(kubeconfig.find(path))


def test_an_entry_without_tls_or_token(path):
    """A Tilt in the clear has neither authority nor token."""
    plain = entry(server="http://127.0.0.1:1", ca_pem=None, token=None)
    kubeconfig.add_entry(path, plain)
    assert kubeconfig.find(path) == plain


def test_several_tilts_share_a_file(path):
    """Each has its context, the latest is current, and leaving hands that on to the one before."""
    for port in (1, 2, 3):
        kubeconfig.add_entry(path, entry(port))
    assert kubeconfig.contexts(path) == ("tilt-1", "tilt-2", "tilt-3")
    assert kubeconfig.find(path).context == "tilt-3"
    kubeconfig.remove_entry(path, "tilt-1")
    assert kubeconfig.find(path).context == "tilt-3"
    kubeconfig.remove_entry(path, "tilt-3")
    assert kubeconfig.find(path).context == "tilt-2"


def test_adding_again_replaces(path):
    """A Tilt that starts anew on its web port has one entry, with the new values."""
    kubeconfig.add_entry(path, entry(token="old"))
    kubeconfig.add_entry(path, entry(token="new"))
    assert kubeconfig.contexts(path) == ("tilt-21357",)
    assert kubeconfig.find(path).token == "new"


def test_what_others_wrote_stays(path):
    """Foreign entries, preferences and fields of a config survive."""
    path.parent.mkdir()
    foreign = {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {"colors": True},
        "current-context": "prod",
        "clusters": [{"name": "prod", "cluster": {"server": "https://prod", "insecure-skip-tls-verify": True}}],
        "contexts": [{"name": "prod", "context": {"cluster": "prod", "user": "me", "namespace": "ü"}}],
        "users": [{"name": "me", "user": {"exec": {"command": "aws"}}}],
    }
    path.write_text(yaml.safe_dump(foreign))
    kubeconfig.add_entry(path, entry(), current_context=False)
    kubeconfig.remove_entry(path, "tilt-21357")
    assert yaml.safe_load(path.read_text()) == foreign


def test_removing_what_is_not_there_changes_nothing(path):
    """A missing file stays missing, and a file without the entry is not touched."""
    kubeconfig.remove_entry(path, "tilt-1")
    assert not path.exists()
    kubeconfig.add_entry(path, entry())
    before = path.stat().st_ino
    kubeconfig.remove_entry(path, "tilt-1")
    assert path.stat().st_ino == before


def test_the_file_is_for_its_owner_and_replaced_as_a_whole(path):
    """Mode 0600, no leftovers beside it, and a link to the file stays a link."""
    link = path.parent / "link"
    kubeconfig.add_entry(path, entry(1))
    link.symlink_to(path.name)
    kubeconfig.add_entry(link, entry(2))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert link.is_symlink()
    assert kubeconfig.contexts(path) == ("tilt-1", "tilt-2")
    assert sorted(item.name for item in path.parent.iterdir()) == ["config", "link"]


def test_threads_do_not_lose_each_others_entries(path):
    """Sixteen fakes that start at once are all in the file, and gone when all have stopped."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda port: kubeconfig.add_entry(path, entry(port)), range(16)))
        assert len(kubeconfig.contexts(path)) == 16
        list(pool.map(lambda port: kubeconfig.remove_entry(path, f"tilt-{port}"), range(16)))
    assert kubeconfig.contexts(path) == ()


def test_files_beside_the_config_are_read(path):
    """An authority and a token may stand in files of their own, named relative to the config."""
    path.parent.mkdir()
    (path.parent / "ca.pem").write_bytes(CA)
    (path.parent / "token").write_text("from a file\n")
    path.write_text(
        "clusters: [{name: c, cluster: {server: https://x, certificate-authority: ca.pem}}]\n"
        "contexts: [{name: tilt-default, context: {cluster: c, user: u}}]\n"
        "users: [{name: u, user: {token: written, tokenFile: token}}]\n"
    )
    assert kubeconfig.find(path, "tilt-default") == kubeconfig.Entry("tilt-default", "https://x", CA, "from a file")


def test_a_context_without_a_user_has_no_token(path):
    """The user of a context may be left out."""
    path.parent.mkdir()
    path.write_text("clusters: [{name: c, cluster: {server: s}}]\ncontexts: [{name: t, context: {cluster: c}}]\n")
    assert kubeconfig.find(path, "t").token is None


def test_a_missing_context_names_the_near_one(path):
    """The error lists the contexts and proposes the nearest."""
    kubeconfig.add_entry(path, entry(1234))
    with pytest.raises(errors.KubeconfigError) as caught:
        kubeconfig.find(path, "tilt-1235")
    assert str(caught.value) == (f"{path} has no context 'tilt-1235': it has 'tilt-1234'. Did you mean 'tilt-1234'?")
    with pytest.raises(errors.KubeconfigError, match=r"it has 'tilt-1234'\. Is Tilt running\?"):
        kubeconfig.find(path, "production")


def test_no_current_context_is_an_error_of_its_own(path):
    """Tilt leaves the current context empty, so a name is needed."""
    kubeconfig.add_entry(path, entry(), current_context=False)
    with pytest.raises(errors.KubeconfigError, match="has no current context: name one of 'tilt-21357'"):
        kubeconfig.find(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "is not a kubeconfig: while parsing"),
        ("just text", "is not a kubeconfig: it holds no mapping"),
        ("- a list", "is not a kubeconfig: it holds no mapping"),
        ("clusters: {}", "clusters is not a list of mappings"),
        ("contexts: [a]", "contexts is not a list of mappings"),
        ("contexts: [{name: t, context: text}]", "the context 't' is not a mapping"),
        ("contexts: [{name: t, context: {cluster: c}}]", "has no cluster 'c': it has no clusters at all"),
        ("contexts: [{name: t}]", "has no cluster None"),
        (
            "contexts: [{name: t, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: s}}]",
            "has no user 'u'",
        ),
        ("contexts: [{name: t, context: {cluster: c}}]\nclusters: [{name: c}]", "'t' has no server"),
        (
            "contexts: [{name: t, context: {cluster: c}}]\n"
            "clusters: [{name: c, cluster: {server: s, certificate-authority-data: '%'}}]",
            "certificate-authority-data is not base64",
        ),
        (
            "contexts: [{name: t, context: {cluster: c}}]\n"
            "clusters: [{name: c, cluster: {server: s, certificate-authority: nowhere.pem}}]",
            "nowhere.pem, which cannot be read: No such file or directory",
        ),
        (b"\xff\xfe\xff", "cannot read the kubeconfig"),
    ],
)
def test_a_malformed_file_is_named_with_what_is_wrong(path, text, says):
    """Every shape that is no kubeconfig gives an error that starts from the path."""
    path.parent.mkdir()
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(errors.KubeconfigError) as caught:
        kubeconfig.find(path, "t")
    assert str(path) in str(caught.value)
    assert says in str(caught.value)


def test_an_empty_file_is_an_empty_config(path):
    """A file of no bytes can be added to."""
    path.parent.mkdir()
    path.touch()
    kubeconfig.add_entry(path, entry())
    assert kubeconfig.find(path) == entry()


def test_a_file_that_cannot_be_read_is_named(path):
    """A missing file and a folder in its place say so."""
    with pytest.raises(errors.KubeconfigError, match=r"cannot read the kubeconfig .*No such file or directory"):
        kubeconfig.find(path, "t")
    path.mkdir(parents=True)
    with pytest.raises(errors.KubeconfigError, match=r"cannot read the kubeconfig .*Is a directory"):
        kubeconfig.contexts(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    """The error names the file that was to be written, and leaves nothing behind."""
    (tmp_path / "file").touch()
    with pytest.raises(errors.KubeconfigError, match=r"cannot write the kubeconfig .*/file/config: File exists"):
        kubeconfig.add_entry(tmp_path / "file" / "config", entry())
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_a_failed_replacement_leaves_the_old_file(path, monkeypatch):
    """When the last step fails, the file is as before and nothing lies beside it."""
    kubeconfig.add_entry(path, entry(1))

    def fail(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(errors.KubeconfigError, match="No space left on device"):
        kubeconfig.add_entry(path, entry(2))
    assert kubeconfig.contexts(path) == ("tilt-1",)
    assert [item.name for item in path.parent.iterdir()] == ["config"]


def test_names_follow_the_web_port():
    """10350 is the default, every other port is in the name."""
    assert [kubeconfig.context_name(port) for port in (10350, 1)] == ["tilt-default", "tilt-1"]
    assert kubeconfig.default_context({}) == "tilt-default"
    assert kubeconfig.default_context({"TILT_PORT": ""}) == "tilt-default"
    assert kubeconfig.default_context({"TILT_PORT": "10350"}) == "tilt-default"
    assert kubeconfig.default_context({"TILT_PORT": "21357"}) == "tilt-21357"


@pytest.mark.parametrize("port", ["http", "70000", "-1", "1" * 5000, "²"])
def test_a_port_that_is_none_is_refused(port):
    """TILT_PORT must be a port."""
    with pytest.raises(errors.KubeconfigError, match=r"TILT_PORT is .* which is not a port"):
        kubeconfig.default_context({"TILT_PORT": port})


def test_the_file_is_where_tilts_tools_look(tmp_path):
    """TILT_CONFIG wins, of several paths the first that exists; then TILT_DEV_DIR, then the home folder."""
    there = tmp_path / "there"
    there.touch()
    nowhere = tmp_path / "nowhere"
    listed = os.pathsep.join(["", str(nowhere), str(there)])
    assert kubeconfig.default_path({"TILT_CONFIG": listed, "HOME": "/h"}) == there
    assert kubeconfig.default_path({"TILT_CONFIG": str(nowhere)}) == nowhere
    assert str(kubeconfig.default_path({"TILT_DEV_DIR": "/d", "HOME": "/h"})) == "/d/config"
    assert str(kubeconfig.default_path({"HOME": "/h"})) == "/h/.tilt-dev/config"
    assert kubeconfig.default_path({}).name == "config"


def test_the_environment_is_that_of_the_process(monkeypatch):
    """Without a mapping, the process's own environment is read."""
    monkeypatch.setenv("TILT_PORT", "7")
    monkeypatch.setenv("TILT_CONFIG", "/somewhere/config")
    assert kubeconfig.default_context() == "tilt-7"
    assert str(kubeconfig.default_path()) == "/somewhere/config"


def test_processes_that_share_a_file_lose_no_entry(path):
    """Whoever adds and removes at the same time, in whatever process, finds the others' entries as they were."""
    code = (
        "import sys, pathlib\n"
        "from pytest_tiltsession import kubeconfig\n"
        "path, number = pathlib.Path(sys.argv[1]), int(sys.argv[2])\n"
        "for turn in range(8):\n"
        "    for port in range(4):\n"
        "        kubeconfig.add_entry(path, kubeconfig.Entry(f'tilt-{number}-{port}', 'https://127.0.0.1:1'))\n"
        "    for port in range(3):\n"
        "        kubeconfig.remove_entry(path, f'tilt-{number}-{port}')\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), str(number)]) for number in range(4)]
    assert [0] * 4 == [writer.wait(60) for writer in writers]
    assert {f"tilt-{number}-3" for number in range(4)} == set(kubeconfig.contexts(path))
    assert ["config"] == [item.name for item in path.parent.iterdir()]


def test_a_file_that_names_no_tilt_is_made_once(path):
    """It is what a Tilt leaves that has ended; a file that is there stays as it is."""
    kubeconfig.make(path)
    assert () == kubeconfig.contexts(path)
    assert "contexts: null" in path.read_text()
    kubeconfig.add_entry(path, entry())
    kubeconfig.make(path)
    assert ("tilt-21357",) == kubeconfig.contexts(path)


def test_removing_from_a_folder_that_is_gone_makes_none(path):
    """What is not there needs no entry taken out."""
    kubeconfig.remove_entry(path, "tilt-1")
    assert not path.parent.exists()


def test_a_file_that_nobody_asks_for_is_not_written(tmp_path):
    """A promised file is there, with all that was entered meanwhile, once its path is asked for; then it follows."""
    asked = []
    promise = promised.Promised(lambda: asked.append(tmp_path) or tmp_path / "config")
    promise.add(entry(1), current_context=True)
    promise.add(entry(2), current_context=True)
    promise.remove("tilt-1")
    assert ([], []) == (asked, list(tmp_path.iterdir()))
    assert (("tilt-2",), "tilt-2") == (kubeconfig.contexts(promise.path), kubeconfig.find(promise.path).context)
    promise.add(entry(3), current_context=False)
    assert ("tilt-2", "tilt-3") == kubeconfig.contexts(promise.path)
    promise.clear()
    assert () == kubeconfig.contexts(promise.path)


def test_a_promise_that_was_let_go_writes_nothing(tmp_path):
    """Its path is still told, for whoever wants to see that nothing is there."""
    promise = promised.Promised(lambda: tmp_path / "config")
    promise.add(entry(), current_context=True)
    promise.let_go()
    promise.remove("tilt-21357")
    assert (tmp_path / "config", False) == (promise.path, promise.path.exists())


def test_what_others_wrote_meanwhile_is_read(path):
    """A text that this process wrote need not be read again; any other one is."""
    kubeconfig.add_entry(path, entry())
    path.write_text(path.read_text().replace("tilt-21357", "tilt-5"))
    kubeconfig.add_entry(path, entry(6))
    assert ("tilt-5", "tilt-6") == kubeconfig.contexts(path)
    for port in range(100, 140):
        kubeconfig.add_entry(path, entry(port))
    assert 42 == len(kubeconfig.contexts(path))
