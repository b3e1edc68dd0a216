"""The sender against a real outbox and a far end that misbehaves."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.rules.answers import (
    Answer,
    Flooded,
    Migrated,
    Refused,
    Sent,
    TryLater,
    Unknown,
    Unreachable,
)
from bot.rules.busy import Busy
from bot.rules.sending import Posting
from bot.sending.limiter import Limiter
from bot.sending.sender import Sender, Skip
from tests.sending.office import Office, until

pytestmark = pytest.mark.anyio


async def test_what_is_owed_is_sent_and_noted(office: Office) -> None:
    for n in range(40):
        await office.owe(n, f"hello {n}")
    async with office.working() as sender:
        await sender.settled()
    assert sorted(office.far.texts()) == sorted(f"hello {n}" for n in range(40))
    assert office.states() == {"sent": 40}
    assert all(row.message_id and row.sends == 1 for row in office.rows().values())


async def test_rows_offered_after_a_turn_go_out_without_a_claim(office: Office) -> None:
    async with office.working() as sender:
        await sender.settled()
        sender.offer([await office.owe(1, "reply", lane="replies", claimed=True)])
        await until(lambda: office.far.texts() == ["reply"])
        await sender.settled()
    assert office.states() == {"sent": 1}


async def test_an_idle_sender_looks_once_a_second(office: Office) -> None:
    await office.owe(1, "hello")
    async with office.working():
        await until(lambda: office.states() == {"sent": 1})
        before = office.claims
        await asyncio.sleep(1.2)
        assert 1 <= office.claims - before <= 2


async def test_one_chat_is_served_strictly_in_order_and_many_side_by_side(office: Office) -> None:
    office.far.takes = 0.02
    async with office.working() as sender:
        sender.offer(
            [await office.owe(n % 8, f"{n}", lane="replies", claimed=True) for n in range(40)],
        )
        await sender.settled()
    for chat in range(8):
        assert office.far.texts(chat) == [str(n) for n in range(chat, 40, 8)]
        gaps = office.far.times(chat)
        assert all(later - earlier >= 0.019 for earlier, later in pairwise(gaps))
    assert office.far.most_busy == 8


async def test_a_reply_overtakes_lessons_of_its_chat(office: Office) -> None:
    office.far.takes = 0.05
    async with office.working() as sender:
        for n in range(3):
            await office.owe(1, f"lesson {n}")
        sender.wake()
        await until(lambda: office.far.texts())
        sender.offer([await office.owe(1, "reply", lane="replies", claimed=True)])
        await sender.settled()
    assert office.far.texts() == ["lesson 0", "reply", "lesson 1", "lesson 2"]


async def test_no_more_are_in_flight_than_may_be_repeated(office: Office) -> None:
    office.far.takes = 0.01
    for n in range(60):
        await office.owe(n, str(n))
    async with office.working(in_flight=8) as sender:
        await sender.settled()
    assert office.far.most_busy == 7, "one of eight places is kept for replies"


async def test_posted_rows_keep_their_place_until_they_are_noted(office: Office) -> None:
    office.trouble = Busy()
    async with office.working(in_flight=8) as sender:
        sender.offer([await office.owe(n, str(n), lane="replies", claimed=True) for n in range(30)])
        await until(lambda: len(office.far.calls) == 8)
        await asyncio.sleep(0.3)
        assert len(office.far.calls) == 8
        assert office.states() == {"claimed": 30}
        office.trouble = None
        await sender.settled()
    assert office.states() == {"sent": 30}
    assert max(Counter(office.far.texts()).values()) == 1


async def test_an_outcome_that_cannot_be_written_holds_up_no_other(office: Office) -> None:
    bad = await office.owe(1, "bad")
    await office.owe(2, "good")

    office.troubled = {bad.id}
    async with office.working() as sender:
        await until(lambda: office.rows()["good"].state == "sent")
        assert office.rows()["bad"].state == "claimed"
        office.troubled = set()
        await sender.settled()
    assert office.far.texts() == ["bad", "good"]


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (Sent({"message_id": 5}), "sent", None),
        (Unreachable("blocked"), "unreachable", "blocked"),
        (Refused("can't parse entities"), "refused", "can't parse entities"),
        (TryLater("Internal Server Error"), "owed", "Internal Server Error"),
        (TryLater("Forbidden: something new", slow=True), "owed", "Forbidden: something new"),
        (Flooded(timedelta(seconds=30)), "owed", "asked to wait"),
    ],
)
async def test_each_answer_becomes_a_state_of_the_row(
    office: Office, answer: Answer, state: str, reason: str | None
) -> None:
    office.far.script = lambda method, params: answer
    await office.owe(1, "hello")
    async with office.working() as sender:
        await sender.settled()
    row = office.rows()["hello"]
    assert (row.state, row.reason) == (state, reason)
    assert len(office.far.calls) == 1


async def test_unknown_is_sent_once_more_where_a_second_copy_is_better_than_none(office: Office) -> None:
    office.far.script = lambda method, params: Unknown("line cut")
    await office.owe(1, "lesson")
    async with office.working() as sender:
        await sender.settled()
        row = office.rows()["lesson"]
        assert (row.state, row.sends, row.reason) == ("owed", 1, "unknown: line cut")
    await office.owe(2, "again", sends=1)
    async with office.working() as sender:
        await sender.settled()
    row = office.rows()["again"]
    assert (row.state, row.sends, row.reason) == ("unknown", 2, "unknown: line cut")


async def test_unknown_is_final_where_a_second_copy_does_harm(office: Office) -> None:
    office.far.script = lambda method, params: Unknown("line cut")
    await office.owe(1, "reminder", care="once")
    async with office.working() as sender:
        await sender.settled()
    row = office.rows()["reminder"]
    assert (row.state, row.sends, row.reason) == ("unknown", 1, "unknown: line cut")


async def test_an_edit_of_unknown_outcome_is_made_again(office: Office) -> None:
    office.far.script = lambda method, params: Unknown("line cut")
    await office.owe(1, "edit", care="once", method="editMessageText", sends=3)
    async with office.working() as sender:
        await sender.settled()
    assert office.rows()["edit"].state == "owed"


async def test_what_was_put_off_is_not_overtaken_in_its_chat(office: Office) -> None:
    answers = iter([Flooded(timedelta(seconds=0.3))])
    office.far.script = lambda method, params: next(answers, Sent())
    async with office.working() as sender:
        first = [await office.owe(1, f"{n}", lane="replies", claimed=True) for n in range(3)]
        sender.offer(first)
        await until(lambda: office.rows()["0"].state == "owed")
        sender.offer([await office.owe(1, "3", lane="replies", claimed=True)])
        sender.offer([await office.owe(2, "elsewhere", lane="replies", claimed=True)])
        await until(lambda: office.states() == {"sent": 5})
    assert office.far.texts(1) == ["0", "0", "1", "2", "3"]
    times = office.far.times(1)
    assert times[1] - times[0] >= 0.3
    assert office.far.times(2)[0] < times[1]
    assert office.rows()["0"].sends == 1, "being asked to wait is no attempt that failed"


async def test_lessons_behind_one_that_was_put_off_keep_their_order(office: Office) -> None:
    answers = iter([TryLater("Bad Gateway", after=timedelta(seconds=0.2))])
    office.far.script = lambda method, params: next(answers, Sent())
    for n in range(3):
        await office.owe(1, f"{n}")
    async with office.working():
        await until(lambda: office.states() == {"sent": 3})
    assert office.far.texts(1) == ["0", "0", "1", "2"]


async def test_many_held_replies_do_not_keep_their_first_from_coming_back(office: Office) -> None:
    failing = dict.fromkeys(range(12), 1)

    def script(method: str, params: Any) -> Answer:
        failing[params["chat_id"]] -= 1
        return (
            TryLater("Bad Gateway", after=timedelta(seconds=0.1))
            if failing[params["chat_id"]] >= 0
            else Sent()
        )

    office.far.script = script
    async with office.working(in_flight=4) as sender:
        sender.offer(
            [
                await office.owe(chat, f"{chat}.{n}", lane="replies", claimed=True)
                for chat in range(12)
                for n in range(4)
            ]
        )
        await until(lambda: office.states() == {"sent": 48})
    for chat in range(12):
        assert office.far.texts(chat) == [f"{chat}.{n}" for n in (0, 0, 1, 2, 3)]


async def test_a_429_pauses_its_chat_only(office: Office) -> None:
    office.far.script = lambda method, params: (
        Flooded(timedelta(seconds=30)) if params["chat_id"] == 1 else Sent()
    )
    for n in range(20):
        await office.owe(n % 2, str(n))
    async with office.working():
        await until(lambda: office.states() == {"sent": 10, "owed": 10})
    assert len(office.far.texts(1)) == 1


async def test_three_chats_refused_at_once_pause_everybody(office: Office) -> None:
    office.far.script = lambda method, params: (
        Flooded(timedelta(seconds=30)) if params["chat_id"] < 3 else Sent()
    )
    office.far.takes = 0.02
    for n in range(3):
        await office.owe(n, str(n))
    async with office.working() as sender:
        await until(lambda: len(office.far.calls) == 3 and office.states() == {"owed": 3})
        sender.offer([await office.owe(9, "reply", lane="replies", claimed=True)])
        await asyncio.sleep(0.2)
        assert office.far.texts(9) == []


async def test_a_429_without_a_chat_pauses_everybody(office: Office) -> None:
    office.far.script = lambda method, params: (
        Flooded(timedelta(seconds=0.4)) if method == "setMyCommands" else Sent()
    )
    await office.owe(5, "menu", method="setMyCommands", params="{}", lane="replies")
    async with office.working() as sender:
        await until(lambda: len(office.far.calls) == 1)
        sender.offer([await office.owe(9, "reply", lane="replies", claimed=True)])
        await until(lambda: office.far.texts(9) == ["reply"])
    assert office.far.times(9)[0] - office.far.calls[0][0] >= 0.4


async def test_somebody_out_of_reach_costs_one_request(office: Office) -> None:
    office.far.script = lambda method, params: Unreachable("blocked")
    office.far.takes = 0.02
    async with office.working() as sender:
        sender.offer([await office.owe(1, str(n), lane="replies", claimed=True) for n in range(3)])
        await sender.settled()
    assert len(office.far.calls) == 1
    assert {row.reason for row in office.rows().values()} == {"blocked"}
    assert office.states() == {"unreachable": 3}


async def test_a_group_that_moved_gets_its_message_once_under_the_new_id(office: Office) -> None:
    office.far.script = lambda method, params: (
        Migrated(-100) if params["chat_id"] == -1 else Sent({"message_id": 7})
    )
    await office.owe(-1, "first")
    await office.owe(-1, "second")
    async with office.working() as sender:
        await sender.settled()
    assert [(p["chat_id"], p["text"]) for _, _, p in office.far.calls] == [
        (-1, "first"),
        (-100, "first"),
        (-100, "second"),
    ]
    assert {row.chat_id for row in office.rows().values()} == {-100}
    assert office.states() == {"sent": 2}


async def test_when_nobody_gets_through_calls_are_few_and_all_arrive_in_the_end(office: Office) -> None:
    down = True
    office.far.script = lambda method, params: TryLater("No connection", everybody=True) if down else Sent()
    for n in range(20):
        await office.owe(n, str(n))
    async with office.working(in_flight=4):
        await asyncio.sleep(1.2)
        assert len(office.far.calls) <= 12
        down = False
        await until(lambda: office.states() == {"sent": 20})


async def test_a_clean_stop_waits_for_what_is_under_way_and_gives_back_the_rest(office: Office) -> None:
    office.far.takes = 0.2
    for n in range(100):
        await office.owe(n, str(n))
    async with office.working(in_flight=8):
        await until(lambda: office.far.busy >= 7)
    assert office.states() == {"sent": 7, "owed": 93}
    assert len(office.far.calls) == 7
    async with office.working() as sender:
        office.far.takes = 0
        await sender.settled()
    assert max(Counter(office.far.texts()).values()) == 1
    assert office.states() == {"sent": 100}


async def test_a_stop_that_takes_long_after_a_full_claim_leaves_the_loop_to_others(office: Office) -> None:
    office.far.script = lambda method, params: 0.1 if params["text"] == "0" else 1.8
    for n in range(20):
        await office.owe(n, str(n))
    sender = office.sender(in_flight=8)
    await sender.start()
    await until(lambda: office.far.busy == 7)
    async with asyncio.timeout(4):
        await sender.stop()
    assert office.states() == {"sent": 7, "owed": 13}


async def test_a_stop_cuts_off_what_hangs_and_says_that_it_may_have_arrived(office: Office) -> None:
    office.far.script = lambda method, params: 60.0
    await office.owe(1, "lesson")
    await office.owe(2, "reminder", care="once")
    sender = office.sender()
    await sender.start()
    await until(lambda: office.far.busy == 2)
    async with asyncio.timeout(4):
        await sender.stop(timeout=2.5)
    lesson, reminder = office.rows()["lesson"], office.rows()["reminder"]
    assert (lesson.state, lesson.sends) == ("owed", 1)
    assert (reminder.state, reminder.reason) == ("unknown", "unknown: stopped before an answer came")


async def test_a_caller_who_stops_waiting_does_not_stop_the_writer(office: Office) -> None:
    waiting = asyncio.wrap_future(office.writer.run(lambda connection: time.sleep(0.05)))
    queued = asyncio.wrap_future(office.writer.run(lambda connection: None))
    waiting.cancel()
    queued.cancel()
    assert await asyncio.wrap_future(office.writer.run(lambda connection: "alive")) == "alive"


async def test_nothing_is_given_back_while_an_outcome_is_not_written(office: Office) -> None:
    office.trouble = Busy()
    await office.owe(1, "posted")
    sender = office.sender()
    await sender.start()
    await until(lambda: office.far.texts() == ["posted"])
    await sender.stop(timeout=0.3)
    assert office.states() == {"claimed": 1}, "its claim runs out; giving it back would send it again at once"


async def test_a_wish_is_made_into_a_call_first(office: Office) -> None:
    async def render(posting: Posting) -> Posting:
        if posting.wish == "unwanted":
            raise Skip("paused")
        return replace(posting, method="sendMessage", params={"chat_id": posting.chat_id, "text": "made"})

    await office.owe(1, "wish", method=None, params=None, wish="lesson", wish_args="{}")
    await office.owe(2, "wish", method=None, params=None, wish="unwanted", wish_args="{}")
    async with office.working(render=render) as sender:
        await sender.settled()
    assert office.far.texts() == ["made"]
    assert [(row.state, row.reason) for row in office.all_rows()] == [("sent", None), ("skipped", "paused")]


async def test_a_mistake_of_ours_in_one_row_stops_no_other(office: Office) -> None:
    async def render(posting: Posting) -> Posting:
        raise ZeroDivisionError

    await office.owe(1, "wish", method=None, wish="lesson", wish_args="{}")
    await office.owe(2, "other")
    async with office.working(render=render) as sender:
        await sender.settled()
    assert office.far.texts() == ["other"]
    assert office.rows()["wish"].reason == "our mistake: ZeroDivisionError"


async def test_taps_are_answered_without_a_row(office: Office) -> None:
    async with office.working() as sender:
        sender.answer_callback({"method": "answerCallbackQuery", "callback_query_id": "7", "text": "Saved."})
        await until(lambda: len(office.far.calls) == 1)
    assert office.far.calls[0][1:] == ("answerCallbackQuery", {"callback_query_id": "7", "text": "Saved."})


async def test_pictures_that_take_long_leave_room_for_replies(office: Office) -> None:
    async def render(posting: Posting) -> Posting:
        await asyncio.sleep(60)
        raise AssertionError

    for n in range(20):
        await office.owe(n, str(n), method=None, wish="picture", wish_args="{}")
    sender = office.sender(in_flight=8, render=render)
    await sender.start()
    await until(lambda: len(sender._makings) == 7)
    sender.offer([await office.owe(99, "reply", lane="replies", claimed=True)])
    await until(lambda: office.far.texts() == ["reply"])
    await sender.stop(timeout=2.1)
    assert office.states() == {"sent": 1, "owed": 20}, "nothing was posted, so nothing is in doubt"


async def test_rows_claimed_for_us_that_nobody_handed_over_are_given_back(office: Office) -> None:
    sender: Sender
    async with office.working() as sender:
        await office.owe(1, "lost", lane="replies", claimed=True)
        held = await office.owe(2, "held", lane="replies", claimed=True)
        sender._renewed({1, held.id}, sender._clock())
        sender._renewed({1, held.id}, sender._clock())
        await until(lambda: office.rows()["lost"].state == "sent")


async def test_rows_taken_over_by_another_process_are_not_sent(office: Office) -> None:
    async with office.working(limiter=Limiter(0)) as sender:
        sender._limiter.pause_all(0.3)
        sender.offer([await office.owe(n, str(n), lane="replies", claimed=True) for n in (1, 2)])
        sender._renewed({2}, sender._clock() + 0.001)
        await until(lambda: office.far.texts() == ["2"])
        await asyncio.sleep(0.1)
    assert office.far.texts() == ["2"]


async def test_a_row_whose_claim_is_about_to_run_out_waits_until_it_is_renewed(office: Office) -> None:
    async with office.working() as sender:
        row = await office.owe(1, "late", lane="replies", claimed=True)
        sender._held.take_in([row], sender._clock() - 12)
        sender._pump()
        await asyncio.sleep(0.1)
        assert office.far.calls == []
        sender._renewed({row.id}, sender._clock())
        await until(lambda: office.far.texts() == ["late"])


async def test_renewing_says_what_this_process_still_holds(office: Office) -> None:
    rows = [await office.owe(n, str(n), claimed=True) for n in range(3)]
    await office.owe(9, "another's", claimed=True, claimed_by="another")
    assert set(await office.sender()._outbox.renew()) == {row.id for row in rows}


async def test_several_senders_share_one_outbox_and_outlive_one_of_them(office: Office) -> None:
    office.far.takes = 0.005
    for n in range(120):
        await office.owe(n, str(n))
    senders = [office.sender(by=f"process {n}", in_flight=8) for n in range(3)]
    for sender in senders:
        await sender.start()
    await until(lambda: len(office.far.calls) > 30)
    dead = senders[0]
    dead._stopping = True
    for task in [*dead._loops, *dead._posts]:
        task.cancel()
    held = len(dead._held._rows)
    await until(lambda: office.states().get("sent", 0) >= 120 - held)
    for sender in senders[1:]:
        await sender.stop()
    assert held <= 16
    assert max(Counter(office.far.texts()).values()) == 1
    assert office.states().get("claimed", 0) <= held


async def test_wishes_made_at_the_same_moment_still_leave_at_the_limiters_pace(office: Office) -> None:
    async def render(posting: Posting) -> Posting:
        await asyncio.sleep(0.3)
        return replace(posting, method="sendMessage", params={"chat_id": posting.chat_id, "text": "made"})

    for n in range(40):
        await office.owe(n, str(n), method=None, wish="picture", wish_args="{}")
    async with office.working(render=render, limiter=Limiter(20)) as sender:
        await sender.settled()
    times = sorted(at for at, _, _ in office.far.calls)
    assert len(times) == 40
    assert all(later - earlier > 1.0 for earlier, later in zip(times, times[20:], strict=False))


async def test_while_a_file_is_made_its_chat_shows_so_without_a_row_or_a_slot(office: Office) -> None:
    shown, limiter, waits = asyncio.Event(), Limiter(1), []

    async def render(posting: Posting) -> Posting:
        await shown.wait()
        waits.append(limiter.wait_for_slot(posting.lane))
        return replace(posting, method="sendDocument", params={"chat_id": posting.chat_id})

    async def post(method: str, params: Mapping[str, Any], files: Mapping[str, str] | None = None) -> Answer:
        if method == "sendChatAction":
            shown.set()
            return TryLater("lost")
        return await office.far.post(method, params, files)

    await office.owe(7, "", method=None, params=None, wish="completions", wish_args="{}")
    async with office.working(render=render, post=post, limiter=limiter):
        await until(lambda: office.states() == {"sent": 1})
    assert waits == [0], "it takes nobody's slot"
    assert [method for _, method, _ in office.far.calls] == ["sendDocument"], (
        "the sign was lost, the file was not"
    )
