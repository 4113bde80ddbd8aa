"""Every link of the documentation leads to a file that is there; nothing is looked up outside."""

from __future__ import annotations

import re
from pathlib import Path

from tools.sources import ROOT

DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
FENCE = re.compile(r"^ *(`{3,}|:{3,}).*?^ *\1 *$", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r"^```\{toctree\}\n(.*?)^```", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]


def test_links_lead_somewhere() -> None:
    missing = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages()
        for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert missing == []


def test_every_page_is_reached() -> None:
    reached = {DOCS / "index.md"}
    for page in sorted(DOCS.rglob("*.md")):
        for body in ENTRY.findall(page.read_text(encoding="utf-8")):
            for entry in filter(None, (line.strip() for line in body.splitlines())):
                if not entry.startswith(":"):
                    reached.update(page.parent.glob(f"{entry}.md"))
    assert sorted(set(DOCS.rglob("*.md")) - reached) == []
