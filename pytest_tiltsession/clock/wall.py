"""The machine's clock, as little as is needed: monotonic seconds that no freezer patches; knows no fake."""

import time


def seconds() -> float:
    """Give monotonic seconds of the machine. ``clock_gettime`` is what freezegun and time-machine leave alone."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)
