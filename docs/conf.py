"""How the documentation is built: ``sphinx-build -W --keep-going docs build/docs``."""

import importlib.metadata
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

project = "pytest-tiltsession"
author = "The pytest-tiltsession developers"
project_copyright = "the pytest-tiltsession developers, Apache-2.0"
version = release = importlib.metadata.version("pytest-tiltsession")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
nitpicky = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
python_maximum_signature_line_length = 100
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = "pytest-tiltsession"
html_static_path = ["static"]
html_css_files = ["pages.css"]
exclude_patterns = ["given", "writers"]


def as_built(_app, docname, source):  # noqa: D103
    # In the repository the page shows each scenario as text; here it shows the picture, which is drawn now.
    if docname == "reference/scenarios":
        from writers import scenarios

        source[0] = scenarios.with_pictures(picture)
    # There it lists what can be called; here the texts are whole, with types.
    if docname == "reference/python":
        from writers import python

        source[0] = python.with_directives()


def picture(name: str) -> str:
    """Draw a named scenario, and give the Markdown that shows it."""
    from pytest_tiltsession.commands import show

    file = HERE / "reference" / "pictures" / f"{name.replace('/', '-')}.svg"
    file.parent.mkdir(exist_ok=True)
    file.write_text(show.drawn(name, 900), encoding="utf-8")
    return f"![The timeline of {name}](pictures/{file.name})"


def setup(app):  # noqa: D103
    app.connect("source-read", as_built)
    return {"parallel_read_safe": True}
