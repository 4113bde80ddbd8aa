"""What is taken out of a document comes back as it was."""

from __future__ import annotations

import random
from base64 import b64encode, encodebytes
from typing import Any

import pytest

from anode_jlab.documents.large_outputs import (
    REFERENCE_MIME,
    Form,
    Limits,
    Reference,
    decode,
    encode,
    put_back,
    refer,
    references_in,
)
from anode_jlab.ids import Sha256

ADDRESS = Sha256("ab" * 32)


@pytest.mark.parametrize(
    ("mime", "value", "form"),
    [
        ("text/html", "<b>ü</b>", Form.TEXT),
        ("image/svg+xml", "<svg/>", Form.TEXT),
        ("application/javascript", "x()", Form.TEXT),
        ("image/png", b64encode(b"\x89PNG\x00").decode(), Form.BASE64),
        ("image/png", b64encode(b"\x89PNG\x00").decode() + "\n", Form.BASE64_LINE),
        ("application/pdf", "", Form.BASE64),
        ("application/vnd.plotly.v1+json", {"b": [1, 2.0, None, True, "ü"], "a": {}}, Form.JSON),
        ("application/json", [1, "two"], Form.JSON),
        ("application/json", "text", Form.TEXT),
        ("x/y", 7, Form.JSON),
    ],
)
def test_there_and_back(mime: str, value: Any, form: Form) -> None:
    encoded = encode(mime, value)
    assert encoded is not None
    assert encoded.form is form
    back = decode(encoded.form, encoded.data)
    assert back == value
    assert repr(back) == repr(value)


@pytest.mark.parametrize(
    "value", ["no base64", "QUI", "QUI=\n\n", "QUJD QUJD", "QUJ=", encodebytes(b"x" * 100).decode()]
)
def test_base64_of_another_form_stays_where_it_is(value: str) -> None:
    assert encode("image/png", value) is None


@pytest.mark.parametrize("seed", range(20))
def test_any_bytes_come_back(seed: int) -> None:
    data = random.Random(seed).randbytes(seed * 37)
    encoded = encode("image/jpeg", b64encode(data).decode())
    assert encoded == (Form.BASE64, data)


def test_limits() -> None:
    limits = Limits(image_bytes=10, other_bytes=20)
    assert limits.is_large("image/png", 11)
    assert not limits.is_large("image/png", 10)
    assert not limits.is_large("text/html", 20)
    assert limits.is_large("text/html", 21)
    assert not limits.is_large(REFERENCE_MIME, 1000)
    assert not Limits().is_large("image/png", 1 << 40)


def test_references_of_anybody() -> None:
    good = {"sha256": ADDRESS, "size": 3.0, "form": "text"}
    bundle: dict[str, Any] = {
        REFERENCE_MIME: {"text/html": good, "a/b": {"size": 1}, "c/d": [1], "e/f": None}
    }
    assert references_in(bundle) == {"text/html": Reference(ADDRESS, 3, Form.TEXT)}
    for nonsense in (None, 7, "x", [good], {"text/html": {**good, "form": "zip"}}):
        assert references_in({REFERENCE_MIME: nonsense}) == {}


def test_what_is_missing_stays_a_reference() -> None:
    html, png = Reference(ADDRESS, 3, Form.TEXT), Reference(Sha256("0" * 64), 3, Form.BASE64)
    bundle = refer({"text/plain": "x"}, {"text/html": html, "image/png": png})

    def load(reference: Reference) -> Any:
        if reference.sha256 == ADDRESS:
            return "<b>"
        raise LookupError

    put_back(bundle, load)
    assert bundle["text/html"] == "<b>"
    assert references_in(bundle) == {"image/png": png}
    put_back(bundle, lambda _: "abcd")
    assert bundle == {"text/plain": "x", "text/html": "<b>", "image/png": "abcd"}
