"""Instants as people read them, made into text by the database: a million of them cost no Python."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, String, case, cast, func, literal_column, type_coerce

from bot.store.tables import EPOCH

LOOK = timedelta(hours=6)
"""No zone has changed its offset twice within so short a time."""
SECOND = timedelta(seconds=1)


class Stretch(NamedTuple):
    """A span of time in which a zone keeps its offset."""

    until: datetime | None
    """None: to the end of what is asked about."""
    seconds: int
    suffix: str
    """As ISO 8601 writes the offset."""


def stretches(zone: ZoneInfo, first: datetime, last: datetime) -> list[Stretch]:
    """The offsets of a zone from one instant to another, in their order."""
    found: list[Stretch] = []
    since = first
    for change in _changes(zone, first, last):
        found.append(_stretch(zone, since, change))
        since = change
    return [*found, _stretch(zone, since, None)]


def _stretch(zone: ZoneInfo, since: datetime, until: datetime | None) -> Stretch:
    there = since.astimezone(zone)
    offset = there.utcoffset()
    assert offset is not None
    return Stretch(until, offset // SECOND, there.isoformat(timespec="seconds")[19:])


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The instants at which another offset begins, to the second."""
    at = first
    while at < last:
        then = min(at + LOOK, last)
        if _offset(zone, at) != _offset(zone, then):
            before, after = at.replace(microsecond=0), then
            while after - before > SECOND:
                middle = before + (after - before) // SECOND // 2 * SECOND
                before, after = (
                    (middle, after) if _offset(zone, middle) == _offset(zone, at) else (before, middle)
                )
            yield after
        at = then


def _offset(zone: ZoneInfo, at: datetime) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def written(column: ColumnElement[datetime], offsets: list[Stretch], *, sqlite: bool) -> ColumnElement[str]:
    """An instant as ISO 8601 to the second, with the offset that holds then; NULL stays NULL."""
    at = type_coerce(column, BigInteger)
    said = [(one, _said(at, one, sqlite=sqlite)) for one in offsets]
    changing = [(at < (one.until - EPOCH) // SECOND * 1_000_000, text) for one, text in said if one.until]
    last = said[-1][1]
    return case(*changing, else_=last) if changing else last


def _said(at: ColumnElement[int], one: Stretch, *, sqlite: bool) -> ColumnElement[str]:
    wall = at // 1_000_000 + one.seconds
    if sqlite:
        return func.strftime("%Y-%m-%dT%H:%M:%S", wall, "unixepoch").concat(one.suffix)
    moment: ColumnElement[datetime] = literal_column("TIMESTAMP 'epoch'") + wall * literal_column(
        "INTERVAL '1 second'"
    )
    return func.replace(cast(moment, String), " ", "T").concat(one.suffix)
