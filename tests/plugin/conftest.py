"""Runs of pytest within a test."""

import pytest

# Loaded before any inner run: pytester unloads what a run within this process has loaded, and libraries that are
# written in C, such as that for YAML, do not work when they are loaded a second time.
import pytest_tiltsession.runner  # noqa: F401


@pytest.fixture
def pytester(pytester, monkeypatch):
    """Keep inner runs in order, and pytest-asyncio from warning about a choice that they do not make."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:randomly -o asyncio_default_fixture_loop_scope=function")
    return pytester
