"""What all tests of the project share: pytester, and the two loops that anyio tests run on."""

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    """Run each anyio test on asyncio and on trio."""
    return request.param
