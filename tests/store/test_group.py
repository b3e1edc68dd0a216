"""Groups of turns: one transaction, and what happens when one of them goes wrong."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text

from bot.rules.attempt import Attempt
from bot.rules.busy import Busy
from bot.store import ids
from bot.store.group import Stale, run
from bot.store.rows import attempt_values
from bot.store.turn import TurnStore
from bot.store.writer import GROUP
from tests.store.conftest import NOW, PATIENCE, Store, results, somebody

QUESTION = 77


def joins(account: int) -> Callable[[TurnStore], str]:
    def journey(store: TurnStore) -> str:
        store.add_learner(somebody(account))
        store.event(account, "joined")
        return f"hello {account}"

    return journey


def taps(choice: str = "a") -> Callable[[TurnStore], str]:
    """Answer the question unless it is answered."""

    def journey(store: TurnStore) -> str:
        attempt = store.attempt(QUESTION)
        assert attempt is not None
        if attempt.number:
            return "already"
        saved = store.save_attempt(replace(attempt, number=1, asked=1, last=choice))
        store.add_answer(saved, 0, "item-01", choice, choice == "a", True)
        return choice

    return journey


def counts(store: TurnStore) -> int:
    """Read, add one, write: what loses updates when nobody looks at versions."""
    attempt = store.attempt(QUESTION)
    assert attempt is not None
    return store.save_attempt(replace(attempt, asked=attempt.asked + 1)).asked


def with_question(store: Store) -> None:
    store.add(somebody(1))
    attempt = Attempt(
        QUESTION, 1, "lesson", "slug", "v1", NOW, "question", queue=("item-01",), orders=("ab",)
    )
    store.insert("attempts", attempt_values(attempt))


def test_sixty_four_learners_are_served_in_one_transaction(store: Store) -> None:
    writer = store.writer(started=False)
    begun = 0

    @event.listens_for(writer._engine, "begin")
    def count(_connection: Any) -> None:
        nonlocal begun
        begun += 1

    futures = [writer.turn(store.job(joins(n), account=n)) for n in range(1, GROUP + 1)]
    writer.start()
    assert [handled.result for handled in results(futures)] == [f"hello {n}" for n in range(1, GROUP + 1)]
    assert (begun, writer.groups, writer.turns) == (1, 1, GROUP)
    assert (
        len(store.all_of("learners")) == len(store.all_of("events")) == len(store.all_of("updates")) == GROUP
    )


def test_one_learners_turns_are_handled_one_after_the_other_in_their_order(store: Store) -> None:
    writer = store.writer(started=False)
    said: list[int] = []

    def says(number: int) -> Callable[[TurnStore], None]:
        return lambda _store: said.append(number)

    futures = [writer.turn(store.job(says(n), account=5)) for n in range(10)]
    writer.start()
    results(futures)
    assert said == list(range(10))
    assert writer.groups == 10


def test_a_future_resolves_only_after_the_commit(store: Store) -> None:
    writer = store.writer()
    for n in range(1, 6):
        writer.turn(store.job(joins(n), account=n)).result(PATIENCE)
        assert len(store.all_of("learners")) == n


def test_a_journey_that_raises_leaves_a_dead_letter_without_a_word_and_the_others_unharmed(
    store: Store,
) -> None:
    def breaks(turn: TurnStore) -> None:
        turn.add_learner(somebody(3))
        raise ValueError("my pin is 4711")

    writer = store.writer(started=False)
    futures = [writer.turn(store.job(joins(n) if n != 3 else breaks, account=n)) for n in range(1, 6)]
    writer.start()
    assert [handled.result for handled in results(futures)] == [
        "hello 1",
        "hello 2",
        "sorry",
        "hello 4",
        "hello 5",
    ]
    assert [row["id"] for row in store.all_of("learners")] == [1, 2, 4, 5]
    letter = store.all_of("dead_letters")[0]
    assert letter["update_id"] == 3 and letter["shape"] == "words"
    assert letter["error"].startswith("ValueError at test_group.py:")
    assert "4711" not in str(letter)
    assert writer.groups == 1, "what raises costs the others nothing"


def test_a_buried_update_is_known_and_never_handled_again(store: Store) -> None:
    tried = 0

    def breaks(_turn: TurnStore) -> None:
        nonlocal tried
        tried += 1
        raise ValueError

    writer = store.writer()
    for _ in range(3):
        writer.turn(store.job(breaks, update=9)).result(PATIENCE)
    assert tried == 1
    assert len(store.all_of("dead_letters")) == 1


def test_what_cannot_be_written_is_buried_alone(store: Store) -> None:
    def refers_to_nobody(turn: TurnStore) -> None:
        turn.event(999, "answered")

    writer = store.writer(started=False)
    futures = [
        writer.turn(store.job(joins(n) if n != 2 else refers_to_nobody, account=n)) for n in range(1, 5)
    ]
    writer.start()
    assert [handled.result for handled in results(futures)] == ["hello 1", "sorry", "hello 3", "hello 4"]
    assert [row["id"] for row in store.all_of("learners")] == [1, 3, 4]
    assert [row["update_id"] for row in store.all_of("dead_letters")] == [2]


def test_a_turn_decided_on_a_row_that_moved_on_is_decided_again(store: Store) -> None:
    with_question(store)
    seen: list[int] = []

    def journey(turn: TurnStore) -> str:
        attempt = turn.attempt(QUESTION)
        assert attempt is not None
        seen.append(attempt.version)
        version = attempt.version - 1 if len(seen) < 3 else attempt.version  # the first two read an older row
        turn.save_attempt(replace(attempt, asked=attempt.asked + 1, version=version))
        return "counted"

    assert store.writer().turn(store.job(journey)).result(PATIENCE).result == "counted"
    assert len(seen) == 3
    assert [(a["asked"], a["version"]) for a in store.all_of("attempts")] == [(1, 1)]


def test_a_turn_whose_rows_never_hold_still_is_buried_and_blocks_nobody(store: Store) -> None:
    with_question(store)

    def never_fits(turn: TurnStore) -> None:
        attempt = turn.attempt(QUESTION)
        assert attempt is not None
        turn.save_attempt(replace(attempt, version=attempt.version + 7))

    writer = store.writer(started=False)
    futures = [writer.turn(store.job(never_fits)), writer.turn(store.job(joins(2), account=2))]
    writer.start()
    assert [handled.result for handled in results(futures)] == ["sorry", "hello 2"]
    assert [row["update_id"] for row in store.all_of("dead_letters")] == [1]


@pytest.mark.parametrize("replicas", [1, 2])
def test_a_hundred_taps_at_once_make_one_answer(store: Store, replicas: int) -> None:
    with_question(store)
    writers = [store.writer() for _ in range(replicas)]
    choices = ["abcd"[n % 4] for n in range(100)]
    with ThreadPoolExecutor(8) as pool:
        hand_in = [
            pool.submit(writers[n % replicas].turn, store.job(taps(choice), attempt=QUESTION))
            for n, choice in enumerate(choices)
        ]
        said = [future.result().result(PATIENCE).result for future in hand_in]
    counted = [result for result in said if result != "already"]
    assert len(counted) == 1
    assert [(row["chosen"], row["number"]) for row in store.all_of("answers")] == [(counted[0], 0)]
    assert [(a["asked"], a["last"], a["version"]) for a in store.all_of("attempts")] == [(1, counted[0], 1)]


@pytest.mark.parametrize("replicas", [1, 2])
def test_of_a_hundred_readings_and_writings_at_once_none_is_lost(store: Store, replicas: int) -> None:
    with_question(store)
    writers = [store.writer() for _ in range(replicas)]
    futures = [writers[n % replicas].turn(store.job(counts)) for n in range(100)]
    assert sorted(handled.result for handled in results(futures)) == list(range(1, 101))
    assert [(a["asked"], a["version"]) for a in store.all_of("attempts")] == [(100, 100)]
    assert store.all_of("dead_letters") == []


@pytest.mark.parametrize("replicas", [1, 2])
def test_one_update_twenty_times_at_once_is_handled_once(store: Store, replicas: int) -> None:
    writers = [store.writer() for _ in range(replicas)]
    at_once = threading.Barrier(20)

    def hand_in(n: int) -> bool:
        at_once.wait(PATIENCE)
        handled = writers[n % replicas].turn(store.job(joins(4), account=4, update=55)).result(PATIENCE)
        return handled.repeated

    with ThreadPoolExecutor(20) as pool:
        repeated = list(pool.map(hand_in, range(20)))
    assert repeated.count(False) == 1
    assert len(store.all_of("learners")) == len(store.all_of("events")) == len(store.all_of("updates")) == 1


def test_a_repeat_in_one_group_with_others_costs_them_nothing(store: Store) -> None:
    writer = store.writer(started=False)
    first = [writer.turn(store.job(joins(n), account=n, update=n)) for n in (1, 2)]
    writer.start()
    results(first)
    again = [writer.turn(store.job(joins(n), account=n, update=n)) for n in (1, 2, 3)]
    assert [handled.repeated for handled in results(again)] == [True, True, False]
    assert store.all_of("dead_letters") == []


def test_work_between_the_turns_is_committed_and_its_own_error_is_its_own(store: Store) -> None:
    def adds(connection: Any) -> str:
        connection.execute(text("INSERT INTO updates (id, \"on\") VALUES (500, '2026-01-01')"))
        return "done"

    def breaks(_connection: Any) -> None:
        raise LookupError("not there")

    writer = store.writer(started=False)
    broken, turned, done = writer.run(breaks), writer.turn(store.job(joins(1))), writer.run(adds)
    writer.start()
    with pytest.raises(LookupError, match="not there"):
        broken.result(PATIENCE)
    assert turned.result(PATIENCE).result == "hello 1"
    assert done.result(PATIENCE) == "done"
    assert 500 in [row["id"] for row in store.all_of("updates")]


def test_a_database_that_is_away_buries_nothing_and_takes_everything_when_it_is_back(store: Store) -> None:
    with_question(store)
    writer = store.writer()
    away, back = _cut_off(store)
    away()
    refused = [writer.turn(store.job(counts, update=n)) for n in (1001, 1002)]
    for future in refused:
        with pytest.raises(Busy):
            future.result(PATIENCE)
    back()
    again = [writer.turn(store.job(counts, update=n)) for n in (1001, 1002)]
    assert sorted(handled.result for handled in results(again)) == [1, 2]
    assert store.all_of("dead_letters") == []


def test_while_the_database_is_away_no_turn_overtakes_an_earlier_one_of_the_same_learner(
    store: Store,
) -> None:
    with_question(store)
    writer = store.writer(started=False)
    away, back = _cut_off(store)
    away()
    first = writer.turn(store.job(taps("a"), update=1001))
    second = writer.turn(store.job(taps("b"), update=1002))
    first.add_done_callback(lambda _: back())  # it is back before anybody looks at the second
    writer.start()
    for future in (first, second):
        with pytest.raises(Busy):
            future.result(PATIENCE)
    again = [writer.turn(store.job(taps(choice), update=n)) for choice, n in (("a", 1001), ("b", 1002))]
    assert [handled.result for handled in results(again)] == ["a", "already"]


def _cut_off(store: Store) -> tuple[Callable[[], None], Callable[[], None]]:
    """How the database goes away, and how it comes back: a lock from outside, or a server that takes nobody in."""
    if store.is_sqlite:

        @event.listens_for(store.writing, "checkout")
        def impatient(connection: Any, *_others: Any) -> None:
            connection.execute("PRAGMA busy_timeout=50")

        file = store.url.removeprefix("sqlite:///")
        other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)

        def lock() -> None:
            other.execute("BEGIN EXCLUSIVE")

        def unlock() -> None:
            other.execute("ROLLBACK")
            other.close()

        return lock, unlock
    head, name = store.url.rsplit("/", 1)
    outside = create_engine(f"{head}/postgres", isolation_level="AUTOCOMMIT")

    def say(*statements: str) -> None:
        with outside.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def away() -> None:
        say(
            f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false',
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )

    def back() -> None:
        say(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        outside.dispose()

    return away, back


def test_a_stale_group_says_which_table_had_moved_on(store: Store) -> None:
    with_question(store)

    def behind(turn: TurnStore) -> None:
        attempt = turn.attempt(QUESTION)
        assert attempt is not None
        turn.save_attempt(replace(attempt, version=41))

    with pytest.raises(Stale, match="attempts"):
        store.do(lambda connection: run(connection, [store.job(behind)], "me"))
    assert store.all_of("updates") == []


def test_ids_rise_and_never_repeat_in_one_process_whatever_the_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        lots = list(pool.map(lambda _n: [ids.new() for _ in range(2000)], range(4)))
    assert all(lot == sorted(lot) for lot in lots)
    assert len({number for lot in lots for number in lot}) == 8000
    assert max(number for lot in lots for number in lot) < 2**63


def test_instants_come_back_as_they_went_in(store: Store) -> None:
    at = datetime.fromisoformat("2026-10-25T02:30:00.123456+02:00")
    store.add(somebody(1, joined_at=at))
    back = store.all_of("learners")[0]["joined_at"]
    assert back == at and back.utcoffset() is not None
