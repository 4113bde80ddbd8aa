"""The native socket's language: bytes to typed frames and back, errors to close codes; no I/O.

Yjs payloads are y-protocols v1 (https://github.com/yjs/y-protocols); our own frames carry JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import msgspec

from anode_jlab.errors import (
    AnodeError,
    BadFrame,
    NotAllowed,
    NotebookNotFound,
    OtherLineage,
    ReadOnly,
    TooFast,
    TooLarge,
    TooManyConnections,
)
from anode_jlab.rooms import frames
from anode_jlab.rooms.frames import ClientFrame, FrameType, ServerFrame, SyncType
from anode_jlab.rooms.lib0 import read_bytes, read_varuint, write_bytes, write_varuint


class CloseCode(IntEnum):
    """Why a socket was closed."""

    GOING_AWAY = 1001
    """The connection was silent for too long; connect again."""
    RESTART = 1012
    """The room or the server restarts; connect again."""
    BAD_FRAME = 4400
    NOT_ALLOWED = 4403
    NOT_FOUND = 4404
    OTHER_LINEAGE = 4409
    TOO_LARGE = 4413
    """Not to be retried as it is."""
    TOO_FAST = 4429
    """Or too many; connect again after a while."""


_CODES: tuple[tuple[type[AnodeError], CloseCode], ...] = (
    (BadFrame, CloseCode.BAD_FRAME),
    (TooLarge, CloseCode.TOO_LARGE),
    (TooFast, CloseCode.TOO_FAST),
    (TooManyConnections, CloseCode.TOO_FAST),
    (ReadOnly, CloseCode.NOT_ALLOWED),
    (NotAllowed, CloseCode.NOT_ALLOWED),
    (NotebookNotFound, CloseCode.NOT_FOUND),
    (OtherLineage, CloseCode.OTHER_LINEAGE),
)

LONGEST_REASON_BYTES = 123
"""RFC 6455: a close frame has 125 bytes, two of them for the code."""


def close_code(error: BaseException) -> CloseCode:
    """The close code that tells a client about an error; RESTART for all that is not its fault."""
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code
    return CloseCode.RESTART


def close_reason(error: BaseException) -> str:
    """The stable word for an error, short enough for a close frame."""
    word = error.code if isinstance(error, AnodeError) else "reload"
    return word.encode()[:LONGEST_REASON_BYTES].decode("utf-8", "ignore")


def decode_client(data: bytes) -> ClientFrame:
    """A frame from a client. Raises BadFrame when it is empty, cut, too long or of unknown type."""
    kind, position = read_varuint(data, 0)
    if kind == FrameType.SYNC:
        return _decode_sync(data, position)
    if kind == FrameType.AWARENESS:
        payload, position = read_bytes(data, position)
        _expect_end(data, position)
        return frames.Awareness(payload)
    if kind == FrameType.PING:
        _expect_end(data, position)
        return _PING
    raise BadFrame(f"Clients do not send frames of type {kind}.")


def decode_server(data: bytes) -> ServerFrame:
    """A frame from a server: what clients and tests read with. Raises BadFrame."""
    kind, position = read_varuint(data, 0)
    if kind == FrameType.ACK:
        n, position = read_varuint(data, position)
        seq, position = read_varuint(data, position)
        _expect_end(data, position)
        return frames.Ack(n, seq)
    decoder = _JSON_DECODERS.get(kind)
    if decoder is None:
        return decode_client(data)
    try:
        return decoder(data[position:])
    except msgspec.MsgspecError as error:
        raise BadFrame(f"The JSON of a frame of type {kind} is not valid: {error}") from None


def encode(frame: ServerFrame) -> bytes:
    """A frame as bytes."""
    return _ENCODERS[type(frame)](frame)


def encode_update(update: bytes) -> bytes:
    """SYNC with a change; the short way for the frame that is sent most."""
    return b"\x00\x02" + write_varuint(len(update)) + update


def encode_events(envelopes_json: bytes) -> bytes:
    """EVENTS from a JSON array that is encoded already (``events.wire.encode_envelopes``)."""
    return _EVENTS + envelopes_json


def _decode_sync(data: bytes, position: int) -> ClientFrame:
    step, position = read_varuint(data, position)
    payload, position = read_bytes(data, position)
    if position != len(data):
        raise BadFrame("The frame is longer than it says.")
    if step == SyncType.UPDATE:
        return frames.Update(payload)
    if step == SyncType.STEP2:
        return frames.Step2(payload)
    if step == SyncType.STEP1:
        return frames.Step1(payload)
    raise BadFrame(f"There is no sync step {step}.")


def _expect_end(data: bytes, position: int) -> None:
    if position != len(data):
        raise BadFrame("The frame is longer than it says.")


def _encode_sync(step: SyncType, payload: bytes) -> bytes:
    return bytes((FrameType.SYNC, step)) + write_bytes(payload)


_PING = frames.Ping()
_EVENTS = write_varuint(FrameType.EVENTS)

_object = msgspec.json.Decoder(dict[str, object])
_objects = msgspec.json.Decoder(list[dict[str, object]])

_JSON_DECODERS: dict[int, Callable[[bytes], ServerFrame]] = {
    FrameType.HELLO: msgspec.json.Decoder(frames.Hello).decode,
    FrameType.EVENTS: lambda data: frames.Events(_objects.decode(data)),
    FrameType.STATE: lambda data: frames.State(_object.decode(data)),
    FrameType.DENIED: msgspec.json.Decoder(frames.Denied).decode,
    FrameType.STREAM: msgspec.json.Decoder(frames.Stream).decode,
    FrameType.NOTICE: msgspec.json.Decoder(frames.Notice).decode,
}


def _json(kind: FrameType, body: object) -> bytes:
    return write_varuint(kind) + msgspec.json.encode(body)


_ENCODERS: dict[type, Callable[..., bytes]] = {
    frames.Step1: lambda f: _encode_sync(SyncType.STEP1, f.vector),
    frames.Step2: lambda f: _encode_sync(SyncType.STEP2, f.update),
    frames.Update: lambda f: encode_update(f.update),
    frames.Awareness: lambda f: write_varuint(FrameType.AWARENESS) + write_bytes(f.payload),
    frames.Ping: lambda f: write_varuint(FrameType.PING),
    frames.Hello: lambda f: _json(FrameType.HELLO, f),
    frames.Ack: lambda f: write_varuint(FrameType.ACK) + write_varuint(f.n) + write_varuint(f.seq),
    frames.Events: lambda f: _json(FrameType.EVENTS, f.envelopes),
    frames.State: lambda f: _json(FrameType.STATE, f.state),
    frames.Denied: lambda f: _json(FrameType.DENIED, f),
    frames.Stream: lambda f: _json(FrameType.STREAM, f),
    frames.Notice: lambda f: _json(FrameType.NOTICE, f),
}
