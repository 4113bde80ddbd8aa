from __future__ import annotations

import ast

import pytest

from tools.check_sizes import function_lines


def measure(source: str) -> int:
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    return function_lines(function)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("def f():\n    return 1", 2),
        ("async def f(\n    a,\n):\n    return a", 4),
        ('def f():\n    """One\n    two.\n    """\n    return 1', 2),
    ],
)
def test_docstrings_do_not_count(source: str, lines: int) -> None:
    assert measure(source) == lines
