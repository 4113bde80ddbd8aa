"""What runs in kernels, on a Python from 3.10 on.

Most modules are sent there and stand by themselves; ``tools`` is imported by people in their
notebooks. None imports anything of the rest.
"""
