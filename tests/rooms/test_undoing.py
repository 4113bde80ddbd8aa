"""A change of the file is taken back; what people did since then stays."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from anode_jlab.errors import SeqNotFound
from anode_jlab.events.document import ExternalChangeMerged, Restored
from anode_jlab.ids import Seq
from anode_jlab.rooms.undoing import take_back
from tests.documents.notebook_texts import small_notebook
from tests.rooms.exporting import source
from tests.rooms.house import ADA, House, type_into

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


async def test_a_change_of_the_file_is_taken_back(house: House) -> None:
    theirs = deepcopy(small_notebook())
    theirs["cells"][1]["source"] = "# theirs\nx = 42\nx"
    del theirs["cells"][2]
    theirs["cells"].append({"id": "new", "cell_type": "raw", "metadata": {}, "source": "new"})
    async with house.enter("a.ipynb") as room:
        house.put("a.ipynb", theirs)
        await house.pass_time(2)
        merged = (await house.events(room.notebook_id))[-1]
        assert isinstance(merged.event, ExternalChangeMerged)
        await type_into(room, 0, " later")
        await type_into(room, 1, " later")
        await house.pass_time(3)

        await take_back(room, merged.seq, ADA, house.ids)

        nb = await room.shown(lambda document: document.to_notebook())
        expected = deepcopy(small_notebook())
        expected["cells"][0]["source"] += " later"
        expected["cells"][1]["source"] += " later"
        assert nb == expected
        *_, restored = await house.events(room.notebook_id)
        assert isinstance(restored.event, Restored)
        assert restored.actor == ADA
        await house.pass_time(3)
        assert len(json.loads((house.root / "a.ipynb").read_text())["cells"]) == 5
        assert source(house, 1) == "x = 42\nx later"


async def test_only_a_change_of_the_file_can_be_taken_back(house: House) -> None:
    async with house.enter("a.ipynb") as room:
        for seq in (Seq(1), room.head, Seq(room.head + 1)):
            with pytest.raises(SeqNotFound):
                await take_back(room, seq, ADA, house.ids)
