"""Orders: asked for in one person's turn, carried out on somebody else's record, with the right as it stands then."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.rules.orders import Order
from bot.rules.people import Learner
from bot.store import enrolling, ids, orders, people, reporting, rows, tables
from tests.cast import our_content
from tests.store.conftest import NOW, Store, results, somebody

ADA, BO, MEI, LING, HEAD = 1, 2, 3, 4, 5


def staff(number: int, *rights: Any, **changes: Any) -> Learner:
    return somebody(number, audience="employee", rights=frozenset(rights), **changes)


@pytest.fixture
def office(store: Store) -> Store:
    store.add(staff(HEAD), staff(ADA, "administrator"), staff(BO, "triager"))
    store.add(staff(LING, manager_id=HEAD))
    store.add(staff(MEI, manager_id=LING))
    return store


def ask(store: Store, kind: str, by: int, about: int, **args: Any) -> None:
    order = Order(ids.new(), kind, by, about, args, NOW)
    store.insert("orders", rows.order_values(order))


def carried_out(store: Store) -> list[str]:
    """Carry out what is open; the outcomes of all orders, in order."""
    store.do(lambda connection: orders.carry_out(connection, NOW, our_content()))
    return [row["outcome"] for row in store.all_of("orders")]


def rights_of(store: Store, who: int) -> str:
    return next(str(row["rights"]) for row in store.all_of("learners") if row["id"] == who)


def audit(store: Store) -> list[tuple[str, str, str]]:
    return [(row["actor"], row["action"], row["object"]) for row in store.all_of("audit")]


def test_a_turn_asks_and_a_tick_carries_out(office: Store) -> None:
    writer = office.writer()
    results(
        [writer.turn(office.job(lambda turn: turn.order("grant", ADA, MEI, right="trainer"), account=ADA))]
    )
    assert rights_of(office, MEI) == ""
    assert carried_out(office) == ["done"]
    assert rights_of(office, MEI) == "trainer"
    assert audit(office) == [(f"learner:{ADA}", "right granted", f"trainer learner:{MEI}")]
    assert carried_out(office) == ["done"] and len(audit(office)) == 1


def test_what_is_asked_without_the_right_changes_nothing_and_is_written_down(office: Store) -> None:
    for by in (BO, MEI, LING, HEAD):
        ask(office, "grant", by, MEI, right="administrator")
    assert carried_out(office) == ["not allowed"] * 4
    assert rights_of(office, MEI) == ""
    assert audit(office)[0] == (f"learner:{BO}", "order refused", f"grant learner:{MEI}")


def test_an_order_made_before_its_right_was_taken_is_not_carried_out(office: Store) -> None:
    ask(office, "grant", ADA, MEI, right="administrator")
    office.do(lambda c: c.execute(text(f"UPDATE learners SET rights = '' WHERE id = {ADA}")))
    assert carried_out(office) == ["not allowed"] and rights_of(office, MEI) == ""


def test_whoever_has_left_orders_nothing_and_gets_no_right(office: Store) -> None:
    ask(office, "grant", ADA, MEI, right="trainer")
    office.do(
        lambda c: c.execute(
            tables.learners.update().where(tables.learners.c.id == MEI).values(left_on=NOW.date())
        )
    )
    assert carried_out(office) == ["has left"]
    ask(office, "grant", ADA, BO, right="trainer")
    office.do(
        lambda c: c.execute(
            tables.learners.update().where(tables.learners.c.id == ADA).values(left_on=NOW.date())
        )
    )
    assert carried_out(office)[1:] == ["not allowed"]


def test_nothing_is_assigned_to_somebody_who_left_meanwhile(office: Store) -> None:
    """They keep their account, so that a screen opened before may still ask."""
    unit = next(iter(our_content().units.values())).slug
    ask(office, "assign", LING, MEI, unit=unit, days=5)
    office.do(
        lambda c: c.execute(
            tables.learners.update()
            .where(tables.learners.c.id == MEI)
            .values(left_on=NOW.date(), account_id=7, joined_at=NOW)
        )
    )
    assert carried_out(office) == ["not allowed"]
    assert office.all_of("assignments") == []


def test_the_last_administrator_stays_one(office: Store) -> None:
    ask(office, "revoke", ADA, ADA, right="administrator")
    ask(office, "grant", ADA, BO, right="administrator")
    ask(office, "revoke", ADA, ADA, right="administrator")
    ask(office, "revoke", ADA, BO, right="administrator")
    assert carried_out(office) == ["the last administrator", "done", "done", "not allowed"]
    assert (rights_of(office, ADA), rights_of(office, BO)) == ("", "triager,administrator")


def test_of_two_administrators_whom_two_processes_drop_at_once_one_stays(office: Store) -> None:
    office.do(lambda c: c.execute(text(f"UPDATE learners SET rights = 'administrator' WHERE id = {BO}")))
    office.do(lambda c: c.execute(text(f"UPDATE learners SET staff_number = '7' WHERE id = {BO}")))
    if office.is_sqlite:
        return  # it has one writer
    ask(office, "revoke", BO, ADA, right="administrator")
    with office.writing.begin() as typed, office.writing.begin() as tick:
        people.grant(typed, "7", "administrator", NOW, revoke=True)
        tick.execute(text("SET LOCAL lock_timeout = '20ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            people.is_last_administrator(tick, ADA)  # it would wait for who was first
        tick.rollback()
    assert carried_out(office) == ["not allowed"] and rights_of(office, ADA) == "administrator"


def test_an_order_that_breaks_does_not_hold_up_those_behind_it(
    office: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> str:
        raise ZeroDivisionError("Chen Mei")

    monkeypatch.setitem(orders.KINDS, "break", orders.Kind("roles", "broken", breaks))
    ask(office, "break", ADA, MEI)
    ask(office, "nosuchkind", ADA, MEI)
    ask(office, "grant", ADA, MEI, right="trainer")
    assert carried_out(office) == ["failed: ZeroDivisionError", "unknown kind", "done"]
    assert rights_of(office, MEI) == "trainer"


def test_a_new_invitation_shuts_the_earlier_one(office: Store) -> None:
    ask(office, "invite", ADA, MEI, hash="01" * 32)
    ask(office, "invite", ADA, MEI, hash="02" * 32)
    assert carried_out(office) == ["done", "done"]
    first, second = office.all_of("invitations")
    assert first["expires_at"] == NOW < second["expires_at"] and second["token_hash"] == b"\x02" * 32


def test_of_two_processes_one_carries_out(office: Store) -> None:
    ask(office, "grant", ADA, MEI, right="trainer")
    if office.is_sqlite:
        return  # it has one writer
    with office.writing.begin() as first, office.writing.begin() as second:
        assert orders.carry_out(first, NOW, our_content()) == 1
        assert orders.carry_out(second, NOW, our_content()) == 0


def test_what_concerns_somebody_busy_elsewhere_waits_for_the_next_tick(office: Store) -> None:
    if office.is_sqlite:
        return  # it has one writer
    ask(office, "grant", ADA, MEI, right="trainer")
    ask(office, "grant", ADA, BO, right="trainer")
    ask(office, "revoke", ADA, MEI, right="trainer")
    with office.writing.begin() as turn:
        turn.execute(text(f"SELECT pg_advisory_xact_lock({MEI})"))
        assert carried_out(office) == [None, "done", None]
    assert carried_out(office) == ["done", "done", "done"] and rights_of(office, MEI) == ""


def test_who_has_not_come_in_is_planned_and_ordered_about_by_one_at_a_time(office: Store) -> None:
    """No turn is about them, and the two ticks still meet."""
    office.do(lambda c: c.execute(text(f"UPDATE learners SET account_id = NULL WHERE id = {MEI}")))
    if office.is_sqlite:
        return  # it has one writer
    ask(office, "grant", ADA, MEI, right="trainer")
    with office.writing.begin() as tick:
        enrolling.enrol(tick, our_content(), lambda _: None, NOW)
        assert carried_out(office) == [None]
    assert carried_out(office) == ["done"]


def test_the_managers_over_somebody_stand_nearest_first_and_a_circle_ends(office: Store) -> None:
    def chain(who: int) -> Any:
        return office.do(lambda connection: reporting.above(connection, who))

    def under(who: int) -> set[int]:
        return set(office.do(lambda connection: connection.execute(reporting.below(who)).scalars().all()))

    assert (chain(MEI), chain(LING), chain(HEAD)) == ((LING, HEAD), (HEAD,), ())
    assert (under(HEAD), under(LING), under(MEI)) == ({LING, MEI}, {MEI}, set())
    office.do(lambda c: c.execute(text(f"UPDATE learners SET manager_id = {MEI} WHERE id = {HEAD}")))
    assert chain(MEI) == (LING, HEAD, MEI) and under(HEAD) == {LING, MEI, HEAD}
