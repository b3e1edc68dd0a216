"""Owed messages: in which order they are claimed, by whom, and what becomes of them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from bot.rules.sending import ASKED_TO_WAIT, LANES, Care, Lane, Outcome, Posting
from bot.store import ids, outbox
from bot.store.rows import LEASE, outbox_values
from tests.store.conftest import NOW, Store, somebody

SOON = timedelta(seconds=1)


def owe(store: Store, number: int, *, lane: Lane = "replies", care: Care = "resend", **more: Any) -> int:
    """Owe one message whose id and chat are this number."""
    posting = Posting(
        number, more.pop("learner_id", None), more.pop("chat_id", number), lane, care, 0, "sendMessage",
        {"text": f"{number}"}, None, {}, more.pop("due_at", NOW), sealed=more.pop("sealed", False),
    )  # fmt: skip
    store.insert("outbox", {**outbox_values(posting, NOW), **more})
    return number


def claimed(
    store: Store, by: str = "me", now: Any = NOW, limit: int = 10, skip: tuple[int, ...] = ()
) -> list[int]:
    found = store.do(lambda c: outbox.claim(c, by=by, now=now, limit=limit, skip_chats=skip))
    return [posting.id for posting in found]


def row(store: Store, number: int) -> dict[str, Any]:
    return next(row for row in store.all_of("outbox") if row["id"] == number)


def note(store: Store, *outcomes: Outcome, by: str = "me") -> None:
    store.do(lambda c: outbox.note(c, outcomes, by=by))


def test_replies_go_first_then_the_desk_then_lessons_then_broadcasts(store: Store) -> None:
    for number, lane in enumerate(reversed(LANES), start=1):
        owe(store, number, lane=lane)
    owe(store, 5, lane="replies", due_at=NOW - SOON)
    assert claimed(store, limit=4) == [5, 4, 3, 2]
    assert claimed(store) == [1]


def test_what_is_due_later_waits(store: Store) -> None:
    owe(store, 1, due_at=NOW + SOON)
    assert claimed(store) == []
    assert claimed(store, now=NOW + SOON) == [1]


def test_chats_that_may_not_be_written_to_now_are_left_out(store: Store) -> None:
    owe(store, 1)
    owe(store, 2)
    assert claimed(store, skip=(1,)) == [2]


def test_what_somebody_holds_nobody_else_gets_until_the_lease_runs_out(store: Store) -> None:
    owe(store, 1)
    assert claimed(store, "me") == [1]
    assert claimed(store, "you", NOW + LEASE) == []
    assert claimed(store, "you", NOW + LEASE + SOON) == [1]
    assert row(store, 1)["claimed_by"] == "you"


def test_a_renewed_claim_lasts_from_then_on_and_only_ones_own_are_renewed(store: Store) -> None:
    owe(store, 1)
    owe(store, 2)
    claimed(store, "me", limit=1)
    claimed(store, "you", limit=1)
    assert store.do(lambda c: outbox.renew(c, by="me", now=NOW + LEASE)) == [1]
    assert claimed(store, "third", NOW + LEASE + SOON) == [2]


def test_a_clean_stop_gives_back_ones_own_claims_alone(store: Store) -> None:
    owe(store, 1)
    owe(store, 2)
    claimed(store, "me", limit=1)
    claimed(store, "you", limit=1)
    store.do(lambda c: outbox.release(c, by="me"))
    assert claimed(store, "third") == [1]


def test_what_must_not_be_repeated_is_unknown_after_its_sender_was_lost(store: Store) -> None:
    owe(store, 1, care="once")
    owe(store, 2, care="resend")
    assert claimed(store, "me") == [1, 2]
    assert claimed(store, "you", NOW + LEASE + SOON) == [2]
    assert (row(store, 1)["state"], row(store, 1)["reason"]) == ("unknown", "sender was lost")


@pytest.mark.parametrize("state", ["sent", "unreachable", "unknown", "skipped", "refused"])
def test_what_is_through_is_never_claimed_again(store: Store, state: Any) -> None:
    owe(store, 1)
    claimed(store)
    note(store, Outcome(1, state, NOW, message_id=7, reason="why"))
    assert claimed(store, now=NOW + timedelta(days=9)) == []
    kept = row(store, 1)
    assert (kept["state"], kept["reason"], kept["message_id"], kept["claimed_by"]) == (state, "why", 7, None)
    assert kept["sent_at"] == (NOW if state == "sent" else None)


def test_what_is_put_off_comes_back_at_its_time_and_counts_only_a_doubtful_sending(store: Store) -> None:
    owe(store, 1)
    owe(store, 2)
    claimed(store)
    later = NOW + timedelta(minutes=1)
    note(
        store,
        Outcome(1, "later", NOW, reason="flooded", until=later),
        Outcome(2, "later", NOW, reason="unknown: cut", until=later),
    )
    assert claimed(store, now=later - SOON) == []
    assert claimed(store, now=later) == [1, 2]
    assert (row(store, 1)["sends"], row(store, 2)["sends"]) == (0, 1)


def test_somebody_who_cannot_be_reached_is_marked_with_the_reason(store: Store) -> None:
    store.add(somebody(1))
    owe(store, 9, learner_id=1, chat_id=1)
    claimed(store)
    note(store, Outcome(9, "unreachable", NOW, reason="blocked"))
    learner = store.all_of("learners")[0]
    assert (learner["unreachable"], learner["version"]) == ("blocked", 1)


def test_a_sealed_message_keeps_neither_words_nor_an_exact_time(store: Store) -> None:
    owe(store, 1, sealed=True)
    owe(store, 2)
    claimed(store)
    note(store, Outcome(1, "sent", NOW), Outcome(2, "sent", NOW))
    assert (row(store, 1)["params"], row(store, 1)["sent_at"]) == (None, None)
    assert (row(store, 2)["params"], row(store, 2)["sent_at"]) == ('{"text":"2"}', NOW)


def test_a_group_that_moved_is_written_to_under_its_new_id(store: Store) -> None:
    owe(store, 1)
    claimed(store)
    note(store, Outcome(1, "later", NOW, until=NOW, chat_id=-100500))
    assert row(store, 1)["chat_id"] == -100500
    assert claimed(store) == [1]


def test_a_wish_is_kept_as_the_call_it_was_made_into(store: Store) -> None:
    owe(store, 1, method=None, params=None, wish="my_data", wish_args="{}")
    store.do(
        lambda c: outbox.store_call(c, 1, "sendDocument", {"chat_id": 1}, {"document": "/out/my-data.json"})
    )
    found = store.do(lambda c: outbox.claim(c, by="me", now=NOW, limit=1))[0]
    assert (found.method, found.params, found.files) == (
        "sendDocument", {"chat_id": 1}, {"document": "/out/my-data.json"},
    )  # fmt: skip


def assigned(store: Store) -> None:
    store.add(somebody(1), somebody(2))
    for number in (1, 2):
        store.insert("assignments", {
            "id": number, "learner_id": number, "track": "t", "unit": "u", "unit_kind": "lesson", "position": 0,
            "assigned_on": date(2026, 11, 30), "due_on": None, "attempts": 0, "content_version": "",
            "exempt": False, "version": 0,
        })  # fmt: skip


def owed(learner: int, assignment: int, slot: str, day: int | None = None) -> dict[str, Any]:
    posting = Posting(ids.new(), learner, learner, "lessons", "resend", 0, None, {}, "lesson_due", {}, NOW)
    on = date(2026, 12, day) if day else None
    return outbox.owed_row(
        posting, NOW, assignment_id=assignment, slot=slot, on=on, daily="lesson" if day else None
    )


def test_one_thing_is_owed_once_for_each_slot(store: Store) -> None:
    assigned(store)
    assert store.do(lambda c: outbox.owe_all(c, [owed(1, 1, "lesson"), owed(2, 2, "lesson")])) == 2
    again = [owed(1, 1, "lesson"), owed(1, 1, "reminder-1"), owed(2, 2, "lesson")]
    assert store.do(lambda c: outbox.owe_all(c, again)) == 1
    assert len(store.all_of("outbox")) == 3


def test_one_kind_of_message_is_owed_once_a_day(store: Store) -> None:
    assigned(store)
    store.do(lambda c: outbox.owe_all(c, [owed(1, 1, "lesson", day=1)]))
    store.do(lambda c: outbox.owe_all(c, [owed(1, 1, "later-1", day=1), owed(1, 1, "later-2", day=2)]))
    assert sorted((r["slot"], r["on"].day) for r in store.all_of("outbox")) == [("later-2", 2), ("lesson", 1)]


def test_four_claimers_at_once_share_everything_and_no_row_goes_twice(store: Store) -> None:
    for number in range(1, 121):
        owe(store, number)
    begin = threading.Barrier(4)

    def drain(by: str) -> list[int]:
        begin.wait(20)
        mine: list[int] = []
        while found := claimed(store, by, limit=7):
            mine += found
        return mine

    with ThreadPoolExecutor(4) as pool:
        lots = list(pool.map(drain, ("a", "b", "c", "d")))
    assert sorted(number for lot in lots for number in lot) == list(range(1, 121))


def test_a_claimer_does_not_wait_for_another_one_under_way(store: Store) -> None:
    if store.is_sqlite:
        return  # there one transaction writes at a time, and nothing can be passed over
    for number in range(1, 5):
        owe(store, number)
    with store.writing.begin() as first:
        mine = outbox.claim(first, by="me", now=NOW, limit=2)
        assert [posting.id for posting in mine] == [1, 2]
        assert claimed(store, "you", limit=4) == [3, 4]


def test_one_that_lost_its_claim_does_not_note_over_the_one_that_has_it(store: Store) -> None:
    owe(store, 1)
    claimed(store, by="slow")
    claimed(store, by="quick", now=NOW + LEASE + SOON)
    note(store, Outcome(1, "refused", NOW, reason="gone"), by="slow")
    assert (row(store, 1)["state"], row(store, 1)["claimed_by"]) == ("claimed", "quick")
    note(store, Outcome(1, "sent", NOW, message_id=7), by="quick")
    note(store, Outcome(1, "later", NOW, until=NOW + SOON), by="slow")
    assert [row(store, 1)[it] for it in ("state", "message_id", "sends", "reason")] == [
        "sent",
        7,
        2,
        outbox.LOST,
    ]


def test_what_a_late_sender_knows_counts_where_nobody_knows_better(store: Store) -> None:
    owe(store, 1, care="once")
    owe(store, 2)
    claimed(store, by="slow")
    assert claimed(store, by="quick", now=NOW + LEASE + SOON) == [2]
    store.do(lambda c: outbox.release(c, by="quick"))
    note(store, Outcome(1, "sent", NOW, message_id=7), Outcome(2, "sent", NOW, message_id=8), by="slow")
    assert [row(store, number)["state"] for number in (1, 2)] == ["sent", "sent"]


def test_a_chat_that_asks_to_wait_gets_nothing_from_anybody_before_its_time(store: Store) -> None:
    for number, chat in ((1, 7), (2, 7), (3, 8)):
        owe(store, number, chat_id=chat)
    assert claimed(store, limit=1) == [1]
    note(store, Outcome(1, "later", NOW, until=NOW + 3 * SOON, holds_chat=True))
    assert claimed(store, by="another", now=NOW + 2 * SOON) == [3]
    assert claimed(store, by="another", now=NOW + 3 * SOON) == [1, 2]


def test_a_chat_that_asked_one_process_to_wait_is_left_alone_by_all(store: Store) -> None:
    refused = owe(store, 1, chat_id=7)
    assert claimed(store, "first") == [refused]
    until = NOW + timedelta(seconds=3)
    note(
        store, Outcome(refused, "later", NOW, reason=ASKED_TO_WAIT, until=until, holds_chat=True), by="first"
    )
    owe(store, 2, chat_id=7)
    owe(store, 3, chat_id=8)
    assert claimed(store, "second", NOW + SOON) == [3]
    assert claimed(store, "second", until) == [2, refused]
