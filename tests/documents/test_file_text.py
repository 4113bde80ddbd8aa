"""The digest of a notebook's content is that of the whole, however it is computed."""

from __future__ import annotations

import hashlib
import json

import pytest

from anode_jlab.documents.contents import JsonObject
from anode_jlab.documents.file_text import content_digest, joined_notebook
from tests.documents.notebook_texts import small_notebook

LONG = "é" * 1_500_000
"""More than is turned into bytes at once."""


def with_output(text: str) -> JsonObject:
    nb = small_notebook()
    stream = {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}
    first = {**nb["cells"][0], "cell_type": "code", "execution_count": 1, "outputs": [stream]}
    return {**nb, "cells": [first, *nb["cells"]]}


@pytest.mark.parametrize(
    "nb",
    [
        small_notebook(),
        {**small_notebook(), "cells": [], "zoom": [1.0, None]},
        with_output("a\nb\n" + LONG),
    ],
    ids=["small", "empty", "long"],
)
def test_it_is_the_digest_of_all_as_sorted_json(nb: JsonObject) -> None:
    whole = json.dumps(joined_notebook(nb), sort_keys=True)
    assert content_digest(nb) == hashlib.sha256(whole.encode()).hexdigest()
