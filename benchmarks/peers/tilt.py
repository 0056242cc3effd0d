"""A real Tilt, started from its binary: in a folder, with a home and on a port of its own, and without a cluster.

Nothing of it stays: the folder goes, and what its one server runs ends with the pipe that it reads. The user's own
Tilt, its config file and its images are left alone.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from benchmarks import usage
from benchmarks.peers import answer, telling
from pytest_tiltsession import errors, kubeconfig
from pytest_tiltsession.live import finding, trusting

T = TypeVar("T")
PATIENCE = 60.0  # seconds until it serves
TICK = 0.01  # seconds between two looks
SIGNALS = ((signal.SIGINT, 10), (signal.SIGTERM, 5), (signal.SIGKILL, 5))  # and for how long each is waited for
LINES = 20  # of what Tilt wrote, where it is shown
# The same two resources as the fake that it is measured beside. The server reads a pipe until its last writer, which is
# this process, has gone: so it ends even where Tilt could not end it.
TILTFILE = """\
docker_prune_settings(disable=True)
version_settings(check_updates=False)
local_resource('migrate', cmd='true')
local_resource('api', serve_cmd='exec cat lasting')
"""
TARGETS = {"api:serve": "active", "migrate:update": "terminated", "tiltfile:update": "terminated"}


def environment(home: pathlib.Path) -> dict[str, str]:
    """Give the environment of a Tilt that knows nothing of this user's: no cluster, no config file, no analytics."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "DO_NOT_TRACK": "1",
        "TILT_DISABLE_ANALYTICS": "1",
    }


def free_port() -> int:
    """Give a port that nobody listens on now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


class Tilt:
    """One ``tilt up`` and its folder."""

    def __init__(self, binary: str, folder: pathlib.Path, patience: float) -> None:
        self.folder, self.patience = folder, patience
        (folder / "Tiltfile").write_text(TILTFILE)
        os.mkfifo(folder / "lasting")
        # A pipe can be opened for writing once there is a reader.
        reader = os.open(folder / "lasting", os.O_RDONLY | os.O_NONBLOCK)
        self._writer = os.open(folder / "lasting", os.O_WRONLY)
        os.close(reader)
        self._port = free_port()
        # --stream needs no terminal. A Tilt built from source would start a web server of Node's without --web-mode.
        words = ["up", "--stream", "--web-mode=prod", "--host", "127.0.0.1", "--port", str(self._port)]
        self.command = [binary, *words, "-f", "Tiltfile"]
        self.said, self._last = folder / "tilt.log", "nothing"
        self._begun = time.perf_counter()
        with self.said.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=folder,
                env=environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def serve(self) -> dict[str, object]:
        """Wait until it serves its Session, then until its targets are at rest.

        Give where that is, and after how many seconds it served. Raises :class:`telling.Failed` where it ends before,
        or does not come to it.
        """
        where = finding.Whereabouts(
            kubeconfig.context_name(self._port), kubeconfig.default_path(environment(self.folder))
        )
        entry = self._until(where.look, "named itself in its config file")
        session = self._until(lambda: self._session(entry), "served its Session")
        started = time.perf_counter() - self._begun
        if not self._at_rest(session):
            self._until(lambda: self._at_rest(self._session(entry)) or None, "brought its targets to rest")
        authority = self.folder / "ca.pem"
        authority.write_bytes(entry.ca_pem or b"")
        listing = answer.PATH.rpartition("/")[0] + "?watch=true"
        place = {"url": entry.server, "ca": str(authority), "token": entry.token, "path": answer.PATH, "watch": listing}
        return {**place, "started": started}

    def used(self) -> dict[str, float]:
        """Give what Tilt has used so far; raises :class:`telling.Failed` where it has ended meanwhile."""
        if self.process.poll() is not None:
            raise telling.Failed(self._ended("been measured to the end"))
        return usage.of(self.process.pid)

    def end(self) -> None:
        """End it, by asking first, and what its resources run."""
        for number, patience in SIGNALS:
            with contextlib.suppress(subprocess.TimeoutExpired):
                if self.process.poll() is None:
                    self.process.send_signal(number)
                    self.process.wait(patience)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        os.close(self._writer)

    def _until(self, look: Callable[[], T | None], what: str) -> T:
        while True:
            found = look()
            if found is not None:
                return found
            if self.process.poll() is not None:
                raise telling.Failed(self._ended(what))
            if time.perf_counter() - self._begun > self.patience:
                raise telling.Failed(
                    f"{' '.join(self.command)} has not {what} within {self.patience:g} s; the last that it answered "
                    f"was {self._last}. It wrote:\n{self._tail()}"
                )
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(TICK)

    def _session(self, entry: kubeconfig.Entry) -> dict[str, Any] | None:
        request = urllib.request.Request(entry.server + answer.PATH, headers={"Authorization": f"Bearer {entry.token}"})
        try:
            with urllib.request.urlopen(request, timeout=5, context=trusting.context(entry)) as got:
                found: dict[str, Any] = json.load(got)
        except urllib.error.HTTPError as refused:
            with refused:
                self._last = f"{refused.code} {refused.read(300).decode(errors='replace')}"
            return None
        except (OSError, ValueError, errors.KubeconfigError) as problem:
            self._last = f"nothing ({problem})"
            return None
        self._last = f"a Session with the targets {(found.get('status') or {}).get('targets')}"
        return found

    def _at_rest(self, session: dict[str, Any] | None) -> bool:
        """Tell whether the job is done and the server ready; raises :class:`telling.Failed` where one has failed."""
        listed = ((session or {}).get("status") or {}).get("targets") or ()
        targets = {target["name"]: target["state"] for target in listed}
        for name, state in targets.items():
            error = (state.get("terminated") or {}).get("error")
            if error:
                raise telling.Failed(f"{self.command[0]} could not run {name} of this Tiltfile:\n{TILTFILE}\n{error}")
        return targets.keys() == TARGETS.keys() and all(
            state in targets[name] and targets[name][state].get("ready", True) for name, state in TARGETS.items()
        )

    def _ended(self, what: str) -> str:
        code = self.process.returncode
        return f"{' '.join(self.command)} ended with code {code} before it had {what}. It wrote:\n{self._tail()}"

    def _tail(self) -> str:
        lines = self.said.read_text(errors="replace").splitlines() or ["(nothing)"]
        return "\n".join(f"  {line}" for line in lines[-LINES:])


@contextlib.contextmanager
def running(binary: str, patience: float = PATIENCE) -> Iterator[Tilt]:
    """Start a Tilt, and leave nothing of it."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="measured-tilt-"))
    try:
        tilt = Tilt(binary, folder, patience)
        try:
            yield tilt
        finally:
            tilt.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Serve ``BINARY [PATIENCE]`` until the input ends, or this process is asked to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    binary, *patience = sys.argv[1:]
    try:
        with running(binary, *map(float, patience)) as tilt:
            telling.serve(tilt.serve(), {"used": lambda _: tilt.used()})
    except (telling.Failed, OSError) as problem:
        telling.say({"failed": str(problem)})
    except KeyboardInterrupt:
        sys.exit(1)


if __name__ == "__main__":
    main()
