"""The config file as text on the disk: read, checked, put back whole, and locked meanwhile; knows no Tilt in it."""

import contextlib
import copy
import errno
import fcntl
import os
import pathlib
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_tiltsession import errors, locks

LISTS = ("clusters", "contexts", "users")
_lock = locks.turn()  # see alone
_known: dict[str, dict[str, Any]] = {"": {kind: [] for kind in LISTS}}  # texts that were written, and what they say
_KNOWN = 16


@contextlib.contextmanager
def alone(path: pathlib.Path) -> Iterator[None]:
    """Keep every other fake from the file, in this process and in others: each change reads, edits and puts it back.

    The lock is on the folder, so that no file is left behind by which Kubernetes' own tools would hold the config for
    locked. Where a file system has no such locks, only this process keeps order.
    """
    folder = pathlib.Path(os.path.realpath(path)).parent
    with _lock, contextlib.ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise _unwritable(path, error) from None
        stack.callback(os.close, descriptor)
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Said, since closing ends it only where no process was forked meanwhile, which has the folder open as well.
            stack.callback(fcntl.flock, descriptor, fcntl.LOCK_UN)
        yield


def read(path: pathlib.Path, *, missing: str | None = None) -> dict[str, Any]:
    """Read a config with its three lists; ``missing`` is what a file that is not there is taken to hold."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        if missing is None or not isinstance(error, FileNotFoundError | NotADirectoryError):
            raise errors.KubeconfigError(f"cannot read the kubeconfig {path}: {why(error)}") from None
        text = missing
    known = _known.get(text)  # mostly nobody else has written meanwhile
    if known is not None:
        return copy.deepcopy(known)
    # Imported here because reading YAML is rare in most runs, and the import takes longer than the work.
    import yaml

    try:
        config = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise errors.KubeconfigError(f"{path} is not a kubeconfig: {where}. Repair it or name another file.") from None
    config = {} if config is None else config
    if not isinstance(config, dict):
        raise errors.KubeconfigError(f"{path} is not a kubeconfig: it holds no mapping. Name another file.")
    for kind in LISTS:
        items = config.get(kind)
        if items is None:
            config[kind] = []
        elif not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise errors.KubeconfigError(f"{path} is not a kubeconfig: {kind} is not a list of mappings. Repair it.")
    return config


def write(path: pathlib.Path, config: Mapping[str, Any]) -> None:
    """Put a config in place, in the order of Tilt's own: whoever reads meanwhile sees the old one or the new one."""
    import yaml

    ordered: dict[str, Any] = {"apiVersion": "v1"}
    for kind in ("clusters", "contexts"):
        ordered[kind] = config[kind] or None
    ordered |= {"current-context": config.get("current-context") or "", "kind": "Config"}
    ordered |= {key: value for key, value in config.items() if key not in (*ordered, "users")}
    ordered["users"] = config["users"] or None
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(ordered, Dumper=dumper, sort_keys=False, allow_unicode=True, width=1 << 20)
    text = text.replace("current-context: ''", 'current-context: ""', 1)
    target = pathlib.Path(os.path.realpath(path))  # a link to the file stays a link
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")  # with mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(name, target)  # noqa: PTH105 - whoever reads meanwhile sees the old file or the new one
            _remember(text, ordered)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)  # noqa: PTH108 - as mkstemp names it
            raise
    except OSError as error:
        raise _unwritable(path, error) from None


def _remember(text: str, config: Mapping[str, Any]) -> None:
    if len(_known) == _KNOWN:
        del _known[next(filter(None, _known))]
    _known[text] = copy.deepcopy({key: value or [] if key in LISTS else value for key, value in config.items()})


def _unwritable(path: pathlib.Path, error: OSError) -> errors.KubeconfigError:
    return errors.KubeconfigError(
        f"cannot write the kubeconfig {path}: {why(error)}. {instead(error, 'a file in a folder')}."
    )


def instead(error: OSError, place: str) -> str:
    """Say what to do where a file cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"Free some space, or name {place} on another disk"
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return "Close what is no longer used, or raise the limit of open files (ulimit -n)"
    return f"Name {place} that this user may write to"


def why(error: Exception) -> str:
    """Say what the system said."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
