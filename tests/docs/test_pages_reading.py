"""How a page is read, and when what was printed is not what it shows."""

import pytest

from . import pages

PAGE = """
Some text.

<!-- given: examples/dashboard/dashboard.py -->
<!-- file: test_it.py -->
```python
def test_it(): ...
```

<!-- run: 1 -->
```console
$ pytest -q
…
1 failed in …
```

```yaml
a: 1
```
"""


def test_a_page_is_read_in_order(tmp_path):
    """Marks say what a block is for; one without a mark is told apart."""
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    found = [(block.kind, block.word) for block in pages.blocks(page)]
    assert [
        ("given", "examples/dashboard/dashboard.py"),
        ("file", "test_it.py"),
        ("run", "1"),
        ("unmarked", "yaml"),
    ] == found
    (run,) = (block for block in pages.blocks(page) if block.kind == "run")
    assert [("pytest -q", ["…", "1 failed in …"])] == list(pages.commands(run.text))


@pytest.mark.parametrize(
    ("said", "printed", "differing"),
    [
        (["a", "b"], "a\nb\n", None),
        (["a b…c"], "a b123c  \n", None),
        ([], "anything\n", None),
        (["a", "…", "c"], "a\nb\nc\n", None),
        (["a", "…"], "a\nb\nc\n", None),
        (["a", "c"], "a\nb\nc\n", "c"),
        (["a"], "a\nb\n", "(the end; then came 'b')"),
        (["b"], "a\nb\n", "b"),
        (["a", "…", "d"], "a\nb\nc\n", "d"),
    ],
)
def test_what_was_printed_is_compared_line_by_line(said, printed, differing):
    """Lines follow each other as printed, except where dots stand for others."""
    assert differing == pages.differs(said, printed)
