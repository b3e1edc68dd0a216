"""Completions as a file: what the database writes is, byte for byte, what the rules and `csv` would write."""

import io
import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.exports import STREAMS
from bot.rules import delivery
from bot.rules.people import Learner
from bot.store import ids, wall
from bot.store.completions import COLUMNS, LOT, PEOPLE, Scope
from bot.store.snapshot import snapshot
from tests.exports.test_csv import DANGEROUS
from tests.store.conftest import NOW, Store, somebody

ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
)
HARMLESS = [
    "Chen Mei",
    "陈梅",
    'a "quoted" name',
    "with, commas",
    "two\nlines",
    "a\rb",
    "O'Neil",
    "\\.",
    "x" * 40_000,
    "🦊" * 20_000,
]
TODAY = NOW.astimezone(ZoneInfo("Asia/Shanghai")).date()
AUTUMN = datetime(2026, 10, 25, tzinfo=UTC)


def owed(store: Store, learner_id: int, number: int, **changes: Any) -> dict[str, Any]:
    values = {
        "id": ids.new(), "learner_id": learner_id, "track": "staff", "unit": f"unit-{number}", "unit_kind": "lesson",
        "position": number, "assigned_on": date(2026, 9, 1), "due_on": None, "attempts": number, "content_version": "",
        "exempt": False, "version": 0, **changes,
    }  # fmt: skip
    store.insert("assignments", values)
    return values


def everything(store: Store) -> dict[int, tuple[dict[str, Any], Learner]]:
    """Every way an assignment can stand, owed to people of all kinds of names; by its position."""
    names = [text for text in [*DANGEROUS, *HARMLESS] if store.is_sqlite or "\0" not in text]
    staff = [
        somebody(
            number, name=name, staff_number=f"00{number}", department=names[-number],
            manager_id=number - 1 if number > 1 else None, unreachable=("blocked", "", None)[number % 3],
        )
        for number, name in enumerate(names, 1)
    ]  # fmt: skip
    store.add(*staff)
    ways = itertools.product(
        ("lesson", "test"), (False, True), (None, AUTUMN), (None, AUTUMN), (None, TODAY, TODAY - timedelta(days=1)), (None, 0, 70)
    )  # fmt: skip
    found = {}
    for number, (kind, exempt, started, completed, due_on, score) in enumerate(ways):
        whose = staff[number % len(staff)]
        hours = timedelta(minutes=37 * number, seconds=number, microseconds=999_999)
        values = owed(
            store, whose.id, number, unit_kind=kind, exempt=exempt, due_on=due_on, score_percent=score,
            started_at=started and started - hours, completed_at=completed and completed + hours,
        )  # fmt: skip
        found[number] = values, whose
    return found


def file(store: Store, zone: str, *, by_value: bool, organisation: str = "=Org") -> bytes:
    with snapshot(store.reading) as kept:
        completions = kept.completions(Scope(), organisation, zone, NOW)
        out = io.BytesIO()
        STREAMS["csv"](COLUMNS, map(tuple, completions) if by_value else completions, out)
    return out.getvalue()


def test_a_file_is_the_same_however_it_is_made(store: Store) -> None:
    everything(store)
    for zone in ("Asia/Shanghai", "Europe/Berlin"):
        quick = file(store, zone, by_value=False)
        assert quick == file(store, zone, by_value=True)
        assert quick.count(b"'=Org,") == 144


def test_status_result_and_instants_are_those_of_the_rules(store: Store) -> None:
    made = everything(store)
    with snapshot(store.reading) as kept:
        rows_ = list(kept.completions(Scope(), "Org", "Europe/Berlin", NOW))
        known = {who.id: kept.learner(who.id) for _, who in made.values()}
    assert len(rows_) == len(made)
    for row in rows_:
        line = dict(zip(COLUMNS, row, strict=True))
        values, whose = made[line["attempts"]]  # type: ignore[index]
        learner = known[whose.id]
        assert learner is not None
        assignment = delivery.Assignment(**values)
        assert line["status"] == delivery.status(
            assignment, learner, NOW.astimezone(ZoneInfo("Europe/Berlin")).date()
        )
        assert line["passed"] is assignment.passed
        for name in ("started_at", "completed_at"):
            at = getattr(assignment, name)
            local = at and at.astimezone(ZoneInfo("Europe/Berlin")).isoformat(timespec="seconds")
            assert line[name] == local
        assert (line["learner_id"], line["due_on"]) == (str(whose.id), assignment.due_on)


def test_nobody_is_missing_where_a_lot_ends(store: Store) -> None:
    names = ["=odd" if number % 251 == 0 else f"Somebody {number}" for number in range(1, 2 * PEOPLE + 9)]
    store.add(*(somebody(number, name=name) for number, name in enumerate(names, 1)))
    shape = {
        "track": "staff",
        "unit_kind": "lesson",
        "assigned_on": TODAY,
        "content_version": "",
        "exempt": False,
    }
    store.insert("assignments", *(
        {**shape, "id": ids.new(), "learner_id": who, "unit": f"u{n}", "position": n, "attempts": 0, "version": 0}
        for who in range(1, len(names) + 1) for n in range(3)
    ))  # fmt: skip
    lines = file(store, "UTC", by_value=False).decode().splitlines()
    assert lines == file(store, "UTC", by_value=True).decode().splitlines()
    assert len(lines) == 1 + 3 * len(names) > LOT


def test_an_export_of_nothing_has_its_header(store: Store) -> None:
    assert file(store, "UTC", by_value=False) == ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()


def test_what_is_written_meanwhile_does_not_show(store: Store) -> None:
    everything(store)
    with snapshot(store.reading) as kept:
        assert kept.learner(1) is not None
        store.do(lambda c: c.exec_driver_sql("UPDATE learners SET name = 'Somebody else'"))
        rows_ = list(kept.completions(Scope(), "Org", "UTC", NOW))
    assert "Somebody else" not in {row[3] for row in rows_}


@pytest.mark.parametrize("zone", ZONES)
def test_the_stretches_of_a_zone_tell_its_offset_at_every_hour(zone: str) -> None:
    first = datetime(2024, 1, 1, 0, 0, 30, tzinfo=UTC)
    hours = [first + timedelta(hours=n) for n in range(3 * 366 * 24)]
    found = wall.stretches(ZoneInfo(zone), hours[0], hours[-1])
    left = iter(found)
    now = next(left)
    for at in hours:
        while now.until is not None and at >= now.until:
            now = next(left)
        there = at.astimezone(ZoneInfo(zone))
        assert (timedelta(seconds=now.seconds), now.suffix) == (
            there.utcoffset(),
            there.isoformat(timespec="seconds")[19:],
        )


def test_an_offset_changes_at_its_very_second() -> None:
    winter, summer = wall.stretches(
        ZoneInfo("Europe/Berlin"), datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    )
    assert winter == (datetime(2026, 3, 29, 1, tzinfo=UTC), 3600, "+01:00")
    assert summer == (None, 7200, "+02:00")
