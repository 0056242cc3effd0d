"""Reads and writes the config file by which Tilt's clients find it; knows no server, and YAML only through PyYAML."""

import base64
import binascii
import dataclasses
import difflib
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.kubeconfig import file

DEFAULT_WEB_PORT = 10350


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One Tilt in the file: the name of its context, the URL of its API, whom to trust, and the bearer token.

    ``ca_pem`` may hold several certificates; None means those that the machine trusts.
    """

    context: str
    server: str
    ca_pem: bytes | None = None
    token: str | None = dataclasses.field(default=None, repr=False)


def context_name(web_port: int) -> str:
    """Give the name that Tilt derives from its web port: ``tilt-default`` for 10350, else ``tilt-<port>``."""
    return "tilt-default" if web_port == DEFAULT_WEB_PORT else f"tilt-{web_port}"


def default_context(environ: Mapping[str, str] | None = None) -> str:
    """Give the context that Tilt's own tools would take: by ``TILT_PORT``, else ``tilt-default``.

    Raises :class:`errors.KubeconfigError` when ``TILT_PORT`` is not a port.
    """
    given = (os.environ if environ is None else environ).get("TILT_PORT", "")
    if not given:
        return context_name(DEFAULT_WEB_PORT)
    if not (given.isascii() and given.isdigit() and int(given[:9]) < 65_536):
        raise errors.KubeconfigError(
            f"TILT_PORT is {given!r}, which is not a port: set it to Tilt's web port, or unset it"
        )
    return context_name(int(given))


def default_path(environ: Mapping[str, str] | None = None) -> pathlib.Path:
    """Give the file that Tilt's own tools would read: ``TILT_CONFIG``, else ``config`` in ``~/.tilt-dev``.

    Of several paths in ``TILT_CONFIG`` it is the first that exists; ``TILT_DEV_DIR`` stands for ``~/.tilt-dev``.
    """
    environ = os.environ if environ is None else environ
    given = [pathlib.Path(part) for part in environ.get("TILT_CONFIG", "").split(os.pathsep) if part]
    if given:
        return next((path for path in given if path.exists()), given[0])
    if environ.get("TILT_DEV_DIR"):
        return pathlib.Path(environ["TILT_DEV_DIR"], "config")
    home = environ.get("HOME")
    return pathlib.Path(home, ".tilt-dev", "config") if home else pathlib.Path.home() / ".tilt-dev" / "config"


def add_entry(path: pathlib.Path, entry: Entry, *, current_context: bool = True) -> None:
    """Write a Tilt into the file, which is made where there is none, and replaces what had the same name.

    Everything else in the file stays. ``current_context`` makes it the current context; Tilt itself leaves that empty,
    which some clients cannot bear (fidelity.md, What clients need). Raises :class:`errors.KubeconfigError`.
    """
    cluster = {"server": entry.server}
    if entry.ca_pem is not None:
        cluster = {"certificate-authority-data": base64.b64encode(entry.ca_pem).decode("ascii")} | cluster
    name = entry.context
    with file.alone(path):
        config = file.read(path, missing="")
        _take_out(config, name)
        config["clusters"].append({"cluster": cluster, "name": name})
        config["contexts"].append({"context": {"cluster": name, "user": name}, "name": name})
        config["users"].append({"name": name, "user": {} if entry.token is None else {"token": entry.token}})
        if current_context:
            config["current-context"] = name
        file.write(path, config)


def make(path: pathlib.Path) -> None:
    """Write a file that names no Tilt, as one leaves it that has ended; nothing happens where there is a file.

    Raises :class:`errors.KubeconfigError`.
    """
    with file.alone(path):
        if not path.exists():
            file.write(path, file.read(path, missing=""))


def remove_entry(path: pathlib.Path, context: str) -> None:
    """Take a Tilt out of the file; nothing happens when it, or the file, is not there.

    Was it the current context, the last one that remains becomes current. After the last one, the three lists are
    ``null``, as Tilt leaves them. Raises :class:`errors.KubeconfigError`.
    """
    if not path.exists():
        return
    with file.alone(path):
        config = file.read(path, missing="")
        if not _take_out(config, context):
            return
        if config.get("current-context") == context:
            config["current-context"] = config["contexts"][-1]["name"] if config["contexts"] else ""
        file.write(path, config)


def contexts(path: pathlib.Path) -> tuple[str, ...]:
    """Give the names of the contexts in the file, in its order. Raises :class:`errors.KubeconfigError`."""
    return tuple(str(item.get("name")) for item in file.read(path)["contexts"])


def find(path: pathlib.Path, context: str | None = None) -> Entry:
    """Give what the file says of a context, or of its current one.

    Raises :class:`errors.KubeconfigError` for a file that cannot be read or is none, and for a context, cluster or
    user that is not in it; the message lists what is.
    """
    config = file.read(path)
    name = context if context is not None else config.get("current-context")
    if not name:
        raise errors.KubeconfigError(f"{path} has no current context: name one of {_listed(config, 'contexts')}")
    pair = _named(path, config, "contexts", name)
    cluster = _named(path, config, "clusters", pair.get("cluster"))
    user = _named(path, config, "users", pair["user"]) if pair.get("user") else {}
    if not isinstance(cluster.get("server"), str):
        raise errors.KubeconfigError(f"{path}: the cluster of context {name!r} has no server. Repair it.")
    return Entry(str(name), cluster["server"], _authority(path, cluster), _token(path, user))


def _authority(path: pathlib.Path, cluster: Mapping[str, Any]) -> bytes | None:
    encoded = cluster.get("certificate-authority-data")
    if encoded:
        try:
            return base64.b64decode(str(encoded), validate=True)
        except binascii.Error as error:
            raise errors.KubeconfigError(f"{path}: certificate-authority-data is not base64: {error}") from None
    named = cluster.get("certificate-authority")
    return _beside(path, str(named)).encode() if named else None


def _token(path: pathlib.Path, user: Mapping[str, Any]) -> str | None:
    # As in client-go, a file wins over a token that is written out.
    if user.get("tokenFile"):
        return _beside(path, str(user["tokenFile"])).strip()
    token = user.get("token")
    return str(token) if token else None


def _beside(path: pathlib.Path, name: str) -> str:
    """Read a file that the config names; a relative name starts from the config's folder."""
    beside = path.parent / name
    try:
        return beside.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise errors.KubeconfigError(f"{path} names {beside}, which cannot be read: {file.why(error)}") from None


def _named(path: pathlib.Path, config: Mapping[str, Any], kind: str, name: object) -> dict[str, Any]:
    """Give what stands under a name in one of the three lists."""
    one = kind.removesuffix("s")
    for item in config[kind]:
        if item.get("name") == name:
            found = item.get(one) or {}
            if not isinstance(found, dict):
                raise errors.KubeconfigError(f"{path}: the {one} {name!r} is not a mapping. Repair it.")
            return found
    near = difflib.get_close_matches(str(name), [str(item.get("name")) for item in config[kind]], n=1)
    hint = f" Did you mean {near[0]!r}?" if near else " Is Tilt running?" if kind == "contexts" else ""
    raise errors.KubeconfigError(f"{path} has no {one} {name!r}: it has {_listed(config, kind)}.{hint}")


def _listed(config: Mapping[str, Any], kind: str) -> str:
    return ", ".join(repr(item.get("name")) for item in config[kind]) or f"no {kind} at all"


def _take_out(config: dict[str, Any], name: str) -> bool:
    """Remove all three entries of a name; tell whether there was one. The lists are lists afterwards."""
    found = False
    for kind in file.LISTS:
        before = config.get(kind) or []
        config[kind] = [item for item in before if item.get("name") != name]
        found = found or len(config[kind]) < len(before)
    return found
