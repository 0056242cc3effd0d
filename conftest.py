"""What all tests of the project share: pytester, and the two loops that anyio tests run on."""

import os

import freezegun
import pytest

pytest_plugins = ["pytester"]

# Where the machine reaches the world by a proxy, clients written in Python would ask it for 127.0.0.1 as well.
for _name in ("NO_PROXY", "no_proxy"):
    os.environ[_name] = ",".join([*filter(None, [os.environ.get(_name)]), "127.0.0.1", "localhost"])

# freezegun looks at every name of every module; this client loads hundreds of models when looked at, and pydantic
# cannot build them while the time is frozen.
freezegun.configure(extend_ignore_list=["kubernetes"])


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    """Run each anyio test on asyncio and on trio."""
    return request.param
