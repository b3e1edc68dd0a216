"""A quiz in its barest form, for the sides that store: a tap becomes the rows that a tap of ours becomes.

What it leaves out is what a framework is for: languages, templates, content, kinds of questions, rights.
What it keeps is what a tap cannot do without: the button is verified, where the learner stands is read
from a row, the answer is marked, texts are escaped, and the next buttons are signed.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from itertools import count
from typing import Any

ITEMS = 5
RIGHT = 1
"""The place of the right choice, in every question."""
PROMPT = (
    "A business owner calls you: an hour ago she transferred a release fee to a lender she found online, and "
    "now the person no longer answers. What does she do first?"
)
CHOICES = (
    "Write to the person again and ask for the money back",
    "Call her bank at the number on her card and ask them to stop the transfer",
    "Wait until tomorrow, the loan may still arrive",
)
WHY = (
    "In the first hours a bank can sometimes still hold what was sent. The number on the card is the one "
    "that nobody can have swapped; a number in a message may be theirs."
)
VERSION = "7548023504dc6f10"
CLAIMANT = "bench:1:abcdef"
LEASE = 25_000_000
"""Microseconds."""
_begun = hmac.new(b"benchmarkbenchmarkbenchmarkbench", digestmod=hashlib.sha256)
_ids = count(time.time_ns())
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner stands, as a row of `attempts` says it."""

    id: int
    learner_id: int
    stage: str = "question"
    number: int = 0
    asked: int = 0
    right: int = 0
    last: str = ""
    finished_at: int | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What one tap changes: where the learner stands then, and the rows to add."""

    standing: Standing
    outbox: Row
    params: dict[str, Any]
    """What `outbox` holds, as the call takes it."""
    events: tuple[Row, ...] = ()
    answer: Row | None = None


def new_id() -> int:
    return next(_ids)


def now() -> int:
    """Microseconds since 1970, as the tables keep instants."""
    return time.time_ns() // 1000


def tapped(standing: Standing, data: str, chat_id: int, message_id: int) -> Step | None:
    """The step that this button is for; None where it was made for somebody else or an earlier step."""
    if not _is_ours(standing.learner_id, data):
        return None
    kind, _, number, place, _ = data.split(".")
    if kind == "a" and standing.stage == "question" and int(number) == standing.number:
        return _answered(standing, int(place), chat_id, message_id)
    if kind == "g" and standing.stage == "verdict" and int(number) == standing.number:
        return _gone_on(standing, chat_id, message_id)
    return None


def begun(learner_id: int, chat_id: int) -> tuple[Step, Row]:
    """A new attempt at its first question, and the columns of its row that never change."""
    standing, at = Standing(new_id(), learner_id), now()
    order = json.dumps([f"item-{number:02}" for number in range(ITEMS)])
    fixed = {
        "kind": "quiz", "unit": "first-hour", "content_version": VERSION, "started_at": at, "card": 0, "queue": order,
        "orders": '["abc","abc","abc","abc","abc"]', "picks": "", "missed_must": False, "node": "", "path": "[]",
        "ending": "", "closed": False,
    }  # fmt: skip
    events = (
        _event(learner_id, "begun", at, {"attempt": standing.id, "kind": "quiz", "unit": "first-hour"}),
    )
    return Step(standing, *_shown(standing, chat_id, None, at), events), fixed


def _answered(standing: Standing, place: int, chat_id: int, message_id: int) -> Step:
    at, is_right, chosen = now(), place == RIGHT, "abc"[place]
    item = f"item-{standing.number:02}"
    then = replace(
        standing, stage="verdict", number=standing.number + 1, asked=standing.asked + 1,
        right=standing.right + is_right, last=chosen, version=standing.version + 1,
    )  # fmt: skip
    answer = {
        "attempt_id": standing.id, "number": standing.number, "learner_id": standing.learner_id, "item": item,
        "chosen": chosen, "right": is_right, "first": True, "at": at,
    }  # fmt: skip
    payload = {
        "attempt": standing.id, "kind": "quiz", "unit": "first-hour", "item": item, "number": standing.number,
        "order": "abc", "chosen": chosen, "right": is_right, "first": True, "rule": 1, "form": "bank",
    }  # fmt: skip
    events = (_event(standing.learner_id, "answered", at, payload),)
    return Step(then, *_shown(then, chat_id, message_id, at), events, answer)


def _gone_on(standing: Standing, chat_id: int, message_id: int) -> Step:
    at = now()
    if standing.number < ITEMS:
        then = replace(standing, stage="question", version=standing.version + 1)
        return Step(then, *_shown(then, chat_id, message_id, at))
    then = replace(standing, stage="done", finished_at=at, version=standing.version + 1)
    payload = {"attempt": standing.id, "kind": "quiz", "unit": "first-hour", "right": standing.right}
    events = (_event(standing.learner_id, "completed", at, payload),)
    return Step(then, *_shown(then, chat_id, message_id, at), events)


def _shown(standing: Standing, chat_id: int, message_id: int | None, at: int) -> tuple[Row, dict[str, Any]]:
    """The row of the outbox for what is on the screen now, and the call it holds."""
    text, keyboard = _screen(standing)
    params: dict[str, Any] = {
        "chat_id": chat_id, "text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True},
        "reply_markup": {"inline_keyboard": keyboard},
    }  # fmt: skip
    if message_id is not None:
        params["message_id"] = message_id
    row = {
        "id": new_id(), "learner_id": standing.learner_id, "chat_id": chat_id, "lane": 0, "care": "resend",
        "state": "claimed", "method": "sendMessage" if message_id is None else "editMessageText",
        "params": json.dumps(params, ensure_ascii=False), "screen": f"attempt:{standing.id}", "sealed": False,
        "made_at": at, "due_at": at, "claimed_by": CLAIMANT, "claimed_until": at + LEASE, "sends": 0,
    }  # fmt: skip
    return row, params


def _screen(standing: Standing) -> tuple[str, list[list[Row]]]:
    def button(label: str, kind: str, row: int, place: int = 0) -> Row:
        return {
            "text": label,
            "callback_data": _signed(standing.learner_id, kind, row, standing.number if row else 0, place),
        }

    help_ = button("✋ Get help", "x", 0)
    if standing.stage == "done":
        return f"<b>🏁 {standing.right} of {ITEMS}</b>\n{escape(WHY)}", [[help_, button("Menu", "m", 0)]]
    bottom = [help_, button("Leave", "v", standing.id)]
    if standing.stage == "verdict":
        sign = "✅ Right" if standing.last == "abc"[RIGHT] else "❌ Not this one"
        text = f"<b>{sign}: {escape(CHOICES['abc'.index(standing.last)])}</b>\n{escape(WHY)}"
        return text, [[button("Next question ›", "g", standing.id)], bottom]
    lines = "\n".join(
        f"<b>{letter}</b> {escape(choice)}" for letter, choice in zip("ABC", CHOICES, strict=True)
    )
    text = f"<b>📝 {standing.number + 1}/{ITEMS}</b> · {escape(PROMPT)}\n\n{lines}"
    return text, [[button(letter, "a", standing.id, place) for place, letter in enumerate("ABC")], bottom]


def _event(learner_id: int, kind: str, at: int, payload: Mapping[str, Any]) -> Row:
    return {
        "id": new_id(), "learner_id": learner_id, "kind": kind, "at": at,
        "payload": json.dumps(payload, separators=(",", ":")), "content_version": VERSION,
    }  # fmt: skip


def _signed(learner_id: int, kind: str, row: int, number: int, place: int) -> str:
    body = f"{kind}.{row}.{number}.{place}"
    return f"{body}.{_mac(learner_id, body)}"


def _is_ours(learner_id: int, data: str) -> bool:
    body, _, given = data.rpartition(".")
    return hmac.compare_digest(given, _mac(learner_id, body))


def _mac(learner_id: int, body: str) -> str:
    mac = _begun.copy()
    mac.update(f"{learner_id}.{body}".encode())
    return base64.urlsafe_b64encode(mac.digest()[:12]).decode()


def learner_row(account_id: int) -> Row:
    """Somebody who is new."""
    return {
        "id": new_id(), "audience": "borrower", "language": "en", "time_zone": "UTC", "name": "", "department": "",
        "job": "", "lesson_at": "09:00", "account_id": account_id, "joined_at": now(), "rights": "", "version": 0,
        "reminders": True, "pictures": "light",
    }  # fmt: skip
