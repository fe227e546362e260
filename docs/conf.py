"""How the site is built: `make docs`. All that its pages need is in it: it works from disk and asks no other host."""

import hashlib
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

import undercount  # noqa: E402

project, author, copyright = "Undercount", "Undercount developers", "Undercount developers"
release = version = undercount.__version__
language = "en-GB"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_click", "sphinx_copybutton",
              "undercount_docs"]
exclude_patterns = ["_build", "_ext"]
default_role = "code"  # `name` in a docstring is code
highlight_language = "none"

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]
myst_links_external_new_tab = False
suppress_warnings = ["misc.highlighting_failure"]

# Tutorials are run by a real kernel, in a folder of their own; what has run with the same code is kept.
CODE = sorted(path for room in ("model", "experiments", "scenarios", "docs/tutorials")
              for path in (HERE.parent / room).rglob("*") if path.suffix in (".py", ".toml", ".csv", ".ipynb"))
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "_build" / "notebooks" / hashlib.sha256(
    b"".join(path.read_bytes() for path in CODE)).hexdigest()[:16])
nb_execution_in_temp = True
nb_execution_timeout = 900  # the first may have to compile the model
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_ipywidgets_js = {}  # would be fetched from another host; no page has widgets

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"Undercount {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_search_summary = False  # summaries are fetched, which no browser does from disk
html_show_sourcelink = False
html_copy_source = False
