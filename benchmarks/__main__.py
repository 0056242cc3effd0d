"""``python -m benchmarks``: measure all, or what is named, and print the table; ``--write`` keeps it in a file."""

import argparse
import os
import pathlib
import sys

from benchmarks import figures, measures_life, measures_requests, measures_scripts, measures_watches, page, soak

MEASURES = {
    "plugin": measures_life.of_an_unused_plugin,
    "life": measures_life.of_one_life,
    "stop": measures_life.of_stopping,
    "get": measures_requests.of_a_get,
    "growth": measures_requests.of_growth,
    "patch": measures_requests.of_a_patch,
    "watches": measures_watches.of_watches,
    "scripts": measures_scripts.of_scale,
    "soak": soak.of_soak,
}


def main() -> None:
    """Measure what the command line names."""
    # Programs are compiled once, as on a user's machine, and not for each run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Figures, beside peers, in one run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(MEASURES)}; all by default")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE", help="keep the table in a Markdown page")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in MEASURES]
    if unknown:
        parser.error(f"there is no measure {unknown[0]!r}; there are: {', '.join(MEASURES)}")
    found: list[figures.Figure] = []
    failed: list[str] = []
    for name in given.names or MEASURES:
        print(f"{name} …", file=sys.stderr)
        try:
            found += MEASURES[name]()
        except Exception as problem:  # what the others have found is not to be lost
            print(f"{name}: {problem}", file=sys.stderr)
            failed.append(name)
    table = figures.table(found)
    print(table)
    if given.write is not None:
        given.write.write_text(page.written(found, table), encoding="utf-8")
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
