"""Measures this extension beside jupyter-collaboration and a bare relay, in one run."""
