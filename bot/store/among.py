"""Many ids at once: as one bound value, since spelt out a thousand cost 1 ms a statement; and all there are, in windows."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, TypeDecorator, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Text

from bot.store.rows import dump
from bot.store.tables import learners


def among(column: ColumnElement[int], of: Collection[int] | str) -> ColumnElement[bool]:
    """Whether a column is one of these ids: a collection, or the name of a parameter that will hold one."""
    ids = bindparam(of, type_=_Ids) if isinstance(of, str) else bindparam(None, of, type_=_Ids)
    return column.bool_op("IN")(_Each(ids))


def farther(connection: Connection, after: int, count: int) -> int | None:
    """The id so many learners further on; None where there are fewer."""
    some = select(learners.c.id).where(learners.c.id > after).order_by(learners.c.id)
    return connection.execute(some.offset(count - 1).limit(1)).scalar()


class _Ids(TypeDecorator[Collection[int]]):
    """An array where the database has one, else JSON."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(ARRAY(BigInteger) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[int] | None, dialect: Any) -> Any:
        of = list(value or ())
        return of if dialect.name == "postgresql" else dump(of)


class _Each(FunctionElement[int]):
    """The ids as rows."""

    type = BigInteger()
    inherit_cache = True


@compiles(_Each, "sqlite")
def _of_json(element: _Each, compiler: Any, **options: Any) -> str:
    return f"(SELECT value FROM json_each{compiler.process(element.clause_expr, **options)})"


@compiles(_Each, "postgresql")
def _of_array(element: _Each, compiler: Any, **options: Any) -> str:
    return f"(SELECT unnest{compiler.process(element.clause_expr, **options)})"
