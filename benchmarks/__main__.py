"""``python -m benchmarks``: measure all, or what is named, and print the table; ``--write`` keeps it in a file."""

import argparse
import functools
import os
import pathlib
import sys
from collections.abc import Callable, Iterator, Sequence

from benchmarks import (
    figures,
    measures_life,
    measures_plugin,
    measures_requests,
    measures_scripts,
    measures_watches,
    page,
    soak,
)

Measure = Callable[[], Iterator[figures.Figure]]
TILT = "tilt"  # measured where its binary is given
NAMES = ("plugin", "life", "stop", "get", "growth", "patch", "watches", TILT, "scripts", "soak")
EXAMPLES = """\
The figures of the documentation, which takes about ten minutes on a machine that does nothing else:
  python -m benchmarks --write docs/explanation/figures.md
The same, and beside a real Tilt:
  python -m benchmarks --tilt /usr/local/bin/tilt --write docs/explanation/figures.md
What one change does, and nothing else:
  python -m benchmarks get patch
"""


def parser() -> argparse.ArgumentParser:
    """Make what reads the command line."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the fake beside its peers, in one run, and print the table of the figures.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    what = f"what to measure, of {', '.join(NAMES)}; all by default, {TILT} where one is given"
    made.add_argument("names", nargs="*", metavar="NAME", help=what)
    made.add_argument("--tilt", metavar="BINARY", help="measure a real Tilt too, started from this program")
    made.add_argument("--write", type=pathlib.Path, metavar="FILE", help="keep the table in a Markdown page")
    return made


def measures(binary: str | None) -> dict[str, Measure]:
    """Give what there is to measure; ``binary`` is that of a real Tilt, whose figures then take an aim's place."""
    found: dict[str, Measure] = {
        "plugin": measures_plugin.of_plugins,
        "life": measures_life.of_one_life,
        "stop": measures_life.of_stopping,
        "get": measures_requests.of_a_get,
        "growth": measures_requests.of_growth,
        "patch": measures_requests.of_a_patch,
        "watches": measures_watches.of_watches,
        "scripts": measures_scripts.of_scale,
        "soak": soak.of_soak,
    }
    if binary is not None:
        from benchmarks import measures_tilt

        found["patch"] = functools.partial(measures_requests.of_a_patch, None)
        found[TILT] = functools.partial(measures_tilt.of_a_real_tilt, binary)
    return {name: found[name] for name in NAMES if name in found}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line names."""
    # Programs are compiled once, as on a user's machine, and not for each run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    reader = parser()
    given = reader.parse_args(arguments)
    for name in given.names:
        if name not in NAMES:
            reader.error(f"there is no measure {name!r}; there are: {', '.join(NAMES)}")
    if TILT in given.names and given.tilt is None:
        reader.error(f"{TILT!r} is measured of a real Tilt: say where one is, by --tilt BINARY")
    if given.tilt is not None and given.names and TILT not in given.names:
        reader.error(f"--tilt has no effect on {', '.join(given.names)}: name {TILT!r} too, or nothing for all")
    binary = version = None
    if given.tilt is not None:
        # Imported where it is asked for, and tried before anything takes its time.
        from benchmarks import measures_tilt

        try:
            binary, version = measures_tilt.check(given.tilt)
        except measures_tilt.Unusable as problem:
            reader.error(str(problem))
    known = measures(binary)
    found, failed = measure({name: known[name] for name in given.names or known})
    table = figures.table(found)
    print(table)
    if given.write is not None:
        given.write.write_text(page.written(found, table, NAMES, version), encoding="utf-8")
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


def measure(wanted: dict[str, Measure]) -> tuple[list[figures.Figure], list[str]]:
    """Give the figures that were found, and the names of those measures that failed, which say why."""
    found: list[figures.Figure] = []
    failed: list[str] = []
    for name, of in wanted.items():
        print(f"{name} …", file=sys.stderr)
        try:
            found += of()
        except Exception as problem:  # what the others have found is not to be lost
            print(f"{name}: {problem}", file=sys.stderr)
            failed.append(name)
    return found, failed


if __name__ == "__main__":
    main()
