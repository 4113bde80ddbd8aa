"""Text of a stream that is too long for the document: its beginning and end inline, all of it kept
beside the document in pieces.

In the document such a stream is three outputs: a stream with the beginning, a ``display_data`` with
a reference of type ``LONG_TEXT_MIME``, a stream with the end. In a file it is the one stream that
it was. Where pieces and ends are cut depends on the text alone, so that the same text from a kernel
and from a file becomes the same outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from anode_jlab.documents.sane import mapping, whole_numbers
from anode_jlab.ids import Sha256

LONG_TEXT_MIME = "application/vnd.anode.long-text.v1+json"

SMALLEST_PIECE = 32_768
LARGEST_PIECE = 1_048_576
"""Characters of a piece: large enough for few references, small enough to load while scrolling."""

PIECE_SHARE = 8
"""Each piece has this part of what is before it, within the bounds above: what is not kept yet
while a stream grows is little beside what is."""

STREAMS = frozenset({"stdout", "stderr"})


class Piece(msgspec.Struct, frozen=True):
    """Some of the text: its address, its bytes, how many line feeds it has."""

    sha256: Sha256
    size: int
    lines: int


class LongText(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of a stream's text; ``lost`` characters after the pieces could not be kept."""

    name: str
    pieces: tuple[Piece, ...]
    lost: int = 0

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return sum(piece.size for piece in self.pieces)

    @property
    def lines(self) -> int:
        """Line feeds in them."""
        return sum(piece.lines for piece in self.pieces)

    def output(self) -> dict[str, Any]:
        """The output that stands in the document between beginning and end."""
        plain = msgspec.to_builtins(self)
        plain["pieces"] = list(plain["pieces"])
        data = {LONG_TEXT_MIME: plain, "text/plain": _in_words(self)}
        return {"output_type": "display_data", "data": data, "metadata": {}}


def piece_size(before: int) -> int:
    """How many characters the piece has at most that comes after ``before`` of them."""
    return min(max(before // PIECE_SHARE, SMALLEST_PIECE), LARGEST_PIECE)


def piece_end(text: str, most: int) -> int:
    """Where a piece ends that may have ``most`` characters: after a line, if there is one."""
    return text.rfind("\n", most // 2, most) + 1 or most


def pieces_of(text: str) -> Iterator[str]:
    """The pieces of a text."""
    start = 0
    while len(text) - start > (most := piece_size(start)):
        end = piece_end(text[start : start + most], most)
        yield text[start : start + end]
        start += end
    yield text[start:]


def head_of(text: str, most: int) -> str:
    """What of a long text stands at its beginning in the document, ``most`` characters inline."""
    return text[: piece_end(text[: most // 2], most // 2)]


def tail_of(text: str, most: int) -> str:
    """What of a long text stands at its end in the document."""
    size = most // 4
    end = text[-size:]
    return end[end.find("\n", 0, size // 2) + 1 :]


def parts_of(
    output: Mapping[str, Any], most: int, pieces: Sequence[Piece]
) -> tuple[dict[str, Any], ...]:
    """A long stream of a file as the document has it, ``most`` characters inline."""
    name, text = output["name"], output["text"]
    head = {**output, "text": head_of(text, most)}
    reference = LongText(name, tuple(pieces)).output()
    return head, reference, {**output, "text": tail_of(text, most)}


def long_text_in(output: Mapping[str, Any]) -> LongText | None:
    """The reference of an output; None when it has none, clients may write anything."""
    plain = mapping(output.get("data")).get(LONG_TEXT_MIME)
    try:
        found = msgspec.convert(whole_numbers(plain), LongText)
    except msgspec.ValidationError:
        return None
    return found if found.name in STREAMS else None


def one_stream(
    outputs: list[dict[str, Any]], load: Callable[[LongText], str]
) -> list[dict[str, Any]]:
    """The outputs of a cell with its long streams as a file has them.

    A reference whose text cannot be found (``load`` raises LookupError or ValueError) stays, with
    what is around it, so that it can be found later.
    """
    whole: list[dict[str, Any]] = []
    following = iter((*outputs, None))
    output = next(following)
    while output is not None:
        long = long_text_in(output)
        if long is None:
            whole.append(output)
            output = next(following)
            continue
        after = next(following)
        try:
            text = load(long)
        except (LookupError, ValueError):
            whole.append(output)
        else:
            if after is not None and _is_stream(after, long.name):
                text = _with_end(text, after["text"], long.lost)
                after = next(following)
            if whole and _is_stream(whole[-1], long.name) and text.startswith(whole[-1]["text"]):
                whole.pop()
            whole.append({"output_type": "stream", "name": long.name, "text": text})
        output = after
    return whole


def has_long_text(output: Mapping[str, Any]) -> bool:
    """Whether an output refers to a long text."""
    return LONG_TEXT_MIME in mapping(output.get("data"))


def _with_end(text: str, end: str, lost: int) -> str:
    if not lost and text.endswith(end):
        return text
    notice = f"\n[{lost:,} characters of output could not be kept.]\n" if lost else ""
    return text + notice + end


def _is_stream(output: Mapping[str, Any], name: str) -> bool:
    return output.get("output_type") == "stream" and output.get("name") == name


def _in_words(long: LongText) -> str:
    """For programs that do not know the reference."""
    kept = f"{long.size / 1e6:.1f} MB of output, {long.lines:,} lines, are kept by the server"
    lost = f"; {long.lost:,} characters could not be kept" if long.lost else ""
    return f"[{kept}{lost}.]"
