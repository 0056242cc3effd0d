"""How the documentation is built: ``sphinx-build -W docs build/docs``."""

import importlib.metadata

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
autodoc_class_signature = "separated"

html_theme = "furo"
html_title = "pytest-tiltsession"
html_static_path = ["static"]
