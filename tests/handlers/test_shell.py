"""The service worker as a browser gets it."""

from __future__ import annotations

from tests.server_address import ServerAddress


async def test_it_works_for_all_pages_of_the_server(address: ServerAddress) -> None:
    answer = await address.fetch("GET", "anode/api/shell.js")
    assert answer.code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert address.url.endswith(answer.headers["Service-Worker-Allowed"])
    assert answer.headers["Service-Worker-Allowed"].endswith("/")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]
    assert b"addEventListener('fetch'" in answer.body
    assert b"async function keepPage(" in answer.body
