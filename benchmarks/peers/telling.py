"""What every measured server says on its standard output, and understands on its standard input."""

import json
import os
import sys
from collections.abc import Callable, Mapping

from benchmarks import usage

Verbs = Mapping[str, Callable[[int], object]]


class Failed(Exception):
    """What a server was asked for cannot be had; the message is for whoever asked."""


def used() -> dict[str, float]:
    """Give what this process has used so far: seconds of CPU, and its resident memory now in bytes."""
    return usage.of(os.getpid())


def say(answer: object) -> None:
    """Write one line."""
    print(json.dumps(answer), flush=True)


def serve(where: Mapping[str, object], verbs: Verbs | None = None) -> None:
    """Say where the server is, then answer ``VERB [NUMBER]`` lines until the input ends; each answer is one line."""
    known: Verbs = {"used": lambda _: used(), **(verbs or {})}
    say(dict(where))
    for line in sys.stdin:
        verb, _, number = line.strip().partition(" ")
        try:
            answer = known[verb](int(number or 0))
        except Failed as problem:
            answer = {"failed": str(problem)}
        say(answer)
