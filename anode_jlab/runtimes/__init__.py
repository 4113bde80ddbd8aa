"""Kernels: starting, watching and talking to what runs the code of a notebook."""
