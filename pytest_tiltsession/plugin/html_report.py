"""What pytest-html's report shows beside a failed test: a picture of its session. Imported when such a test has failed.

The texts of the other sections are part of the failure, which that report shows as it is.
"""

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_tiltsession.fake_tilt import FakeTilt


def add(item: pytest.Item, test_report: Any, fakes: "Sequence[FakeTilt]") -> None:
    """Add a picture of each fake's session as an extra; nothing where no report of pytest-html is written.

    Extras are mappings, which also go from a worker of xdist to its controller. One that cannot be drawn is a text that
    says so, since the test's own failure is what matters.
    """
    if not item.config.pluginmanager.hasplugin("html") or not item.config.getoption("htmlpath", None):
        return
    from pytest_html import extras  # of the plugin that asks for it

    added = []
    for fake in fakes:
        name = f"tilt session ({fake.label})" if len(fakes) > 1 else "tilt session"
        try:
            picture = fake.render_svg(item.nodeid)
        except Exception as problem:
            added.append(extras.text(f"it could not be drawn: {type(problem).__name__}: {problem}", name=name))
        else:
            added.append(extras.svg(base64.b64encode(picture.encode()).decode(), name=name))
    test_report.extras = [*getattr(test_report, "extras", []), *added]
