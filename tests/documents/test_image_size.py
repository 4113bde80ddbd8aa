"""Sizes of images, by their first bytes."""

from __future__ import annotations

import random

import pytest

from anode_jlab.documents.image_size import GIF, JPEG, PNG, Pixels, image_size

IHDR = PNG + b"\x00\x00\x00\x0dIHDR"


def jpeg(width: int, height: int, marker: int = 0xC0) -> bytes:
    """With a comment, a fill byte and a restart marker before its frame."""
    frame = b"\x00\x11\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return JPEG + b"\xff\xfe\x00\x07hello\xff\xff\xd0\xff" + bytes((marker,)) + frame + bytes(12)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (IHDR + (640).to_bytes(4, "big") + (480).to_bytes(4, "big"), Pixels(640, 480)),
        (IHDR + bytes(8), None),
        (PNG, None),
        (GIF[1] + b"\x10\x00\x20\x01", Pixels(16, 288)),
        (GIF[0], None),
        (jpeg(300, 200), Pixels(300, 200)),
        (jpeg(300, 200, 0xC2), Pixels(300, 200)),
        (jpeg(300, 200, 0xC4), None),
        (JPEG, None),
        (JPEG + b"\xff\xe0\x00\x00" * 10, None),
        (b"", None),
        (b"<svg/>", None),
    ],
)
def test_sizes(data: bytes, size: Pixels | None) -> None:
    assert image_size(data) == size


@pytest.mark.parametrize("start", [JPEG, JPEG + b"\xff", IHDR, GIF[0], PNG])
def test_any_bytes_have_an_answer(start: bytes) -> None:
    for seed in range(200):
        rng = random.Random(seed)
        data = start + bytes(rng.choice((0xFF, 0xC0, 0x00, rng.randrange(256))) for _ in range(60))
        assert image_size(data) is None or min(image_size(data) or (0,)) > 0
