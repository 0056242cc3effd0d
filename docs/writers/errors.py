"""The page of the errors, from their classes."""

from pytest_tiltsession import errors
from writers import markdown

_BEGIN = """\
All that the package raises on purpose are of these, importable from `pytest_tiltsession`. Each message says what was asked, what was found, and
what to write instead.
"""


def text() -> str:
    """Give the page."""
    found = (getattr(errors, name) for name in errors.__all__)
    rows = [
        (
            markdown.code(kind.__name__),
            ", ".join(markdown.code(base.__name__) for base in kind.__bases__),
            markdown.prose(kind.__doc__).split("\n\n", maxsplit=1)[0],
        )
        for kind in found
    ]
    return markdown.page("Errors", _BEGIN, markdown.table(("error", "is also", "when"), rows))
