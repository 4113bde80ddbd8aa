from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from anode_jlab.handlers import page_config, peers
from anode_jlab.handlers.page_config import KEY, SETTING, Readiness


def completed(settings: dict[str, Any], **page: Any) -> dict[str, Any]:
    hook = settings[SETTING]
    found: dict[str, Any] = hook(object(), dict(page))
    return found


def test_a_well_server_says_so_and_silences_the_peers() -> None:
    settings: dict[str, Any] = {}
    page_config.install(settings, Readiness(ready=True, reason=""))
    page = completed(settings, disabledExtensions=["someone:else"], baseUrl="/")
    assert page[KEY] == {"ready": True, "reason": ""}
    assert page["disabledExtensions"][0] == "someone:else"
    assert "@jupyter/docprovider-extension:ynotebook" in page["disabledExtensions"]
    assert page["baseUrl"] == "/"


def test_cell_executors_of_peers_are_switched_off_and_that_of_core_is_not() -> None:
    executors = [name for name in peers.SILENT_PLUGINS if "executor" in name]
    assert "@jupyter/docprovider-extension:notebook-cell-executor" in executors
    assert not [name for name in executors if name.startswith("@jupyterlab/")]


def test_an_unwell_server_leaves_everything_on_and_gives_the_reason() -> None:
    settings: dict[str, Any] = {}
    page_config.install(settings, Readiness(ready=False, reason="The disk is full."))
    page = completed(settings)
    assert page == {KEY: {"ready": False, "reason": "The disk is full."}}


def test_an_administrators_no_is_told_as_such() -> None:
    settings: dict[str, Any] = {}
    page_config.install(settings, Readiness(ready=False, reason="switched off", disabled=True))
    assert completed(settings)[KEY]["disabled"] is True


def test_the_hook_of_another_extension_runs_first() -> None:
    def theirs(_: object, page: dict[str, Any]) -> dict[str, Any]:
        return page | {"theirs": True, "disabledExtensions": ["b:c"]}

    settings: dict[str, Any] = {SETTING: theirs}
    page_config.install(settings, Readiness(ready=True, reason=""))
    page = completed(settings)
    assert page["theirs"] is True
    assert page["disabledExtensions"][0] == "b:c"


@pytest.mark.parametrize("listed", [None, [], {}, {"a:b": True, "c:d": False}])
def test_the_list_may_come_in_any_form(listed: Any) -> None:
    settings: dict[str, Any] = {}
    page_config.install(settings, Readiness(ready=True, reason=""))
    found = completed(settings, disabledExtensions=listed)["disabledExtensions"]
    assert ("a:b" in found) == bool(listed)
    assert "c:d" not in found
    assert len(found) == len(set(found))


class Package:
    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled


def test_peers_are_switched_off_in_this_process_only_where_they_are_on() -> None:
    extensions = {
        "jupyter_server_ydoc": Package(True),
        "jupyter_server_documents": Package(False),
        "jupyter_live_content": Package(True),
        "jupyter_lsp": Package(True),
    }
    off = ["jupyter_server_ydoc", "jupyter_live_content"]
    assert peers.enabled_peers(extensions) == off
    assert peers.switch_off(extensions) == off
    assert peers.enabled_peers(extensions) == []
    assert extensions["jupyter_lsp"].enabled
    peers.put_away(extensions, off)
    assert sorted(extensions) == ["jupyter_lsp", "jupyter_server_documents"]


def test_loaded_peers_are_named_once_and_ours_is_none_of_them() -> None:
    ours = object()
    assert peers.loaded_peers({}) == []
    assert peers.loaded_peers({"jupyter_server_ydoc": ours}, ours) == []
    settings = {"jupyter_server_ydoc": object(), "jupyter_collaboration": object()}
    assert peers.loaded_peers(settings, ours) == ["jupyter-collaboration"]


def test_what_was_switched_off_for_nothing_is_linked_and_loaded_after_us() -> None:
    linked: list[str] = []
    package = SimpleNamespace(enabled=False)
    manager = SimpleNamespace(
        extensions={"jupyter_server_ydoc": package}, link_extension=linked.append
    )
    peers.switch_on(manager, ["jupyter_server_ydoc"])
    assert package.enabled
    assert linked == ["jupyter_server_ydoc"]


@pytest.mark.parametrize("ready", [True, False])
def test_the_executor_of_core_comes_back_where_that_of_a_peer_goes(ready: bool) -> None:
    """Their packages switch it off by being installed."""
    settings: dict[str, Any] = {}
    page_config.install(settings, Readiness(ready=ready, reason=""))
    page = completed(settings, disabledExtensions=[peers.CORE_EXECUTOR])
    assert (peers.CORE_EXECUTOR in page["disabledExtensions"]) is not ready
