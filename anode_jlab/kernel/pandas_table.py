"""A table of pandas, as grids read it."""

from __future__ import annotations

from typing import Any

from anode_jlab.kernel.cells import (
    COMPARE,
    MOST_COLUMNS,
    NUMBER,
    OTHER,
    TEXT,
    TIME,
    TRUTH,
    Problem,
    joined,
    typed,
)


class Pandas:
    """A table of pandas. Places are an array of positions, or None for all rows as they are."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame
        self.height, width = frame.shape
        self.names = [joined(name) for name in frame.columns]
        self.types = [str(frame.dtypes.iloc[i]) for i in range(width)]
        self.kinds = [self._kind(frame.dtypes.iloc[i]) for i in range(width)]

    @property
    def is_shown_whole(self) -> bool:
        import pandas

        rows = pandas.get_option("display.max_rows")
        columns = pandas.get_option("display.max_columns")
        return (not rows or self.height <= rows) and (not columns or len(self.names) <= columns)

    @staticmethod
    def _kind(dtype: Any) -> str:
        from pandas.api import types

        if types.is_bool_dtype(dtype):
            return TRUTH
        if types.is_complex_dtype(dtype):
            return OTHER
        if types.is_numeric_dtype(dtype):
            return NUMBER
        if types.is_datetime64_any_dtype(dtype):
            return TIME
        is_text = types.is_string_dtype(dtype) or str(dtype) == "category"
        return TEXT if is_text else OTHER

    def places(self, filters: Any, sort: Any) -> Any:
        import numpy

        keep = None
        for column, how, value in filters:
            one = self._matching(self.frame.iloc[:, column], self.kinds[column], how, value)
            one = numpy.asarray(one.fillna(False) if one.hasnans else one, dtype=bool)
            keep = one if keep is None else keep & one
        places = None if keep is None else numpy.flatnonzero(keep)
        return places if sort is None else self._sorted(places, *sort)

    def _matching(self, series: Any, kind: str, how: str, value: str) -> Any:
        if how in ("empty", "filled"):
            return series.isna() if how == "empty" else series.notna()
        if how == "contains":
            return series.astype(str).str.contains(value, case=False, regex=False)
        wanted = self._wanted(series, kind, value)
        if kind in (TEXT, OTHER):
            series = series.astype(str)
        return COMPARE[how](series, wanted)

    @staticmethod
    def _wanted(series: Any, kind: str, value: str) -> Any:
        if kind != TIME:
            return typed(kind, value)
        import pandas

        try:
            moment = pandas.Timestamp(value)
        except ValueError:
            raise Problem("bad_filter", f"{value!r} is no date or time.") from None
        zone = getattr(series.dt, "tz", None)
        return moment.tz_localize(zone) if zone is not None and moment.tz is None else moment

    def _sorted(self, places: Any, column: int, descending: bool) -> Any:
        series = self.frame.iloc[:, column]
        series = series if places is None else series.iloc[places]
        series = series.reset_index(drop=True)
        try:
            ordered = series.sort_values(ascending=not descending, kind="stable")
        except TypeError:  # things of several types
            ordered = series.astype(str).sort_values(ascending=not descending, kind="stable")
        order = ordered.index.to_numpy()
        return order if places is None else places[order]

    def rows(self, places: Any, start: int, stop: int) -> Any:
        """Labels and columns."""
        part = slice(start, stop) if places is None else places[start:stop]
        return self._taken(part)

    def sample(self, step: int) -> Any:
        return self._taken(slice(None, None, step))[1]

    def _taken(self, part: Any) -> Any:
        frame = self.frame.iloc[part, :MOST_COLUMNS]
        labels = [joined(label) for label in frame.index.tolist()]
        return labels, [frame.iloc[:, i].tolist() for i in range(frame.shape[1])]
