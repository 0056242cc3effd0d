"""Takes out of a recording what belongs to the machine that made it: pids, paths, hosts, ports, uids; pure.

Placeholders are given by order of appearance, so that the same recording always reads the same. What looks like a
secret is not replaced but refused: nobody should find out later that a pattern missed the other half of it.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping

from pytest_tiltsession import errors
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps

APP = "/app"
HOME = "/home/dev"
PORT = "10350"
HOST = "host.example"
ADDRESS = "192.0.2.1"

_PID = re.compile(r"(\b[Pp]rocess |\b[Pp][Ii][Dd][ =:]+)([1-9][0-9]*)\b")
_UID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
_HOMES = re.compile(r"(?<![\w./-])(?:/(?:home|Users)/[^/\s:'\",;)]+|/root(?![\w.-]))")
_WINDOWS_HOMES = re.compile(r"\b[A-Za-z]:\\Users\\[^\\\s:'\",;)]+")
_IPV6 = r"\[(?=[^\]]*::|(?:[^\]:]*:){7})[0-9a-fA-F:.]+\]"
_URL = re.compile(rf"(\b[a-z][a-z0-9+.-]*://)(?:[^\s/@'\"]*@)?({_IPV6}|[\w.-]+)(:[0-9]+)?")
_DIALLED = re.compile(r"(\b(?:dial (?:tcp|udp)[46]?|lookup) )(?!\[|[0-9])([\w.-]*\w)(:[0-9]+)?")
_ADDRESS = re.compile(rf"(?<![\w.:/-])((?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}|{_IPV6}|localhost)(:[0-9]+)?(?!\.?\w)")
_OWN_HOSTS = re.compile(r"localhost|127(?:\.[0-9]+){3}|0\.0\.0\.0|\[::1?\]|(?:[\w-]+\.)*tilt\.dev")
_TIMED_OUT = ("Timeout after ", "Readiness timeout after ")

_SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a bearer token": re.compile(r"\b[Bb]earer\s+[\w.~+/=-]{16,}"),
    "a JSON web token": re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}"),
    "an access token": re.compile(
        r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}\b"
        r"|AIza[\w-]{30,}|sk-(?=[\w-]*[0-9])[\w-]{20,})"
    ),
    "a password": re.compile(
        r"(?i)(?:password|passwd|secret|token|api[_-]?key)\w*[\"']?\s*=\s*[\"']?(?=[^\s\"',]*[0-9])[^\s\"',]{8,}"
    ),
}
_RANDOM = re.compile(r"[A-Za-z0-9+_-]{40,}|[A-Za-z0-9+/]{40,}={1,2}")


class Redactor:
    """Replaces what one recording must not tell. ``pid`` is the recorded Tilt's own process."""

    def __init__(self, pid: int) -> None:
        self._pids = {str(pid): str(steps.DEFAULT_PID), "0": "0"}
        self._uids: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def redacted(self, value: session.Session) -> session.Session:
        """Give the Session with spec, status, labels and annotations as they may be written down."""
        spec = dataclasses.replace(value.spec, tiltfile_path=self.path(value.spec.tiltfile_path))
        status = value.status
        targets = status.targets and tuple(map(self._target, status.targets))
        pid = int(self._pids.get(str(status.pid), status.pid))
        status = dataclasses.replace(status, pid=pid, targets=targets, error=self._verdict(status))
        meta = dataclasses.replace(
            value.metadata,
            labels=self._values(value.metadata.labels),
            annotations=self._values(value.metadata.annotations),
        )
        return session.Session(meta, spec, status)

    def path(self, path: str) -> str:
        """Give the path of a Tiltfile, its folder replaced; a relative one stays."""
        folder, slash, name = path.rpartition("/")
        if not slash:
            return path
        if folder and folder not in self._folders:
            number = len(self._folders) + 1
            self._folders[folder] = self._in_folders(folder) or (APP if number == 1 else f"{APP}{number}")
        return f"{self._folders.get(folder, APP)}/{name}"

    def text(self, text: str) -> str:
        """Give a text, such as an error, with its paths, pids, uids, hosts and ports replaced."""
        text = self._in_folders(text) or text
        text = _HOMES.sub(HOME, text)
        text = _WINDOWS_HOMES.sub(lambda _: "C:\\Users\\dev", text)
        text = _PID.sub(lambda match: match[1] + self._numbered(match[2]), text)
        text = _UID.sub(lambda match: self._uid(match[0]), text)
        for pattern in (_URL, _DIALLED):
            text = pattern.sub(lambda match: match[1] + _place(match[2], match[3]), text)
        return _ADDRESS.sub(lambda match: _place(match[1], match[2]), text)

    def _target(self, target: session.Target) -> session.Target:
        terminated = target.state.terminated
        if terminated is None or not terminated.error:
            return target
        terminated = dataclasses.replace(terminated, error=self.text(terminated.error))
        return dataclasses.replace(target, state=dataclasses.replace(target.state, terminated=terminated))

    def _verdict(self, status: session.SessionStatus) -> str:
        """Redact the session's error as the target's that it repeats.

        That of a timeout is made of the names of targets, which are kept, so it is kept as well.
        """
        own = any(
            t.state.terminated is not None and t.state.terminated.error == status.error for t in status.targets or ()
        )
        return status.error if status.error.startswith(_TIMED_OUT) and not own else self.text(status.error)

    def _values(self, texts: Mapping[str, str] | None) -> dict[str, str] | None:
        return None if texts is None else {key: self.text(text) for key, text in texts.items()}

    def _in_folders(self, text: str) -> str | None:
        """Replace the folders of Tiltfiles, the longest first; None where there is none of them."""
        result = text
        for folder in sorted(self._folders, key=len, reverse=True):
            placeholder = self._folders[folder]
            result = re.sub(rf"(?<![\w./-]){re.escape(folder)}(?![\w.-])", placeholder.replace("\\", r"\\"), result)
        return result if result != text else None

    def _numbered(self, pid: str) -> str:
        return self._pids.setdefault(pid, str(steps.DEFAULT_PID + len(self._pids) - 1))

    def _uid(self, uid: str) -> str:
        return self._uids.setdefault(uid, f"00000000-0000-4000-8000-{len(self._uids) + 1:012d}")


def _place(host: str, port: str | None) -> str:
    """Give a host and its port as placeholders; the machine itself and Tilt's own pages keep their names."""
    if not _OWN_HOSTS.fullmatch(host):
        host = "[2001:db8::1]" if host.startswith("[") else ADDRESS if re.fullmatch(r"[0-9.]+", host) else HOST
    return f"{host}:{PORT}" if port else host


def refuse_secrets(texts: Iterable[tuple[str, str]]) -> None:
    """Refuse to write what looks like a token or a private key. ``texts`` are pairs of where and what.

    Raises :class:`errors.TiltSessionError`, which tells where it stands and not what it is.
    """
    for where, text in texts:
        kind = next((kind for kind, pattern in _SECRETS.items() if pattern.search(text)), None)
        if kind is None and any(map(_is_random, _RANDOM.findall(text))):
            kind = "a token"
        if kind is not None:
            raise errors.TiltSessionError(
                f"the recording holds what looks like {kind}, in {where}; it is not written. "
                "Keep it out of the Tiltfile and of what commands print, and record again"
            )


def _is_random(word: str) -> bool:
    """Tell a token from a long name or a digest in hexadecimal digits."""
    classes: tuple[Callable[[str], bool], ...] = (str.isdigit, str.isupper, str.islower)
    return all(sum(map(is_one, word)) >= 4 for is_one in classes)
