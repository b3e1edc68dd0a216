"""What an answer means for a row, without a sender."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.answers import Answer, Conflict, Flooded, Migrated, Sent, TryLater, Unknown, Unreadable
from bot.rules.sending import Posting
from bot.sending.outcomes import counts, outcome

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LESSON = Posting(1, 2, 3, "lessons", "resend", 0, "sendMessage", {}, None, {}, NOW)
REMINDER = replace(LESSON, care="once")


def minutes(posting: Posting, answer: Answer, tries: int) -> float:
    until = outcome(posting, answer, NOW, tries).until
    assert until is not None
    return (until - NOW) / timedelta(minutes=1)


@pytest.mark.parametrize("answer", [Unknown("line cut"), Unreadable()])
def test_nobody_gets_a_third_copy(answer: Answer) -> None:
    assert outcome(LESSON, answer, NOW, 0).state == "later"
    assert outcome(replace(LESSON, sends=1), answer, NOW, 0).state == "unknown"
    assert outcome(REMINDER, answer, NOW, 0).state == "unknown"


def test_a_second_copy_is_not_sent_at_once() -> None:
    assert minutes(LESSON, Unknown("line cut"), 0) >= 5 / 60


def test_back_off_doubles_up_to_a_limit() -> None:
    assert [minutes(LESSON, TryLater("Bad Gateway"), n) * 60 for n in (0, 1, 2, 3, 9)] == [2, 4, 8, 16, 60]
    assert [minutes(LESSON, TryLater("Forbidden: new", slow=True), n) for n in (0, 1, 2, 20)] == [1, 2, 4, 60]


def test_telegram_is_taken_at_its_word_how_long_to_wait() -> None:
    assert minutes(LESSON, Flooded(timedelta(minutes=7)), 5) == 7


@pytest.mark.parametrize("answer", [Migrated(-5), Conflict("Conflict: …")])
def test_answers_that_no_send_can_have_lose_no_row_silently(answer: Answer) -> None:
    assert outcome(LESSON, answer, NOW, 0).reason


def test_a_sent_message_is_known_by_its_id() -> None:
    assert outcome(LESSON, Sent({"message_id": 8}), NOW, 0).message_id == 8
    assert outcome(LESSON, Sent(True), NOW, 0).message_id is None


@pytest.mark.parametrize(
    ("method", "it_counts"),
    [("sendMessage", True), ("editMessageText", True), (None, True), ("answerCallbackQuery", False),
     ("deleteMessage", False), ("setMyCommands", False), ("pinChatMessage", False)],
)  # fmt: skip
def test_sends_and_edits_count_and_nothing_else(method: str | None, it_counts: bool) -> None:
    assert counts(method) is it_counts


def test_what_is_refused_for_a_reason_nobody_knows_is_given_up_after_a_day() -> None:
    unknown = TryLater("Forbidden: new", slow=True)
    assert outcome(replace(LESSON, made_at=NOW - timedelta(hours=23)), unknown, NOW, 9).state == "later"
    given_up = outcome(replace(LESSON, made_at=NOW - timedelta(hours=25)), unknown, NOW, 0)
    assert (given_up.state, given_up.reason) == ("refused", "Forbidden: new")
    old = replace(LESSON, made_at=NOW - timedelta(days=9))
    assert outcome(old, TryLater("Bad Gateway"), NOW, 9).state == "later"
