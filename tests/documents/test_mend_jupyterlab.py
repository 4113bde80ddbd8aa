"""People at real JupyterLab models type, move, retype and undo at once; no text is lost."""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import count

import pytest

from tests.documents.jupyterlab_peers import JupyterLabPeers, needs_node
from tests.documents.meeting import TEXTS, A, B, C, Meeting, Work

pytestmark = needs_node

SEEDS = int(os.environ.get("ANODE_TEST_SEEDS", "60"))


@pytest.fixture(scope="module")
def browsers() -> Iterator[JupyterLabPeers]:
    with JupyterLabPeers() as peers:
        yield peers


BOTH_ORDERS = pytest.mark.parametrize("first", [(A, B), (B, A)], ids=["A first", "B first"])


@BOTH_ORDERS
def test_typing_follows_a_moved_cell(browsers: JupyterLabPeers, first: tuple[int, int]) -> None:
    meeting = Meeting(browsers)
    meeting.do(A, "move", 0, 2)
    meeting.type(B, "a", 5, " and 😀")
    meeting.type(B, "a", 0, "A", over=1)
    meeting.settle(*first)
    assert meeting.result()["a"] == ("code", "Alpha and 😀 one")
    assert meeting.order() == ["b", "c", "a"]


@BOTH_ORDERS
def test_typing_follows_a_retyped_cell(browsers: JupyterLabPeers, first: tuple[int, int]) -> None:
    meeting = Meeting(browsers)
    meeting.do(A, "retype", 1, "markdown", 2)
    meeting.type(B, "b", 0, "the ")
    meeting.type(B, "b", 8, "", over=4)
    meeting.settle(*first)
    assert meeting.result()["b"] == ("markdown", "## the beta")


@BOTH_ORDERS
def test_typing_goes_on_in_the_old_cell(browsers: JupyterLabPeers, first: tuple[int, int]) -> None:
    """Half of the word is there before the move, half comes after it."""
    meeting = Meeting(browsers)
    for at, char in enumerate("wo"):
        meeting.type(B, "a", 9 + at, char)
    meeting.do(A, "move", 0, 1)
    meeting.settle(*first[:1])
    for at, char in enumerate("rd"):
        meeting.type(B, "a", 11 + at, char)
    meeting.settle()
    assert meeting.result()["a"][1] == "alpha oneword"


@BOTH_ORDERS
def test_two_people_move_one_cell(browsers: JupyterLabPeers, first: tuple[int, int]) -> None:
    meeting = Meeting(browsers)
    meeting.type(A, "a", 0, "[A]")
    meeting.type(B, "a", 9, "[B]")
    meeting.do(A, "move", 0, 1)
    meeting.do(B, "move", 0, 2)
    meeting.type(B, "a", 5, "[b]")
    meeting.settle(*first)
    assert meeting.result()["a"][1] == "[A]alpha[b] one[B]"
    assert len(meeting.order()) == 3


@BOTH_ORDERS
def test_one_moves_while_another_retypes(browsers: JupyterLabPeers, first: tuple[int, int]) -> None:
    meeting = Meeting(browsers)
    meeting.do(A, "move", 0, 1)
    meeting.type(A, "a", 9, "!")
    meeting.do(B, "retype", 0, "markdown", 1)
    meeting.type(B, "a", 2, "My ")
    meeting.settle(*first)
    assert meeting.result()["a"] == ("markdown", "# My alpha one!")
    assert len(meeting.order()) == 3


@BOTH_ORDERS
def test_undo_of_a_move_keeps_what_others_typed(
    browsers: JupyterLabPeers, first: tuple[int, int]
) -> None:
    meeting = Meeting(browsers)
    meeting.do(A, "move", 0, 2)
    meeting.settle()
    meeting.type(B, "a", 5, "[seen]")
    meeting.settle()
    meeting.type(B, "a", 0, "[unseen]")
    assert meeting.do(A, "undo")
    meeting.settle(*first)
    assert meeting.result()["a"][1] == "[unseen]alpha[seen] one"
    assert meeting.order() == ["a", "b", "c"]
    assert meeting.do(A, "redo")
    meeting.settle(*first)
    assert meeting.result()["a"][1] == "[unseen]alpha[seen] one"
    assert meeting.order() == ["b", "c", "a"]


def test_undo_of_a_heading_takes_only_the_heading(browsers: JupyterLabPeers) -> None:
    meeting = Meeting(browsers)
    meeting.do(A, "retype", 0, "markdown", 1)
    meeting.settle()
    meeting.type(B, "a", 11, "[B]")
    meeting.settle()
    assert meeting.result()["a"] == ("markdown", "# alpha one[B]")
    meeting.do(A, "retype", 0, "markdown", 2)
    meeting.settle()
    assert meeting.result()["a"] == ("markdown", "## alpha one[B]")
    meeting.do(A, "retype", 0, "markdown", 1)
    meeting.settle()
    assert meeting.result()["a"] == ("markdown", "# alpha one[B]")
    for _ in range(3):
        assert meeting.do(A, "undo")
        meeting.settle()
    assert meeting.result()["a"] == ("code", "alpha one[B]")


@BOTH_ORDERS
def test_a_deleted_cell_stays_deleted(browsers: JupyterLabPeers, first: tuple[int, int]) -> None:
    meeting = Meeting(browsers)
    meeting.do(A, "delete", 0)
    meeting.type(B, "a", 0, "late")
    meeting.settle(*first)
    assert sorted(meeting.result()) == ["b", "c"]


def test_what_fell_into_a_deleted_cell_is_kept_in_the_update(browsers: JupyterLabPeers) -> None:
    meeting = Meeting(browsers)
    meeting.do(A, "delete", 0)
    meeting.type(B, "a", 0, "late words")
    meeting.receive(A)
    (change,) = meeting.receive(B)
    assert b"late words" in change.update
    assert change.facts == ()


def test_a_move_made_offline_brings_its_own_typing(browsers: JupyterLabPeers) -> None:
    """All of A's changes come as one update, in which the old text is gone already: A's answer to
    the server's step1, made before A takes what the server sends."""
    meeting = Meeting(browsers)
    meeting.type(A, "a", 9, "[A]")
    meeting.type(A, "a", 0, "", over=6)
    meeting.do(A, "move", 0, 2)
    meeting.type(A, "a", 0, "[AA]")
    meeting.up[A].clear()
    meeting.type(B, "a", 5, "[B]")
    meeting.type(B, "a", 10, "", over=1)
    meeting.settle_server(B)
    meeting.up[A].append(browsers.diff(A, meeting.server.state_vector()))
    meeting.settle()
    assert meeting.result()["a"][1] == "[AA][B]oe[A]"


@pytest.mark.parametrize("mended", [False, True])
def test_typing_goes_on_after_a_restart_of_the_server(
    browsers: JupyterLabPeers, mended: bool
) -> None:
    """The new server process has the same log, and B has not heard of the move yet."""
    meeting = Meeting(browsers)
    if mended:
        meeting.type(B, "a", 5, "[before]")
    meeting.do(A, "move", 0, 2)
    meeting.settle_server(B, A)
    meeting.restart()
    meeting.type(B, "a", 0, "[after]")
    meeting.settle()
    expected = "[after]alpha[before] one" if mended else "[after]alpha one"
    assert meeting.result()["a"][1] == expected


@BOTH_ORDERS
@pytest.mark.parametrize("restarts", [False, True], ids=["", "restart"])
def test_what_comes_again_changes_nothing(
    browsers: JupyterLabPeers, first: tuple[int, int], restarts: bool
) -> None:
    """The line broke before the server could acknowledge: all is sent once more, in order."""
    meeting = Meeting(browsers)
    meeting.type(A, "a", 9, "[A]")
    meeting.do(A, "move", 0, 2)
    meeting.type(A, "a", 0, "[AA]")
    meeting.type(B, "a", 5, "[B]")
    meeting.do(B, "retype", 0, "raw")
    meeting.type(B, "a", 0, "", over=1)
    sent = {peer: list(meeting.up[peer]) for peer in (A, B)}
    meeting.settle(*first)
    before = meeting.result()
    if restarts:
        meeting.restart()
    for peer in first:
        meeting.up[peer].extend(sent[peer])
    meeting.settle()
    assert before["a"] == ("raw", "[AA]lpha[B] one[A]")
    assert meeting.result() == before


@BOTH_ORDERS
@pytest.mark.parametrize("moves", [("move", 0, 2), ("retype", 0, "raw")], ids=lambda how: how[0])
def test_a_restarted_server_knows_which_of_two_moved_cells_stayed(
    browsers: JupyterLabPeers, first: tuple[int, int], moves: tuple[object, ...]
) -> None:
    """Each of the three still types into what it has, and has not heard of the others."""
    meeting = Meeting(browsers, peers=(A, B, C))
    meeting.do(A, "move", 0, 1)
    command, *args = moves
    meeting.do(B, str(command), *args)
    meeting.settle_server(*first)
    meeting.restart()
    for peer in (A, B, C):
        meeting.type(peer, "a", 5, f"[{peer}]")
    meeting.settle()
    text = meeting.result()["a"][1]
    assert sorted(re.findall(r"\[\d+\]", text)) == ["[11]", "[12]", "[13]"]
    assert re.sub(r"\[\d+\]", "", text) == "alpha one"
    assert sorted(meeting.result()) == ["a", "b", "c"]


def test_a_restarted_server_knows_of_a_cell_that_undo_brought_back(
    browsers: JupyterLabPeers,
) -> None:
    """B takes back a change of type after A made another one: the cell is there twice, one goes,
    and B has not heard which."""
    meeting = Meeting(browsers)
    meeting.do(B, "retype", 1, "raw")
    meeting.settle()
    meeting.do(A, "retype", 1, "markdown")
    meeting.settle_server(A)
    while meeting.down[B]:
        meeting.deliver(B)
    meeting.do(B, "undo")
    twins = [place for place, cell in enumerate(browsers.cells(B)) if cell[0] == "b"]
    meeting.settle_server(B)
    meeting.restart()
    for place in twins:
        meeting.do(B, "type", place, 4, 4, f"[{place}]")
    meeting.settle()
    assert len(twins) == 2
    assert sorted(meeting.order()) == ["a", "b", "c"]
    assert meeting.result()["b"][1] in ("beta[1][2] two", "beta[2][1] two")


@BOTH_ORDERS
def test_typing_into_an_equal_copy_goes_to_the_one_that_stays(
    browsers: JupyterLabPeers, first: tuple[int, int]
) -> None:
    meeting = Meeting(browsers)
    cell = {"cell_type": "markdown", "id": "p", "source": "pasted", "metadata": {}}
    for peer, at in ((A, 0), (B, 3)):
        meeting.do(peer, "insert", at, cell)
    meeting.settle_server(*first)
    meeting.type(A, "p", 6, " by A")
    meeting.type(B, "p", 0, "B has ")
    meeting.settle(*first)
    assert meeting.result()["p"] == ("markdown", "B has pasted by A")
    assert len(meeting.order()) == 4


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarts"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_everybody_at_once(browsers: JupyterLabPeers, seed: int, restarts: bool) -> None:
    """Random work over random delays: copies converge, each marker is there exactly once, nothing
    else is doubled, and no cell is; also when servers load the log anew, and what was not
    acknowledged is sent again."""
    work = Work(Meeting(browsers, peers=(A, B, C)), random.Random(seed), restarts=restarts)
    for _ in range(work.rng.randint(10, 60)):
        work.step()
    work.meeting.settle()
    result = work.meeting.result()
    whole = "".join(source for _, source in result.values())
    assert {mark: whole.count(mark) for mark in work.markers} == dict.fromkeys(work.markers, 1)
    assert sorted(result) == ["a", "b", "c"]
    for cell_id, text in TEXTS.items():
        fillers = re.sub("<.*?>", "", result[cell_id][1])
        assert not Counter(fillers) - Counter(text)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_everybody_deletes_and_inserts_cells_too(browsers: JupyterLabPeers, seed: int) -> None:
    """Copies converge, ids are unique, and no marker is doubled."""
    rng = random.Random(seed)
    new_ids = (f"new{number}" for number in count())
    work = Work(Meeting(browsers, peers=(A, B, C)), rng, new_ids=new_ids)
    for _ in range(rng.randint(10, 60)):
        work.step()
    work.meeting.settle()
    whole = "".join(source for _, source in work.meeting.result().values())
    assert all(whole.count(marker) <= 1 for marker in work.markers)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_somebody_inserts_ids_that_are_taken(browsers: JupyterLabPeers, seed: int) -> None:
    """JupyterLab does not, others may: copies converge and ids are unique."""
    rng = random.Random(seed)
    taken = (rng.choice(["a", "b", "new"]) for _ in count())
    work = Work(Meeting(browsers, peers=(A, B, C)), rng, new_ids=taken)
    for _ in range(rng.randint(10, 60)):
        work.step()
    work.meeting.settle()
    work.meeting.result()
