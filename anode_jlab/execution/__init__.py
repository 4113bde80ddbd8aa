"""Runs of cells: the queue, and what becomes of what kernels send."""
