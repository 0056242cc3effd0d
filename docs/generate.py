"""Write the parts of the documentation that are made from the code.

``python docs/generate.py`` writes them where they belong, ``python docs/generate.py FOLDER`` below another folder.
"""

import pathlib
import sys
from collections.abc import Callable

from writers import commands, control, errors, failing_session, fixtures, options, python, scenario_files, scenarios

from pytest_tiltsession.profiles import page
from pytest_tiltsession.scenario.relative import schema

PAGES: dict[str, Callable[[], str]] = {
    "pictures/failing-session.svg": failing_session.picture,
    "reference/commands.md": commands.text,
    "reference/control.md": control.text,
    "reference/errors.md": errors.text,
    "reference/fixtures.md": fixtures.text,
    "reference/options.md": options.text,
    "reference/profiles.md": page.text,
    "reference/python.md": python.text,
    "reference/scenario-files.md": scenario_files.text,
    "reference/scenario.schema.json": schema.text,
    "reference/scenarios.md": scenarios.text,
}


def main() -> None:
    """Write each anew."""
    folder = pathlib.Path(sys.argv[1]) if sys.argv[1:] else pathlib.Path(__file__).parent
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
