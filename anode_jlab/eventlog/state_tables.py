"""The materialised state as SQL tables, for people who query ``log.db``; we never read them."""

from __future__ import annotations

import sqlite3

_CELLS = """
INSERT INTO state_cells
SELECT key, json_extract(value, '$.id'), json_extract(value, '$.type'),
    json_extract(value, '$.created_by'), json_extract(value, '$.created_at'),
    json_extract(value, '$.updated_by'), json_extract(value, '$.updated_at')
FROM json_each(?, '$.state.cells')
"""

_ACTORS = """
INSERT INTO state_actors
SELECT json_extract(value, '$.kind'), json_extract(value, '$.id'), json_extract(value, '$.name'),
    json_extract(value, '$.first_at'), json_extract(value, '$.last_at'),
    json_extract(value, '$.events')
FROM json_each(?, '$.state.actors')
"""


def fill_state_tables(connection: sqlite3.Connection, state: bytes) -> None:
    """Put an encoded state (``materializers.state.encode``) in place of what the tables hold.

    One statement per table: SQLite takes the JSON apart by itself. A state that is not JSON leaves
    the tables empty.
    """
    text = state.decode("utf-8", "replace")
    connection.execute("DELETE FROM state_cells")
    connection.execute("DELETE FROM state_actors")
    (is_json,) = connection.execute("SELECT json_valid(?)", (text,)).fetchone()
    if is_json:
        connection.execute(_CELLS, (text,))
        connection.execute(_ACTORS, (text,))
        connection.execute(
            "INSERT OR REPLACE INTO meta (key, value)"
            " VALUES ('state_seq', json_extract(?, '$.state.seq'))",
            (text,),
        )
