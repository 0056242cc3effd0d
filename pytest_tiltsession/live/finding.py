"""Where a real Tilt is to be found, as its own tools find it; reads the kubeconfig and opens no connection."""

import dataclasses
import pathlib
from collections.abc import Sequence

from pytest_tiltsession import errors, kubeconfig


@dataclasses.dataclass(frozen=True, slots=True)
class Whereabouts:
    """The kubeconfig to look into and the context to look for.

    ``path`` None is the file that Tilt's tools would read, looked up anew each time. ``context`` None is any that is
    not among ``known``: that of a Tilt which chooses its own port.
    """

    context: str | None
    path: pathlib.Path | None = None
    known: frozenset[str] = frozenset()

    @property
    def file(self) -> pathlib.Path:
        """The file that is looked into now."""
        return kubeconfig.default_path() if self.path is None else self.path

    def look(self) -> kubeconfig.Entry | None:
        """Give the entry; None where the file or the context is not there yet, or the file is just being written."""
        try:
            name = self.context or next((name for name in kubeconfig.contexts(self.file) if name not in self.known), "")
            return kubeconfig.find(self.file, name) if name else None
        except errors.KubeconfigError:
            return None

    def explain(self) -> str:
        """Say what is looked for, and what there is instead; where it is there, that it does not answer yet."""
        entry = self.look()
        if entry is not None:
            return f"an answer from {entry.server}, the context {entry.context!r} in {self.file}"
        wanted = f"the context {self.context!r}" if self.context else "a new context"
        try:
            found = ", ".join(map(repr, kubeconfig.contexts(self.file))) or "none"
        except errors.KubeconfigError:
            return f"{wanted} in {self.file}, which is not there or cannot be read"
        return f"{wanted} in {self.file}, which has {found}"


def whereabouts(context: str | None = None, command: Sequence[str] = ()) -> Whereabouts:
    """Find out which Tilt is meant: the named context, the port that a command of Tilt names, or ``TILT_PORT``.

    ``--port 0`` lets Tilt choose, so the context is one that is not there yet. Raises
    :class:`errors.KubeconfigError` for a ``TILT_PORT`` that is no port.
    """
    if context is not None:
        return Whereabouts(context)
    port = _port(command)
    if port is None:
        return Whereabouts(kubeconfig.default_context())
    if port:
        return Whereabouts(kubeconfig.context_name(port))
    try:
        known = frozenset(kubeconfig.contexts(kubeconfig.default_path()))
    except errors.KubeconfigError:
        known = frozenset()
    return Whereabouts(None, known=known)


def _port(command: Sequence[str]) -> int | None:
    """Give the port that a command names for Tilt; what stands behind ``--`` is the Tiltfile's own."""
    words = list(command)
    words = words[: words.index("--")] if "--" in words else words
    found = None
    for index, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option == "--port":
            value = value if equals else "".join(words[index + 1 : index + 2])
            found = int(value) if value.isascii() and value.isdigit() else found
    return found
