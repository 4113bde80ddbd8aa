"""How a text file ends its lines and begins: kept in the file, and no part of its content.

Editors count in lines that end with line feeds. A file may end them otherwise, in the same way or
in several, and may begin with a byte order mark; whoever edits the text wants none of it changed.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher

BYTE_ORDER_MARK = "\ufeff"

LINE_END = re.compile(r"\r\n|\r|\n")

MOST_LINES = 5000
"""Above this number only the lines before and after what changed are told from new ones."""


def plain(text: str) -> str:
    """A file's text as content: lines end with line feeds, nothing stands before the first."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    return LINE_END.sub("\n", text) if "\r" in text else text


def in_style_of(before: str | None, content: str) -> str:
    """``content`` as the text of a file that held ``before`` (None: there was no file).

    Where the file ends lines in several ways, each line keeps its end, and new ones end as most do.
    """
    if before is None:
        return content
    mark = BYTE_ORDER_MARK if before.startswith(BYTE_ORDER_MARK) else ""
    ends = LINE_END.findall(before)
    kinds = set(ends)
    if kinds <= {"\n"}:
        return mark + content
    if len(kinds) == 1:
        return mark + content.replace("\n", kinds.pop())
    return mark + _with_ends(plain(before).split("\n"), ends, content.split("\n"))


def _with_ends(old: list[str], ends: list[str], lines: list[str]) -> str:
    usual = Counter(ends).most_common(1)[0][0]
    given = [usual] * (len(lines) - 1)
    for start, place, count in _kept(old, lines):
        for step in range(count):
            if start + step < len(ends) and place + step < len(given):
                given[place + step] = ends[start + step]
    for place in reversed(range(len(given) - 1)):
        if given[place] == "\r" and not lines[place + 1] and given[place + 1] == "\n":
            given[place] = "\n"  # the two would be one end
    return "".join(line + end for line, end in zip(lines, [*given, ""], strict=True))


def _kept(old: list[str], new: list[str]) -> list[tuple[int, int, int]]:
    """Stretches of lines that are in both: where in the old ones, where in the new, how many."""
    if max(len(old), len(new)) <= MOST_LINES:
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        return [(block.a, block.b, block.size) for block in matcher.get_matching_blocks()]
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    most = shorter - head
    tail = next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)
    return [(0, 0, head), (len(old) - tail, len(new) - tail, tail)]
