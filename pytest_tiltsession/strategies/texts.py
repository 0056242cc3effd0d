"""Texts as Tilt's sessions hold them: simple ones first, then those that programs stumble over; knows no targets.

Strategies are made once, here and beside: Hypothesis looks each new one over, which costs more than drawing from it.
"""

import functools
import string
from typing import Final

from hypothesis import strategies as st

# What YAML, JSON, HTML and terminals each have their own opinion on.
_ODD: Final = ("naïve-日本", "With Space", "a:b", "null", "1e3", "<b>&amp;", "#no", 'it\'s "it"', "😀", "x" * 300)
# No half of a surrogate pair, which no JSON can hold, and nothing that a terminal acts on.
_CHARACTERS: Final = st.characters(exclude_categories=("Cs", "Cc"))

# As Tilt shows them, from the recorded sessions and its tables of pods.
REASONS: Final = (
    "unknown",
    "tiltfile-reload",
    "waiting-for-dep",
    "waiting-for-local",
    "is-unparallelizable-local",
    "initial-build",
)
POD_REASONS: Final = ("ContainerCreating", "PodInitializing", "Pending", "Init:0/1")


def letter(index: int) -> str:
    """Give the simple name of the first, second … thing: a, b, … z, then n26 and so on."""
    return string.ascii_lowercase[index] if index < len(string.ascii_lowercase) else f"n{index}"


@functools.cache
def odd_names() -> st.SearchStrategy[str]:
    """Give names of resources beyond the simple ones, which Tilt takes as well."""
    return st.sampled_from(_ODD) | st.text(_CHARACTERS, min_size=1, max_size=12)


@functools.cache
def job_errors() -> st.SearchStrategy[str]:
    """Give what Tilt says of a job, a build or a Tiltfile that failed."""
    known = ("boom", 'Command "exit 3" failed: exit status 3', "Traceback:\n  Tiltfile:1\nError: no", " led by a blank")
    return st.sampled_from(known) | st.sampled_from(_ODD) | st.text(_CHARACTERS, min_size=1, max_size=12)


@functools.cache
def process_errors() -> st.SearchStrategy[str]:
    """Give what Tilt says of a server that ended, whose own words it does not know."""
    return st.integers(0, 99_999).map("Process {} exited with non-zero status".format)


@functools.cache
def labels() -> st.SearchStrategy[dict[str, str]]:
    """Give labels, which have a syntax, or annotations."""
    keys = st.sampled_from(("a", "b", "example.com/team", "A_b.c-1"))
    return st.dictionaries(keys, st.sampled_from(("", "x", "1.2-rc_3", "a" * 63)), max_size=2)
