"""Runs of pytest within a test."""

import pytest
import trustme  # noqa: F401  cryptography is loaded with it
import yaml  # noqa: F401  the package loads it when it is first needed

# Loaded before any inner run: pytester unloads what a run within this process has loaded, and libraries that are
# written in C, such as that for YAML, do not work when they are loaded a second time.
import pytest_tiltsession.runner  # noqa: F401
from pytest_tiltsession.plugin import comparing, html_report, properties, sections, summary, tracebacks  # noqa: F401


@pytest.fixture
def pytester(pytester, monkeypatch):
    """Keep inner runs in order and cheap, and pytest-asyncio from warning about a choice that they do not make.

    Hypothesis would be loaded anew for each run that fails, which takes a second.
    """
    options = ("-p no:randomly", "-p no:hypothesispytest", "-o asyncio_default_fixture_loop_scope=function")
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(options))
    return pytester
