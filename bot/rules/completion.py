"""What a finished attempt is worth, and the same again from the log alone."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.rules import quiz
from bot.rules.assignment import Assignment
from bot.rules.attempt import OF_UNITS, PASSED, Attempt

BOLD = re.compile(r"<b>(.+?)</b>", re.DOTALL)
NUMBERED = re.compile(r"^\d+\s*")
"""A bold step of a list says what it says without its number."""


@dataclass(frozen=True, slots=True)
class Result:
    score_percent: int | None
    """Whole per cent of first answers; None for a case."""
    passed: bool
    """By the rule of the day on which it ended."""


def result(attempt: Attempt) -> Result:
    """The score of first answers, and whether a quiz is passed."""
    if attempt.kind == "case":
        return Result(None, False)
    score = quiz.score_percent(attempt.right, attempt.asked)
    if attempt.ending:
        return Result(score, attempt.ending == PASSED)
    return Result(score, quiz.has_passed(attempt.right, attempt.asked, attempt.missed_must))


def caught_up(
    assignment: Assignment, earlier: Sequence[Attempt], since: datetime | None = None
) -> Assignment:
    """An assignment that is only made now, with what its learner has learnt of its unit later than `since`."""
    for attempt in earlier:
        if attempt.unit != assignment.unit or not _counts(attempt.started_at, attempt.finished_at, since):
            continue
        assignment = finished(assignment.begun(attempt.started_at), attempt)
    return assignment


def finished(assignment: Assignment, attempt: Attempt) -> Assignment:
    """With what this attempt has brought: the first end of a lesson or case, the best result of a test."""
    if attempt.finished_at is None:
        return assignment
    score = result(attempt).score_percent
    if attempt.kind == "test":
        passed = attempt.ending == PASSED
        return assignment.tested(attempt.finished_at, score or 0, passed, attempt.content_version)
    if assignment.completed_at is not None:
        return assignment
    return assignment.done(attempt.finished_at, score, attempt.content_version)


def _counts(started_at: datetime, finished_at: datetime | None, since: datetime | None) -> bool:
    return since is None or (finished_at or started_at) > since


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
    """One assignment, as the log tells it."""

    learner_id: int
    track: str
    unit: str
    round: int
    assigned_on: str
    due_on: str | None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    score_percent: int | None = None
    attempts: int = 0
    content_version: str = ""
    exempt_reason: str | None = None


@dataclass(slots=True)
class _Try:
    """One attempt at a lesson or case, as far as the log has come."""

    started_at: datetime
    kind: str
    answers: list[bool]
    finished_at: datetime | None = None
    content_version: str = ""
    passed: bool = False

    @property
    def score_percent(self) -> int | None:
        return quiz.score_percent(sum(self.answers), len(self.answers)) if self.kind != "case" else None


def rebuild(events: Iterable[Event]) -> dict[int, Standing]:
    """Every assignment by its id from the events alone, in the order they happened.

    The score is counted again from the answers, not read from the completion. It is that of the
    first completion of a round: the learner has read the feedback before any later try.
    """
    found = _Rebuilding()
    for event in events:
        found.hear(event)
    return found.standings


class _Rebuilding:
    def __init__(self) -> None:
        self.standings: dict[int, Standing] = {}
        self._tries: dict[tuple[int, str], dict[int, _Try]] = defaultdict(dict)
        self._current: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
        """By learner and unit: of each track the assignment of the newest round."""
        self._answers: dict[int, list[bool]] = defaultdict(list)

    def hear(self, event: Event) -> None:
        payload = event.payload
        if event.kind == "assigned":
            self._assigned(event)
        elif event.kind == "answered" and payload["first"]:
            self._answers[payload["attempt"]].append(payload["right"])
        elif event.kind in ("begun", "completed") and payload["kind"] in OF_UNITS:
            (self._begun if event.kind == "begun" else self._completed)(event)
        elif payload.get("assignment") in self.standings:
            self._changed(event.kind, payload["assignment"], payload)

    def _assigned(self, event: Event) -> None:
        payload, key = event.payload, (event.learner_id, event.payload["unit"])
        standing = Standing(
            event.learner_id, payload["track"], payload["unit"], payload.get("round", 0),
            payload["assigned_on"], payload["due_on"],
        )  # fmt: skip
        since = datetime.fromisoformat(payload["since"]) if payload.get("since") else None
        for one in self._tries[key].values():
            if _counts(one.started_at, one.finished_at, since):
                standing = _tried(standing, one.started_at)
                if one.finished_at is not None:
                    standing = _finished(standing, one)
        self.standings[payload["assignment"]] = standing
        self._current[key][standing.track] = payload["assignment"]

    def _begun(self, event: Event) -> None:
        key, attempt = (event.learner_id, event.payload["unit"]), event.payload["attempt"]
        self._tries[key][attempt] = _Try(event.at, event.payload["kind"], self._answers[attempt])
        for number in self._current[key].values():
            self.standings[number] = _tried(self.standings[number], event.at)

    def _completed(self, event: Event) -> None:
        key = (event.learner_id, event.payload["unit"])
        one = self._tries[key][event.payload["attempt"]]
        one.finished_at, one.content_version = event.at, event.content_version
        one.passed = event.payload.get("ending") == PASSED
        for number in self._current[key].values():
            self.standings[number] = _finished(self.standings[number], one)

    def _changed(self, kind: str, number: int, payload: Mapping[str, Any]) -> None:
        standing = self.standings[number]
        if kind in ("due_moved", *BACK):
            dates = {name: payload[name] for name in ("assigned_on", "due_on") if name in payload}
            standing = replace(standing, **dates)
        if kind in ("exempted", *BACK):
            standing = replace(standing, exempt_reason=payload["reason"] if kind == "exempted" else None)
        self.standings[number] = standing


BACK = ("reopened", "exemption_ended")
"""Events after which something is owed again."""


def _tried(standing: Standing, at: datetime) -> Standing:
    return replace(standing, started_at=standing.started_at or at, attempts=standing.attempts + 1)


def _finished(standing: Standing, one: _Try) -> Standing:
    if one.kind == "test":
        best = max(one.score_percent or 0, standing.score_percent or 0)
        standing = replace(standing, score_percent=best)
        if standing.completed_at is not None or not one.passed:
            return standing
        return replace(standing, completed_at=one.finished_at, content_version=one.content_version)
    if standing.completed_at is not None:
        return standing
    return replace(
        standing, completed_at=one.finished_at, score_percent=one.score_percent, content_version=one.content_version
    )  # fmt: skip
