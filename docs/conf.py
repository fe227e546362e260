"""How the site is built: `make docs`. Everything it needs is in it; it works from disk and asks no other host."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

import undercount  # noqa: E402

project, author, copyright = "Undercount", "Undercount developers", "Undercount developers"
release = version = undercount.__version__
language = "en-GB"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_click", "sphinx_copybutton"]
exclude_patterns = ["_build", "_ext"]

html_theme = "furo"
html_title = f"Undercount {release}"
html_show_search_summary = False
