"""How pytest sees the package. This module and those it imports load the standard library and pytest only.

Everything else is imported by the fixture or hook that first needs it: an installed and unused plugin costs nothing.
PYTEST_DONT_REWRITE: pytest rewrites the asserts of its plugins, and this package claims nothing by them.
"""

import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType


class _AsItIs:
    """Finds the rest of the package as Python does.

    pytest would load each module through its rewriting, and compile all of them anew wherever it finds no result kept:
    a second for the first fake of a run in a fresh container.
    """

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        found = name.startswith("pytest_tiltsession.")
        return importlib.machinery.PathFinder.find_spec(name, path, target) if found else None


sys.meta_path.insert(0, _AsItIs)  # before pytest's own finder; what follows is found by it

from pytest_tiltsession.plugin.fixtures import (  # noqa: E402
    tilt_clock,
    tilt_env,
    tilt_kubeconfig,
    tilt_session,
    tilt_session_factory,
)
from pytest_tiltsession.plugin.hooks import (  # noqa: E402
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
