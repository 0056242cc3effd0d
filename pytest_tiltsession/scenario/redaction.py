"""Takes out of a recording what belongs to the machine that made it: pids, paths, hosts, ports, uids, names of pods.

Pure. Placeholders are given by order of appearance, so that the same recording always reads the same. What looks like
a secret is not replaced but refused (``secrecy``): nobody should find out later that a pattern missed the other half.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping

from pytest_tiltsession import errors
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps

# A user's own redaction: what a text is (``FIELDS``) and the text in, what may be written down of it out.
Own = Callable[[str, str], str]
FIELDS = (
    "title", "description", "source", "note", "tiltfilePath", "target", "resource", "error", "waitReason", "label",
    "annotation",
)  # fmt: skip

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
_URL = re.compile(
    rf"(\b(?!docker:|containerd:|cri-o:)[a-z][a-z0-9+.-]*://)(?:[^\s/@'\"]*@)?({_IPV6}|[\w.-]+)(:[0-9]+)?"
)
_DIALLED = re.compile(r"(\b(?:dial (?:tcp|udp)[46]?|lookup) )(?!\[|[0-9])([\w.-]*\w)(:[0-9]+)?")
_ADDRESS = re.compile(rf"(?<![\w.:/-])((?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}|{_IPV6}|localhost)(:[0-9]+)?(?!\.?\w)")
_BOUND = re.compile(r"(\blisten (?:tcp|udp)[46]? ):[0-9]+")
_PORT = re.compile(r"(\b[Pp]orts?[ =:]+)[1-9][0-9]{1,4}\b(?!\.?[0-9])")
_OWN_HOSTS = re.compile(r"localhost|127(?:\.[0-9]+){3}|0\.0\.0\.0|\[::1?\]|(?:[\w-]+\.)*tilt\.dev")
_TEMPORARY = re.compile(
    r"(?<![\w./-])(?:(?:/private)?(?:/var)?/tmp|(?:/private)?/var/folders/\w+/\w+/T)/"
    r"(?:pytest-of-[^/\s]+/pytest-[0-9]+|[^/\s:'\",;)]*(?:[0-9]{3}|tmp\w{6}|\.\w{6})[^/\s:'\",;)]*)"
)
# What Kubernetes makes names of: no vowels, and no digits that look like letters.
_SAFE = "[bcdfghjklmnpqrstvwxz2456789]"
_REPLICA = re.compile(rf"(?<![\w.-])([a-z0-9](?:[a-z0-9-]*[a-z0-9])?-)({_SAFE}{{7,10}})-({_SAFE}{{5}})(?![\w-])")
_POD = re.compile(rf"(\b[Pp]ods?[ /\"']+(?:[a-z0-9-]+/)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-)({_SAFE}{{5}})(?![\w-])")
_CONTAINER = re.compile(r"\b[0-9a-f]{64}\b")
_SHORT_CONTAINER = re.compile(r"(\bcontainer(?: id)?[ =:]+[\"']?)([0-9a-f]{12})\b", re.IGNORECASE)
_TIMED_OUT = ("Timeout after ", "Readiness timeout after ")


class Redactor:
    """Replaces what one recording must not tell. ``pid`` is the recorded Tilt's own process.

    ``own`` is the user's redaction, which sees each text as Tilt wrote it. Raises :class:`errors.TiltSessionError`
    where that gives two targets one name.
    """

    def __init__(self, pid: int, own: Own | None = None) -> None:
        self._own = own
        self._names: dict[str, str] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._pids = {str(pid): str(steps.DEFAULT_PID), "0": "0"}
        self._uids: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def redacted(self, value: session.Session) -> session.Session:
        """Give the Session with spec, status, labels and annotations as they may be written down."""
        path = self.path(self._owned("tiltfilePath", value.spec.tiltfile_path))
        spec = dataclasses.replace(value.spec, tiltfile_path=path)
        status = value.status
        targets = status.targets and tuple(map(self._target, status.targets))
        pid = int(self._pids.get(str(status.pid), status.pid))
        status = dataclasses.replace(status, pid=pid, targets=targets, error=self._verdict(status))
        meta = dataclasses.replace(
            value.metadata,
            labels=self._values("label", value.metadata.labels),
            annotations=self._values("annotation", value.metadata.annotations),
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
        text = _TEMPORARY.sub(lambda match: f"/tmp/dir{self._number('dir', match[0])}", text)  # noqa: S108  text of a recording
        text = _HOMES.sub(HOME, text)
        text = _WINDOWS_HOMES.sub(lambda _: "C:\\Users\\dev", text)
        text = _PID.sub(lambda match: match[1] + self._numbered(match[2]), text)
        text = _UID.sub(lambda match: self._uid(match[0]), text)
        text = _CONTAINER.sub(lambda match: self._container(match[0][:12]) + "0" * 52, text)
        text = _SHORT_CONTAINER.sub(lambda match: match[1] + self._container(match[2]), text)
        text = _REPLICA.sub(
            lambda match: f"{match[1]}{self._number('hash', match[2]):010d}-{self._number('pod', match[3]):05d}", text
        )
        text = _POD.sub(lambda match: f"{match[1]}{self._number('pod', match[2]):05d}", text)
        text = _PORT.sub(rf"\g<1>{PORT}", _BOUND.sub(rf"\g<1>:{PORT}", text))
        for pattern in (_URL, _DIALLED):
            text = pattern.sub(lambda match: match[1] + _place(match[2], match[3]), text)
        return _ADDRESS.sub(lambda match: _place(match[1], match[2]), text)

    def told(self, field: str, text: str) -> str:
        """Give a text that is none of the Session's, by the user's redaction and then by :meth:`text`."""
        return self.text(self._owned(field, text))

    def _owned(self, field: str, text: str) -> str:
        if self._own is None or not text:
            return text
        try:
            found = self._own(field, text)
        except Exception as problem:
            raise errors.TiltSessionError(
                f"the redaction raised {type(problem).__name__} for a text that is {field}: {problem}"
            ) from problem
        if not isinstance(found, str):
            raise errors.TiltSessionError(
                f"the redaction gave {found!r} for a text that is {field}; it gives the text that may be written down"
            )
        return found

    def _target(self, target: session.Target) -> session.Target:
        waiting, terminated = target.state.waiting, target.state.terminated
        if waiting is not None and self._own is not None:
            waiting = dataclasses.replace(waiting, wait_reason=self._owned("waitReason", waiting.wait_reason))
        if terminated is not None and terminated.error:
            terminated = dataclasses.replace(terminated, error=self.told("error", terminated.error))
        if waiting is not target.state.waiting or terminated is not target.state.terminated:
            target = dataclasses.replace(
                target, state=dataclasses.replace(target.state, waiting=waiting, terminated=terminated)
            )
        if self._own is None or target.name == session.TILTFILE_TARGET:
            return target
        resources = target.resources and tuple(self._owned("resource", name) for name in target.resources)
        return dataclasses.replace(target, name=self._named(target.name), resources=resources)

    def _named(self, name: str) -> str:
        """Give a target's name by the user's redaction."""
        if name not in self._names:
            found = self._owned("target", name)
            if found in self._names.values():
                raise errors.TiltSessionError(
                    f"the redaction gives two targets the name {found!r}; let it give each a name of its own"
                )
            self._names[name] = found
        return self._names[name]

    def _verdict(self, status: session.SessionStatus) -> str:
        """Redact the session's error as the target's that it repeats.

        That of a timeout is made of the names of targets, which are kept, so it is kept as well; names that the user's
        redaction replaces are replaced in it.
        """
        own = any(
            t.state.terminated is not None and t.state.terminated.error == status.error for t in status.targets or ()
        )
        if own or not status.error.startswith(_TIMED_OUT):
            return self.told("error", status.error)
        renamed = {old: new for old, new in self._names.items() if old != new}
        if not renamed:
            return status.error
        longest = "|".join(map(re.escape, sorted(renamed, key=len, reverse=True)))
        return re.sub(rf"(?<![\w-])(?:{longest})(?![\w-])", lambda match: renamed[match[0]], status.error)

    def _values(self, field: str, texts: Mapping[str, str] | None) -> dict[str, str] | None:
        if texts is None:
            return None
        return {self._owned(field, key): self.told(field, text) for key, text in texts.items()}

    def _in_folders(self, text: str) -> str | None:
        """Replace the folders of Tiltfiles, the longest first; None where there is none of them."""
        result = text
        for folder in sorted(self._folders, key=len, reverse=True):
            placeholder = self._folders[folder]
            result = re.sub(rf"(?<![\w./-]){re.escape(folder)}(?![\w.-])", placeholder.replace("\\", r"\\"), result)
        return result if result != text else None

    def _numbered(self, pid: str) -> str:
        return self._pids.setdefault(pid, str(steps.DEFAULT_PID + len(self._pids) - 1))

    def _number(self, kind: str, text: str) -> int:
        """Give the number of a text among those of its kind, by order of appearance."""
        return self._numbers.setdefault((kind, text), 1 + sum(known == kind for known, _ in self._numbers))

    def _container(self, start: str) -> str:
        return f"{self._number('container', start):012d}"

    def _uid(self, uid: str) -> str:
        return self._uids.setdefault(uid, f"00000000-0000-4000-8000-{len(self._uids) + 1:012d}")


def _place(host: str, port: str | None) -> str:
    """Give a host and its port as placeholders; the machine itself and Tilt's own pages keep their names."""
    if not _OWN_HOSTS.fullmatch(host):
        host = "[2001:db8::1]" if host.startswith("[") else ADDRESS if re.fullmatch(r"[0-9.]+", host) else HOST
    return f"{host}:{PORT}" if port else host
