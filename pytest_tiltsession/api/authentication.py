"""Who makes a request, by its bearer token; knows no path.

Tilt takes a request without a token, or with a wrong one, for ``system:anonymous`` and forbids it everything (*auth*
stories). Acting as somebody else follows Kubernetes.
"""

import hmac

from pytest_tiltsession.api import messages

ANONYMOUS = "system:anonymous"
MASTERS = "system:masters"
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
    """
    groups = [value for name, value in request.headers if name == "impersonate-group"]
    return "" if MASTERS in groups else request.header("impersonate-user") or ""


def warnings(request: messages.Request) -> list[str]:
    """Give what a client is warned of: a token behind two spaces is not read."""
    parts = (request.header("authorization") or "").strip().split(" ", 2)
    return [SPACED] if len(parts) == 3 and parts[0].lower() == "bearer" and not parts[1] else []
