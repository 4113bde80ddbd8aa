"""Outputs as a model reads them: which kinds there are, and the beginning of their text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any, TypeAlias

import msgspec

from anode_jlab.documents.answer import ANSWER_MIME
from anode_jlab.documents.large_outputs import REFERENCE_MIME, references_in
from anode_jlab.documents.long_text import LONG_TEXT_MIME, long_text_in

SUMMARY_CHARACTERS = 2048
"""Of each output, unless somebody asks for more of it."""

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")

_READABLE = ("text/markdown", "text/plain", "text/latex", "text/html", "application/json")
"""Which representation is read, the first that there is."""

Cover: TypeAlias = Callable[[str], str]
"""Takes out of a text what may not be seen."""

_OWN_MIMES = (ANSWER_MIME, REFERENCE_MIME, LONG_TEXT_MIME)


class OutputSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One output. ``mimes`` are all its representations; ``omitted`` counts the characters that
    were left out of ``text``."""

    index: int
    kind: str
    mimes: tuple[str, ...] = ()
    text: str = ""
    omitted: int = 0


def summaries(
    outputs: Sequence[Mapping[str, Any]], cover: Cover, limit: int = SUMMARY_CHARACTERS
) -> tuple[OutputSummary, ...]:
    """Each output with at most ``limit`` characters of its text."""
    return tuple(summary(index, output, cover, limit) for index, output in enumerate(outputs))


def summary(
    index: int, output: Mapping[str, Any], cover: Cover, limit: int = SUMMARY_CHARACTERS
) -> OutputSummary:
    """One output; of an error's traceback the end is kept, of anything else the beginning.

    ``cover`` sees the whole text: what is cut off could not be told from something harmless.
    """
    kind, text = str(output.get("output_type", "")), cover(text_of(output))
    omitted = max(0, len(text) - limit)
    if omitted:
        text = text[-limit:] if kind == "error" else text[:limit]
    return OutputSummary(index=index, kind=kind, mimes=mimes_of(output), text=text, omitted=omitted)


def joined(outputs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The outputs with each long stream as the one that it was, its middle left out: they are as
    many then as in a file."""
    whole: list[Mapping[str, Any]] = []
    following = iter(outputs)
    for output in following:
        long = long_text_in(output)
        if long is None:
            whole.append(output)
            continue
        head = whole.pop()["text"] if whole and _is_stream(whole[-1], long.name) else ""
        text = f"{head}[... of {long.size} bytes the middle is left out here ...]\n"
        after = next(following, None)
        if after is not None and _is_stream(after, long.name):
            text, after = text + str(after.get("text", "")), None
        whole.append({"output_type": "stream", "name": long.name, "text": text})
        if after is not None:
            whole.append(after)
    return whole


def mimes_of(output: Mapping[str, Any]) -> tuple[str, ...]:
    """The representations of an output, those that lie outside the document as well."""
    data = output.get("data")
    if not isinstance(data, Mapping):
        return ()
    inline = [mime for mime in data if mime not in _OWN_MIMES]
    return tuple(dict.fromkeys([*inline, *references_in(data)]))


def text_of(output: Mapping[str, Any]) -> str:
    """What can be read of an output, without colours."""
    kind = output.get("output_type")
    if kind == "stream":
        return _plain(output.get("text", ""))
    if kind == "error":
        return _traceback(output)
    data = output.get("data")
    if not isinstance(data, Mapping):
        return ""
    mime = next((mime for mime in _READABLE if mime in data), None)
    if mime is None:
        return ""
    return _readable(mime, data[mime])


def plain_texts(output: Mapping[str, Any]) -> Iterator[str]:
    """Every text of an output, in whichever representation."""
    yield text_of(output)
    data = output.get("data")
    if isinstance(data, Mapping):
        for mime, value in data.items():
            if mime in _READABLE or mime.startswith("text/"):
                yield _readable(mime, value)


def _is_stream(output: Mapping[str, Any], name: str) -> bool:
    return output.get("output_type") == "stream" and output.get("name") == name


def _readable(mime: str, value: Any) -> str:
    if not isinstance(value, str):
        return msgspec.json.encode(value).decode()
    return _plain(_text_of_html(value) if mime == "text/html" else value)


def _traceback(output: Mapping[str, Any]) -> str:
    frames = output.get("traceback")
    lines = [str(line) for line in frames] if isinstance(frames, list) else []
    if not lines:
        lines = [f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"]
    return _plain("\n".join(lines))


def _plain(text: object) -> str:
    return _ANSI.sub("", text) if isinstance(text, str) else ""


class _Texts(HTMLParser):
    """Collects what a page shows; scripts and styles are no text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in ("script", "style")
        if tag in ("tr", "p", "div", "br", "li"):
            self.found.append("\n")
        elif tag in ("td", "th"):
            self.found.append("\t")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in ("script", "style")))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data.strip("\n"))


def _text_of_html(html: str) -> str:
    parser = _Texts()
    parser.feed(html)
    parser.close()
    lines = "".join(parser.found).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())
