"""A table of polars, as grids read it."""

from __future__ import annotations

from typing import Any

from anode_jlab.kernel.cells import COMPARE, MOST_COLUMNS, NUMBER, OTHER, TEXT, TIME, TRUTH, typed


class Polars:
    """A table of polars. Places are a series of positions, or None as above."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame
        self.height = frame.height
        self.names = list(frame.columns)
        self.types = [str(dtype) for dtype in frame.dtypes]
        self.kinds = [self._kind(dtype) for dtype in frame.dtypes]
        self.is_shown_whole = self.height <= 10 and len(self.names) <= 8

    @staticmethod
    def _kind(dtype: Any) -> str:
        import polars

        if dtype.is_numeric():
            return NUMBER
        if dtype in (polars.Date, polars.Datetime):
            return TIME
        if dtype == polars.Boolean:
            return TRUTH
        is_text = dtype in (polars.String, polars.Categorical, polars.Enum)
        return TEXT if is_text else OTHER

    def places(self, filters: Any, sort: Any) -> Any:
        keep = None
        for column, how, value in filters:
            one = self._matching(self.frame.to_series(column), self.kinds[column], how, value)
            one = one.fill_null(False)
            keep = one if keep is None else keep & one
        places = None if keep is None else keep.arg_true()
        if sort is None:
            return places
        column, descending = sort
        series = self.frame.to_series(column)
        series = series if places is None else series.gather(places)
        order = series.arg_sort(descending=descending, nulls_last=True)
        return order if places is None else places.gather(order)

    def _matching(self, series: Any, kind: str, how: str, value: str) -> Any:
        import polars

        if how == "empty":
            return series.is_null()
        if how == "filled":
            return series.is_not_null()
        if kind == OTHER:
            texts = [None if one is None else str(one) for one in series]
            series = polars.Series(texts, dtype=polars.String)
        elif kind == TEXT or how == "contains":
            series = series.cast(polars.String)
        if how == "contains":
            return series.str.to_lowercase().str.contains(value.lower(), literal=True)
        wanted = typed(kind, value)
        if kind == TIME:
            series = series.cast(polars.Datetime("us"))
        return COMPARE[how](series, wanted)

    def rows(self, places: Any, start: int, stop: int) -> Any:
        if places is None:
            labels, part = range(start, min(stop, self.height)), self.frame[start:stop]
        else:
            labels = places[start:stop].to_list()
            part = self.frame[labels]
        return [str(label) for label in labels], self._columns(part)

    def sample(self, step: int) -> Any:
        return self._columns(self.frame.gather_every(step))

    @staticmethod
    def _columns(part: Any) -> Any:
        return [one.to_list() for one in part.get_columns()[:MOST_COLUMNS]]
