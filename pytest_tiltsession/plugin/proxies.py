"""Whether a proxy of the environment stands between clients and a fake. Imported when a test with a fake has failed."""

import urllib.request

_HOST = "127.0.0.1"


def between(scheme: str) -> str:
    """Say that clients that heed the environment ask its proxy for what is at 127.0.0.1; nothing where none would.

    ``scheme`` is that of the fake's address. Clients of Go leave the loopback alone by themselves; curl and those of
    Python do so for hosts that NO_PROXY names.
    """
    proxies = urllib.request.getproxies_environment()
    found = next((name for name in (scheme, "all") if proxies.get(name)), None)
    if found is None or urllib.request.proxy_bypass(_HOST):
        return ""
    return (
        f"the environment sets {found.upper()}_PROXY, and NO_PROXY does not name {_HOST}: a client that heeds them "
        f"asks the proxy; set NO_PROXY={_HOST}"
    )
