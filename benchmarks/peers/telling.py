"""What every measured server says on its standard output, and understands on its standard input."""

import json
import pathlib
import resource
import sys
from collections.abc import Callable, Mapping

Verbs = Mapping[str, Callable[[int], object]]


def used() -> dict[str, float]:
    """Give what this process has used so far: seconds of CPU, and its resident memory now in bytes."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    resident = int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return {"cpu": usage.ru_utime + usage.ru_stime, "resident": resident}


def serve(where: Mapping[str, str | None], verbs: Verbs | None = None) -> None:
    """Say where the server is, then answer ``VERB [NUMBER]`` lines until the input ends; each answer is one line."""
    known: Verbs = {"used": lambda _: used(), **(verbs or {})}
    print(json.dumps(dict(where)), flush=True)
    for line in sys.stdin:
        verb, _, number = line.strip().partition(" ")
        print(json.dumps(known[verb](int(number or 0))), flush=True)
