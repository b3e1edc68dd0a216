"""The audit log: whatever is changed, dropped, moved or slipped in is found."""

from typing import Any

import pytest
from sqlalchemy import delete, update

from bot.store import chain
from bot.store.rows import audit_values
from bot.store.tables import audit
from tests.store.conftest import NOW, Store

KEY, OTHER = b"k" * 32, b"o" * 32


def said(store: Store, *actions: str) -> None:
    store.insert("audit", *[audit_values(NOW, "learner:1", action, f"thing {action}") for action in actions])


def linked(store: Store, count: int = 6) -> None:
    said(store, *[f"act {n}" for n in range(1, count + 1)])
    store.do(lambda c: chain.link(c, KEY))


def verified(store: Store, *keys: bytes) -> tuple[int | None, int]:
    found: tuple[int | None, int] = store.do(lambda c: chain.verify(c, keys or (KEY,)))
    return found


def spoil(store: Store, which: int, **values: Any) -> None:
    store.do(lambda c: c.execute(update(audit).where(audit.c.number == which).values(**values)))


def test_rows_are_numbered_and_chained_in_the_order_they_were_made(store: Store) -> None:
    linked(store)
    assert [(r["number"], r["action"]) for r in store.all_of("audit")] == [
        (n, f"act {n}") for n in range(1, 7)
    ]
    assert verified(store) == (None, 0)


def test_rows_that_wait_for_the_linker_are_counted_and_go_on_the_same_chain(store: Store) -> None:
    linked(store, 2)
    said(store, "late")
    assert verified(store) == (None, 1)
    assert store.do(lambda c: chain.link(c, KEY)) == 1
    assert store.do(lambda c: chain.link(c, KEY)) == 0
    assert verified(store) == (None, 0)


@pytest.mark.parametrize(
    "values", [{"actor": "learner:2"}, {"action": "else"}, {"object": "else"}, {"at": NOW.replace(year=2020)}]
)
def test_a_changed_row_is_named(store: Store, values: dict[str, Any]) -> None:
    linked(store)
    spoil(store, 3, **values)
    assert verified(store) == (3, 0)


def test_a_dropped_row_is_named(store: Store) -> None:
    linked(store)
    store.do(lambda c: c.execute(delete(audit).where(audit.c.number == 4)))
    assert verified(store) == (4, 0)


def test_rows_that_changed_places_are_named(store: Store) -> None:
    linked(store)
    spoil(store, 2, number=99)
    spoil(store, 3, number=2)
    spoil(store, 99, number=3)
    assert verified(store) == (2, 0)


def test_a_chain_made_without_the_key_does_not_fit(store: Store) -> None:
    said(store, "act 1", "act 2")
    store.do(lambda c: chain.link(c, OTHER))
    assert verified(store) == (1, 0)


def test_after_a_change_of_keys_both_parts_of_the_chain_fit(store: Store) -> None:
    linked(store, 3)
    said(store, "newer")
    store.do(lambda c: chain.link(c, OTHER))
    assert verified(store, OTHER, KEY) == (None, 0)
    assert verified(store, OTHER) == (1, 0)
