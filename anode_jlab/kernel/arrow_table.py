"""A table of pyarrow, as grids read it."""

from __future__ import annotations

from typing import Any

from anode_jlab.kernel.cells import MOST_COLUMNS, NUMBER, OTHER, TEXT, TIME, TRUTH, typed

ARROW = {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}


class Arrow:
    """A table or batch of pyarrow. Places are an array of positions, or None as above."""

    is_shown_whole = False  # it has no representation but a text

    def __init__(self, frame: Any) -> None:
        import pyarrow

        is_batch = isinstance(frame, pyarrow.RecordBatch)
        self.frame = pyarrow.Table.from_batches([frame]) if is_batch else frame
        self.height = self.frame.num_rows
        self.names = list(self.frame.column_names)
        self.types = [str(field.type) for field in self.frame.schema]
        self.kinds = [self._kind(field.type) for field in self.frame.schema]

    @staticmethod
    def _kind(dtype: Any) -> str:
        from pyarrow import types

        if types.is_dictionary(dtype):
            dtype = dtype.value_type
        if types.is_integer(dtype) or types.is_floating(dtype) or types.is_decimal(dtype):
            return NUMBER
        if types.is_date(dtype) or types.is_timestamp(dtype):
            return TIME
        if types.is_boolean(dtype):
            return TRUTH
        return TEXT if types.is_string(dtype) or types.is_large_string(dtype) else OTHER

    def places(self, filters: Any, sort: Any) -> Any:
        from pyarrow import compute

        keep = None
        for column, how, value in filters:
            one = self._matching(self.frame.column(column), self.kinds[column], how, value)
            one = compute.fill_null(one, False)
            keep = one if keep is None else compute.and_(keep, one)
        places = None if keep is None else compute.indices_nonzero(keep)
        if sort is None:
            return places
        column, descending = sort
        values = without_dictionary(self.frame.column(column))
        values = values if places is None else values.take(places)
        how = "descending" if descending else "ascending"
        order = compute.sort_indices(values, sort_keys=[("", how)])
        return order if places is None else places.take(order)

    def _matching(self, values: Any, kind: str, how: str, value: str) -> Any:
        import pyarrow
        from pyarrow import compute

        if how == "empty":
            return compute.is_null(values, nan_is_null=True)
        if how == "filled":
            return compute.invert(compute.is_null(values, nan_is_null=True))
        values = without_dictionary(values)
        if kind == OTHER:
            texts = [None if one is None else str(one) for one in values.to_pylist()]
            values = pyarrow.chunked_array([pyarrow.array(texts, pyarrow.string())])
        elif how == "contains":
            values = values.cast(pyarrow.string())
        if how == "contains":
            return compute.match_substring(values, value, ignore_case=True)
        if kind == TIME:
            values = values.cast(pyarrow.timestamp("us", getattr(values.type, "tz", None)))
            wanted = pyarrow.scalar(typed(kind, value), pyarrow.timestamp("us"))
            wanted = wanted.cast(values.type)
        else:
            wanted = pyarrow.scalar(typed(kind, value))
        return getattr(compute, ARROW[how])(values, wanted)

    def rows(self, places: Any, start: int, stop: int) -> Any:
        if places is None:
            labels = range(start, min(stop, self.height))
            part = self.frame.slice(start, stop - start)
        else:
            taken = places.slice(start, stop - start)
            labels, part = taken.to_pylist(), self.frame.take(taken)
        return [str(label) for label in labels], self._columns(part)

    def sample(self, step: int) -> Any:
        return self._columns(self.frame.take(list(range(0, self.height, step))))

    @staticmethod
    def _columns(part: Any) -> Any:
        return [one.to_pylist() for one in part.columns[:MOST_COLUMNS]]


def without_dictionary(values: Any) -> Any:
    """A column of pyarrow without a dictionary."""
    is_encoded = hasattr(values.type, "value_type") and hasattr(values.type, "index_type")
    return values.cast(values.type.value_type) if is_encoded else values
