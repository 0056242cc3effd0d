"""Runs of pytest within a test."""

import pytest


@pytest.fixture
def pytester(pytester, monkeypatch):
    """Keep inner runs in order, and pytest-asyncio from warning about a choice that they do not make."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:randomly -o asyncio_default_fixture_loop_scope=function")
    return pytester
