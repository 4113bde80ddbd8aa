"""Representations of outputs that lie outside the document, and their way back into a file.

The document holds, among the other representations of such an output, one of type
``REFERENCE_MIME``: an object with a reference (``sha256``, ``size`` in bytes, ``form``) for each
MIME type that was taken out. The bytes are what a browser wants to load: a PNG and not its base64.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Container, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TypeAlias

import msgspec

from anode_jlab.config import AnodeConfig
from anode_jlab.documents.image_size import image_size
from anode_jlab.documents.long_text import long_text_in
from anode_jlab.documents.sane import mapping, whole_numbers
from anode_jlab.events.artifacts import ArtifactStored
from anode_jlab.ids import NotebookId, Sha256
from anode_jlab.kernel.grids import MIME as GRID_MIME

REFERENCE_MIME = "application/vnd.anode.artifact.v1+json"

BESIDE_FILES = frozenset({GRID_MIME})
"""Types that never stand in the document nor in a file: each is a reference while the notebook
lives here, beside other representations that say as much."""

_SHOWN_AS_TEXT = frozenset({"image/svg+xml"})
"""Types of these families that notebooks hold as they are."""

_BINARY = ("image/", "audio/", "video/", "application/pdf")
"""Types that notebooks hold as base64."""


class Form(StrEnum):
    """How a notebook file writes the bytes of a representation."""

    TEXT = "text"
    JSON = "json"
    BASE64 = "base64"
    BASE64_LINE = "base64-line"
    """Base64 with a line feed at its end, as matplotlib's used to have."""


class Reference(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a representation lies and how it came there; of an image also its pixels, if known."""

    sha256: Sha256
    size: int
    form: Form
    width: int | None = None
    height: int | None = None

    @classmethod
    def to(cls, sha256: Sha256, encoded: Encoded) -> Reference:
        """The reference to bytes that are kept at this address."""
        pixels = image_size(encoded.data) or (None, None)
        return cls(sha256, len(encoded.data), encoded.form, *pixels)


class LargeOutputs(Protocol):
    """The large outputs of one notebook, wherever they lie. Files hold all outputs themselves; what
    compares them with the document or makes the one of the other goes through here."""

    async def inlined(self, nb: dict[str, Any]) -> dict[str, Any]:
        """The notebook with everything that its references lead to; ``nb`` itself when it has
        none."""
        ...

    async def filed(self, nb: dict[str, Any]) -> dict[str, Any]:
        """The notebook as its file holds it: ``inlined``, unless files keep references; ``nb``
        itself when that is no difference."""
        ...

    async def referred(self, nb: dict[str, Any]) -> dict[str, Any]:
        """The notebook with references in place of its large outputs, which are kept now where
        there is room for them; may change ``nb``."""
        ...

    async def sweep(self, mentioned: Container[Sha256], now: float) -> list[Sha256]:
        """Remove what is kept without being mentioned anywhere, but for what is young; what that
        was."""
        ...


class InlineOnly:
    """``LargeOutputs`` of a notebook that has none."""

    async def inlined(self, nb: dict[str, Any]) -> dict[str, Any]:
        return nb

    async def filed(self, nb: dict[str, Any]) -> dict[str, Any]:
        return nb

    async def referred(self, nb: dict[str, Any]) -> dict[str, Any]:
        return nb

    async def sweep(self, mentioned: Container[Sha256], now: float) -> list[Sha256]:
        return []


INLINE_ONLY = InlineOnly()

LargeOutputsOf: TypeAlias = Callable[[NotebookId], LargeOutputs]


def inline_only(notebook: NotebookId) -> LargeOutputs:
    """A ``LargeOutputsOf`` where no notebook has any."""
    return INLINE_ONLY


class Encoded(NamedTuple):
    """A representation as bytes."""

    form: Form
    data: bytes


STREAM_CHARACTERS = 64 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Representations of more than this many bytes, as the file writes them, are large.

    None: nothing is. Of a stream ``stream_characters`` stand in the document at most. Files hold
    them all the same, unless ``in_files`` is False.
    """

    image_bytes: int | None = None
    other_bytes: int | None = None
    stream_characters: int = STREAM_CHARACTERS
    in_files: bool = True

    @classmethod
    def of(cls, config: AnodeConfig) -> Limits:
        """As they are set."""
        return cls(
            image_bytes=config.inline_image_bytes or None,
            other_bytes=config.inline_output_bytes or None,
            stream_characters=config.inline_stream_characters,
            in_files=config.large_outputs_in_files,
        )

    def is_large(self, mime: str, size: int) -> bool:
        """Whether a representation of this size does not belong into the document."""
        if mime in BESIDE_FILES:
            return True
        limit = self.image_bytes if mime.startswith("image/") else self.other_bytes
        return limit is not None and size > limit and mime != REFERENCE_MIME


ALL_INLINE = Limits()


def size_of(value: Any) -> int:
    """How many bytes a representation has in a file, nearly."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode("utf-8", "replace"))
    return len(msgspec.json.encode(value))


def encode(mime: str, value: Any) -> Encoded | None:
    """A representation as bytes; None when they would not give the same value back.

    Costs some milliseconds for each megabyte.
    """
    if not isinstance(value, str):
        data = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=True)
        return Encoded(Form.JSON, data.encode("utf-8", "replace"))
    if not mime.startswith(_BINARY) or mime in _SHOWN_AS_TEXT:
        return Encoded(Form.TEXT, value.encode("utf-8", "replace"))
    text, form = value, Form.BASE64
    if value.endswith("\n"):
        text, form = value[:-1], Form.BASE64_LINE
    try:
        data_ = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return None
    return Encoded(form, data_) if b64encode(data_).decode() == text else None


def decode(form: Form, data: bytes) -> Any:
    """The value that was encoded. Raises ValueError when the bytes are of no such form."""
    if form is Form.TEXT:
        return data.decode("utf-8")
    if form is Form.JSON:
        return json.loads(data)
    text = b64encode(data).decode()
    return text + "\n" if form is Form.BASE64_LINE else text


def refer(bundle: Mapping[str, Any], references: Mapping[str, Reference]) -> dict[str, Any]:
    """The bundle with references to what was taken out of it."""
    if not references:
        return dict(bundle)
    plain = {mime: msgspec.to_builtins(one) for mime, one in references.items()}
    return {**bundle, REFERENCE_MIME: {**mapping(bundle.get(REFERENCE_MIME)), **plain}}


def references_in(bundle: Mapping[str, Any]) -> dict[str, Reference]:
    """The references of a bundle; what is none is passed over, clients may write anything."""
    found = {}
    for mime, plain in mapping(bundle.get(REFERENCE_MIME)).items():
        try:
            found[mime] = msgspec.convert(whole_numbers(plain), Reference)
        except msgspec.ValidationError:
            continue
    return found


def outputs_of(nb: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """The outputs of every cell that has any."""
    for cell in nb["cells"]:
        if cell.get("outputs"):
            yield cell["outputs"]


def bundles_of(nb: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every bundle of every output of a notebook."""
    for outputs in outputs_of(nb):
        for output in outputs:
            data = output.get("data")
            if isinstance(data, dict):
                yield data


def mime_of(nb: Mapping[str, Any], sha256: Sha256) -> str | None:
    """As what a notebook refers to these bytes; None when it does not."""
    return next((one.mime for one in stored_in(nb) if one.sha256 == sha256), None)


def stored_in(nb: Mapping[str, Any]) -> Iterator[ArtifactStored]:
    """What a notebook refers to, as the events that tell of it."""
    for outputs in outputs_of(nb):
        for output in outputs:
            for mime, one in references_in(mapping(output.get("data"))).items():
                yield ArtifactStored(sha256=one.sha256, size=one.size, mime=mime)
            long = long_text_in(output)
            for piece in () if long is None else long.pieces:
                yield ArtifactStored(sha256=piece.sha256, size=piece.size, mime="text/plain")


def put_back(bundle: dict[str, Any], load: Callable[[Reference], Any]) -> None:
    """Replace the references of a bundle, in place, by the values that ``load`` finds.

    A reference whose bytes cannot be found (``load`` raises LookupError or ValueError) stays, so
    that they can be found later. What belongs beside files goes.
    """
    missing = {}
    for mime, reference in references_in(bundle).items():
        if mime in BESIDE_FILES:
            continue
        try:
            bundle.setdefault(mime, load(reference))
        except (LookupError, ValueError):
            missing[mime] = reference
    bundle.pop(REFERENCE_MIME, None)
    if missing:
        bundle.update(refer({}, missing))
