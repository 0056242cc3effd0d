"""Refuses bad markers before the first test. Imported where a test has one, or the run another mode than fake."""

import pytest

from pytest_tiltsession.plugin import arguments, choosing, options, workers


def refuse_bad(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Raise UsageError with the problems of all tests; a worker of xdist tells its controller, and runs none."""
    problems = [problem for item in items if (problem := _problem_of(item)) is not None]
    if not problems:
        return
    if not workers.refuse(config, problems):
        raise pytest.UsageError("\n".join(problems))
    items[:] = []


def _problem_of(item: pytest.Item) -> str | None:
    """Say what is wrong with the markers of a test, its mode with them; None where nothing is."""
    problem = arguments.check_item(item)
    if problem is None and options.in_modes(item):
        try:
            choosing.choose(item)
        except pytest.UsageError as refused:
            return str(refused)
    return problem
