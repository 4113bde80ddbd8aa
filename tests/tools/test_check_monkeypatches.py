from __future__ import annotations

import pytest

from tools.check_monkeypatches import python_patches, typescript_patches


@pytest.mark.parametrize(
    "source",
    [
        "import jupyter_server.x\njupyter_server.x.Y.method = 1",
        "from a import B\nB.c = 1",
        "from a import B\nB.c, other = 1, 2",
        "from a import B\nsetattr(B, 'x', 1)",
        "from a import B\nB.__dict__['x'] = 1",
        "from a import B\ndef f():\n    del B.x",
        "from a import B\nasync def f():\n    B.x += 1",
        "import sys\nsys.modules['a'] = 1",
        "def f(): pass\ndef g(app):\n    app.handler = f",
        "def g(app):\n    app.handler = lambda: 1",
    ],
)
def test_finds_python_patches(source: str) -> None:
    assert len(list(python_patches(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from anode_jlab.x import B\nB.c = 1",
        "from a import B\ndef f(B):\n    B.x = 1",
        "import a\ndef f():\n    a = make()\n    a.b = 1",
        "import os\nos.environ['x'] = '1'",
        "class A:\n    def f(self):\n        self.x = lambda: 1",
        "def g(extension):\n    extension.enabled = False",
        "def g(socket):\n    socket.on_close = lambda: 1",
    ],
)
def test_leaves_plain_python_alone(source: str) -> None:
    assert list(python_patches(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "import { A } from '@jupyterlab/x';\nA.b = 1;",
        "import { A as C } from 'x';\nC.b.c = f;",
        "import * as Y from 'yjs';\nY.Doc.gc = true;",
        "Widget.prototype.dispose = f;",
        "Widget.prototype['dispose'] = f;",
        "Object.assign(Foo.prototype, {",
        "(x as any).y = 1;",
        "manager.save = async () => {",
        "context.save = function () {",
        "window.foo = 1;",
    ],
)
def test_finds_typescript_patches(source: str) -> None:
    assert len(list(typescript_patches(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "import { A } from './a';\nA.b = 1;",
        "this._a = () => 1;",
        "const a = b => c;",
        "const f = (a: A) => a.b == 1;",
        "const x = useMemo(() => a.b, []);",
        "if (x.y === z) {",
        "state.value = list.map(x => 1);",
        "socket.onmessage = event => {",
        "window.onerror = null;",
        "// window.foo = 1",
        " * manager.save = () => 1",
    ],
)
def test_leaves_plain_typescript_alone(source: str) -> None:
    assert list(typescript_patches(source)) == []
