"""The table of differences as a page of the documentation, in Markdown; knows the table and no file.

Published as ``docs/reference/profiles.md``.
"""

import re

from pytest_tiltsession.profiles import differences

_MEANT, _ESCAPE = re.compile(r"[|*]"), r"\\\g<0>"  # what Markdown would take for its own
_BEGIN = """\
# The two profiles

<!-- Made from the table of differences: change that, then run `python docs/generate.py`. -->

`tilt` answers as a real Tilt does, bug for bug. `kubernetes` answers as the published reference of the API and the
conventions of Kubernetes promise. Choose with `@pytest.mark.tilt_session(profile="kubernetes")`,
`--tilt-session-profile`, or `tilt_session_profile` in the ini file; `tilt` is the default. A program that passes its
tests in both depends on none of Tilt's peculiarities.

What a Session's status says, and when, is Tilt's in both. In these {count} points they differ, and in nothing else.

| point | `tilt` | `kubernetes` | Tilt's side was seen in |
| --- | --- | --- | --- |
"""


def text() -> str:
    """Give the page, which has one row for each point."""
    rows = "".join(map(_row, differences.DIFFERENCES))
    return _BEGIN.format(count=len(differences.DIFFERENCES)) + rows


def _row(row: differences.Difference) -> str:
    cells = (row.title, row.tilt, row.kubernetes, row.source)
    return f"| {' | '.join(_MEANT.sub(_ESCAPE, cell) for cell in cells)} |\n"
