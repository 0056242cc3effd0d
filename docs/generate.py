"""Write the pages of the reference that are made from the code.

``python docs/generate.py`` writes them beside this file, ``python docs/generate.py FOLDER`` into another folder.
"""

import pathlib
import sys
from collections.abc import Callable

from pytest_tiltsession.profiles import page
from pytest_tiltsession.scenario.relative import schema
from writers import commands, control, errors, fixtures, options, python, scenario_files, scenarios

PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands.text,
    "control.md": control.text,
    "errors.md": errors.text,
    "fixtures.md": fixtures.text,
    "options.md": options.text,
    "profiles.md": page.text,
    "python.md": python.text,
    "scenario-files.md": scenario_files.text,
    "scenario.schema.json": schema.text,
    "scenarios.md": scenarios.text,
}


def main() -> None:
    """Write every page anew."""
    folder = pathlib.Path(sys.argv[1]) if sys.argv[1:] else pathlib.Path(__file__).parent / "reference"
    for name, text in PAGES.items():
        (folder / name).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
