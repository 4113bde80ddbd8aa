"""Counts places where our code changes somebody else's classes or objects; the count must be 0.

Python is read as a syntax tree. A patch is: assigning or deleting an attribute below an imported
name, `setattr`/`delattr` on one, assigning into `sys.modules` or a `__dict__`, or putting a
function in the place of an attribute of an object that was handed in. TypeScript is read line by
line for the same habits. Objects whose contract is to be assigned to (`socket.onmessage`) have
names that begin with `on`, and are left alone.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.sources import shown, source_files

OURS = "anode_jlab"
SETTERS = frozenset({"setattr", "delattr"})

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

TS_IMPORT = re.compile(r"import\s+(?:type\s+)?([^;]*?)\s+from\s+['\"]([^'\"]+)['\"]", re.DOTALL)
TS_NAME = re.compile(r"(?:\bas\s+)?([A-Za-z_$][\w$]*)\s*(?=,|\}|$)")
TS_HABITS = (
    re.compile(r"\.prototype(\.[\w$]+|\[[^\]]+\])\s*=(?![=>])"),
    re.compile(r"\bObject\.(assign|definePropert(y|ies)|setPrototypeOf)\(\s*[\w$.]+\.prototype\b"),
    re.compile(r"\bObject\.setPrototypeOf\("),
    re.compile(r"\b(window|globalThis)\.(?!on)[\w$.]+\s*=(?![=>])"),
    re.compile(r"\(\s*[\w$.]+\s+as\s+[^)]+\)(\.(?!on)[\w$]+|\[[^\]]+\])\s*=(?![=>])"),
    # A function put in the place of a method: `manager.save = async () => ...`
    re.compile(
        r"(?<![\w$.])(?!this\b)[\w$]+(\.[\w$]+)*\.(?!on)[\w$]+\s*=\s*"
        r"(async\s+)?(function\b|\([^()]*\)(\s*:\s*[^=]+)?\s*=>|[\w$]+\s*=>)"
    ),
)


def root_name(node: ast.expr) -> str | None:
    """The name that an attribute chain starts from."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


class PatchFinder(ast.NodeVisitor):
    """Collects the lines of one module that patch something foreign."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []
        self._foreign: list[set[str]] = [set()]
        self._functions: set[str] = set()

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name.split(".")[0] != OURS:
                self._foreign[-1].add(alias.asname or alias.name.split(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if (node.module or "").split(".")[0] != OURS:
            self._foreign[-1].update(alias.asname or alias.name for alias in node.names)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function(node)

    def _visit_function(self, node: FunctionNode) -> None:
        self._functions.add(node.name)
        names = {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
        names |= {
            name.id
            for name in ast.walk(node)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
        self._foreign.append(self._foreign[-1] - names)
        self.generic_visit(node)
        self._foreign.pop()

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._check_target(target, node.value)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._check_target(node.target, None)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._check_target(node.target, node.value)
        self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._check_target(target, None)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name in SETTERS and node.args and self._is_foreign(node.args[0]):
            self._report(node, f"{name} on an imported object")
        self.generic_visit(node)

    def _is_foreign(self, node: ast.expr) -> bool:
        return root_name(node) in self._foreign[-1]

    def _check_target(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for element in target.elts:
                self._check_target(element, None)
        elif isinstance(target, ast.Subscript):
            if ast.unparse(target.value).endswith(("sys.modules", ".__dict__")):
                self._report(target, "assigns into a module table or __dict__")
        elif isinstance(target, ast.Attribute):
            if self._is_foreign(target):
                self._report(target, "assigns an attribute of an imported object")
            elif self._replaces_method(target, value):
                self._report(target, "puts a function in the place of an attribute")

    def _replaces_method(self, target: ast.Attribute, value: ast.expr | None) -> bool:
        if target.attr.startswith("on") or root_name(target) in {"self", "cls"}:
            return False
        is_function = isinstance(value, ast.Name) and value.id in self._functions
        return is_function or isinstance(value, ast.Lambda)

    def _report(self, node: ast.expr, what: str) -> None:
        self.found.append((node.lineno, what))


def python_patches(text: str) -> Iterator[tuple[int, str]]:
    """Line numbers and kinds of the patches in one Python module."""
    finder = PatchFinder()
    finder.visit(ast.parse(text))
    yield from finder.found


def foreign_names(text: str) -> set[str]:
    """What a TypeScript module imports from packages that are not ours."""
    return {
        name
        for names, module in TS_IMPORT.findall(text)
        if not module.startswith(".")
        for name in TS_NAME.findall(names)
    }


def typescript_patches(text: str) -> Iterator[tuple[int, str]]:
    """Line numbers and text of the patches in one TypeScript module."""
    names = "|".join(map(re.escape, sorted(foreign_names(text))))
    foreign = re.compile(rf"(?<![\w$.])({names})(\.(?!on)[\w$]+)+\s*=(?![=>])") if names else None
    for number, line in enumerate(text.splitlines(), start=1):
        code = line.split("//")[0]
        if code.lstrip().startswith("*"):
            continue
        if any(habit.search(code) for habit in TS_HABITS) or (foreign and foreign.search(code)):
            yield number, line.strip()


def patches(path: Path) -> Iterator[str]:
    """Describe the patches in one file."""
    text = path.read_text(encoding="utf-8")
    find = python_patches if path.suffix == ".py" else typescript_patches
    for number, what in find(text):
        yield f"{shown(path)}:{number}: {what}"


def main() -> int:
    """Print every patch and their number; 1 unless it is 0."""
    paths = [
        path
        for path in source_files(OURS, "src", suffixes=(".py", ".ts", ".tsx"))
        if "__tests__" not in path.parts
    ]
    found = [patch for path in paths for patch in patches(path)]
    for patch in found:
        print(f"error: {patch}")
    print(f"monkeypatches: {len(found)} in {len(paths)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
