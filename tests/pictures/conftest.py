"""What the tests of pictures share."""

import pytest

from . import browser


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """A browser, one for each process of the run."""
    with browser.started(tmp_path_factory.mktemp("chromium")) as found:
        yield found
