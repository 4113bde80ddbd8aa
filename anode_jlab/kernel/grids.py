"""Describes the tables that a Python kernel shows, and reads them page by page.

Beside the representations that a table has, IPython gets one more from here: its columns and first
rows, and a name under which the kernel can be asked for others. Tables are held weakly: nothing
lives longer for having been shown, and one that is gone cannot be read any more.
"""

from __future__ import annotations

import json
import os
import time
import weakref
from typing import Any

from anode_jlab.kernel.arrow_table import Arrow
from anode_jlab.kernel.cells import MOST_COLUMNS, MOST_TEXT, Problem, cell
from anode_jlab.kernel.distribution import distribution
from anode_jlab.kernel.pandas_table import Pandas
from anode_jlab.kernel.polars_table import Polars

MIME = "application/vnd.anode.grid.v1+json"

FIRST_ROWS = 100

MOST_CELLS = 20_000
"""Of one answer; so many are encoded in some 20 ms."""

SAMPLE = 2000
"""Rows that the distributions are of: evenly from the whole table."""

SAMPLE_SECONDS = 0.2
"""Of computing; the columns that are left then have no distribution."""

MOST_REMEMBERED = 1000
"""Tables that can be asked for; the oldest is forgotten first."""


def table_of(value: Any) -> Any:
    """What reads it; None for what is no table."""
    for kind in type(value).__mro__:
        package, name = kind.__module__.partition(".")[0], kind.__name__
        if package == "pandas" and name == "DataFrame":
            return Pandas(value)
        if package == "polars" and name == "DataFrame":
            return Polars(value)
        if package == "pyarrow" and name in ("Table", "RecordBatch"):
            return Arrow(value)
    return None


class Grids:
    """The tables that were shown."""

    def __init__(self) -> None:
        self.life = os.urandom(6).hex()
        self.made = 0
        self.shown: Any = {}
        self.ordered: Any = ()
        """The last order that was asked for, which the next pages are of as well."""

    def described(self, value: Any) -> Any:
        """What is shown of a value; None when it is no table."""
        table = table_of(value)
        if table is None or not table.names:
            return None
        name = f"{self.life}-{self.made}"
        labels, columns = table.rows(None, 0, self._most(FIRST_ROWS, table))
        step = max(1, table.height // SAMPLE)
        told = {
            "table": name,
            "rows": table.height,
            "columns": len(table.names),
            "shown_whole": table.is_shown_whole,
            "names": table.names[:MOST_COLUMNS],
            "types": table.types[:MOST_COLUMNS],
            "kinds": table.kinds[:MOST_COLUMNS],
            "distributions": self._distributions(table, table.sample(step)),
            "sampled": -(-table.height // step),
            "labels": labels,
            "values": [[cell(value) for value in column] for column in columns],
        }
        self.made += 1
        self.shown[name] = weakref.ref(value)
        if len(self.shown) > MOST_REMEMBERED:
            del self.shown[next(iter(self.shown))]
        return told

    @staticmethod
    def _most(rows: int, table: Any) -> int:
        return max(1, min(rows, MOST_CELLS // min(len(table.names), MOST_COLUMNS)))

    @staticmethod
    def _distributions(table: Any, columns: Any) -> Any:
        until, found = time.thread_time() + SAMPLE_SECONDS, []
        for kind, values in zip(table.kinds, columns, strict=False):
            late = time.thread_time() > until
            found.append(None if late else distribution(kind, values))
        return found

    def page(self, asked: Any) -> Any:
        """Rows of a table, filtered and sorted."""
        name = asked["table"]
        value = self.shown[name]() if name in self.shown else None
        if value is None:
            raise Problem("gone")
        table = table_of(value)
        if table.names[:MOST_COLUMNS] != asked["names"]:
            raise Problem("changed")
        key = (name, table.height, json.dumps([asked["filters"], asked["sort"]]))
        if self.ordered[:1] != (key,):
            self.ordered = ()
            self.ordered = (key, table.places(asked["filters"], asked["sort"]))
        places = self.ordered[1]
        start = asked["start"]
        labels, columns = table.rows(places, start, start + self._most(asked["count"], table))
        return {
            "rows": table.height if places is None else len(places),
            "start": start,
            "labels": labels,
            "values": [[cell(value) for value in column] for column in columns],
        }

    def told(self, question: str) -> str:
        """An answer, whatever is asked."""
        try:
            return json.dumps(self.page(json.loads(question)))
        except Problem as problem:
            return json.dumps({"problem": problem.code, "text": str(problem)})
        except Exception as error:  # of somebody's values, or of the package
            text = f"{type(error).__name__}: {error}"
            return json.dumps({"problem": "failed", "text": text[:MOST_TEXT]})


def install(shell: Any) -> bool:
    """Have the tables of this shell described; done once for each kernel."""
    from IPython.core.formatters import BaseFormatter
    from traitlets import ObjectName, Unicode

    class GridFormatter(BaseFormatter):
        format_type = Unicode(MIME)
        print_method = ObjectName("_repr_anode_grid_")
        grids = Grids()

        def __call__(self, value: Any) -> Any:
            try:
                return self.grids.described(value) if self.enabled else None
            except Exception:  # of somebody's values: it has its other representations
                return None

    formatters = shell.display_formatter.formatters
    if MIME not in formatters:
        formatters[MIME] = GridFormatter(parent=shell.display_formatter)
    return True
