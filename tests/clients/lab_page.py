"""What JupyterLab's page tells its front end."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.integration.server_process import ServerProcess


async def page_config(server: ServerProcess) -> dict[str, Any]:
    """The page configuration, as it stands in the page."""
    answer = await server.address.fetch("GET", "lab")
    assert answer.code == 200, answer.body
    found = re.search(
        r'<script id="jupyter-config-data" type="application/json">\s*(.*?)\s*</script>',
        answer.body.decode(),
        re.DOTALL,
    )
    assert found is not None
    config: dict[str, Any] = json.loads(found[1])
    return config
