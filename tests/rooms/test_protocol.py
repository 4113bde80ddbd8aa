"""Frames keep their bytes as PROTOCOL fixes them, and nothing else is taken for a frame."""

from __future__ import annotations

import json
import random

import pytest

from anode_jlab import errors
from anode_jlab.errors import BadFrame
from anode_jlab.ids import Lineage, NotebookId, PeerNumber, Seq
from anode_jlab.rooms import frames, protocol
from anode_jlab.rooms.lib0 import read_varuint, write_varuint
from anode_jlab.rooms.roles import Role

HELLO = frames.Hello(
    id=NotebookId("a" * 32),
    lineage=Lineage("b" * 16),
    seq=Seq(3),
    role=Role.OWNER,
    client=PeerNumber(7),
    path="a.ipynb",
    saved_seq=Seq(3),
    exported_seq=Seq(2),
    changed_seq=Seq(3),
    limits=frames.Limits(update=1, step2=2),
    writer=9,
)

EXAMPLES: list[frames.ServerFrame] = [
    frames.Step1(b"\x00"),
    frames.Step2(b"\x00\x00"),
    frames.Update(b"x" * 300),
    frames.Awareness(b"\x00"),
    frames.Ping(),
    HELLO,
    frames.Ack(5, 70_000),
    frames.Events([{"seq": 1, "name": "v1.CellMoved"}]),
    frames.State({"seq": 1}),
    frames.Denied(code="read_only", message="No."),
    frames.Stream(run_id="r", offset=2, text="é"),
    frames.Notice(conditions=[{"code": "store_unavailable"}], role=Role.READER),
]


@pytest.mark.parametrize("frame", EXAMPLES, ids=lambda frame: type(frame).__name__)
def test_every_frame_comes_back(frame: frames.ServerFrame) -> None:
    assert protocol.decode_server(protocol.encode(frame)) == frame


def test_the_bytes_of_the_fixed_frames() -> None:
    assert protocol.encode(frames.Step1(b"ab")) == b"\x00\x00\x02ab"
    assert protocol.encode(frames.Step2(b"ab")) == b"\x00\x01\x02ab"
    assert protocol.encode(frames.Update(b"ab")) == b"\x00\x02\x02ab"
    assert protocol.encode(frames.Awareness(b"ab")) == b"\x01\x02ab"
    assert protocol.encode(frames.Ack(1, 300)) == b"\x11\x01\xac\x02"
    assert protocol.encode(frames.Ping()) == b"\x15"
    hello = protocol.encode(HELLO)
    assert hello[0] == 16
    body = json.loads(hello[1:])
    assert {"id", "lineage", "seq", "role", "client"} <= body.keys()
    assert (
        protocol.encode(frames.Denied(code="c", message="m")) == b'\x14{"code":"c","message":"m"}'
    )
    assert protocol.encode_events(b"[]") == b"\x12[]"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x00\x00",
        b"\x00\x00\x05ab",
        b"\x00\x03\x00",
        b"\x00\x02\x01ab",
        b"\x01",
        b"\x01\x01",
        b"\x15\x00",
        b"\x02\x00",
        b"\x10{}",
        b"\x63",
        b"\x80",
        b"\xff" * 20,
        b"\x00\x02\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    ],
)
def test_what_is_no_frame_of_a_client_is_refused(data: bytes) -> None:
    with pytest.raises(BadFrame):
        protocol.decode_client(data)


def test_garbage_is_refused_or_is_a_frame() -> None:
    seed = 20261122
    chance = random.Random(seed)
    for _ in range(3000):
        data = bytes(chance.choices((0, 1, 2, 3, 16, 20, 127, 128, 255), k=chance.randint(0, 12)))
        for decode in (protocol.decode_client, protocol.decode_server):
            try:
                decode(data)
            except BadFrame:
                continue


def test_numbers_survive_up_to_the_largest_that_javascript_knows() -> None:
    for value in (0, 1, 127, 128, 300, 2**31, 2**53 - 1):
        data = write_varuint(value)
        assert read_varuint(data, 0) == (value, len(data))
    with pytest.raises(BadFrame):
        read_varuint(write_varuint(2**53), 0)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.BadFrame(), 4400),
        (errors.ReadOnly(), 4403),
        (errors.NotAllowed(), 4403),
        (errors.NotebookNotFound(), 4404),
        (errors.OtherLineage(), 4409),
        (errors.TooLarge(), 4413),
        (errors.TooFast(), 4429),
        (errors.RoomClosed(), 1012),
        (ValueError("a bug"), 1012),
    ],
)
def test_close_codes(error: Exception, code: int) -> None:
    assert protocol.close_code(error) == code
    assert 0 < len(protocol.close_reason(error).encode()) <= 123


def test_roles_are_ordered() -> None:
    assert Role.READER < Role.EDITOR < Role.RUNNER < Role.OWNER
    assert [role for role in Role if role.may_write] == [Role.EDITOR, Role.RUNNER, Role.OWNER]
    assert [role for role in Role if role.may_execute] == [Role.RUNNER, Role.OWNER]
    assert max(Role.EDITOR, Role.OWNER) is Role.OWNER
