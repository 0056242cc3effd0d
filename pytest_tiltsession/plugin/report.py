"""What a failed test shows: the timeline of targets and the requests made, as report sections.

Imports the standard library and pytest only.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_tiltsession.fake_tilt import FakeTilt

_fakes = pytest.StashKey[list["FakeTilt"]]()
_failed = pytest.StashKey[bool]()
_counts = pytest.StashKey[dict[str, int]]()
# The fakes of tilt_session_factory live longer than one test; every failing test that uses it may be about them.
_of_run = pytest.StashKey[list["FakeTilt"]]()


def attach(item: pytest.Item, fake: "FakeTilt") -> None:
    """Remember that a test uses a fake, and count it for the closing summary."""
    item.stash.setdefault(_fakes, []).append(fake)
    counts(item.config)["sessions"] += 1


def attach_to_run(config: pytest.Config, fake: "FakeTilt") -> None:
    """Remember a fake that belongs to the run rather than to one test."""
    config.stash.setdefault(_of_run, []).append(fake)
    counts(config)["sessions"] += 1


def counts(config: pytest.Config) -> dict[str, int]:
    """Give the counters of this process: sessions and scenarios."""
    return config.stash.setdefault(_counts, {"sessions": 0, "scenarios": 0})


def failed(item: pytest.Item) -> bool:
    """Tell whether the test's own call has failed already."""
    return item.stash.get(_failed, False)


def add_sections(item: pytest.Item, test_report: pytest.TestReport) -> None:
    """Put the timeline and the requests of the test's fakes into the report of a failure."""
    if not test_report.failed:
        return
    item.stash[_failed] = True
    own: list[FakeTilt] = item.stash.get(_fakes, [])
    shared: list[FakeTilt] = item.config.stash.get(_of_run, [])
    fakes = [*own, *(shared if "tilt_session_factory" in getattr(item, "fixturenames", ()) else ())]
    for fake in fakes:
        name = f" ({fake.label})" if len(fakes) > 1 else ""
        standing = "\n".join([fake.render_timeline(), "", fake.blocked().around(), *fake.problems()])
        test_report.sections.append((f"tilt session timeline{name}", standing))
        test_report.sections.append((f"tilt session requests{name}", fake.render_requests()))
