"""Links between pages lead somewhere, in the repository as in the built site."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PAGES = sorted(
    str(page.relative_to(ROOT)) for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")) if page.is_file()
)
_FENCED = re.compile(r"^(`{3,}).*?^\1`*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def prose(page: pathlib.Path) -> str:
    """Give a page without its fenced blocks."""
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors(page: pathlib.Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    plain = (heading.replace("`", "").lower() for heading in _HEADING.findall(prose(page)))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """A relative link names a file or a folder that is there, and a heading that it has."""
    here = ROOT / page
    for link in _LINK.findall(prose(here)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (here.parent / path).resolve() if path else here
        assert target.exists(), f"{page}: {link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{page}: {link}: there is no such heading"
        outside = not target.is_relative_to(ROOT / "docs")
        assert not (page.startswith("docs/") and outside), f"{page}: {link}: the built site has only docs/"


def test_every_page_of_the_documentation_is_reached() -> None:
    """The table of contents has each page, by its name or by the folder that it lists as a whole."""
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for page in PAGES:
        folder, _, name = page.removeprefix("docs/").rpartition("/")
        if page.startswith("docs/") and folder:
            assert f"\n{folder}/*\n" in index or f"\n{folder}/{name.removesuffix('.md')}\n" in index, page
