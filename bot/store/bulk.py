"""One statement for many rows, made ready once: what a group writes."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update

Values = dict[str, Any]


class Ready:
    """A statement as its driver takes it, and how a row of ours becomes one of the driver's.

    SQLAlchemy would go through every value of every row by name and ask what becomes of it; that was
    half of what writing a group cost.
    """

    def __init__(self, statement: Insert | Update, names: Sequence[str], dialect: Dialect) -> None:
        keys = None if isinstance(statement, Update) else list(names)
        compiled = statement.compile(dialect=dialect, column_keys=keys)
        self._sql = str(compiled)
        self._names: list[str] = list(compiled.positiontup or compiled.params)
        self._is_named = not compiled.positional
        given = [name.removeprefix("v_") for name in self._names]
        self._pick = itemgetter(*(name for name in given if name in names))
        self._fixed = [
            (place, compiled.params[self._names[place]])
            for place, name in enumerate(given)
            if name not in names
        ]
        """What the statement itself says, by its place."""
        processors = (
            compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in self._names
        )
        self._fits: list[tuple[int, Callable[[Any], Any]]] = [
            (place, fit) for place, fit in enumerate(processors) if fit is not None
        ]

    def run(self, connection: Connection, rows: Sequence[Values]) -> int:
        """How many rows were touched."""
        fitted: list[Any] = [self._fitted(row) for row in rows]
        return connection.exec_driver_sql(self._sql, fitted).rowcount

    def _fitted(self, row: Values) -> tuple[Any, ...] | Values:
        values = list(self._pick(row))
        for place, value in self._fixed:
            values.insert(place, value)
        for place, fit in self._fits:
            if values[place] is not None:
                values[place] = fit(values[place])
        return dict(zip(self._names, values, strict=True)) if self._is_named else tuple(values)


@lru_cache(maxsize=200)
def _ready(statement: Insert | Update, names: tuple[str, ...], dialect: Dialect) -> Ready:
    return Ready(statement, names, dialect)


def run(connection: Connection, statement: Insert | Update, rows: Sequence[Values]) -> int:
    """Run *statement* once a row, all of which hold the same names; how many rows were touched.

    A parameter named `v_x` takes the row's `x`.
    """
    return _ready(statement, tuple(rows[0]), connection.dialect).run(connection, rows)
