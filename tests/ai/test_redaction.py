"""Keys that an output or a file shows are not told to a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from anode_jlab.ai.reading.redaction import INSTEAD, redacted
from anode_jlab.services import Services
from tests.ai.test_read_tools import cell, opened, printed, write
from tests.server_address import ServerAddress

OPENAI = "sk-proj-" + "aB3" * 12

KEYS = (
    OPENAI,
    "sk-ant-api03-" + "xY9_" * 10,
    "ghp_" + "a1B2" * 9,
    "AKIA" + "ABCD1234" * 2,
    "AIza" + "x" * 35,
    "hf_" + "q" * 34,
    "xoxb-123456789012-abcdef",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijklmnop",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
)


@pytest.mark.parametrize("key", KEYS)
def test_keys_are_taken_out(key: str) -> None:
    assert redacted(f"it is '{key}', as you see") == f"it is '{INSTEAD}', as you see"


def test_passwords_in_addresses_are_taken_out() -> None:
    assert redacted("postgres://ann:s3cret@host/db") == f"postgres://{INSTEAD}@host/db"


@pytest.mark.parametrize("text", ["task-force-of-many-people-here", "risk-" + "a" * 30, "a:b@c"])
def test_other_words_stay(text: str) -> None:
    assert redacted(text) == text


async def test_no_tool_tells_a_key(
    services: Services, address: ServerAddress, jp_root_dir: Path
) -> None:
    write(jp_root_dir, "a.ipynb", cell("one", "print(key)", printed(f"{OPENAI}\n")))
    (jp_root_dir / "settings.toml").write_text(f'key = "{OPENAI}"\n', encoding="utf-8")
    call = await opened(services, address, "a.ipynb")
    for tool, args in (
        ("read_cells", {"cell_ids": ["one"]}),
        ("read_output", {"cell_id": "one"}),
        ("search", {"pattern": "sk-", "outputs": True}),
        ("read_file", {"path": "settings.toml"}),
    ):
        assert OPENAI not in (await call.result(tool, **args)).text
    manifest = await address.post(f"notebooks/{call.turn.notebook}/context", {})
    assert OPENAI not in str(manifest)
    assert INSTEAD in str(manifest)
