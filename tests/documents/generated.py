"""Notebooks of every shape that nbformat 4 allows, made by hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

WORDS = st.text(alphabet="abcdefghij_", min_size=1, max_size=8)
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab \n\té€😀\u0301\u2028"), st.characters(exclude_categories=["Cs"])
    ),
    max_size=40,
)
NUMBERS = st.one_of(
    st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)
METADATA = st.dictionaries(WORDS, VALUES, max_size=3)
COUNTS = st.one_of(st.none(), st.integers(min_value=0, max_value=9999))
BUNDLES = st.fixed_dictionaries(
    {},
    optional={
        "text/plain": TEXTS,
        "text/html": TEXTS,
        "image/png": st.just("iVBORw0KGgo="),
        "application/json": VALUES,
        "application/vnd.custom+json": VALUES,
    },
)
OUTPUTS = st.one_of(
    st.fixed_dictionaries(
        {
            "output_type": st.just("stream"),
            "name": st.sampled_from(["stdout", "stderr"]),
            "text": TEXTS,
        }
    ),
    st.fixed_dictionaries(
        {"output_type": st.just("display_data"), "data": BUNDLES, "metadata": METADATA}
    ),
    st.fixed_dictionaries(
        {
            "output_type": st.just("execute_result"),
            "data": BUNDLES,
            "metadata": METADATA,
            "execution_count": COUNTS,
        }
    ),
    st.fixed_dictionaries(
        {
            "output_type": st.just("error"),
            "ename": WORDS,
            "evalue": TEXTS,
            "traceback": st.lists(TEXTS, max_size=2),
        }
    ),
)


@st.composite
def cells(draw: st.DrawFn, cell_id: str | None) -> Json:
    """One cell; with an id when one is given."""
    kind = draw(st.sampled_from(["code", "markdown", "raw"]))
    cell: Json = {"cell_type": kind, "metadata": draw(METADATA), "source": draw(TEXTS)}
    if cell_id is not None:
        cell["id"] = cell_id
    if kind == "code":
        cell["execution_count"] = draw(COUNTS)
        cell["outputs"] = draw(st.lists(OUTPUTS, max_size=3))
    elif draw(st.booleans()):
        cell["attachments"] = {"image.png": {"image/png": "iVBORw0KGgo="}}
    return cell


@st.composite
def notebooks(
    draw: st.DrawFn, minors: st.SearchStrategy[int] | None = None, most_cells: int = 5
) -> Json:
    """A notebook of one of the minors, with lines joined as nbformat reads them."""
    minor = draw(st.integers(min_value=0, max_value=5) if minors is None else minors)
    pool = [f"cell-{letter}" for letter in "abcdefgh"]
    ids = draw(st.lists(st.sampled_from(pool), unique=True, max_size=most_cells))
    return {
        "cells": [draw(cells(cell_id if minor >= 5 else None)) for cell_id in ids],
        "metadata": draw(METADATA),
        "nbformat": 4,
        "nbformat_minor": minor,
    }
