"""``tiltsession serve --control``: the fake as a program, driven from outside."""

import functools
import json
import signal
import ssl
import subprocess
import sys
import urllib.request

import programs
import pytest

serving = functools.partial(programs.serving, "--control")


def ask(line, method, path, fields=None):
    """Make a request of the control interface; the certificate of the API is good for it, too."""
    context = ssl.create_default_context(cafile=line["ca"]) if line["ca"] else None
    request = urllib.request.Request(
        line["control"]["url"] + path,
        json.dumps(fields or {}).encode() if method == "POST" else None,
        {"Authorization": f"Bearer {line['control']['token']}"},
        method=method,
    )
    with urllib.request.urlopen(request, context=context, timeout=30) as response:
        return json.load(response)


def test_a_served_fake_is_driven_and_asked_to_end():
    """The ready line says where, with a token of its own; a tilt up without a scenario; a request ends the program."""
    with serving() as (process, line):
        assert {"url", "token", "ca", "kubeconfig", "context", "web_url", "control"} == set(line)
        assert {"url", "token"} == set(line["control"])
        assert line["token"] != line["control"]["token"]
        assert "manual" == ask(line, "GET", "/session")["session"]["spec"]["exitCondition"]
        assert "1h0m0s" == ask(line, "POST", "/clock/advance", {"by": "1h"})["elapsed"]
        ask(line, "POST", "/reset", {"scenario": "ci/never-ready"})
        assert {"ends": True} == ask(line, "POST", "/shutdown")
        assert 0 == process.wait(20)


def test_a_tilt_that_exits_leaves_its_control_interface(tmp_path):
    """Under --exit-when-done the API is gone with the session, the verdict is still told, and a signal ends it all."""
    config = tmp_path / "config"
    with serving("ci/failing-job", "--exit-when-done", "--no-tls", "--kubeconfig", config) as (process, line):
        assert "failed" == ask(line, "POST", "/clock/run-until-done")["outcome"]
        assert (True, 1) == tuple(ask(line, "GET", "/session")[name] for name in ("exited", "exitCode"))
        with pytest.raises(urllib.error.URLError, match="refused"):
            urllib.request.urlopen(line["url"], timeout=30)
        assert line["context"] not in config.read_text()
        process.send_signal(signal.SIGTERM)
        assert 1 == process.wait(20)


def test_its_port_can_be_chosen_and_goes_with_it():
    """--control-port without --control is refused in a sentence."""
    command = [sys.executable, "-m", "pytest_tiltsession", "serve", "--control-port", "8080"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (2, "tiltsession: --control-port goes with --control, which is not there\n") == (
        ended.returncode, ended.stderr,
    )  # fmt: skip
