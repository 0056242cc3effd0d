"""What ``assert session == other`` says where they differ. Imported when a comparison fails beside a Session."""

from pytest_tiltsession.expectations import comparisons


def explained(op: str, left: object, right: object, *, verbosity: int) -> list[str] | None:
    """Give the lines that explain a failed comparison of Sessions or of their parts; None leaves it to pytest."""
    if op == "==":
        return comparisons.explained(left, right, whole=verbosity > 0)
    return comparisons.not_among(left, right) if op == "in" else None
