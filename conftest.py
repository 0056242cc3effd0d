"""What all tests of the project share: pytester, and the two loops that anyio tests run on."""

import freezegun
import pytest

pytest_plugins = ["pytester"]

# freezegun looks at every name of every module; this client loads hundreds of models when looked at, and pydantic
# cannot build them while the time is frozen.
freezegun.configure(extend_ignore_list=["kubernetes"])


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    """Run each anyio test on asyncio and on trio."""
    return request.param
