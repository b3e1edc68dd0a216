"""What an answer means for the row it was an answer to."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.answers import (
    Answer,
    Conflict,
    Flooded,
    Migrated,
    Refused,
    Sent,
    TryLater,
    Unknown,
    Unreachable,
    Unreadable,
)
from bot.rules.sending import ASKED_TO_WAIT, CARD, Outcome, Posting

SOON = timedelta(seconds=5)
"""Before a message that may have arrived is sent once more: a cut line is seldom alone."""
BRISK = (timedelta(seconds=2), timedelta(minutes=1))
"""First and longest wait where Telegram itself is in trouble."""
SLOW = (timedelta(minutes=1), timedelta(hours=1))
"""The same where it is about one account."""
LAST_TRY = timedelta(days=1)
"""What is refused for a reason that nobody knows is tried for so long; a reply of yesterday answers nothing any more."""
REPEATABLE = ("edit", "delete", "pin", "unpin", "set")
"""Calls that may be made twice: the second finds it already so."""
LONGEST_REASON = 200


def counts(method: str | None) -> bool:
    """Whether Telegram's limits count this call; a wish becomes one that does."""
    return method is None or method.startswith(("send", "edit", "copy", "forward"))


def outcome(posting: Posting, answer: Answer, now: datetime, tries: int) -> Outcome:
    """What becomes of this row; `tries` is how often it was put off before."""
    match answer:
        case Sent():
            is_new_card = posting.wish == CARD and posting.method == "sendMessage"
            return Outcome(posting.id, "sent", now, message_id=answer.message_id, is_to_pin=is_new_card)
        case Unreachable():
            return Outcome(posting.id, "unreachable", now, reason=answer.why)
        case Refused():
            return Outcome(posting.id, "refused", now, reason=answer.reason[:LONGEST_REASON])
        case Unknown():
            return _unknown(posting, answer, now, tries)
        case Unreadable():
            return _unknown(posting, Unknown("unreadable answer"), now, tries)
        case Flooded():
            return replace(_later(posting, ASKED_TO_WAIT, now, answer.after), holds_chat=True)
        case TryLater(slow=True) if now - (posting.made_at or now) > LAST_TRY:
            return Outcome(posting.id, "refused", now, reason=answer.reason[:LONGEST_REASON])
        case TryLater():
            after = wait(tries, SLOW if answer.slow else BRISK) if answer.after is None else answer.after
            return _later(posting, answer.reason, now, after)
        case Migrated():
            return Outcome(posting.id, "refused", now, reason="the group moved twice")
        case Conflict():
            return _later(posting, answer.reason, now, wait(tries))


def _unknown(posting: Posting, answer: Unknown, now: datetime, tries: int) -> Outcome:
    """Sent once more at most, and only if a second copy is better than none."""
    reason = f"unknown: {answer.reason}"
    if (posting.method or "").startswith(REPEATABLE):
        return _later(posting, reason, now, max(SOON, wait(tries)))
    if posting.care == "resend" and posting.sends == 0:
        return _later(posting, reason, now, SOON)
    return Outcome(posting.id, "unknown", now, reason=reason[:LONGEST_REASON])


def _later(posting: Posting, reason: str, now: datetime, after: timedelta) -> Outcome:
    return Outcome(posting.id, "later", now, reason=reason[:LONGEST_REASON], until=now + after)


def wait(tries: int, between: tuple[timedelta, timedelta] = BRISK) -> timedelta:
    """Doubling from the first to the longest wait."""
    first, longest = between
    return min(longest, timedelta(seconds=first.total_seconds() * 2 ** min(tries, 12)))
