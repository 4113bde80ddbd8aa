"""What a widget captures, told by the messages that Output of ipywidgets sends; a real kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]

WIDGET = """
import sys
from comm import create_comm
from IPython import get_ipython
from IPython.display import clear_output, display

class Output:
    def __init__(self):
        self.outputs = []
        state = {"_model_name": "OutputModel", "msg_id": "", "outputs": []}
        self.comm = create_comm(target_name="jupyter.widget", data={"state": state})
        self.comm.on_msg(self._told)

    def _told(self, message):
        self.outputs = message["content"]["data"]["state"]["outputs"]

    def set(self, **state):
        self.comm.send({"method": "update", "state": state, "buffer_paths": []})

    def __enter__(self):
        sys.stdout.flush()
        sys.stderr.flush()
        self.set(msg_id=get_ipython().get_parent()["header"]["msg_id"])

    def __exit__(self, *_):
        sys.stdout.flush()
        sys.stderr.flush()
        self.set(msg_id="")

out, inner = Output(), Output()
print("before")
with out:
    print("one")
    print("two")
    with inner:
        print("deep")
    print("three", file=sys.stderr)
    handle = display("old", display_id=True)
    handle.update("new")
print("after")
"""

TOLD = "for one in out.outputs: print(one['output_type'], repr(one.get('text') or one.get('data')))"


async def test_a_widget_takes_what_is_printed_in_it(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook(
        "a.ipynb",
        WIDGET,
        TOLD,
        "inner.outputs[0]['text']",
        "with out:\n    clear_output(wait=True)\n    print('next')\nprint('shown')",
        TOLD,
        "with out:\n    for n in range(1200): display(n)",
        "len(out.outputs), 'left out' in out.outputs[-1]['text']",
        "with out:\n    clear_output()",
        "out.comm.close()\nwith out:\n    print('nobody takes this')\nout.outputs",
    )
    notebook = await Notebook.opened(address, "a.ipynb")
    for run in await notebook.run(*(f"cell-{number}" for number in range(9))):
        assert run["status"] == "completed", run
    shown = []
    for number in range(9):
        outputs = await notebook.outputs(f"cell-{number}")
        shown.append([one.get("text") or one["data"]["text/plain"] for one in outputs])
    assert shown[0] == ["before\nafter\n"]
    assert shown[1][0].splitlines() == [
        "stream 'one\\ntwo\\n'",
        "stream 'three\\n'",
        "display_data {'text/plain': \"'new'\"}",
    ]
    assert shown[2] == ["'deep\\n'"]
    assert shown[3] == ["shown\n"]
    assert shown[4] == ["stream 'next\\n'\n"]
    assert shown[5:8] == [[], ["(1001, True)"], []]
    assert shown[8] == ["nobody takes this\n", "[]"]
