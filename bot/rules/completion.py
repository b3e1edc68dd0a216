"""What a finished attempt is worth, and the same again from the log alone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.rules import quiz
from bot.rules.attempt import Attempt
from bot.rules.delivery import Assignment

BOLD = re.compile(r"<b>(.+?)</b>", re.DOTALL)
NUMBERED = re.compile(r"^\d+\s*")
"""A bold step of a list says what it says without its number."""


@dataclass(frozen=True, slots=True)
class Result:
    score_percent: int | None
    """Whole per cent of first answers; None for a case."""
    passed: bool


def result(attempt: Attempt) -> Result:
    """The score of first answers, and whether a quiz is passed."""
    if attempt.kind == "case":
        return Result(None, False)
    score = quiz.score_percent(attempt.right, attempt.asked)
    return Result(score, quiz.has_passed(attempt.right, attempt.asked, attempt.missed_must))


def caught_up(assignment: Assignment, earlier: Sequence[Attempt]) -> Assignment:
    """An assignment that is only made now, with what its learner has already done of its own accord."""
    for attempt in earlier:
        if attempt.unit == assignment.unit:
            assignment = assignment.begun(attempt.started_at)
            if attempt.finished_at is not None and assignment.completed_at is None:
                score = result(attempt).score_percent
                assignment = assignment.done(attempt.finished_at, score, attempt.content_version)
    return assignment


def safe_move(cards: Sequence[str]) -> str:
    """The one idea to keep: what the lesson's last card that has bold words says in bold, without its stop."""
    for card in reversed(cards):
        if found := BOLD.findall(card):
            return NUMBERED.sub("", str(max(found, key=len))).rstrip(":：.。")
    return ""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the log."""

    learner_id: int
    kind: str
    at: datetime
    payload: Mapping[str, Any]
    content_version: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner stands in one unit, as the log tells it."""

    started_at: datetime | None = None
    completed_at: datetime | None = None
    score_percent: int | None = None
    attempts: int = 0
    content_version: str = ""


def rebuild(events: Iterable[Event]) -> dict[tuple[int, str], Standing]:
    """Standing of every (learner, unit) from the events alone, in the order they happened.

    The score is counted again from the answers, not read from the completion. It is that of the
    first completion: the learner has read the feedback before any later try.
    """
    found: dict[tuple[int, str], Standing] = {}
    firsts: dict[int, list[bool]] = {}
    for event in events:
        payload = event.payload
        if event.kind == "answered" and payload["first"]:
            firsts.setdefault(payload["attempt"], []).append(payload["right"])
        if event.kind not in ("begun", "completed") or payload["kind"] == "quiz":
            continue
        key = (event.learner_id, payload["unit"])
        now = found.get(key, Standing())
        if event.kind == "begun":
            found[key] = Standing(
                now.started_at or event.at,
                now.completed_at,
                now.score_percent,
                now.attempts + 1,
                now.content_version,
            )
        elif now.completed_at is None:
            answers = firsts.get(payload["attempt"], [])
            score = quiz.score_percent(sum(answers), len(answers)) if payload["kind"] == "lesson" else None
            found[key] = Standing(now.started_at, event.at, score, now.attempts, event.content_version)
    return found
