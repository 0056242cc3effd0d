"""Who makes a request, by its bearer token; knows no path.

Tilt takes a request without a token, or with a wrong one, for ``system:anonymous`` and forbids it everything (*auth*
stories). Acting as somebody else follows Kubernetes.
"""

import hmac

from pytest_tiltsession.api import messages, queries, refusals
from pytest_tiltsession.models import go_texts

ANONYMOUS = "system:anonymous"
MASTERS = "system:masters"
_EXTRA = "impersonate-extra-"
SPACED = "the provided Authorization header contains extra space before the bearer token, and is ignored"


def authorized(request: messages.Request, token: str) -> bool:
    """Tell whether a request bears the token. The scheme's case does not matter, one space stands between."""
    parts = (request.header("authorization") or "").strip().split(" ", 2)
    if len(parts) < 2 or parts[0].lower() != "bearer" or not parts[1]:
        return False
    return hmac.compare_digest(parts[1].encode("utf-8", "surrogatepass"), token.encode())


def acting_as(request: messages.Request) -> str:
    """Give the user as whom a bearer of the token wants to act, if that is one who may do nothing; empty otherwise.

    Kubernetes lets the token's user be anyone. Who he then is may do something only in the group of the masters.
    Raises :class:`refusals.Refusal`, a 400, for properties of nobody.
    """
    user, uid = request.header("impersonate-user") or "", request.header("impersonate-uid") or ""
    groups = [value for name, value in request.headers if name == "impersonate-group"]
    extra: dict[str, list[str]] = {}
    for name, value in request.headers:
        if name.startswith(_EXTRA):
            key = name.removeprefix(_EXTRA)
            extra.setdefault(queries.unescaped(key) or key, []).append(value)
    if not user and (uid or groups or extra):
        raise refusals.bad_request(f"requested {_go_syntax(uid, groups, extra)} without impersonating a user name")
    return "" if MASTERS in groups else user


def _go_syntax(uid: str, groups: list[str], extra: dict[str, list[str]]) -> str:
    """Print a user without a name as Go's ``%#v`` does."""
    pairs = ", ".join(f"{go_texts.quoted(key)}:{_go_texts(values)}" for key, values in sorted(extra.items()))
    shown = f"map[string][]string{{{pairs}}}" if extra else "map[string][]string(nil)"
    uid = go_texts.quoted(uid)
    return f'&user.DefaultInfo{{Name:"", UID:{uid}, Groups:{_go_texts(groups)}, Extra:{shown}}}'


def _go_texts(values: list[str]) -> str:
    return f"[]string{{{', '.join(map(go_texts.quoted, values))}}}" if values else "[]string(nil)"


def warnings(request: messages.Request) -> list[str]:
    """Give what a client is warned of: a token behind two spaces is not read."""
    parts = (request.header("authorization") or "").strip().split(" ", 2)
    return [SPACED] if len(parts) == 3 and parts[0].lower() == "bearer" and not parts[1] else []
