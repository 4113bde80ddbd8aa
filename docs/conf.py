"""How Sphinx builds the documentation; everything that it needs is on this machine."""

from importlib.metadata import version as installed

project = "anode_jlab"
author = "anode_jlab contributors"
project_copyright = author
release = installed("anode_jlab")

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "pydata_sphinx_theme"
html_title = "anode_jlab"
html_static_path = ["_static"]
html_show_sourcelink = False
html_theme_options = {"show_prev_next": False, "navigation_with_keys": False}
