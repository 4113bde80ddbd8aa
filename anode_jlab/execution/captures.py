"""Outputs that widgets capture: ``Output`` of ipywidgets, and with it ``interact``.

While such a widget is entered, its ``msg_id`` names the request whose outputs belong to it and not
to the cell. In JupyterLab the tab that sent the request collects them; here the server has sent it.
Source: ipywidgets, ``widget_output.py`` and ``packages/schema/messages.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anode_jlab.documents.large_outputs import BESIDE_FILES
from anode_jlab.documents.sane import mapping, mime_bundle
from anode_jlab.runtimes.kernel import KernelMessage

MOST_OUTPUTS = 1000
"""Of one widget: each change sends all of them to the kernel and to every browser."""

MOST_TEXT = 500_000
"""Characters of a stream outside of cells, which nothing keeps elsewhere."""

TARGET = "jupyter.widget"
MODEL = "OutputModel"

FIELDS = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}
"""What nbformat keeps of each kind of output."""

Send = Callable[[str, Mapping[str, Any]], object]
"""Kind and content of a message to the kernel."""


@dataclass(slots=True, eq=False)
class _Widget:
    comm_id: str
    outputs: list[dict[str, Any]]
    captures: str = ""
    """The request whose outputs it takes; empty for none."""
    clear_first: bool = False
    changed: bool = False
    left_out: bool = False
    displays: dict[int, str] = field(default_factory=dict)
    """Display ids by the place in ``outputs``."""


class Captures:
    """The Output widgets of one runtime session, as far as requests of ours fill them."""

    def __init__(self) -> None:
        self._widgets: dict[str, _Widget] = {}
        self._entered: dict[str, list[_Widget]] = {}
        """By request: the innermost widget is the last."""

    def take(self, message: KernelMessage, *, own: bool) -> bool:
        """Look at a message of the output channel; True when it is none of the cell's.

        ``own``: it answers a request of ours. What others asked for is collected by them, and told
        to us by the kernel's echo.
        """
        if message.kind.startswith("comm_"):
            self._take_comm(message, own)
            return False
        inner = self._entered.get(message.parent) if own else None
        if not inner:
            return False
        if message.kind == "clear_output":
            _clear(inner[-1], bool(message.content.get("wait")))
        elif message.kind == "update_display_data":
            self._update(message.content)
            return False
        elif message.kind in FIELDS:
            _add(inner[-1], message.kind, message.content)
        else:
            return False
        return True

    def tell(self, send: Send) -> None:
        """Give the kernel what was captured; it echoes that to all browsers. A kernel looks at it
        when it is idle, so there is no use in doing this earlier."""
        for widget in self._widgets.values():
            if widget.changed:
                widget.changed = False
                state = {"outputs": widget.outputs}
                data = {"method": "update", "state": state, "buffer_paths": []}
                send("comm_msg", {"comm_id": widget.comm_id, "data": data})

    # --- inside ----------------------------------------------------------------------------------

    def _take_comm(self, message: KernelMessage, own: bool) -> None:
        comm_id = str(message.content.get("comm_id", ""))
        data = mapping(message.content.get("data"))
        state = mapping(data.get("state"))
        if message.kind == "comm_open":
            if message.content.get("target_name") == TARGET and state.get("_model_name") == MODEL:
                self._widgets[comm_id] = _Widget(comm_id, [])
                self._set(self._widgets[comm_id], state)
        elif comm_id not in self._widgets:
            return
        elif message.kind == "comm_close":
            self._leave(self._widgets.pop(comm_id))
        elif data.get("method") == "update" or (data.get("method") == "echo_update" and not own):
            self._set(self._widgets[comm_id], state)

    def _set(self, widget: _Widget, state: Mapping[str, Any]) -> None:
        if isinstance(outputs := state.get("outputs"), list | tuple):
            widget.outputs = [dict(output) for output in outputs if isinstance(output, Mapping)]
            widget.displays.clear()
            widget.changed = widget.clear_first = widget.left_out = False
        if isinstance(request := state.get("msg_id"), str):
            self._leave(widget)
            if request:
                widget.captures = request
                self._entered.setdefault(request, []).append(widget)

    def _leave(self, widget: _Widget) -> None:
        inner = self._entered.get(widget.captures, [])
        if widget in inner:
            inner.remove(widget)
        if not inner:
            self._entered.pop(widget.captures, None)
        widget.captures = ""

    def _update(self, content: Mapping[str, Any]) -> None:
        display_id = mapping(content.get("transient")).get("display_id")
        for widget in self._widgets.values():
            for place in _shown(widget, display_id):
                widget.outputs[place] |= _kept("display_data", content)
                widget.changed = True


def _shown(widget: _Widget, display_id: object) -> Iterable[int]:
    return [place for place, known in widget.displays.items() if known == display_id]


def _clear(widget: _Widget, wait: bool) -> None:
    widget.clear_first = wait
    if not wait:
        widget.outputs.clear()
        widget.displays.clear()
        widget.changed, widget.left_out = True, False


def _add(widget: _Widget, kind: str, content: Mapping[str, Any]) -> None:
    if widget.clear_first:
        _clear(widget, False)
    last = widget.outputs[-1] if widget.outputs else {}
    goes_on = kind == "stream" == last.get("output_type") and last["name"] == content.get("name")
    full = len(widget.outputs) >= MOST_OUTPUTS or (goes_on and len(str(last["text"])) >= MOST_TEXT)
    if full:
        if not widget.left_out:
            notice = "\n[The widget is full: more outputs were left out.]\n"
            widget.outputs.append({"output_type": "stream", "name": "stderr", "text": notice})
        widget.left_out = widget.changed = True
        return
    if goes_on:
        last["text"] += str(content.get("text", ""))
    else:
        widget.outputs.append({"output_type": kind, **_kept(kind, content)})
        display_id = mapping(content.get("transient")).get("display_id")
        if isinstance(display_id, str):
            widget.displays[len(widget.outputs) - 1] = display_id
    widget.changed = True


def _kept(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: content[name] for name in FIELDS[kind] if name in content}
    if "data" in kept:
        bundle = mime_bundle(mapping(kept["data"]))
        kept["data"] = {m: one for m, one in bundle.items() if m not in BESIDE_FILES}
    return kept
