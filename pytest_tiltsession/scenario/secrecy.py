"""Refuses to write down what looks like a secret: tokens, private keys, passwords; pure.

The message tells where it stands and never what it is.
"""

import re
from collections.abc import Callable, Iterable

from pytest_tiltsession import errors

_SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|LS0tLS1CRUdJTi[\w+/=]{20,}"),
    "a bearer token": re.compile(r"\b[Bb]earer\s+[\w.~+/=-]{16,}"),
    "a JSON web token": re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}"),
    "a key of a kubeconfig": re.compile(r"(?i)\bclient-key(?:-data)?[\"']?\s*[:=]\s*[\"']?[\w+/=]{16,}"),
    "an access token": re.compile(
        r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|A(?:KI|SI)A[0-9A-Z]{16}\b"
        r"|AIza[\w-]{30,}|ya29\.[\w-]{20,}|sk-(?=[\w-]*[0-9])[\w-]{20,}|[sr]k_(?:live|test)_\w{16,}"
        r"|npm_\w{30,}|pypi-[\w-]{30,}|do[opr]_v1_\w{30,}|hvs\.[\w-]{20,}|dckr_pat_[\w-]{20,})"
    ),
    "a password": re.compile(
        r"(?i)(?:password|passwd|secret|token|api[_-]?key)\w*[\"']?\s*=\s*[\"']?(?=[^\s\"',]*[0-9])[^\s\"',]{8,}"
    ),
}
_RANDOM = re.compile(r"[A-Za-z0-9+_-]{40,}|[A-Za-z0-9+/]{40,}={1,2}")


def refuse_secrets(texts: Iterable[tuple[str, str]]) -> None:
    """Refuse to write what looks like a token or a private key. ``texts`` are pairs of where and what.

    Raises :class:`errors.TiltSessionError`, which tells where it stands and not what it is.
    """
    for where, text in texts:
        kind = looks_like(text)
        if kind is not None:
            # A name that is part of the place may be the secret itself.
            place = where if looks_like(where) is None else where.partition(",")[0]
            raise errors.TiltSessionError(
                f"the recording holds what looks like {kind}, in {place}; it is not written. Keep it out of the "
                "Tiltfile and of what commands print, or have it replaced, with --replace or a redaction of your own, "
                "and record again"
            )


def looks_like(text: str) -> str | None:
    """Say what kind of secret a text seems to hold; None where it holds none."""
    kind = next((kind for kind, pattern in _SECRETS.items() if pattern.search(text)), None)
    return "a token" if kind is None and any(map(_is_random, _RANDOM.findall(text))) else kind


def _is_random(word: str) -> bool:
    """Tell a token from a long name or a digest in hexadecimal digits."""
    classes: tuple[Callable[[str], bool], ...] = (str.isdigit, str.isupper, str.islower)
    return all(sum(map(is_one, word)) >= 4 for is_one in classes)
