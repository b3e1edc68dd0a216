"""What has served is thinned out; what is owed, and what was announced, stays."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.rules.orders import Order
from bot.rules.sending import Posting
from bot.store import ids, keeping, rows, tables
from tests.cast import MONDAY
from tests.store.conftest import Store, somebody

LATER = MONDAY + timedelta(days=60)


def message(state: str, age: timedelta, *, slot: str | None = None) -> dict[str, Any]:
    posting = Posting(
        ids.new(), None, 7, "replies", "resend", 0, "sendMessage", {"text": "words"}, None, {}, MONDAY
    )
    row = rows.outbox_values(posting, LATER - age, slot=slot)
    return {**row, "state": state}


def thin_out(store: Store) -> int:
    gone = 0
    with store.writing.begin() as connection:
        while step := keeping.thin_out(connection, LATER):
            gone += step
        last = 0
        while True:
            step, last = keeping.sweep(connection, LATER, last)
            gone += step
            if not last:
                return gone


def ids_in(connection: Connection, name: str) -> set[int]:
    return set(connection.execute(select(tables.metadata.tables[name].c.id)).scalars())


def test_update_ids_go_after_three_days(store: Store) -> None:
    days = [LATER.date() - timedelta(days=n) for n in range(6)]
    with store.writing.begin() as connection:
        connection.execute(tables.updates.insert(), [{"id": n, "on": day} for n, day in enumerate(days)])
    assert thin_out(store) == 2
    with store.reading.connect() as connection:
        assert ids_in(connection, "updates") == {0, 1, 2, 3}


def test_a_message_loses_its_words_before_it_goes(store: Store) -> None:
    young, old, ancient, owed = (
        message("sent", timedelta(days=2)), message("sent", timedelta(days=40)),
        message("sent", timedelta(days=100)), message("owed", timedelta(days=100)),
    )  # fmt: skip
    with store.writing.begin() as connection:
        connection.execute(tables.outbox.insert(), [young, old, ancient, owed])
    assert thin_out(store) == 2
    with store.reading.connect() as connection:
        kept = {row.id: row.params for row in connection.execute(select(tables.outbox))}
    assert set(kept) == {young["id"], old["id"], owed["id"]}
    assert kept[old["id"]] is None
    assert kept[young["id"]] and kept[owed["id"]], "what is young or still owed keeps its words"


def test_guesses_go_after_a_day(store: Store) -> None:
    for number, ago in enumerate((timedelta(hours=1), timedelta(hours=23), timedelta(hours=25))):
        store.insert("guesses", {"id": number, "account_id": 1, "at": LATER - ago})
    thin_out(store)
    assert [row["id"] for row in store.all_of("guesses")] == [0, 1]


def test_old_dead_letters_go(store: Store) -> None:
    with store.writing.begin() as connection:
        connection.execute(tables.dead_letters.insert(), [
            {"id": n, "update_id": n, "at": LATER - timedelta(days=days), "error": "E", "shape": "tap"}
            for n, days in enumerate((1, 91))
        ])  # fmt: skip
    thin_out(store)
    with store.reading.connect() as connection:
        assert ids_in(connection, "dead_letters") == {0}


def test_why_nothing_came_is_kept_as_long_as_what_came(store: Store) -> None:
    old = [message("skipped", timedelta(days=days)) | {"wish": "lesson_due"} for days in (100, 399, 401)]
    store.insert("outbox", *old)
    thin_out(store)
    assert {row["id"] for row in store.all_of("outbox")} == {row["id"] for row in old[:2]}


def test_orders_go_a_year_after_they_were_carried_out_and_open_ones_never(store: Store) -> None:
    store.add(somebody(1))
    ages = {1: 401, 2: 399, 3: None}
    store.insert("orders", *[
        rows.order_values(Order(number, "remind", 1, 1, {}, LATER - timedelta(days=500)))
        | {"done_at": LATER - timedelta(days=age) if age else None}
        for number, age in ages.items()
    ])  # fmt: skip
    thin_out(store)
    assert [row["id"] for row in store.all_of("orders")] == [2, 3]


def test_rosters_that_never_came_in_go_after_a_day_and_those_that_did_after_a_year(store: Store) -> None:
    """(days since it was begun, since it came in); an import that is at it keeps all it has laid down."""
    ages: dict[int, tuple[float, float | None]] = {1: (0.5, None), 2: (2, None), 3: (399, 399), 4: (402, 401)}
    for number, (made, applied) in ages.items():
        store.insert("roster_batches", {
            "id": number, "made_at": LATER - timedelta(days=made), "actor": "", "source": "", "lines": 2,
            "applied_at": None if applied is None else LATER - timedelta(days=applied),
        })  # fmt: skip
        store.insert("roster_lines", *[{
            "batch_id": number, "number": n, "learner_id": n, "manager_id": None, "staff_number": str(n), "name": "",
            "department": "", "job": "", "hired_on": None, "language": "en", "time_zone": "UTC",
        } for n in range(2)])  # fmt: skip
    thin_out(store)
    assert [row["id"] for row in store.all_of("roster_batches")] == [1, 3]
    assert [(row["batch_id"], row["number"]) for row in store.all_of("roster_lines")] == [(1, 0), (1, 1)]


def test_a_step_is_small(store: Store) -> None:
    with store.writing.begin() as connection:
        day = date(2020, 1, 1)
        connection.execute(tables.updates.insert(), [{"id": n, "on": day} for n in range(keeping.STEP + 10)])
        assert keeping.thin_out(connection, LATER) == keeping.STEP
        assert keeping.thin_out(connection, LATER) == 10
        assert keeping.thin_out(connection, LATER) == 0


def test_a_sweep_through_the_messages_goes_on_where_it_was_and_stops_at_the_young(store: Store) -> None:
    many = [message("sent", timedelta(days=100)) for _ in range(keeping.LOOK + 5)]
    young = [message("sent", timedelta(days=2)) for _ in range(keeping.LOOK)]
    store.insert("outbox", *many, *young)
    with store.writing.begin() as connection:
        first = keeping.sweep(connection, LATER)
        assert first == (keeping.LOOK, many[keeping.LOOK - 1]["id"])
        assert keeping.sweep(connection, LATER, first[1]) == (5, young[keeping.LOOK - 6]["id"])
        assert keeping.sweep(connection, LATER, young[keeping.LOOK - 6]["id"]) == (0, 0)
    assert {row["id"] for row in store.all_of("outbox")} == {row["id"] for row in young}
