"""How pytest sees the package. This module and those it imports load the standard library and pytest only.

Everything else is imported by the fixture or hook that first needs it: an installed and unused plugin costs nothing.
"""

from pytest_tiltsession.plugin.fixtures import (
    tilt_clock,
    tilt_env,
    tilt_kubeconfig,
    tilt_session,
    tilt_session_factory,
)
from pytest_tiltsession.plugin.hooks import (
    pytest_addhooks,
    pytest_addoption,
    pytest_assertrepr_compare,
    pytest_collect_file,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_make_collect_report,
    pytest_report_header,
    pytest_runtest_makereport,
    pytest_runtest_protocol,
    pytest_runtest_setup,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_unconfigure,
)

__all__ = [
    "pytest_addhooks",
    "pytest_addoption",
    "pytest_assertrepr_compare",
    "pytest_collect_file",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_make_collect_report",
    "pytest_report_header",
    "pytest_runtest_makereport",
    "pytest_runtest_protocol",
    "pytest_runtest_setup",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_unconfigure",
    "tilt_clock",
    "tilt_env",
    "tilt_kubeconfig",
    "tilt_session",
    "tilt_session_factory",
]
